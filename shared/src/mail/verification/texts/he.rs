//! Hebrew. Requests are impersonal, as a reader may be a woman or a man.

use super::Texts;
use crate::mail::formats::Formats;
use crate::mail::plural::Plural;

pub(super) const TEXTS: Texts = Texts {
    subject: "{code} הוא קוד האימות שלך ב-{product}",
    preheader: "קוד האימות שלך הוא {code}. הוא תקף למשך {minutes}.",
    heading: "אימות הכתובת {address}",
    greeting: "שלום {first_name},",
    intro: "יש להזין את הקוד הזה כשהוא מתבקש ב-{product}:",
    code_life: "הקוד תקף למשך {minutes}, עד {until}.",
    button_life: "אפשר גם ללחוץ על הכפתור. הוא תקף למשך {hours}, עד {until}.",
    link_life: "אפשר גם לפתוח את הקישור הזה. הוא תקף למשך {hours}, עד {until}:",
    button: "אימות כתובת הדוא״ל",
    fallback: "אם הכפתור אינו פועל, אפשר לפתוח את הקישור הזה בדפדפן:",
    not_asked: "אם הבקשה לא הגיעה ממך, כנראה מישהו טעה בהקלדת הכתובת שלו, ואפשר להתעלם מהודעה זו בלב שקט.",
    questions: "יש שאלות? אפשר לכתוב אל {support}.",
    formats: Formats {
        minutes: Plural::OneTwoOther {
            one: "דקה אחת",
            two: "שתי דקות",
            other: "{n} דקות",
        },
        hours: Plural::OneTwoOther {
            one: "שעה אחת",
            two: "שעתיים",
            other: "{n} שעות",
        },
        months: [
            "ינואר",
            "פברואר",
            "מרץ",
            "אפריל",
            "מאי",
            "יוני",
            "יולי",
            "אוגוסט",
            "ספטמבר",
            "אוקטובר",
            "נובמבר",
            "דצמבר",
        ],
        first_day: "1",
        moment: "{day} ב{month} {year} בשעה {time} UTC",
    },
};
