//! Japanese, in です and ます.

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "{code} は {product} の確認コードです",
    subject_without_code: "{product} のメールアドレスの確認",
    preheader: "確認コードは {code} です。有効期間は{minutes}です。",
    link_preheader: "このメールのリンクの有効期間は{lifetime}です。",
    heading: "メールアドレスの確認",
    greeting: "{first_name} 様",
    intro: "{product} で求められたら、次のコードを入力してください。",
    code_lifetime: "コードの有効期間は{minutes}です。",
    code_lifetime_until: "コードの有効期間は{minutes}です（{until} まで）。",
    keep_secret: "このコードは誰にも教えないでください。",
    or_button: "ボタンを押して確認することもできます。",
    link_lifetime: "次のリンクを開いて確認することもできます。リンクの有効期間は{lifetime}です（{until} まで）。",
    only_button: "ボタンを押して、{product} でお使いのメールアドレスを確認してください。",
    only_link: "次のリンクを開いて、{product} でお使いのメールアドレスを確認してください。リンクの有効期間は{lifetime}です（{until} まで）。",
    button: "メールアドレスを確認する",
    button_lifetime: "ボタンの有効期間は{lifetime}です（{until} まで）。",
    fallback: "ボタンが機能しない場合は、次のリンクをブラウザで開いてください。",
    not_asked: "お心当たりがない場合は、このメールは無視していただいて差し支えありません。どなたかが誤ってこのアドレスを入力された可能性があります。",
    refuse: "このメールに心当たりがありません",
    questions: "ご不明な点は {support} までお問い合わせください。",
};
