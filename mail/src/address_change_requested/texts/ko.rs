//! Korean, in 합니다. No particle follows a placeholder, if its form would depend on what stands
//! there.

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "{product} 이메일 주소 변경이 요청되었습니다",
    requested: "{at}에 {product}에서 사용하시는 {address} 주소를 다른 주소로 변경해 달라는 요청이 있었습니다. 그 주소가 인증될 때까지는 아무것도 바뀌지 않습니다.",
    was_you: "직접 요청하셨다면 여기서 하실 일은 없습니다.",
    not_you: "직접 요청하지 않으셨다면 바로 {support} 주소로 문의해 주세요.",
    not_you_without_address: "직접 요청하지 않으셨다면 바로 {product}에 문의해 주세요.",
};
