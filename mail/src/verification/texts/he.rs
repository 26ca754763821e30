//! Hebrew. Requests are impersonal, as a reader may be a woman or a man.

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "{code} הוא קוד האימות שלך ב-{product}",
    preheader: "קוד האימות שלך הוא {code}. הוא תקף למשך {minutes}.",
    heading: "אימות הכתובת {address}",
    greeting: "שלום {first_name},",
    intro: "יש להזין את הקוד הזה ב-{product}:",
    code_lifetime: "הקוד תקף למשך {minutes}.",
    button_lifetime: "אפשר גם ללחוץ על הכפתור. הוא פועל למשך {lifetime}, עד {until}.",
    link_lifetime: "אפשר גם לפתוח את הקישור הזה, שתקף למשך {lifetime}, עד {until}:",
    button: "אימות כתובת הדוא״ל",
    fallback: "אם הכפתור אינו פועל, אפשר לפתוח את הקישור הזה בדפדפן:",
    not_asked: "אם הבקשה לא הגיעה ממך, אפשר להתעלם מהודעה זו בלב שקט. כנראה מישהו הזין את הכתובת שלך בטעות.",
    questions: "יש שאלות? אפשר לכתוב אל {support}.",
};
