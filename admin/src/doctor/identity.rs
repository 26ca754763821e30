//! The sender's identity at SES, and the DNS records that SES found for it.

use aws_sdk_sesv2::operation::get_email_identity::GetEmailIdentityOutput;
use aws_sdk_sesv2::types::{
    DkimAttributes, DkimStatus, MailFromAttributes, MailFromDomainStatus, VerificationInfo,
    VerificationStatus,
};
use mail::Sender;

use super::check_error::CheckError;
use super::check_result::CheckResult;
use super::clients::{Clients, required};
use super::stack::{Stack, UNKNOWN_STACK};

const IDENTITY: &str = "ses.identity";
const DKIM: &str = "ses.dkim";
const MAIL_FROM: &str = "ses.mail-from";

/// Who sends, by the stack's parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SenderIdentity {
    /// The identity with which SES sends: a domain or an address.
    name: String,
    /// The domain in the reader's `From`.
    pub(super) domain: String,
    /// Whether the stack made the identity, so that its outputs are the records.
    stack: Option<String>,
}

impl SenderIdentity {
    pub(super) fn of(stack: &Result<Stack, CheckError>) -> Result<Self, CheckError> {
        let stack = stack
            .as_ref()
            .map_err(|error| error.of_dependent(UNKNOWN_STACK))?;
        let sender = stack.parameter("Sender");
        let domain = sender.and_then(domain_of);
        let domain = domain.ok_or(CheckError::Prerequisite(
            "the stack has no parameter Sender",
        ))?;
        let existing = stack.parameter("SenderIdentity");
        Ok(Self {
            name: existing.unwrap_or(&domain).to_owned(),
            stack: existing.is_none().then(|| stack.name.clone()),
            domain,
        })
    }

    /// The command that shows the records that the domain needs.
    fn records(&self, kind: &str) -> String {
        match &self.stack {
            Some(stack) => format!(
                "aws cloudformation describe-stacks --stack-name {stack} --query \
                 \"Stacks[0].Outputs[?starts_with(OutputKey,'{kind}')].OutputValue\" --output text"
            ),
            None => format!(
                "aws sesv2 get-email-identity --email-identity {}",
                self.name
            ),
        }
    }
}

fn domain_of(sender: &str) -> Option<String> {
    let sender = Sender::parse(sender).ok()?;
    Some(sender.address().domain().to_owned())
}

pub(super) async fn checks(
    clients: &Clients,
    sender: &Result<SenderIdentity, CheckError>,
) -> Vec<CheckResult> {
    let all = [IDENTITY, DKIM, MAIL_FROM];
    let sender = match sender {
        Ok(sender) => sender,
        Err(error) => return all.map(|id| CheckResult::of_error(id, error)).into(),
    };
    match describe(clients, sender).await {
        Ok(found) => vec![
            verified(sender, &found),
            dkim(sender, &found),
            mail_from(sender, &found),
        ],
        Err(error) if error.has_code("NotFoundException") => {
            let without = CheckError::Prerequisite("SES does not know the identity");
            vec![
                missing(clients, sender),
                CheckResult::of_error(DKIM, &without),
                CheckResult::of_error(MAIL_FROM, &without),
            ]
        }
        Err(error) => all.map(|id| CheckResult::of_error(id, &error)).into(),
    }
}

async fn describe(
    clients: &Clients,
    sender: &SenderIdentity,
) -> Result<GetEmailIdentityOutput, CheckError> {
    let client = required(&clients.ses)?;
    let get = client.get_email_identity().email_identity(&sender.name);
    let found = get.send().await;
    found.map_err(|error| CheckError::of_call("ses:GetEmailIdentity", error))
}

fn missing(clients: &Clients, SenderIdentity { name, .. }: &SenderIdentity) -> CheckResult {
    let region = &clients.region;
    CheckResult::problem(
        IDENTITY,
        format!("SES in {region} does not know {name}, so it refuses every mail"),
    )
    .command(format!(
        "aws sesv2 create-email-identity --email-identity {name}"
    ))
}

fn verified(sender: &SenderIdentity, found: &GetEmailIdentityOutput) -> CheckResult {
    let name = &sender.name;
    if found.verified_for_sending_status() {
        return CheckResult::ok(IDENTITY, format!("{name} is verified"));
    }
    let status = found.verification_status();
    let status = status.map_or("unknown", VerificationStatus::as_str);
    let why = found
        .verification_info()
        .and_then(VerificationInfo::error_type);
    let why = why.map_or_else(String::new, |why| format!(" ({})", why.as_str()));
    let advice = if name.contains('@') {
        "Open the link in the mail that AWS sent there"
    } else {
        "Add the DKIM records to its DNS"
    };
    CheckResult::problem(
        IDENTITY,
        format!("{name} is not verified: {status}{why}. SES refuses every mail. {advice}"),
    )
    .command(sender.records("DkimRecord"))
}

fn dkim(sender: &SenderIdentity, found: &GetEmailIdentityOutput) -> CheckResult {
    let name = &sender.name;
    let dkim = found.dkim_attributes();
    let status = dkim.and_then(DkimAttributes::status);
    let signs = dkim.is_some_and(DkimAttributes::signing_enabled);
    match status {
        Some(DkimStatus::Success) if signs => {
            CheckResult::ok(DKIM, format!("{name} signs its mail"))
        }
        Some(DkimStatus::Success) => CheckResult::warning(
            DKIM,
            format!("{name} has its DKIM records, but signing is off"),
        )
        .command(format!(
            "aws sesv2 put-email-identity-dkim-attributes --email-identity {name} --signing-enabled"
        )),
        status => {
            let status = status.map_or("NOT_STARTED", DkimStatus::as_str);
            CheckResult::warning(
                DKIM,
                format!(
                    "DKIM of {name} is {status}, so its mail is not signed and often ends up as \
                     spam. Add the DKIM records to its DNS"
                ),
            )
            .command(sender.records("DkimRecord"))
        }
    }
}

fn mail_from(sender: &SenderIdentity, found: &GetEmailIdentityOutput) -> CheckResult {
    let attributes = found.mail_from_attributes();
    let domain = attributes.map(MailFromAttributes::mail_from_domain);
    match (attributes, domain) {
        (Some(attributes), Some(domain)) if !domain.is_empty() => {
            match attributes.mail_from_domain_status() {
                MailFromDomainStatus::Success => {
                    CheckResult::ok(MAIL_FROM, format!("bounces return to {domain}"))
                }
                status => CheckResult::warning(
                    MAIL_FROM,
                    format!(
                        "{domain} is {}, so the envelope's sender is in a domain of SES. Add the \
                         MX and TXT records",
                        status.as_str()
                    ),
                )
                .command(sender.records("MailFrom")),
            }
        }
        _ => CheckResult::warning(
            MAIL_FROM,
            format!(
                "{} has no MAIL FROM domain, so the envelope's sender is SES's",
                sender.name
            ),
        )
        .command(format!(
            "aws sesv2 put-email-identity-mail-from-attributes --email-identity {} \
             --mail-from-domain bounce.{}",
            sender.name, sender.domain
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_senders_domain_is_read() {
        for (sender, domain) in [
            ("no-reply@acme.example", Some("acme.example")),
            ("Acme <no-reply@Acme.example>", Some("acme.example")),
            ("\"a b\" <no-reply@acme.example>", Some("acme.example")),
            ("nobody", None),
        ] {
            assert_eq!(domain_of(sender).as_deref(), domain, "{sender}");
        }
    }
}
