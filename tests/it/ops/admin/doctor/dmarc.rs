//! The DMARC record, which `dig` looks up.

use insta::assert_snapshot;

use super::support::{complaints, deployed, doctor, put_dig};

#[tokio::test]
async fn the_record_is_shown() {
    let (app, cloud) = deployed().await;
    let shown = "_dmarc.acme.example is \"v=DMARC1; p=none\"";
    assert!(doctor(&app).await.text().contains(shown));
    // The record of the domain above counts.
    cloud.change(|stack| {
        let sender = "Acme <no-reply@mail.acme.example>".to_owned();
        stack.parameters.insert("Sender", sender);
        let identity = "acme.example".to_owned();
        stack.parameters.insert("SenderIdentity", identity);
    });
    assert!(doctor(&app).await.text().contains(shown));
}

#[tokio::test]
async fn a_missing_record_is_a_warning() {
    let (mut app, _cloud) = deployed().await;
    put_dig(&mut app, "\"v=spf1 -all\"", 0);
    assert_snapshot!(complaints(&app).await);
}

#[tokio::test]
async fn without_dns_the_record_is_unknown() {
    let (mut app, _cloud) = deployed().await;
    for (prints, code) in [
        (";; no servers could be reached", 9),
        (";; communications error to 127.0.0.53", 0),
    ] {
        put_dig(&mut app, prints, code);
        let report = doctor(&app).await.text();
        let unknown = "not checked: DNS cannot be looked up from here";
        assert!(report.contains(unknown), "{report}");
    }
    app.environment.retain(|(name, _)| *name != "PATH");
    assert_snapshot!(complaints(&app).await);
}
