//! Arabic. Requests are impersonal, as a reader may be a woman or a man.

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "تم تغيير عنوان بريدك الإلكتروني لدى {product}",
    changed: "تم تغيير عنوان بريدك الإلكتروني لدى {product} من {address} إلى عنوان آخر، وذلك في {at}.",
    was_you: "إذا صدر هذا التغيير عنك، فلا يلزم القيام بأي شيء.",
    not_you: "وإذا لم يصدر عنك، فيُرجى مراسلتنا فورًا على {support}.",
    not_you_without_address: "وإذا لم يصدر عنك، فيُرجى التواصل فورًا مع {product}.",
};
