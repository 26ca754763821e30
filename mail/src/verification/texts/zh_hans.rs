//! Chinese in simplified characters, with "您".

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "{code} 是您的 {product} 验证码",
    preheader: "您的验证码是 {code}，{minutes}内有效。",
    heading: "验证 {address}",
    greeting: "{first_name}，您好！",
    intro: "请在 {product} 中输入此验证码：",
    code_lifetime: "验证码将在 {minutes}后失效。",
    button_lifetime: "您也可以点击按钮完成验证。链接将在 {lifetime}后失效（{until}）。",
    link_lifetime: "您也可以打开以下链接，链接将在 {lifetime}后失效（{until}）：",
    button: "验证邮箱地址",
    fallback: "如果按钮无法使用，请在浏览器中打开此链接：",
    not_asked: "如果这不是您本人的操作，请放心忽略此邮件。可能是有人误填了您的邮箱地址。",
    questions: "如有疑问，请发送邮件至 {support}。",
};
