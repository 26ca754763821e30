//! Hebrew. Requests are impersonal, as a reader may be a woman or a man.

use super::{Phrase, Texts};

pub(super) const TEXTS: Texts = Texts {
    heading: "אימות כתובת הדוא״ל",
    ready: Phrase::new("לחיצה על הכפתור תאמת את הכתובת עבור {}."),
    unexpected: "לא ציפית לזה? אפשר פשוט לסגור את הדף, ושום דבר לא יקרה.",
    button: "אימות כתובת הדוא״ל",
    working: "האימות מתבצע…",
    form_intro: "יש להזין את הקוד שבהודעה ששלחנו.",
    open_link: Phrase::new("יש לפתוח את הקישור שבהודעה, או לחזור אל {} ולהזין שם את הקוד."),
    code: "קוד",
    code_hint: "שש הספרות שבהודעה.",
    code_malformed: "יש להזין את שש הספרות שבהודעה.",
    code_wrong: "הקוד שגוי או שאינו תקף עוד. כדאי לבדוק בהודעה החדשה ביותר.",
    code_expired: "תוקף הקוד פג. יש להזין את הקוד שבהודעה החדשה ביותר.",
    verified_heading: "כתובת הדוא״ל אומתה",
    verified: Phrase::new("תודה! הכתובת {} אומתה."),
    already_heading: "כתובת הדוא״ל כבר אומתה",
    already: Phrase::new("הכתובת {} כבר אומתה. אין צורך לעשות דבר נוסף."),
    go_on: Phrase::new("המשך אל {}"),
    close: "אפשר לסגור את הדף.",
    expired_heading: "תוקף הקישור פג",
    expired: Phrase::new("מטעמי אבטחה הקישור פועל לזמן מוגבל. יש לחזור אל {} ולבקש הודעה חדשה."),
    invalid_heading: "הקישור אינו פועל",
    invalid: "ייתכן שחסר בו חלק, או שהוא שייך לכתובת שהוחלפה בינתיים. יש לפתוח את הקישור שבהודעה החדשה ביותר.",
    new_mail: Phrase::new("אפשר גם לחזור אל {} ולבקש הודעה חדשה."),
    use_code: "הזנת הקוד במקום זאת",
    too_many_heading: "יותר מדי ניסיונות",
    too_many: |minutes| {
        let wait = match minutes {
            1 => "דקה אחת".to_owned(),
            2 => "שתי דקות".to_owned(),
            _ => format!("{minutes} דקות"),
        };
        format!("מטעמי אבטחה אי אפשר לנסות כרגע קודים נוספים. אפשר לנסות שוב בעוד {wait}.")
    },
    too_many_link: "הקישור שבהודעה עדיין פועל.",
    unavailable_heading: "הפעולה לא הושלמה",
    unavailable: "ייתכן שהתקלה אצלנו או בחיבור לאינטרנט. שום דבר לא אבד. אפשר לנסות שוב בעוד רגע.",
    retry: "לנסות שוב",
    bad_request_heading: "משהו השתבש",
    questions: Phrase::new("יש שאלות? אפשר לכתוב אל {}."),
};
