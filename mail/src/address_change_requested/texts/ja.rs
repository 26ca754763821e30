//! Japanese, in です and ます.

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "{product} のメールアドレスの変更が申請されました",
    requested: "{at} に、{product} でお使いのメールアドレスを {address} から別のアドレスに変更する申請がありました。そのアドレスが確認されるまで、変更は行われません。",
    was_you: "ご自身で申請された場合は、ここで必要な操作はありません。",
    not_you: "お心当たりがない場合は、すぐに {support} までご連絡ください。",
    not_you_without_address: "お心当たりがない場合は、すぐに {product} までお問い合わせください。",
};
