//! Korean, in 합니다. No particle follows a placeholder, if its form would depend on what stands
//! there.

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "{product} 이메일 주소가 변경되었습니다",
    changed: "{at}에 {product}에서 사용하시던 {address} 주소가 다른 주소로 변경되었습니다.",
    was_you: "직접 변경하셨다면 더 하실 일은 없습니다.",
    not_you: "직접 변경하지 않으셨다면 바로 {support} 주소로 문의해 주세요.",
    not_you_without_address: "직접 변경하지 않으셨다면 바로 {product}에 문의해 주세요.",
};
