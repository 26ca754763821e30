//! Arabic. Requests are impersonal, as a reader may be a woman or a man.

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "{code} هو رمز التحقق الخاص بك في {product}",
    subject_without_code: "تأكيد بريدك الإلكتروني لدى {product}",
    preheader: "رمز التحقق الخاص بك هو {code}، وهو صالح لمدة {minutes}.",
    link_preheader: "الرابط الوارد في هذه الرسالة صالح لمدة {lifetime}.",
    heading: "تأكيد عنوان البريد الإلكتروني",
    greeting: "مرحبًا {first_name}،",
    intro: "يُرجى إدخال هذا الرمز عندما يُطلب منك في {product}:",
    code_lifetime: "الرمز صالح لمدة {minutes}.",
    code_lifetime_until: "الرمز صالح لمدة {minutes}، حتى {until}.",
    keep_secret: "يُرجى عدم إعطاء هذا الرمز لأي شخص.",
    or_button: "أو يمكنك الضغط على الزر.",
    link_lifetime: "أو يمكنك فتح هذا الرابط، وهو صالح لمدة {lifetime}، حتى {until}:",
    only_button: "يُرجى الضغط على الزر لتأكيد بريدك الإلكتروني لدى {product}.",
    only_link: "لتأكيد بريدك الإلكتروني لدى {product}، يُرجى فتح هذا الرابط، وهو صالح لمدة {lifetime}، حتى {until}:",
    button: "تأكيد البريد الإلكتروني",
    button_lifetime: "الزر صالح لمدة {lifetime}، حتى {until}.",
    fallback: "إذا لم يعمل الزر، فيُرجى فتح هذا الرابط في المتصفح:",
    not_asked: "إذا لم يصدر هذا الطلب عنك، فيمكنك تجاهل هذه الرسالة باطمئنان. من المرجح أن شخصًا ما أدخل عنوانك عن طريق الخطأ.",
    refuse: "لم يصدر هذا الطلب عني",
    questions: "هل لديك أسئلة؟ يسعدنا تلقيها على {support}.",
};
