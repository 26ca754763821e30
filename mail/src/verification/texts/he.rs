//! Hebrew. Requests are impersonal, as a reader may be a woman or a man.

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "{code} הוא קוד האימות שלך ב-{product}",
    subject_without_code: "אימות כתובת הדוא״ל שלך ב-{product}",
    preheader: "קוד האימות שלך הוא {code}. הוא תקף למשך {minutes}.",
    link_preheader: "הקישור בהודעה זו תקף למשך {lifetime}.",
    heading: "אימות כתובת הדוא״ל",
    greeting: "שלום {first_name},",
    intro: "יש להזין את הקוד הזה ב-{product}:",
    code_lifetime: "הקוד תקף למשך {minutes}.",
    code_lifetime_until: "הקוד תקף למשך {minutes}, עד {until}.",
    keep_secret: "אין למסור את הקוד הזה לאיש.",
    or_button: "אפשר גם ללחוץ על הכפתור.",
    link_lifetime: "אפשר גם לפתוח את הקישור הזה, שתקף למשך {lifetime}, עד {until}:",
    only_button: "כדי לאמת את כתובת הדוא״ל שלך ב-{product}, יש ללחוץ על הכפתור.",
    only_link: "כדי לאמת את כתובת הדוא״ל שלך ב-{product}, יש לפתוח את הקישור הזה, שתקף למשך {lifetime}, עד {until}:",
    button: "אימות כתובת הדוא״ל",
    button_lifetime: "הכפתור פועל למשך {lifetime}, עד {until}.",
    fallback: "אם הכפתור אינו פועל, אפשר לפתוח את הקישור הזה בדפדפן:",
    not_asked: "אם הבקשה לא הגיעה ממך, אפשר להתעלם מהודעה זו בלב שקט. כנראה מישהו הזין את הכתובת שלך בטעות.",
    refuse: "הבקשה לא הגיעה ממני",
    questions: "יש שאלות? אפשר לכתוב אל {support}.",
};
