//! Settings of the deployed functions that are wrong, or contradict each other. No value is shown,
//! since some are secrets.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use mail::{LinkTarget, MailSettings};
use shared::domain::mail_content::MailContent;
use shared::domain::notice::ChangeNotice;
use shared::runtime::settings::{
    Environment, SettingError, brand, domains, network, notices, proofs, stage,
};

use super::check_error::CheckError;
use super::check_result::CheckResult;
use super::clients::Clients;
use super::functions::Functions;
use super::stack::Stack;

const ID: &str = "settings";

/// Reads settings as a function does at its start.
type Read = fn(&Environment) -> Result<(), SettingError>;

/// How the settings are read. `template.yaml` gives a function only those that it reads, so a
/// function that has the first of them reads them together.
const READ: [(&str, Read); 17] = [
    ("TABLE_NAME", |of| of.required("TABLE_NAME").map(drop)),
    ("SENDER", |of| MailSettings::from_environment(of).map(drop)),
    (LINK, |of| LinkTarget::from_environment(of).map(drop)),
    (LINK, network::refuse_without_page),
    ("PRODUCT_NAME", |of| brand::brand(of).map(drop)),
    ("STAGE", |of| stage(of).map(drop)),
    ("ORIGIN_SECRET", |of| network::origin(of).map(drop)),
    ("CODE_KEYS", |of| proofs::code_keys(of).map(drop)),
    ("MAIL_CONTENT", |of| proofs::mail_content(of).map(drop)),
    ("CODE_IN_SUBJECT", |of| {
        proofs::code_in_subject(of).map(drop)
    }),
    ("LINK_LIFETIME_HOURS", |of| proofs::lifetimes(of).map(drop)),
    ("MAILS_PER_DAY", |of| proofs::mail_limit(of).map(drop)),
    ("ALLOWED_DOMAINS", |of| domains::domain_policy(of).map(drop)),
    ("APP_URL", |of| network::app_url(of).map(drop)),
    (NOTICE, |of| notices::change_notice(of).map(drop)),
    ("RETURN_ORIGINS", |of| network::return_origins(of).map(drop)),
    ("EVENT_BUS_NAME", |of| {
        of.required("EVENT_BUS_NAME").map(drop)
    }),
];

/// Only the function that mails links has it.
const LINK: &str = "VERIFICATION_URL";

/// Only the function that mails notices has it.
const NOTICE: &str = "CHANGE_NOTICE";

/// Settings that must be equal in all functions that have them, and what fails otherwise.
const EQUAL: [(&str, &str); 15] = [
    ("TABLE_NAME", "proofs are not found"),
    ("CODE_KEYS", "codes do not verify"),
    ("ORIGIN_SECRET", "some requests get 403"),
    ("STAGE", "events of mails are ignored"),
    ("MAIL_CONTENT", "mail and page differ"),
    ("SENDER", "mails differ"),
    ("REPLY_TO", "mails differ"),
    ("POSTAL_LINE", "mails differ"),
    ("CONFIGURATION_SET", "not all bounces are recorded"),
    ("PRODUCT_NAME", "mail and page differ"),
    ("ACCENT_COLOR", "mail and page differ"),
    ("SUPPORT_ADDRESS", "mail and page differ"),
    ("DEFAULT_LOCALE", "mail and page differ"),
    ("APP_URL", "the page ignores return_to"),
    ("RETURN_ORIGINS", "the page ignores return_to"),
];

const NOBODY: &str = "an email about a change of address names nobody to write to. Set \
                      SupportAddress, or ReplyTo to an address that somebody reads, and deploy";

pub(super) fn check(
    clients: &Clients,
    functions: &Result<Functions, CheckError>,
    stack: &Result<Stack, CheckError>,
) -> CheckResult {
    let functions = match functions {
        Ok(functions) => functions,
        Err(error) => return CheckResult::of_error(ID, error),
    };
    let set = stack
        .as_ref()
        .ok()
        .and_then(|stack| stack.resource("ConfigurationSet"));
    let deployed = Deployed::of(functions);
    let problems = [
        deployed.invalid(),
        deployed.unequal(),
        deployed.contradictions(&clients.table, set),
        deployed.endpoints(),
    ]
    .concat();
    let unchecked = unchecked(functions);
    if problems.is_empty() {
        return if !unchecked.is_empty() {
            CheckResult::of_error(ID, &CheckError::Unchecked(unchecked.join("; ")))
        } else if deployed.notices_name_nobody() {
            CheckResult::warning(ID, NOBODY).command("sam deploy --guided")
        } else {
            CheckResult::ok(ID, "the functions' settings fit each other")
        };
    }
    let all = [problems, unchecked].concat().join("; ");
    CheckResult::problem(ID, format!("{all}. Correct the parameters and deploy"))
        .command("sam deploy --guided")
}

