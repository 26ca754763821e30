//! Turkish, with "siz". A name keeps its form, so no suffix is put on it.

use super::{Phrase, Texts};

pub(super) const TEXTS: Texts = Texts {
    heading: "E-posta adresinizi doğrulayın",
    ready: Phrase::new("{} için e-posta adresinizi doğrulamak üzere düğmeye basın."),
    unexpected: "Bunu beklemiyor muydunuz? Sayfayı kapatmanız yeterlidir, hiçbir şey olmaz.",
    button: "E-posta adresini doğrula",
    working: "Doğrulanıyor…",
    form_intro: "Lütfen gönderdiğimiz e-postadaki kodu girin.",
    open_link: Phrase::new("Lütfen e-postadaki bağlantıyı açın veya kodu {} üzerinden girin."),
    code: "Kod",
    code_hint: "E-postadaki altı rakam.",
    code_malformed: "Lütfen e-postadaki altı rakamı girin.",
    code_wrong: "Bu kod yanlış veya artık geçerli değil. Lütfen en yeni e-postaya bakın.",
    code_expired: "Bu kodun süresi doldu. Lütfen en yeni e-postadaki kodu girin.",
    verified_heading: "E-posta adresiniz doğrulandı",
    verified: Phrase::new("Teşekkür ederiz! {} doğrulandı."),
    already_heading: "E-posta adresiniz zaten doğrulanmış",
    already: Phrase::new("{} daha önce doğrulandı. Başka bir şey yapmanız gerekmez."),
    go_on: Phrase::new("{} sayfasına git"),
    close: "Artık bu sayfayı kapatabilirsiniz.",
    expired_heading: "Bu bağlantının süresi doldu",
    expired: Phrase::new(
        "Güvenliğiniz için bağlantılar sınırlı bir süre çalışır. Lütfen {} üzerinden yeni bir e-posta isteyin.",
    ),
    invalid_heading: "Bu bağlantı çalışmıyor",
    invalid: "Bağlantının bir bölümü eksik olabilir ya da sonradan değiştirilmiş bir adrese ait olabilir. Lütfen en yeni e-postadaki bağlantıyı açın.",
    new_mail: Phrase::new("Ya da {} üzerinden yeni bir e-posta isteyin."),
    use_code: "Bunun yerine kodu gir",
    too_many_heading: "Çok fazla deneme yapıldı",
    too_many: |minutes| {
        format!(
            "Güvenliğiniz için şu anda başka kod denenemez. Lütfen {minutes} dakika sonra yeniden deneyin."
        )
    },
    too_many_link: "E-postadaki bağlantı çalışmaya devam eder.",
    unavailable_heading: "İşlem şu anda tamamlanamadı",
    unavailable: "Sorun bizden veya internet bağlantınızdan kaynaklanıyor olabilir. Hiçbir şey kaybolmadı. Lütfen birazdan yeniden deneyin.",
    retry: "Yeniden dene",
    bad_request_heading: "Bir sorun oluştu",
    questions: Phrase::new("Sorularınız mı var? {} adresine yazın."),
};
