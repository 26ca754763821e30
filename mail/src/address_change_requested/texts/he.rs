//! Hebrew. Requests are impersonal, as a reader may be a woman or a man.

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "התקבלה בקשה לשנות את כתובת הדוא״ל שלך ב-{product}",
    requested: "ב-{at} התקבלה בקשה לשנות את הכתובת שלך ב-{product} מ-{address} לכתובת אחרת. שום דבר לא ישתנה עד לאימות הכתובת האחרת.",
    was_you: "אם הבקשה נשלחה על ידך, אין צורך לעשות כאן דבר.",
    not_you: "אם לא, יש לפנות אלינו מיד בכתובת {support}.",
    not_you_without_address: "אם לא, יש לפנות מיד אל {product}.",
};
