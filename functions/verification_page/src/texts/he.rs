//! Hebrew. Requests are impersonal, as a reader may be a woman or a man.

use super::Texts;
use shared::text::plural::Plural;

pub(super) const TEXTS: Texts = Texts {
    heading: "אימות כתובת הדוא״ל",
    ready: "לחיצה על הכפתור תאמת את הכתובת עבור {product}.",
    unexpected: "לא ציפית לזה? אפשר פשוט לסגור את הדף, ושום דבר לא יקרה.",
    button: "אימות כתובת הדוא״ל",
    working: "האימות מתבצע…",
    form_intro: "יש להזין את הקוד שבהודעה ששלחנו.",
    open_link: "יש לפתוח את הקישור שבהודעה, או לחזור אל {product} ולהזין שם את הקוד.",
    code: "קוד",
    code_hint: "שש הספרות שבהודעה.",
    code_malformed: "יש להזין את שש הספרות שבהודעה.",
    code_wrong: "הקוד שגוי או שאינו תקף עוד. כדאי לבדוק בהודעה החדשה ביותר.",
    code_expired: "תוקף הקוד פג. יש להזין את הקוד שבהודעה החדשה ביותר.",
    verified_heading: "כתובת הדוא״ל אומתה",
    verified: "תודה! הכתובת {address} אומתה.",
    already_heading: "כתובת הדוא״ל כבר אומתה",
    already: "הכתובת {address} כבר אומתה. אין צורך לעשות דבר נוסף.",
    go_on: "המשך אל {product}",
    close: "אפשר לסגור את הדף.",
    expired_heading: "תוקף הקישור פג",
    expired: "מטעמי אבטחה הקישור פועל לזמן מוגבל. יש לחזור אל {product} ולבקש הודעה חדשה.",
    invalid_heading: "הקישור אינו פועל",
    invalid: "ייתכן שחסר בו חלק, או שהוא שייך לכתובת שהוחלפה בינתיים. יש לפתוח את הקישור שבהודעה החדשה ביותר.",
    new_mail: "אפשר גם לחזור אל {product} ולבקש הודעה חדשה.",
    use_code: "הזנת הקוד במקום זאת",
    too_many_heading: "יותר מדי ניסיונות",
    too_many: "מטעמי אבטחה אי אפשר לנסות כרגע קודים נוספים. אפשר לנסות שוב בעוד {wait}.",
    wait: Plural::OneTwoOther {
        one: "דקה אחת",
        two: "שתי דקות",
        other: "{n} דקות",
    },
    too_many_link: "הקישור שבהודעה עדיין פועל.",
    unavailable_heading: "הפעולה לא הושלמה",
    unavailable: "ייתכן שהתקלה אצלנו או בחיבור לאינטרנט. שום דבר לא אבד. אפשר לנסות שוב בעוד רגע.",
    retry: "לנסות שוב",
    bad_request_heading: "משהו השתבש",
    questions: "יש שאלות? אפשר לכתוב אל {support}.",
};
