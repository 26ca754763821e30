//! The template sets each variable that a function reads, and no other.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use mail::Ses;
use publish_events::PublishEvents;
use record_mail_events::RecordMailEvents;
use request_email_verification::RequestEmailVerification;
use saphyr::{LoadableYamlNode, YamlOwned};
use shared::runtime::aws::Aws;
use shared::runtime::settings::Environment;
use verification_page::VerificationPage;
use verify_email::VerifyEmail;

use crate::support::app::TestApp;

/// Read with the log and with AWS's clients, before there is a function. Lambda sets most of those
/// named `AWS_`, and `sam local` the others.
fn is_of_the_runtime(name: &str) -> bool {
    name.starts_with("AWS_") || ["METRICS_NAMESPACE", "SSL_CERT_FILE"].contains(&name)
}

/// Read with the brand. Only a mail shows it, so the page does not need it.
const OF_MAILS: (&str, &str) = ("VerificationPageFunction", "POSTAL_LINE");

fn variables(node: &YamlOwned) -> BTreeSet<String> {
    let variables = node["Environment"]["Variables"].as_mapping();
    let names = variables.into_iter().flatten();
    names
        .map(|(name, _)| name.as_str().unwrap().to_owned())
        .filter(|name| !is_of_the_runtime(name))
        .collect()
}

#[tokio::test]
async fn each_function_gets_what_it_reads() {
    let template = Path::new(env!("CARGO_MANIFEST_DIR")).join("../template.yaml");
    let template = fs::read_to_string(template).unwrap();
    let template = YamlOwned::load_from_str(&template).unwrap().remove(0);
    let app = TestApp::start().await;
    let mut checked = 0;
    for (id, resource) in template["Resources"].as_mapping().unwrap() {
        if resource["Type"].as_str() != Some("AWS::Serverless::Function") {
            continue;
        }
        let read = Arc::new(Mutex::new(BTreeSet::new()));
        let recorded = Arc::clone(&read);
        let settings = app.environment.clone();
        let environment = Environment::from_fn(move |name| {
            recorded.lock().unwrap().insert(name.to_owned());
            let found = settings.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| value.clone())
        });
        let (environment, clock) = (&environment, app.clock.clone());
        let aws = &Aws::from_environment(environment).unwrap();
        let id = id.as_str().unwrap();
        match id {
            "RequestEmailVerificationFunction" => {
                let ses = Ses::new(aws, environment);
                RequestEmailVerification::from_environment(environment, aws, &ses, clock).unwrap();
            }
            "VerifyEmailFunction" => {
                VerifyEmail::from_environment(environment, aws, clock).unwrap();
            }
            "VerificationPageFunction" => {
                VerificationPage::from_environment(environment, aws, clock).unwrap();
            }
            "RecordMailEventsFunction" => {
                RecordMailEvents::from_environment(environment, aws).unwrap();
            }
            "PublishEventsFunction" => {
                PublishEvents::from_environment(environment, aws).unwrap();
            }
            other => panic!("{other} is not started here"),
        }
        let read = read.lock().unwrap();
        let expected = read
            .iter()
            .filter(|name| !is_of_the_runtime(name) && (id, name.as_str()) != OF_MAILS);
        assert_eq!(
            variables(&resource["Properties"]),
            expected.cloned().collect(),
            "{id}"
        );
        checked += 1;
    }
    assert!(checked > 0);
}
