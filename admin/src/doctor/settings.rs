//! Settings of the deployed functions that are wrong, or contradict each other. No value is shown,
//! since some are secrets.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use mail::MailSettings;
use shared::runtime::settings::{Environment, SettingError, brand, network, proofs, stage};

use super::check_error::CheckError;
use super::check_result::CheckResult;
use super::clients::Clients;
use super::functions::Functions;
use super::stack::Stack;

const ID: &str = "settings";

const REQUEST: &str = "RequestEmailVerificationFunction";

/// The functions, by their names in `template.yaml`, and what each reads at its start.
/// `tests/it/ops/admin/doctor/settings.rs` compares it with `local/src/functions.rs`.
const FUNCTIONS: [(&str, &[Part]); 6] = [
    (
        REQUEST,
        &[
            Part::Table,
            Part::Mail,
            Part::Brand,
            Part::Stage,
            Part::Origin,
            Part::CodeKeys,
            Part::Lifetimes,
            Part::MailLimit,
        ],
    ),
    (
        "VerifyEmailFunction",
        &[Part::Table, Part::Origin, Part::CodeKeys],
    ),
    (
        "EmailVerificationStatusFunction",
        &[Part::Table, Part::Origin],
    ),
    (
        "VerificationPageFunction",
        &[
            Part::Table,
            Part::Origin,
            Part::CodeKeys,
            Part::Brand,
            Part::AppUrl,
        ],
    ),
    ("RecordMailEventsFunction", &[Part::Table, Part::Stage]),
    ("PublishEventsFunction", &[Part::EventBus, Part::Stage]),
];

/// Settings that a function reads together.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Table,
    /// With [`Part::Brand`] and [`Part::Stage`].
    Mail,
    Brand,
    Stage,
    Origin,
    CodeKeys,
    Lifetimes,
    MailLimit,
    AppUrl,
    EventBus,
}

impl Part {
    /// As the function does.
    fn read(self, of: &Environment) -> Result<(), SettingError> {
        match self {
            Self::Table => of.required("TABLE_NAME").map(drop),
            Self::Mail => MailSettings::from_environment(of).map(drop),
            Self::Brand => brand::brand(of).map(drop),
            Self::Stage => stage(of).map(drop),
            Self::Origin => network::origin(of).map(drop),
            Self::CodeKeys => proofs::code_keys(of).map(drop),
            Self::Lifetimes => proofs::lifetimes(of).map(drop),
            Self::MailLimit => proofs::mail_limit(of).map(drop),
            Self::AppUrl => network::app_url(of).map(drop),
            Self::EventBus => of.required("EVENT_BUS_NAME").map(drop),
        }
    }
}

/// Settings that must be equal in all functions that read the part, and what fails otherwise.
const EQUAL: [(&str, Part, &str); 8] = [
    ("TABLE_NAME", Part::Table, "proofs are not found"),
    ("CODE_KEYS", Part::CodeKeys, "codes do not verify"),
    ("ORIGIN_SECRET", Part::Origin, "some requests get 403"),
    ("STAGE", Part::Stage, "events of mails are ignored"),
    ("PRODUCT_NAME", Part::Brand, "mail and page differ"),
    ("ACCENT_COLOR", Part::Brand, "mail and page differ"),
    ("SUPPORT_ADDRESS", Part::Brand, "mail and page differ"),
    ("DEFAULT_LOCALE", Part::Brand, "mail and page differ"),
];

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
        return if unchecked.is_empty() {
            CheckResult::ok(ID, "the functions' settings fit each other")
        } else {
            CheckResult::of_error(ID, &CheckError::Unchecked(unchecked.join("; ")))
        };
    }
    let all = [problems, unchecked].concat().join("; ");
    CheckResult::problem(ID, format!("{all}. Correct the parameters and deploy"))
        .command("sam deploy --guided")
}

/// The functions whose settings are not checked, and why.
fn unchecked(functions: &Functions) -> Vec<String> {
    let is_known = |name: &str| FUNCTIONS.iter().any(|(known, _)| *known == name);
    let reason = |(name, function): (&String, &super::functions::Function)| {
        if !is_known(name) {
            Some(format!(
                "this release of `admin` does not know the settings of {name}"
            ))
        } else if function.settings.is_none() {
            Some(format!("Lambda does not show the settings of {name}"))
        } else {
            None
        }
    };
    functions.iter().filter_map(reason).collect()
}

/// The functions whose settings are checked.
struct Deployed<'a> {
    functions: Vec<Function<'a>>,
}

struct Function<'a> {
    name: &'static str,
    parts: &'static [Part],
    settings: &'a HashMap<String, String>,
}

impl Function<'_> {
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
        let checked = FUNCTIONS.iter().filter_map(|(name, parts)| {
            let settings = functions.get(*name)?.settings.as_ref()?;
            Some(Function {
                name,
                parts,
                settings,
            })
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
            let errors = function.parts.iter().map(|part| part.read(&environment));
            for error in errors.filter_map(Result::err) {
                let of_error = functions.entry(error.to_string()).or_default();
                // Two parts may read the same setting.
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
        let differs = |(name, part, _): &(&str, Part, &str)| {
            let all = self.functions.iter();
            let all = all.filter(|function| function.parts.contains(part));
            let mut values = all.map(|function| function.value(name));
            let first = values.next();
            values.any(|value| Some(value) != first)
        };
        let unequal = EQUAL.iter().filter(|row| differs(row));
        unequal
            .map(|(name, _, effect)| format!("{name} differs between functions, so {effect}"))
            .collect()
    }

    fn contradictions(&self, table: &str, set: Option<&str>) -> Vec<String> {
        let mut functions = self.functions.iter();
        let Some(request) = functions.find(|function| function.name == REQUEST) else {
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
        if is_protected && !is_set("PUBLIC_URL") && !is_set("VERIFICATION_URL") {
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