/// Which functions are not checked, and why.
fn unchecked(functions: &Functions) -> Vec<String> {
    let hidden = functions.iter();
    let hidden = hidden.filter(|(_, function)| function.settings.is_none());
    hidden
        .map(|(name, _)| format!("Lambda does not show the settings of {name}"))
        .collect()
}

/// The functions whose settings are checked.
struct Deployed<'a> {
    functions: Vec<Function<'a>>,
}

struct Function<'a> {
    name: &'a str,
    settings: &'a HashMap<String, String>,
}

impl Function<'_> {
    fn has(&self, setting: &str) -> bool {
        self.settings.contains_key(setting)
    }

    fn environment(&self) -> Environment {
        Environment::from_pairs(&self.settings.iter().collect::<Vec<_>>())
    }

    /// Empty, if it is not set: that is the same.
    fn value(&self, setting: &str) -> &str {
        self.settings.get(setting).map_or("", |value| value.trim())
    }
}

impl<'a> Deployed<'a> {
    fn of(functions: &'a Functions) -> Self {
        let checked = functions.iter().filter_map(|(name, function)| {
            let settings = function.settings.as_ref()?;
            Some(Function { name, settings })
        });
        Self {
            functions: checked.collect(),
        }
    }

    /// The errors with which functions do not start. Their texts name the setting, and never its
    /// value.
    fn invalid(&self) -> Vec<String> {
        let mut functions = BTreeMap::<String, Vec<&str>>::new();
        for function in &self.functions {
            let environment = function.environment();
            let errors = READ
                .iter()
                .filter(|(first, _)| function.has(first))
                .filter_map(|(_, read)| read(&environment).err());
            for error in errors {
                let of_error = functions.entry(error.to_string()).or_default();
                // The settings of a mail include those of the brand.
                if of_error.last() != Some(&function.name) {
                    of_error.push(function.name);
                }
            }
        }
        let texts = functions.iter();
        texts
            .map(|(error, functions)| format!("{error} (in {})", functions.join(", ")))
            .collect()
    }

    fn unequal(&self) -> Vec<String> {
        let differs = |(name, _): &(&str, &str)| {
            let all = self.functions.iter().filter(|function| function.has(name));
            let mut values = all.map(|function| function.value(name));
            let first = values.next();
            values.any(|value| Some(value) != first)
        };
        let unequal = EQUAL.iter().filter(|row| differs(row));
        unequal
            .map(|(name, effect)| format!("{name} differs between functions, so {effect}"))
            .collect()
    }

    fn contradictions(&self, table: &str, set: Option<&str>) -> Vec<String> {
        let mut functions = self.functions.iter();
        let Some(request) = functions.find(|function| function.has(LINK)) else {
            return Vec::new();
        };
        let request = request.environment();
        let is_set = |name| request.optional(name).is_some();
        let mut problems = Vec::new();
        if request
            .optional("TABLE_NAME")
            .is_some_and(|used| used != table)
        {
            problems.push(format!("the functions use another table than {table}"));
        }
        if is_set("VERIFICATION_URL") && is_set("PUBLIC_URL") {
            problems.push("VERIFICATION_URL and PUBLIC_URL are both set".to_owned());
        }
        let is_protected = request
            .optional("ORIGIN_SECRET")
            .is_some_and(|text| text != "none");
        let mails_link = proofs::mail_content(&request).is_ok_and(MailContent::has_link);
        let has_url = is_set("PUBLIC_URL") || is_set("VERIFICATION_URL");
        if is_protected && mails_link && !has_url {
            problems.push(
                "ORIGIN_SECRET is set without PUBLIC_URL, so mailed links lead past the proxy and \
                 get 403"
                    .to_owned(),
            );
        }
        match (request.optional("CONFIGURATION_SET"), set) {
            (None, _) => {
                problems.push("CONFIGURATION_SET is not set, so no bounce is recorded".to_owned());
            }
            (Some(used), Some(set)) if used != set => problems
                .push("CONFIGURATION_SET is not the stack's, so no bounce is recorded".to_owned()),
            _ => {}
        }
        problems
    }

    /// Whether a reader who did not change the address learns of no address to write to.
    fn notices_name_nobody(&self) -> bool {
        let mut functions = self.functions.iter();
        let Some(notices) = functions.find(|function| function.has(NOTICE)) else {
            return false;
        };
        let notices = notices.environment();
        let is_mailed = notices::change_notice(&notices).is_ok_and(|of| of != ChangeNotice::Off);
        let settings = MailSettings::from_environment(&notices);
        is_mailed && settings.is_ok_and(|settings| settings.address_for_questions().is_none())
    }

    fn endpoints(&self) -> Vec<String> {
        let all = self.functions.iter().flat_map(|function| function.settings);
        let set = all.filter(|(name, value)| {
            name.starts_with("AWS_ENDPOINT_URL") && !value.trim().is_empty()
        });
        let names: BTreeSet<_> = set.map(|(name, _)| name).collect();
        let names = names.into_iter();
        names
            .map(|name| format!("{name} is set, which is for local runs"))
            .collect()
    }
}
