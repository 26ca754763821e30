//! How SES's events describe the mail.

use serde_json::{Map, Value, json};

use super::{ACCOUNT, REGION, insert};
use crate::captured_mails::{CapturedMail, Field};
use crate::date::{rfc2822, rfc3339_millis};
use crate::ses::address::Address;
use crate::ses::configuration_sets::DEFAULT_NAME;

/// Documentation addresses stand for SES's and the sender's (RFC 5737).
const SES_IP: &str = "198.51.100.8";
const CALLER_IP: &str = "203.0.113.7";

/// `mail`, which every event has.
pub(super) fn mail_object(mail: &CapturedMail) -> Value {
    let address = |written: &String| Address::parse(written).address;
    let destination: Vec<_> = mail.recipients().map(address).collect();
    let domain = sender_domain(mail);
    let header = |name: &str, value: &str| json!({ "name": name, "value": value });
    let mut headers = vec![
        header("From", &mail.from),
        header("To", &mail.to.join(", ")),
        header("Subject", &mail.subject),
        header("MIME-Version", "1.0"),
    ];
    headers.extend(
        mail.headers
            .iter()
            .map(|Field { name, value }| header(name, value)),
    );
    let mut object = json!({
        "timestamp": rfc3339_millis(mail.received_at),
        "source": mail.from,
        "sourceArn": format!("arn:aws:ses:{REGION}:{ACCOUNT}:identity/{domain}"),
        "sendingAccountId": ACCOUNT,
        "messageId": mail.message_id,
        "destination": destination,
        "headersTruncated": false,
        "headers": headers,
        "commonHeaders": {
            "from": [mail.from],
            "date": rfc2822(mail.received_at),
            "to": mail.to,
            "messageId": mail.message_id,
            "subject": mail.subject,
        },
        "tags": tags(mail, &domain),
    });
    if !mail.reply_to.is_empty()
        && let Some(common) = object.get_mut("commonHeaders")
    {
        insert(common, "replyTo", json!(mail.reply_to));
    }
    object
}

/// SES's own tags, then those of the request.
fn tags(mail: &CapturedMail, domain: &str) -> Value {
    let of_ses = [
        ("ses:source-tls-version", "TLSv1.3"),
        ("ses:operation", "SendEmail"),
        ("ses:configuration-set", configuration_set(mail)),
        ("ses:source-ip", CALLER_IP),
        ("ses:from-domain", domain),
        ("ses:caller-identity", "RequestEmailVerificationRole"),
        ("ses:outgoing-ip", SES_IP),
    ];
    let mut tags: Map<String, Value> = of_ses
        .map(|(name, value)| (name.to_owned(), json!([value])))
        .into_iter()
        .collect();
    for Field { name, value } in &mail.tags {
        match tags.get_mut(name).and_then(Value::as_array_mut) {
            Some(values) => values.push(json!(value)),
            None => {
                tags.insert(name.clone(), json!([value]));
            }
        }
    }
    Value::Object(tags)
}

pub(super) fn sender_domain(mail: &CapturedMail) -> String {
    let address = Address::parse(&mail.from);
    address.domain().unwrap_or_default().to_owned()
}

/// SES publishes events only for mails with a configuration set. The local SES publishes them for
/// all mails.
pub(super) fn configuration_set(mail: &CapturedMail) -> &str {
    mail.configuration_set.as_deref().unwrap_or(DEFAULT_NAME)
}
