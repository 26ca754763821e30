//! Simplified Chinese, with "您".

use super::{Phrase, Texts};

pub(super) const TEXTS: Texts = Texts {
    heading: "验证您的邮箱地址",
    ready: Phrase::new("请点击按钮，验证您在 {} 使用的邮箱地址。"),
    unexpected: "如果这不是您预期的页面，直接关闭即可，不会发生任何变化。",
    button: "验证邮箱地址",
    working: "正在验证…",
    form_intro: "请输入我们邮件中的验证码。",
    open_link: Phrase::new("请打开邮件中的链接，或返回 {} 输入验证码。"),
    code: "验证码",
    code_hint: "邮件中的六位数字。",
    code_malformed: "请输入邮件中的六位数字。",
    code_wrong: "验证码不正确或已失效。请查看最新的邮件。",
    code_expired: "验证码已过期。请输入最新邮件中的验证码。",
    verified_heading: "您的邮箱地址已验证",
    verified: Phrase::new("谢谢！{} 已通过验证。"),
    already_heading: "您的邮箱地址此前已验证",
    already: Phrase::new("{} 此前已通过验证，无需再做任何操作。"),
    go_on: Phrase::new("继续前往 {}"),
    close: "您现在可以关闭此页面。",
    expired_heading: "此链接已过期",
    expired: Phrase::new("为了您的安全，链接仅在有限时间内有效。请返回 {} 重新获取邮件。"),
    invalid_heading: "此链接无法使用",
    invalid: "链接可能不完整，或者对应的地址后来已被更改。请打开最新邮件中的链接。",
    new_mail: Phrase::new("或者返回 {} 重新获取邮件。"),
    use_code: "改为输入验证码",
    too_many_heading: "尝试次数过多",
    too_many: |minutes| {
        format!("为了您的安全，目前无法继续尝试验证码。请在 {minutes} 分钟后重试。")
    },
    too_many_link: "邮件中的链接仍然可以使用。",
    unavailable_heading: "暂时未能完成",
    unavailable: "可能是我们的服务或您的网络出现了问题。请稍后重试。",
    retry: "重试",
    bad_request_heading: "出了点问题",
    questions: Phrase::new("如有疑问，请发送邮件至 {}。"),
};
