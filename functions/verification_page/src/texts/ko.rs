//! Korean, in 합니다. The particle after a name must not depend on how the name ends.

use super::{Phrase, Texts};

pub(super) const TEXTS: Texts = Texts {
    heading: "이메일 주소 인증",
    ready: Phrase::new("버튼을 누르면 {}에서 사용할 이메일 주소가 인증됩니다."),
    unexpected: "요청하신 적이 없다면 이 페이지를 닫으시면 됩니다. 아무것도 변경되지 않습니다.",
    button: "이메일 주소 인증하기",
    working: "인증하는 중…",
    form_intro: "메일로 보내 드린 인증번호를 입력해 주세요.",
    open_link: Phrase::new("메일에 있는 링크를 열거나 {}에서 인증번호를 입력해 주세요."),
    code: "인증번호",
    code_hint: "메일에 있는 여섯 자리 숫자입니다.",
    code_malformed: "메일에 있는 여섯 자리 숫자를 입력해 주세요.",
    code_wrong: "인증번호가 올바르지 않거나 만료되었습니다. 가장 최근에 받은 메일을 확인해 주세요.",
    code_expired: "인증번호가 만료되었습니다. 가장 최근에 받은 메일의 인증번호를 입력해 주세요.",
    verified_heading: "이메일 주소가 인증되었습니다",
    verified: Phrase::new("감사합니다. {} 주소가 인증되었습니다."),
    already_heading: "이메일 주소가 이미 인증되었습니다",
    already: Phrase::new("{} 주소는 이미 인증되었습니다. 더 하실 일은 없습니다."),
    go_on: Phrase::new("{}에서 계속하기"),
    close: "이제 이 페이지를 닫으셔도 됩니다.",
    expired_heading: "링크가 만료되었습니다",
    expired: Phrase::new(
        "보안을 위해 링크는 정해진 시간 동안만 유효합니다. {}에서 인증 메일을 다시 요청해 주세요.",
    ),
    invalid_heading: "이 링크는 사용할 수 없습니다",
    invalid: "링크의 일부가 빠졌거나 그 후에 변경된 주소의 링크일 수 있습니다. 가장 최근에 받은 메일의 링크를 열어 주세요.",
    new_mail: Phrase::new("또는 {}에서 인증 메일을 다시 요청해 주세요."),
    use_code: "인증번호 입력하기",
    too_many_heading: "시도 횟수가 너무 많습니다",
    too_many: |minutes| {
        format!(
            "보안을 위해 지금은 인증번호를 더 입력할 수 없습니다. {minutes}분 후에 다시 시도해 주세요."
        )
    },
    too_many_link: "메일에 있는 링크는 계속 사용할 수 있습니다.",
    unavailable_heading: "인증을 완료하지 못했습니다",
    unavailable: "일시적인 오류이거나 인터넷 연결 문제일 수 있습니다. 잠시 후 다시 시도해 주세요.",
    retry: "다시 시도",
    bad_request_heading: "문제가 발생했습니다",
    questions: Phrase::new("궁금한 점이 있으시면 {} 주소로 문의해 주세요."),
};
