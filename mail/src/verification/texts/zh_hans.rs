//! Chinese in simplified characters, with "您".

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "{code} 是您的 {product} 验证码",
    subject_without_code: "验证您的 {product} 邮箱地址",
    preheader: "您的验证码是 {code}，{minutes}内有效。",
    link_preheader: "此邮件中的链接将在 {lifetime}后失效。",
    heading: "验证您的邮箱地址",
    greeting: "{first_name} 您好！",
    intro: "请在 {product} 中输入此验证码：",
    code_lifetime: "验证码将在 {minutes}后失效。",
    code_lifetime_until: "验证码将在 {minutes}后失效（{until}）。",
    keep_secret: "请勿将此验证码告知他人。",
    or_button: "您也可以点击按钮完成验证。",
    link_lifetime: "您也可以打开以下链接，链接将在 {lifetime}后失效（{until}）：",
    only_button: "请点击按钮，验证您在 {product} 使用的邮箱地址。",
    only_link: "请打开以下链接，验证您在 {product} 使用的邮箱地址。链接将在 {lifetime}后失效（{until}）：",
    button: "验证邮箱地址",
    button_lifetime: "链接将在 {lifetime}后失效（{until}）。",
    fallback: "如果按钮无法使用，请在浏览器中打开此链接：",
    not_asked: "如果这不是您本人的操作，请放心忽略此邮件。可能是有人误填了您的邮箱地址。",
    refuse: "这不是我本人的操作",
    questions: "如有疑问，请发送邮件至 {support}。",
};
