//! `ListEmailIdentities` and `GetEmailIdentity`: the domains and addresses that may send.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::error::SesError;
use super::page::Page;
use super::{Ses, Signed};

/// What SES found of DNS records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DnsStatus {
    Pending,
    Success,
    Failed,
    TemporaryFailure,
    NotStarted,
}

#[derive(Clone, Debug)]
pub struct Identity {
    pub verification: DnsStatus,
    pub dkim: DnsStatus,
    pub dkim_signing: bool,
    /// The subdomain of the envelope's sender. `None`: a domain of SES.
    pub mail_from: Option<MailFrom>,
}

#[derive(Clone, Debug)]
pub struct MailFrom {
    pub domain: String,
    pub status: DnsStatus,
}

/// By their names: domains and addresses.
pub type Identities = BTreeMap<String, Identity>;

impl Identity {
    /// A domain with all its DNS records, as `template.yaml` sets it up.
    #[must_use]
    pub fn of_domain(domain: &str) -> Self {
        Self {
            verification: DnsStatus::Success,
            dkim: DnsStatus::Success,
            dkim_signing: true,
            mail_from: Some(MailFrom {
                domain: format!("bounce.{domain}"),
                status: DnsStatus::Success,
            }),
        }
    }

    /// An address whose owner has opened SES's link.
    #[must_use]
    pub fn of_address() -> Self {
        Self {
            verification: DnsStatus::Success,
            dkim: DnsStatus::NotStarted,
            dkim_signing: false,
            mail_from: None,
        }
    }

    fn may_send(&self) -> bool {
        self.verification == DnsStatus::Success
    }

    fn summary(&self, name: &str) -> Value {
        json!({
            "IdentityType": kind_of(name),
            "IdentityName": name,
            "SendingEnabled": self.may_send(),
            "VerificationStatus": self.verification,
        })
    }

    fn describe(&self, name: &str) -> Value {
        let mut dkim = json!({
            "SigningEnabled": self.dkim_signing,
            "Status": self.dkim,
            "SigningAttributesOrigin": "AWS_SES",
            "NextSigningKeyLength": "RSA_2048_BIT",
        });
        if self.dkim != DnsStatus::NotStarted {
            dkim["CurrentSigningKeyLength"] = json!("RSA_2048_BIT");
            dkim["SigningHostedZone"] = json!("dkim.amazonses.com");
            // 32 characters each, as in the names of the records.
            dkim["Tokens"] = ["one", "two", "three"]
                .map(|number| format!("{number:x<32}"))
                .into();
        }
        let mut mail_from = json!({ "BehaviorOnMxFailure": "USE_DEFAULT_VALUE" });
        if let Some(MailFrom { domain, status }) = &self.mail_from {
            mail_from["MailFromDomain"] = json!(domain);
            mail_from["MailFromDomainStatus"] = json!(status);
        }
        let info = match self.verification {
            DnsStatus::Success => json!({}),
            _ => json!({ "ErrorType": "HOST_NOT_FOUND" }),
        };
        json!({
            "IdentityType": kind_of(name),
            "FeedbackForwardingStatus": false,
            "VerifiedForSendingStatus": self.may_send(),
            "DkimAttributes": dkim,
            "MailFromAttributes": mail_from,
            "Policies": {},
            "Tags": [],
            "VerificationStatus": self.verification,
            "VerificationInfo": info,
        })
    }
}

/// Whether the address is verified: itself, its domain, or a domain above it.
pub(super) fn is_verified(identities: &Identities, address: &str) -> bool {
    let (local, domain) = address.rsplit_once('@').unwrap_or_default();
    let domain = domain.to_ascii_lowercase();
    let domains = std::iter::successors(Some(domain.as_str()), |domain| {
        domain.split_once('.').map(|(_, above)| above)
    });
    let mut names = domains
        .map(str::to_owned)
        .chain([format!("{local}@{domain}")]);
    names.any(|name| identities.get(&name).is_some_and(Identity::may_send))
}

fn kind_of(name: &str) -> &'static str {
    if name.contains('@') {
        "EMAIL_ADDRESS"
    } else {
        "DOMAIN"
    }
}

/// The path's parameter. It is read by its name, since the router that serves SES may have
/// parameters of its own.
#[derive(Deserialize)]
pub(super) struct IdentityPath {
    identity: String,
}

pub(super) async fn get(
    State(ses): State<Ses>,
    _: Signed,
    Path(IdentityPath { identity }): Path<IdentityPath>,
) -> Result<Json<Value>, SesError> {
    let found = ses.identities.with(|all| all.get(&identity).cloned());
    let found = found
        .ok_or_else(|| SesError::not_found(format!("Email identity {identity} does not exist.")))?;
    Ok(Json(found.describe(&identity)))
}

pub(super) async fn list(State(ses): State<Ses>, _: Signed, page: Page) -> Json<Value> {
    ses.identities.with(|all| {
        page.answer("EmailIdentities", all, |name, identity| {
            Some(identity.summary(name))
        })
    })
}
