//! The environment variables of the functions.

use shared::runtime::settings::Environment;

/// The name of the table on this machine.
pub const TABLE: &str = "mailproof";

/// The functions' environment variables on this machine. The SDK needs credentials to sign with;
/// nobody verifies the signatures.
#[must_use]
pub fn environment(dynamodb_url: &str, inbox_url: &str) -> Vec<(&'static str, String)> {
    vec![
        ("AWS_REGION", "us-east-1".to_owned()),
        ("AWS_ACCESS_KEY_ID", "local".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "local".to_owned()),
        ("AWS_ENDPOINT_URL_DYNAMODB", dynamodb_url.to_owned()),
        ("AWS_ENDPOINT_URL_SESV2", inbox_url.to_owned()),
        ("AWS_ENDPOINT_URL_EVENTBRIDGE", inbox_url.to_owned()),
        ("TABLE_NAME", TABLE.to_owned()),
        ("CODE_KEYS", "local-only-key-of-codes-0123456789".to_owned()),
        ("SENDER", "Acme <no-reply@acme.example>".to_owned()),
        ("STAGE", "local".to_owned()),
        ("EVENT_BUS_NAME", "default".to_owned()),
        ("PRODUCT_NAME", "Acme".to_owned()),
        ("SUPPORT_ADDRESS", "help@acme.example".to_owned()),
        (
            "POSTAL_LINE",
            "Acme Inc., 1 Example Street, Springfield".to_owned(),
        ),
    ]
}

/// The settings in this environment that change how mails and page look.
#[must_use]
pub fn brand_settings(environment: &Environment) -> Vec<(&'static str, String)> {
    let set = BRAND_SETTINGS.map(|name| Some((name, environment.optional(name)?)));
    set.into_iter().flatten().collect()
}

const BRAND_SETTINGS: [&str; 7] = [
    "PRODUCT_NAME",
    "SENDER",
    "REPLY_TO",
    "ACCENT_COLOR",
    "SUPPORT_ADDRESS",
    "POSTAL_LINE",
    "DEFAULT_LOCALE",
];

/// Sets `values`, in place of existing values of the same names.
pub fn replace<V: Into<String>>(
    settings: &mut Vec<(&'static str, String)>,
    values: impl IntoIterator<Item = (&'static str, V)>,
) {
    for (name, value) in values {
        settings.retain(|(other, _)| *other != name);
        settings.push((name, value.into()));
    }
}
