//! Chinese in simplified characters, with "您".

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "有人请求更改您的 {product} 邮箱地址",
    requested: "{at}，有人请求将您在 {product} 使用的邮箱地址从 {address} 更改为其他地址。在该地址得到验证之前，不会有任何更改。",
    was_you: "如果是您本人请求的，则无需在此做任何操作。",
    not_you: "如果不是，请立即发送邮件至 {support}。",
    not_you_without_address: "如果不是，请立即联系 {product}。",
};
