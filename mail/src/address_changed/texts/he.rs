//! Hebrew. Requests are impersonal, as a reader may be a woman or a man.

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "כתובת הדוא״ל שלך ב-{product} שונתה",
    changed: "ב-{at} שונתה הכתובת שלך ב-{product} מ-{address} לכתובת אחרת.",
    was_you: "אם השינוי נעשה על ידך, אין צורך לעשות דבר נוסף.",
    not_you: "אם לא, יש לפנות אלינו מיד בכתובת {support}.",
    not_you_without_address: "אם לא, יש לפנות מיד אל {product}.",
};
