//! Chinese in simplified characters, with "您".

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "您的 {product} 邮箱地址已更改",
    changed: "您在 {product} 使用的邮箱地址已于 {at} 从 {address} 更改为其他地址。",
    was_you: "如果是您本人更改的，则无需再做任何操作。",
    not_you: "如果不是，请立即发送邮件至 {support}。",
    not_you_without_address: "如果不是，请立即联系 {product}。",
};
