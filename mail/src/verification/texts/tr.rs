//! Turkish, with "siz". No ending follows a place, as it would have to rhyme with what stands
//! there.

use super::Texts;
use crate::formats::Formats;
use crate::plural::Plural;

pub(super) const TEXTS: Texts = Texts {
    subject: "{code}, {product} doğrulama kodunuz",
    preheader: "Kodunuz: {code}. {minutes} boyunca geçerlidir.",
    heading: "{address} adresini doğrulayın",
    greeting: "Merhaba {first_name},",
    intro: "{product} istediğinde lütfen bu kodu girin:",
    code_life: "Kod {minutes} boyunca geçerlidir.",
    button_life: "Dilerseniz düğmeye de basabilirsiniz. Düğme {life} boyunca, {until} tarihine kadar çalışır.",
    link_life: "Dilerseniz {life} boyunca, {until} tarihine kadar geçerli olan bu bağlantıyı da açabilirsiniz:",
    button: "E-posta adresini doğrula",
    fallback: "Düğme çalışmazsa bu bağlantıyı tarayıcınızda açın:",
    not_asked: "Bu isteği siz yapmadıysanız bu e-postayı gönül rahatlığıyla göz ardı edebilirsiniz. Büyük olasılıkla birisi adresinizi yanlışlıkla girmiştir.",
    questions: "Sorularınız mı var? {support} adresine yazın.",
    formats: Formats {
        minutes: Plural::Same("{n}\u{a0}dakika"),
        hours: Plural::Same("{n}\u{a0}saat"),
        days: Plural::Same("{n}\u{a0}gün"),
        months: [
            "Ocak", "Şubat", "Mart", "Nisan", "Mayıs", "Haziran", "Temmuz", "Ağustos", "Eylül",
            "Ekim", "Kasım", "Aralık",
        ],
        first_day: "1",
        moment: "{day}\u{a0}{month} {year} {time}\u{a0}UTC",
    },
};
