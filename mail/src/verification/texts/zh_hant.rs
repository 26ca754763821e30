//! Chinese in traditional characters, with "您", as it is written in Taiwan.

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "{code} 是您的 {product} 驗證碼",
    subject_without_code: "驗證您的 {product} 電子郵件地址",
    preheader: "您的驗證碼是 {code}，{minutes}內有效。",
    link_preheader: "這封郵件中的連結將於 {lifetime}後失效。",
    heading: "驗證您的電子郵件地址",
    greeting: "{first_name} 您好，",
    intro: "請在 {product} 輸入此驗證碼：",
    code_lifetime: "驗證碼將於 {minutes}後失效。",
    code_lifetime_until: "驗證碼將於 {minutes}後失效（{until}）。",
    keep_secret: "請勿將此驗證碼告訴任何人。",
    or_button: "您也可以點選按鈕完成驗證。",
    link_lifetime: "您也可以開啟以下連結，連結將於 {lifetime}後失效（{until}）：",
    only_button: "請點選按鈕，驗證您在 {product} 使用的電子郵件地址。",
    only_link: "請開啟以下連結，驗證您在 {product} 使用的電子郵件地址。連結將於 {lifetime}後失效（{until}）：",
    button: "驗證電子郵件地址",
    button_lifetime: "連結將於 {lifetime}後失效（{until}）。",
    fallback: "如果按鈕無法使用，請在瀏覽器中開啟此連結：",
    not_asked: "如果您並未提出這項要求，請放心忽略這封郵件。可能是有人誤填了您的電子郵件地址。",
    refuse: "我沒有提出這項要求",
    questions: "如有任何問題，請來信 {support}。",
};
