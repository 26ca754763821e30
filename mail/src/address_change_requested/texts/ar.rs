//! Arabic. Requests are impersonal, as a reader may be a woman or a man.

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "طلب لتغيير عنوان بريدك الإلكتروني لدى {product}",
    requested: "ورد طلب لتغيير عنوان بريدك الإلكتروني لدى {product} من {address} إلى عنوان آخر، وذلك في {at}. لن يتغير شيء قبل تأكيد العنوان الآخر.",
    was_you: "إذا صدر هذا الطلب عنك، فلا يلزم القيام بأي شيء هنا.",
    not_you: "وإذا لم يصدر عنك، فيُرجى مراسلتنا فورًا على {support}.",
    not_you_without_address: "وإذا لم يصدر عنك، فيُرجى التواصل فورًا مع {product}.",
};
