//! Chinese in traditional characters, with "您", as it is written in Taiwan.

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "您的 {product} 電子郵件地址已變更",
    changed: "您在 {product} 使用的電子郵件地址已於 {at} 從 {address} 變更為其他地址。",
    was_you: "如果是您本人變更的，您不需要再做任何操作。",
    not_you: "如果不是，請立即來信 {support}。",
    not_you_without_address: "如果不是，請立即聯絡 {product}。",
};
