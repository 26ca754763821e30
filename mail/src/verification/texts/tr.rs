//! Turkish, with "siz". No ending follows a placeholder, as it would have to rhyme with what stands
//! there.

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "{code}, {product} doğrulama kodunuz",
    subject_without_code: "{product} için e-posta adresinizi doğrulayın",
    preheader: "Kodunuz: {code}. {minutes} boyunca geçerlidir.",
    link_preheader: "Bu e-postadaki bağlantı {lifetime} boyunca geçerlidir.",
    heading: "E-posta adresinizi doğrulayın",
    greeting: "Merhaba {first_name},",
    intro: "{product} istediğinde lütfen bu kodu girin:",
    code_lifetime: "Kod {minutes} boyunca geçerlidir.",
    code_lifetime_until: "Kod {minutes} boyunca, {until} tarihine kadar geçerlidir.",
    keep_secret: "Bu kodu kimseyle paylaşmayın.",
    or_button: "Dilerseniz düğmeye de basabilirsiniz.",
    link_lifetime: "Dilerseniz {lifetime} boyunca, {until} tarihine kadar geçerli olan bu bağlantıyı da açabilirsiniz:",
    only_button: "{product} için e-posta adresinizi doğrulamak üzere düğmeye basın.",
    only_link: "{product} için e-posta adresinizi doğrulamak üzere {lifetime} boyunca, {until} tarihine kadar geçerli olan bu bağlantıyı açın:",
    button: "E-posta adresini doğrula",
    button_lifetime: "Düğme {lifetime} boyunca, {until} tarihine kadar çalışır.",
    fallback: "Düğme çalışmazsa bu bağlantıyı tarayıcınızda açın:",
    not_asked: "Bu isteği siz yapmadıysanız bu e-postayı gönül rahatlığıyla göz ardı edebilirsiniz. Büyük olasılıkla birisi adresinizi yanlışlıkla girmiştir.",
    refuse: "Bunu ben istemedim",
    questions: "Sorularınız mı var? {support} adresine yazın.",
};
