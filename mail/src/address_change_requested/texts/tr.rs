//! Turkish, with "siz". No ending follows a placeholder, as it would have to rhyme with what stands
//! there.

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "{product} e-posta adresinizin değiştirilmesi istendi",
    requested: "{product} için kullandığınız {address} adresinin başka bir adresle değiştirilmesi {at} tarihinde istendi. O adres doğrulanana kadar hiçbir şey değişmez.",
    was_you: "Bunu siz istediyseniz burada bir şey yapmanız gerekmez.",
    not_you: "Siz istemediyseniz lütfen hemen {support} adresine yazın.",
    not_you_without_address: "Siz istemediyseniz lütfen hemen {product} ile iletişime geçin.",
};
