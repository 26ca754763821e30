//! The environment variables of the functions on this machine.

use shared::runtime::settings::network::without_page;
use shared::runtime::settings::{Environment, SettingError};

use super::overrides::{Overrides, WrongSetting};
use super::setting_names::start_with;

/// The name of the table on this machine.
pub const TABLE: &str = "mailproof";

/// A variable and its value.
pub type Setting = (&'static str, String);

/// The default address of `cargo lambda watch`. Without an API, links lead there.
const CARGO_LAMBDA_URL: &str = "http://127.0.0.1:9000";

/// Where the parts of the service listen.
#[derive(Clone, Copy)]
pub(super) struct Urls<'a> {
    /// `None`: the functions are not started.
    pub(super) api: Option<&'a str>,
    pub(super) dynamodb: &'a str,
    pub(super) inbox: &'a str,
}

/// The functions' environment variables with these URLs and overrides.
pub(super) fn variables(urls: Urls<'_>, overrides: &Overrides) -> Vec<Setting> {
    let mut settings = environment(urls.dynamodb, urls.inbox);
    settings.push((
        "PUBLIC_URL",
        urls.api.unwrap_or(CARGO_LAMBDA_URL).to_owned(),
    ));
    // There is no app here, so the page links to the inbox.
    settings.push(("APP_URL", urls.inbox.to_owned()));
    replace(&mut settings, overrides.settings());
    settings
}

/// Checks the values before anything runs.
///
/// # Errors
///
/// A value is wrong.
pub fn check(overrides: &Overrides) -> Result<(), WrongSetting> {
    let urls = Urls {
        api: None,
        dynamodb: "",
        inbox: "http://127.0.0.1",
    };
    let environment = Environment::from_pairs(&variables(urls, overrides));
    start_with(&environment)
        .and_then(|()| refuse_public_url(&environment, overrides))
        .map_err(|error| overrides.locate(error))
}

/// The template refuses it as well. A function cannot: it also gets `PUBLIC_URL` of a domain of the
/// API, with any page.
fn refuse_public_url(environment: &Environment, overrides: &Overrides) -> Result<(), SettingError> {
    const NAME: &str = "PUBLIC_URL";
    let set = overrides
        .settings()
        .filter(|(name, _)| *name == NAME)
        .last();
    let is_set = set.is_some_and(|(_, value)| !value.trim().is_empty());
    match without_page(environment)? {
        Some(problem) if is_set => Err(SettingError::new(NAME, problem)),
        _ => Ok(()),
    }
}

/// The functions' default environment variables on this machine.
#[must_use]
pub fn environment(dynamodb_url: &str, inbox_url: &str) -> Vec<Setting> {
    let mut variables = Vec::from(own(dynamodb_url, inbox_url));
    let defaults = DEFAULTS.map(|(name, value)| (name, value.to_owned()));
    variables.extend(defaults);
    variables
}

/// The variables that point a function at this program. The SDK needs credentials to sign with;
/// nobody verifies the signatures.
fn own(dynamodb_url: &str, inbox_url: &str) -> [Setting; 7] {
    [
        ("AWS_REGION", "us-east-1".to_owned()),
        ("AWS_ACCESS_KEY_ID", "local".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "local".to_owned()),
        ("AWS_ENDPOINT_URL_DYNAMODB", dynamodb_url.to_owned()),
        ("AWS_ENDPOINT_URL_SESV2", inbox_url.to_owned()),
        ("AWS_ENDPOINT_URL_EVENTBRIDGE", inbox_url.to_owned()),
        ("TABLE_NAME", TABLE.to_owned()),
    ]
}

const DEFAULTS: [(&str, &str); 9] = [
    ("CODE_KEYS", "local-only-key-of-codes-0123456789"),
    ("SENDER", "Acme <no-reply@acme.example>"),
    ("STAGE", "local"),
    ("EVENT_BUS_NAME", "default"),
    ("PRODUCT_NAME", "Acme"),
    ("SUPPORT_ADDRESS", "help@acme.example"),
    ("POSTAL_LINE", "Acme Inc., 1 Example Street, Springfield"),
    // To try the refusal.
    ("DENIED_DOMAINS", "denied.example"),
    // For the events. Requests may also lead back to the inbox, which is the app here.
    ("RETURN_ORIGINS", "https://shop.example.com"),
];

/// Whether the variable belongs to this program or to the SDK, so that nobody sets it.
pub(super) fn is_own(name: &str) -> bool {
    name.starts_with("AWS_") || own("", "").iter().any(|(own, _)| *own == name)
}

/// Sets `values`, in place of existing values of the same names. Without the built-in page, the
/// defaults for it go.
pub fn replace<V: Into<String>>(
    settings: &mut Vec<Setting>,
    values: impl IntoIterator<Item = (&'static str, V)>,
) {
    let mut of_page = vec!["APP_URL", "RETURN_ORIGINS"];
    for (name, value) in values {
        settings.retain(|(other, _)| *other != name);
        settings.push((name, value.into()));
        of_page.retain(|other| *other != name);
    }
    let problem = without_page(&Environment::from_pairs(settings));
    if problem.is_ok_and(|problem| problem.is_some()) {
        settings.retain(|(name, _)| !of_page.contains(name));
    }
}
