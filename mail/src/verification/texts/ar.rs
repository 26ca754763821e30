//! Arabic. Lives are in the genitive. Requests are impersonal, as a reader may be a woman or a man.

use super::Texts;
use crate::formats::Formats;
use crate::plural::Plural;

pub(super) const TEXTS: Texts = Texts {
    subject: "{code} هو رمز التحقق الخاص بك في {product}",
    preheader: "رمز التحقق الخاص بك هو {code}، وهو صالح لمدة {minutes}.",
    heading: "تأكيد البريد الإلكتروني {address}",
    greeting: "مرحبًا {first_name}،",
    intro: "يُرجى إدخال هذا الرمز عندما يُطلب منك في {product}:",
    code_life: "الرمز صالح لمدة {minutes}.",
    button_life: "أو يمكنك الضغط على الزر، وهو صالح لمدة {life}، حتى {until}.",
    link_life: "أو يمكنك فتح هذا الرابط، وهو صالح لمدة {life}، حتى {until}:",
    button: "تأكيد البريد الإلكتروني",
    fallback: "إذا لم يعمل الزر، فيُرجى فتح هذا الرابط في المتصفح:",
    not_asked: "إذا لم يصدر هذا الطلب عنك، فيمكنك تجاهل هذه الرسالة باطمئنان. من المرجح أن شخصًا ما أدخل عنوانك عن طريق الخطأ.",
    questions: "هل لديك أسئلة؟ يسعدنا تلقيها على {support}.",
    formats: Formats {
        minutes: Plural::Arabic {
            one: "دقيقة واحدة",
            two: "دقيقتين",
            few: "{n}\u{a0}دقائق",
            many: "{n}\u{a0}دقيقة",
            other: "{n}\u{a0}دقيقة",
        },
        hours: Plural::Arabic {
            one: "ساعة واحدة",
            two: "ساعتين",
            few: "{n}\u{a0}ساعات",
            many: "{n}\u{a0}ساعة",
            other: "{n}\u{a0}ساعة",
        },
        days: Plural::Arabic {
            one: "يوم واحد",
            two: "يومين",
            few: "{n}\u{a0}أيام",
            many: "{n}\u{a0}يومًا",
            other: "{n}\u{a0}يوم",
        },
        months: [
            "يناير",
            "فبراير",
            "مارس",
            "أبريل",
            "مايو",
            "يونيو",
            "يوليو",
            "أغسطس",
            "سبتمبر",
            "أكتوبر",
            "نوفمبر",
            "ديسمبر",
        ],
        first_day: "1",
        moment: "{day}\u{a0}{month} {year} الساعة\u{a0}{time} بتوقيت\u{a0}UTC",
    },
};
