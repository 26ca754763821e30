//! Turkish, with "siz". No ending follows a placeholder, as it would have to rhyme with what stands
//! there.

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "{product} için e-posta adresiniz değiştirildi",
    changed: "{product} için kullandığınız {address} adresi, {at} tarihinde başka bir adresle değiştirildi.",
    was_you: "Bu değişikliği siz yaptıysanız başka bir şey yapmanız gerekmez.",
    not_you: "Siz yapmadıysanız lütfen hemen {support} adresine yazın.",
    not_you_without_address: "Siz yapmadıysanız lütfen hemen {product} ile iletişime geçin.",
};
