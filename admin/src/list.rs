//! Users or suppressed addresses, one a line, as the scan of the table finds them.

use serde::Serialize;
use shared::domain::address_record::AddressRecord;
use shared::domain::clock::Timestamp;
use shared::domain::email_address::EmailAddress;
use shared::store::{ItemOnRecord, UserOnRecord};

use crate::arguments::List;
use crate::context::Context;
use crate::error::AdminError;
use crate::output::{Console, columns, counted};
use crate::table::Table;

/// What is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Filter {
    suppressed: bool,
    unverified: bool,
    /// As in canonical addresses.
    domain: Option<String>,
}

impl Filter {
    pub(crate) fn parse(wanted: &List) -> Result<Self, AdminError> {
        let domain = wanted.domain.as_deref().map(domain).transpose()?;
        Ok(Self {
            suppressed: wanted.suppressed,
            unverified: wanted.unverified,
            domain,
        })
    }

    fn allows(&self, address: &EmailAddress) -> bool {
        self.domain
            .as_deref()
            .is_none_or(|domain| address.domain() == domain)
    }
}

/// Reads a domain as that of an address, so that capitals and Unicode are no difference.
fn domain(text: &str) -> Result<String, AdminError> {
    let text = text.trim().trim_start_matches('@');
    let address = EmailAddress::parse_known(&format!("a@{text}"));
    address
        .map(|address| address.domain().to_owned())
        .ok_or_else(|| {
            AdminError::usage(format!("'{text}' is not a domain"))
                .advise("Give --domain a domain such as example.com")
        })
}

#[derive(Debug, Serialize)]
struct ListedUser {
    uuid: String,
    /// The address of the newest request.
    email: String,
    verified: Option<Verified>,
    /// When the last link for `email` expires, if it is not verified.
    pending_until: Option<String>,
}

#[derive(Debug, Serialize)]
struct Verified {
    email: String,
    at: String,
}

#[derive(Debug, Serialize)]
struct ListedAddress {
    email: String,
    reason: &'static str,
    at: String,
}

pub(crate) async fn run(wanted: &List, context: &mut Context<'_, '_>) -> Result<(), AdminError> {
    let filter = Filter::parse(wanted)?;
    let table = context.table().await?;
    list(&table, &filter, context.now(), context.console).await
}

async fn list(
    table: &Table,
    filter: &Filter,
    now: Timestamp,
    console: &mut Console<'_>,
) -> Result<(), AdminError> {
    let unreadable = table.scan(now, |items| {
        items.iter().try_for_each(|item| match item {
            ItemOnRecord::User(user) if !filter.suppressed => {
                let listed = ListedUser::of(user, filter, now);
                listed.map_or(Ok(()), |it| console.row(&it, || it.describe()))
            }
            ItemOnRecord::Address(address, record) if filter.suppressed => {
                let listed = ListedAddress::of(address, record, filter, now);
                listed.map_or(Ok(()), |it| console.row(&it, || it.describe()))
            }
            _ => Ok(()),
        })
    });
    let unreadable = unreadable.await?;
    console.flush()?;
    if unreadable.is_empty() {
        return Ok(());
    }
    let problem = format!(
        "the list is not complete: this version cannot read {} of the table {}",
        counted(unreadable.len(), "item"),
        table.name
    );
    Err(AdminError::failed(problem)
        .advise("Use the `admin` of the deployed release: another one may have written them")
        .because_of(unreadable))
}

impl ListedUser {
    /// `None`: the filter leaves the user out.
    fn of(user: &UserOnRecord, filter: &Filter, now: Timestamp) -> Option<Self> {
        let record = &user.record;
        let verified = record.verified.as_ref();
        let addresses = [
            Some(&record.address),
            verified.map(|verified| &verified.address),
        ];
        let is_wanted = addresses.into_iter().flatten().any(|it| filter.allows(it));
        if !is_wanted || (filter.unverified && verified.is_some()) {
            return None;
        }
        let is_pending = record.verification().is_none();
        let live_until = record.links.values().max().filter(|until| **until > now);
        Some(Self {
            uuid: user.id.to_string(),
            email: record.address.deliverable().to_owned(),
            verified: verified.map(|verified| Verified {
                email: verified.address.deliverable().to_owned(),
                at: verified.at.to_string(),
            }),
            pending_until: live_until.filter(|_| is_pending).map(ToString::to_string),
        })
    }

    fn describe(&self) -> String {
        let pending = match (&self.verified, &self.pending_until) {
            (_, Some(until)) => format!("  {} (pending until {until})", self.email),
            (None, None) => format!("  {} (expired)", self.email),
            (Some(_), None) => String::new(),
        };
        let verified = self.verified.as_ref().map_or_else(String::new, |verified| {
            format!("  {} (verified at {})", verified.email, verified.at)
        });
        columns(&[[format!("{}{verified}{pending}", self.uuid)]])
    }
}

impl ListedAddress {
    /// `None`: the address is not suppressed, or the filter leaves it out.
    fn of(
        address: &EmailAddress,
        record: &AddressRecord,
        filter: &Filter,
        now: Timestamp,
    ) -> Option<Self> {
        let suppression = record.suppression_at(now)?;
        filter.allows(address).then(|| Self {
            email: address.canonical().to_owned(),
            reason: suppression.reason.as_str(),
            at: suppression.at.to_string(),
        })
    }

    fn describe(&self) -> String {
        let Self { email, reason, at } = self;
        columns(&[[at.clone(), format!("{reason:<10}"), email.clone()]])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_read_as_in_an_address() {
        for text in ["example.com", "@Example.COM "] {
            assert_eq!(domain(text).unwrap(), "example.com", "{text}");
        }
        assert_eq!(domain("Bücher.example").unwrap(), "xn--bcher-kva.example");
        for text in ["", "ada@example.com", "example", "exa mple.com"] {
            assert_eq!(domain(text).unwrap_err().exit_code(), 2, "{text}");
        }
    }
}
