//! Traditional Chinese, with "您", as it is written in Taiwan.

use super::{Phrase, Texts};

pub(super) const TEXTS: Texts = Texts {
    heading: "驗證您的電子郵件地址",
    ready: Phrase::new("請點選按鈕，驗證您在 {} 使用的電子郵件地址。"),
    unexpected: "如果您並未提出這項要求，直接關閉此頁面即可，不會有任何變更。",
    button: "驗證電子郵件地址",
    working: "驗證中…",
    form_intro: "請輸入我們寄給您的驗證碼。",
    open_link: Phrase::new("請開啟郵件中的連結，或返回 {} 輸入驗證碼。"),
    code: "驗證碼",
    code_hint: "郵件中的六位數字。",
    code_malformed: "請輸入郵件中的六位數字。",
    code_wrong: "驗證碼不正確或已失效，請查看最新的郵件。",
    code_expired: "驗證碼已過期，請輸入最新郵件中的驗證碼。",
    verified_heading: "您的電子郵件地址已完成驗證",
    verified: Phrase::new("謝謝您！{} 已完成驗證。"),
    already_heading: "您的電子郵件地址先前已完成驗證",
    already: Phrase::new("{} 先前已完成驗證，您不需要再做任何操作。"),
    go_on: Phrase::new("繼續前往 {}"),
    close: "您現在可以關閉此頁面。",
    expired_heading: "此連結已失效",
    expired: Phrase::new("為了您的安全，連結僅在限定時間內有效。請返回 {} 重新取得郵件。"),
    invalid_heading: "此連結無法使用",
    invalid: "連結可能不完整，或是您的電子郵件地址後來已經變更。請開啟最新郵件中的連結。",
    new_mail: Phrase::new("您也可以返回 {} 重新取得郵件。"),
    use_code: "改為輸入驗證碼",
    too_many_heading: "嘗試次數過多",
    too_many: |minutes| {
        format!("為了您的安全，目前無法繼續輸入驗證碼。請於 {minutes} 分鐘後再試一次。")
    },
    too_many_link: "您仍然可以使用郵件中的連結。",
    unavailable_heading: "目前無法完成驗證",
    unavailable: "可能是我們的服務或您的網路連線發生問題。請稍後再試一次。",
    retry: "再試一次",
    bad_request_heading: "發生問題",
    questions: Phrase::new("如有任何問題，請來信 {}。"),
};
