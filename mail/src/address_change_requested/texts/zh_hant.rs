//! Chinese in traditional characters, with "您", as it is written in Taiwan.

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "有人要求變更您的 {product} 電子郵件地址",
    requested: "{at}，有人要求將您在 {product} 使用的電子郵件地址從 {address} 變更為其他地址。在該地址通過驗證之前，不會有任何變更。",
    was_you: "如果是您本人要求的，您不需要在此做任何操作。",
    not_you: "如果不是，請立即來信 {support}。",
    not_you_without_address: "如果不是，請立即聯絡 {product}。",
};
