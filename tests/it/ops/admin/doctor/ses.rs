//! SES's account, the sender's identity and the configuration set.

use std::collections::BTreeMap;

use insta::assert_snapshot;
use local::ses::{DnsStatus, Identity, SuppressedFor};

use super::support::{complaints, deployed};
use crate::support::app::TestApp;

#[tokio::test]
async fn the_sandbox_is_a_warning() {
    let (app, _cloud) = deployed().await;
    app.ses
        .account
        .with(|account| account.production_access = false);
    assert_snapshot!(complaints(&app).await);
}

#[tokio::test]
async fn sending_restrictions_are_named() {
    let (app, _cloud) = deployed().await;
    app.ses
        .account
        .with(|account| account.enforcement_status = "PROBATION");
    assert_snapshot!(complaints(&app).await);
    app.ses
        .account
        .with(|account| account.sending_enabled = false);
    assert_snapshot!(complaints(&app).await);
    app.ses
        .account
        .with(|account| account.enforcement_status = "SHUTDOWN");
    assert_snapshot!(complaints(&app).await);
}

#[tokio::test]
async fn the_quota_is_that_of_sent_mails() {
    let (app, _cloud) = deployed().await;
    app.ask(serde_json::json!({ "email": "ada@example.org" }))
        .await;
    app.ses.account.with(|account| account.max_24_hour_send = 1);
    assert_snapshot!(complaints(&app).await);
}

/// Changes the identity of the sender's domain.
fn change_identity(app: &TestApp, change: impl FnOnce(&mut Identity)) {
    app.ses
        .identities
        .with(|all| change(all.get_mut("acme.example").unwrap()));
}

#[tokio::test]
async fn missing_dns_records_are_named() {
    let (app, _cloud) = deployed().await;
    change_identity(&app, |identity| {
        identity.mail_from.as_mut().unwrap().status = DnsStatus::Failed;
    });
    assert_snapshot!(complaints(&app).await);
    change_identity(&app, |identity| {
        identity.mail_from = None;
        identity.dkim_signing = false;
    });
    assert_snapshot!(complaints(&app).await);
    change_identity(&app, |identity| {
        identity.verification = DnsStatus::Pending;
        identity.dkim = DnsStatus::Pending;
    });
    assert_snapshot!(complaints(&app).await);
}

#[tokio::test]
async fn an_unknown_identity_is_a_problem() {
    let (app, cloud) = deployed().await;
    app.ses.identities.with(BTreeMap::clear);
    assert_snapshot!(complaints(&app).await);
    // The stack may use an identity that it did not create.
    let address = "no-reply@acme.example".to_owned();
    cloud.change(|stack| {
        stack.parameters.insert("SenderIdentity", address.clone());
    });
    app.ses
        .identities
        .with(|all| all.insert(address, Identity::of_address()));
    assert_snapshot!(complaints(&app).await);
}

#[tokio::test]
async fn the_configuration_set_is_checked() {
    let (app, _cloud) = deployed().await;
    let change = |change: fn(&mut local::ses::ConfigurationSet)| {
        app.ses
            .configuration_sets
            .with(|all| change(all.get_mut("local").unwrap()));
    };
    change(|set| {
        set.sending_enabled = false;
        set.suppressed_reasons = vec![SuppressedFor::Bounce];
        set.event_destinations[0].event_types = vec!["DELIVERY", "BOUNCE"];
    });
    assert_snapshot!(complaints(&app).await);
    change(|set| set.event_destinations[0].enabled = false);
    assert_snapshot!(complaints(&app).await);
    change(|set| set.event_destinations.clear());
    assert_snapshot!(complaints(&app).await);
    app.ses.configuration_sets.with(BTreeMap::clear);
    assert_snapshot!(complaints(&app).await);
}
