//! Japanese, in です and ます.

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    subject: "{product} のメールアドレスが変更されました",
    changed: "{at} に、{product} でお使いのメールアドレスが {address} から別のアドレスに変更されました。",
    was_you: "ご自身で変更された場合は、ほかに必要な操作はありません。",
    not_you: "お心当たりがない場合は、すぐに {support} までご連絡ください。",
    not_you_without_address: "お心当たりがない場合は、すぐに {product} までお問い合わせください。",
};
