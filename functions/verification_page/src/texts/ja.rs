//! Japanese, in です and ます.

use super::{Phrase, Texts};

pub(super) const TEXTS: Texts = Texts {
    heading: "メールアドレスの確認",
    ready: Phrase::new("ボタンを押すと、{} でお使いのメールアドレスの確認が完了します。"),
    unexpected: "お心当たりがない場合は、このページを閉じてください。何も変更されません。",
    button: "メールアドレスを確認する",
    working: "確認しています…",
    form_intro: "お送りしたメールに記載のコードを入力してください。",
    open_link: Phrase::new("メールのリンクを開くか、{} に戻ってコードを入力してください。"),
    code: "確認コード",
    code_hint: "メールに記載されている6桁の数字です。",
    code_malformed: "メールに記載されている6桁の数字を入力してください。",
    code_wrong: "コードが正しくないか、有効期限が切れています。最新のメールをご確認ください。",
    code_expired: "コードの有効期限が切れています。最新のメールに記載のコードを入力してください。",
    verified_heading: "メールアドレスの確認が完了しました",
    verified: Phrase::new("ありがとうございます。{} の確認が完了しました。"),
    already_heading: "メールアドレスはすでに確認済みです",
    already: Phrase::new("{} はすでに確認済みです。ほかに必要な操作はありません。"),
    go_on: Phrase::new("{} に進む"),
    close: "このページは閉じていただいて問題ありません。",
    expired_heading: "リンクの有効期限が切れています",
    expired: Phrase::new(
        "安全のため、リンクには有効期限があります。{} に戻り、確認メールを再送信してください。",
    ),
    invalid_heading: "このリンクはご利用いただけません",
    invalid: "リンクの一部が欠けているか、その後変更されたアドレスのものである可能性があります。最新のメールのリンクを開いてください。",
    new_mail: Phrase::new("または、{} に戻り、確認メールを再送信してください。"),
    use_code: "代わりにコードを入力する",
    too_many_heading: "試行回数が上限に達しました",
    too_many: |minutes| {
        format!(
            "安全のため、現在コードの入力を制限しています。{minutes}分後にもう一度お試しください。"
        )
    },
    too_many_link: "メールのリンクは引き続きご利用いただけます。",
    unavailable_heading: "処理を完了できませんでした",
    unavailable: "サーバーの一時的な問題か、通信環境が原因の可能性があります。しばらくしてからもう一度お試しください。",
    retry: "もう一度試す",
    bad_request_heading: "問題が発生しました",
    questions: Phrase::new("ご不明な点は {} までお問い合わせください。"),
};
