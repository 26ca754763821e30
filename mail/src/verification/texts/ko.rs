//! Korean, in 합니다. No particle follows a placeholder, as its form would depend on what stands
//! there.

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "{code} - {product} 인증번호",
    subject_without_code: "{product} 이메일 주소 인증",
    preheader: "인증번호는 {code}입니다. {minutes} 동안 유효합니다.",
    link_preheader: "이 메일의 링크는 {lifetime} 동안 유효합니다.",
    heading: "이메일 주소 인증",
    greeting: "{first_name} 님, 안녕하세요.",
    intro: "{product}에서 요청하면 다음 인증번호를 입력해 주세요.",
    code_lifetime: "인증번호는 {minutes} 동안 유효합니다.",
    code_lifetime_until: "인증번호는 {minutes} 동안 유효합니다({until}까지).",
    keep_secret: "인증번호를 다른 사람에게 알려 주지 마세요.",
    or_button: "버튼을 눌러 인증하실 수도 있습니다.",
    link_lifetime: "다음 링크를 열어 인증하실 수도 있습니다. 링크는 {lifetime} 동안 유효합니다({until}까지).",
    only_button: "버튼을 눌러 {product}에서 사용할 이메일 주소를 인증해 주세요.",
    only_link: "다음 링크를 열어 {product}에서 사용할 이메일 주소를 인증해 주세요. 링크는 {lifetime} 동안 유효합니다({until}까지).",
    button: "이메일 주소 인증하기",
    button_lifetime: "버튼은 {lifetime} 동안 유효합니다({until}까지).",
    fallback: "버튼이 작동하지 않으면 브라우저에서 다음 링크를 열어 주세요.",
    not_asked: "직접 요청하지 않으셨다면 이 메일은 무시하셔도 됩니다. 다른 분이 실수로 이 주소를 입력했을 수 있습니다.",
    refuse: "제가 요청하지 않았습니다",
    questions: "궁금한 점이 있으시면 {support} 주소로 문의해 주세요.",
};
