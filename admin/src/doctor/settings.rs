//! Settings of the deployed functions that are wrong, or contradict each other. No value is shown,
//! since some are secrets.

use std::collections::HashMap;

use mail::MailSettings;
use shared::runtime::settings::{self, Environment, SettingError};

use super::finding::Finding;
use super::functions::Functions;
use super::services::Services;
use super::stack::Stack;
use super::unseen::Look;

const ID: &str = "settings";

const REQUEST: &str = "RequestEmailVerificationFunction";
const VERIFY: &str = "VerifyEmailFunction";
const STATUS: &str = "EmailVerificationStatusFunction";
const PAGE: &str = "VerificationPageFunction";
const RECORD: &str = "RecordMailEventsFunction";
const PUBLISH: &str = "PublishEventsFunction";

/// Settings that must be equal, and what fails otherwise.
const EQUAL: [(&str, &[&str], &str); 5] = [
    (
        "TABLE_NAME",
        &[REQUEST, VERIFY, STATUS, PAGE, RECORD],
        "proofs are not found",
    ),
    ("CODE_KEYS", &[REQUEST, VERIFY, PAGE], "codes do not verify"),
    (
        "ORIGIN_SECRET",
        &[REQUEST, VERIFY, STATUS, PAGE],
        "some requests get 403",
    ),
    (
        "STAGE",
        &[REQUEST, RECORD, PUBLISH],
        "events of mails are ignored",
    ),
    ("PRODUCT_NAME", &[REQUEST, PAGE], "mail and page differ"),
];

pub(super) fn check(
    services: &Services,
    functions: &Look<Functions>,
    stack: &Look<Stack>,
) -> Finding {
    let functions = match functions {
        Ok(functions) => functions,
        Err(unseen) => return Finding::unseen(ID, unseen),
    };
    let set = stack
        .as_ref()
        .ok()
        .and_then(|stack| stack.resource("ConfigurationSet"));
    let deployed = Deployed { functions };
    let problems = [
        deployed.invalid(),
        deployed.unequal(),
        deployed.contradictions(&services.table, set),
    ]
    .concat();
    if problems.is_empty() {
        return Finding::ok(ID, "the functions' settings fit each other");
    }
    let text = format!("{}. Correct the parameters and deploy", problems.join("; "));
    Finding::problem(ID, text).command("sam deploy --guided")
}

struct Deployed<'a> {
    functions: &'a Functions,
}

impl Deployed<'_> {
    fn settings(&self, function: &str) -> Option<&HashMap<String, String>> {
        let function = self.functions.get(function)?;
        // A function that is gone has none.
        (!function.settings.is_empty()).then_some(&function.settings)
    }

    fn environment(&self, function: &str) -> Option<Environment> {
        let pairs: Vec<_> = self.settings(function)?.iter().collect();
        Some(Environment::from_pairs(&pairs))
    }

    /// The errors with which a function does not start.
    fn invalid(&self) -> Vec<String> {
        type Read = fn(&Environment) -> Result<(), SettingError>;
        let readers: [(&str, Read); 9] = [
            (REQUEST, |of| MailSettings::from_environment(of).map(drop)),
            (REQUEST, |of| settings::network::public_url(of).map(drop)),
            (REQUEST, |of| settings::proofs::code_keys(of).map(drop)),
            (REQUEST, |of| settings::proofs::lifetimes(of).map(drop)),
            (REQUEST, |of| settings::proofs::mail_limit(of).map(drop)),
            (REQUEST, |of| settings::network::origin(of).map(drop)),
            (VERIFY, |of| settings::proofs::code_keys(of).map(drop)),
            (PAGE, |of| settings::brand::brand(of).map(drop)),
            (RECORD, |of| settings::stage(of).map(drop)),
        ];
        let mut problems = Vec::new();
        for (function, read) in readers {
            let error = self.environment(function).and_then(|of| read(&of).err());
            // The text has the setting's name, and never its value.
            problems.extend(error.map(|error| error.to_string()));
        }
        problems.dedup();
        problems
    }

    fn unequal(&self) -> Vec<String> {
        let differs = |(name, of, _): &(&str, &[&str], &str)| {
            let values = of.iter().filter_map(|function| self.settings(function));
            let mut values = values.map(|all| all.get(*name).map_or("", |value| value.trim()));
            let first = values.next();
            values.any(|value| Some(value) != first)
        };
        let unequal = EQUAL.iter().filter(|row| differs(row));
        unequal
            .map(|(name, _, effect)| format!("{name} differs between functions, so {effect}"))
            .collect()
    }

    fn contradictions(&self, table: &str, set: Option<&str>) -> Vec<String> {
        let Some(request) = self.environment(REQUEST) else {
            return Vec::new();
        };
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
        for service in ["DYNAMODB", "SESV2"] {
            let name = format!("AWS_ENDPOINT_URL_{service}");
            if request.optional(&name).is_some() {
                problems.push(format!("{name} is set, which is for local runs"));
            }
        }
        problems
    }
}
