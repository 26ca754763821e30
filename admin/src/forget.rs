//! Erasure of what is held on a person.
//!
//! First a plan is made and shown, then it is carried out: a user's item goes last, so that doing
//! it again finds all that a broken attempt left. What depends on who holds an address is a
//! condition of the write, and a last look tells whether a request wrote anew in between.

use serde::Serialize;
use shared::domain::email_address::EmailAddress;
use shared::domain::user_id::UserId;
use shared::store::{Change, UserAddresses};

use crate::connection::Table;
use crate::error::AdminError;
use crate::output::{Console, columns, indented};
use crate::subject::Subject;

/// What is to go, and what is to stay although the person has to do with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Plan {
    /// Users who go with all that is on record about them.
    users: Vec<UserAddresses>,
    /// Users who keep their verified address and lose the one they asked to move to.
    withdrawn: Vec<UserAddresses>,
    /// Addresses whose records go.
    addresses: Vec<Mailbox>,
    /// Ids that nobody asked to verify, for which codes were tried.
    attempts: Vec<UserId>,
    /// Addresses whose records stay, as these others have them, too.
    kept: Vec<(EmailAddress, Vec<UserId>)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Mailbox {
    address: EmailAddress,
    suppressed: bool,
}

/// The plan as scripts read it, once it is carried out.
#[derive(Debug, Serialize)]
struct Report {
    deleted: Deleted,
    withdrawn: Vec<Withdrawn>,
    kept: Vec<Kept>,
}

#[derive(Debug, Serialize)]
struct Deleted {
    users: Vec<String>,
    addresses: Vec<String>,
    attempts: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Withdrawn {
    uuid: String,
    email: String,
}

#[derive(Debug, Serialize)]
struct Kept {
    email: String,
    users: Vec<String>,
}

/// Refuses where nobody has said yes and nobody can be asked.
pub(crate) fn require_consent(yes: bool, console: &Console<'_>) -> Result<(), AdminError> {
    if yes || console.has_person() {
        Ok(())
    } else {
        Err(AdminError::Usage(
            "nothing is deleted without a yes. Run it in a terminal, or add --yes".to_owned(),
        ))
    }
}

pub(crate) async fn forget(
    table: &Table,
    whom: &Subject,
    yes: bool,
    console: &mut Console<'_>,
) -> Result<(), AdminError> {
    let plan = match whom {
        Subject::User(user) => plan_for_user(table, user).await?,
        Subject::Address(address) => plan_for_address(table, address).await?,
    };
    let name = match whom {
        Subject::User(user) => format!("the user {user}"),
        Subject::Address(address) => address.canonical().to_owned(),
    };
    if plan.is_empty() {
        return console.answer(&plan.report(), || {
            format!("Nothing is on record about {name}, so there is nothing to delete.")
        });
    }
    if !yes {
        let question = format!(
            "In the table {}, about {name}:\n\n{}\nThis cannot be undone. Go on? [y/N] ",
            table.name,
            plan.describe(["delete", "withdraw", "keep"])
        );
        if !console.confirm(&question)? {
            return Err(AdminError::Failed("nothing was deleted".to_owned()));
        }
    }
    let (done, overtaken) = plan.carry_out(table).await?;
    console.answer(&done.report(), || {
        done.describe(["deleted", "withdrawn", "kept"])
    })?;
    if !overtaken.is_empty() {
        return Err(AdminError::Failed(format!(
            "what is on record about {} changed while you looked at it, and was left alone. Do it \
             again to see what is there now",
            overtaken.join(" and ")
        )));
    }
    if done.left_traces(table).await? {
        return Err(AdminError::Failed(
            "a request wrote anew while this was deleted. Do it again".to_owned(),
        ));
    }
    Ok(())
}

async fn plan_for_user(table: &Table, id: &UserId) -> Result<Plan, AdminError> {
    let user = table.store.find_user_addresses(id).await;
    let user = user.map_err(|error| table.explain(error))?;
    let mut plan = Plan {
        users: user.into_iter().collect(),
        ..Plan::default()
    };
    for address in plan.addresses_of_users() {
        plan.weigh(table, address).await?;
    }
    plan.find_attempts(table, [*id]).await?;
    Ok(plan)
}

async fn plan_for_address(table: &Table, address: &EmailAddress) -> Result<Plan, AdminError> {
    let derived = UserId::derived_from(address);
    let users = table.store.find_users_of(address).await;
    let mut users = users.map_err(|error| table.explain(error))?;
    // Its id leads back to the address, even where it has moved to another one.
    if !users.iter().any(|user| user.id == derived) {
        let user = table.store.find_user_addresses(&derived).await;
        users.extend(user.map_err(|error| table.explain(error))?);
    }
    users.sort_by_key(|user| user.id);
    let (withdrawn, users) = users
        .into_iter()
        .partition(|user| user.id != derived && merely_asked_for(user, address));
    let mut plan = Plan {
        users,
        withdrawn,
        ..Plan::default()
    };
    // Whoever else had it has it no longer, so nobody's claim keeps it.
    plan.find_mailbox(table, address.clone()).await?;
    for other in plan.addresses_of_users() {
        if !other.is_same_mailbox(address) {
            plan.weigh(table, other).await?;
        }
    }
    plan.find_attempts(table, [derived]).await?;
    Ok(plan)
}

/// Whether this user has verified another address, and of this one no more than asked to move
/// there. Anybody who may ask can bring that about, so it must not cost the user the verification.
fn merely_asked_for(user: &UserAddresses, address: &EmailAddress) -> bool {
    let verified_another = user
        .verified
        .as_ref()
        .is_some_and(|verified| !verified.is_same_mailbox(address));
    verified_another && user.address.is_same_mailbox(address)
}

impl Plan {
    fn is_empty(&self) -> bool {
        self.users.is_empty()
            && self.withdrawn.is_empty()
            && self.addresses.is_empty()
            && self.attempts.is_empty()
    }

    /// The addresses of those who go, each once.
    fn addresses_of_users(&self) -> Vec<EmailAddress> {
        let held = self
            .users
            .iter()
            .flat_map(|user| std::iter::once(&user.address).chain(&user.verified));
        held.fold(Vec::new(), |mut addresses, address| {
            if !addresses
                .iter()
                .any(|other: &EmailAddress| other.is_same_mailbox(address))
            {
                addresses.push(address.clone());
            }
            addresses
        })
    }

    /// Plans to delete the record of this address unless somebody who stays has it, too.
    async fn weigh(&mut self, table: &Table, address: EmailAddress) -> Result<(), AdminError> {
        let users = table.store.find_users_of(&address).await;
        let mut others: Vec<_> = users
            .map_err(|error| table.explain(error))?
            .into_iter()
            .map(|user| user.id)
            .filter(|id| !self.users.iter().any(|gone| gone.id == *id))
            .collect();
        if others.is_empty() {
            return self.find_mailbox(table, address).await;
        }
        others.sort_unstable();
        self.kept.push((address, others));
        Ok(())
    }

    async fn find_mailbox(
        &mut self,
        table: &Table,
        address: EmailAddress,
    ) -> Result<(), AdminError> {
        let record = table.store.find_address(&address).await;
        let record = record.map_err(|error| table.explain(error))?;
        self.addresses.extend(record.map(|record| Mailbox {
            address,
            suppressed: record.is_suppressed(),
        }));
        Ok(())
    }

    async fn find_attempts(
        &mut self,
        table: &Table,
        more: impl IntoIterator<Item = UserId>,
    ) -> Result<(), AdminError> {
        let mut ids: Vec<_> = self.users.iter().map(|user| user.id).collect();
        ids.extend(more);
        ids.sort_unstable();
        ids.dedup();
        for id in ids {
            let has_attempts = table.store.has_attempts_alone(&id).await;
            if has_attempts.map_err(|error| table.explain(error))? {
                self.attempts.push(id);
            }
        }
        Ok(())
    }

    /// Gives back what was done, and the names of users for whom nothing was.
    async fn carry_out(mut self, table: &Table) -> Result<(Self, Vec<String>), AdminError> {
        let explain = |error| table.explain(error);
        let mut overtaken = Vec::new();
        let mut withdrawn = Vec::new();
        for user in self.withdrawn {
            match table.store.withdraw_request(&user).await.map_err(explain)? {
                Change::Done => withdrawn.push(user),
                Change::Overtaken => overtaken.push(user.id.to_string()),
            }
        }
        self.withdrawn = withdrawn;
        for mailbox in &self.addresses {
            let deleted = table.store.delete_address(&mailbox.address).await;
            deleted.map_err(explain)?;
        }
        for user in &self.attempts {
            table.store.delete_attempts(user).await.map_err(explain)?;
        }
        let mut users = Vec::new();
        for user in self.users {
            match table.store.delete_user(&user).await.map_err(explain)? {
                Change::Done => users.push(user),
                Change::Overtaken => overtaken.push(user.id.to_string()),
            }
        }
        self.users = users;
        Ok((self, overtaken))
    }

    /// Whether something that was deleted is there again.
    async fn left_traces(&self, table: &Table) -> Result<bool, AdminError> {
        let explain = |error| table.explain(error);
        for user in &self.users {
            let found = table.store.find_user_addresses(&user.id).await;
            if found.map_err(explain)?.is_some() {
                return Ok(true);
            }
        }
        for mailbox in &self.addresses {
            let found = table.store.find_address(&mailbox.address).await;
            if found.map_err(explain)?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn report(&self) -> Report {
        let ids = |ids: &[UserId]| ids.iter().map(ToString::to_string).collect();
        let text = |address: &EmailAddress| address.canonical().to_owned();
        Report {
            deleted: Deleted {
                users: self.users.iter().map(|user| user.id.to_string()).collect(),
                addresses: self.addresses.iter().map(|m| text(&m.address)).collect(),
                attempts: ids(&self.attempts),
            },
            withdrawn: self
                .withdrawn
                .iter()
                .map(|user| Withdrawn {
                    uuid: user.id.to_string(),
                    email: text(&user.address),
                })
                .collect(),
            kept: self
                .kept
                .iter()
                .map(|(address, others)| Kept {
                    email: text(address),
                    users: ids(others),
                })
                .collect(),
        }
    }

    /// One line an item, each with the word for what becomes of it.
    fn describe(&self, [delete, withdraw, keep]: [&str; 3]) -> String {
        let row = |verb: &str, what: &str, text: String| [verb.to_owned(), what.to_owned(), text];
        let mut rows = Vec::new();
        for user in &self.users {
            let addresses = match &user.verified {
                Some(verified) if verified.is_same_mailbox(&user.address) => {
                    format!("verified {}", verified.canonical())
                }
                Some(verified) => format!(
                    "asked for {}, verified {}",
                    user.address.canonical(),
                    verified.canonical()
                ),
                None => format!("asked for {}", user.address.canonical()),
            };
            rows.push(row(delete, "user", format!("{} ({addresses})", user.id)));
        }
        for mailbox in &self.addresses {
            let note = if mailbox.suppressed {
                " (suppressed: without the record, mail to it can be asked for again)"
            } else {
                ""
            };
            let text = format!("{}{note}", mailbox.address.canonical());
            rows.push(row(delete, "address", text));
        }
        for user in &self.attempts {
            rows.push(row(delete, "codes tried for", user.to_string()));
        }
        for user in &self.withdrawn {
            let verified = user
                .verified
                .as_ref()
                .map_or("", |address| address.canonical());
            rows.push(row(
                withdraw,
                "request",
                format!(
                    "of user {} to move here; {verified} stays verified",
                    user.id
                ),
            ));
        }
        for (address, others) in &self.kept {
            let others: Vec<_> = others.iter().map(ToString::to_string).collect();
            rows.push(row(
                keep,
                "address",
                format!(
                    "{} (user {} has it, too)",
                    address.canonical(),
                    others.join(", ")
                ),
            ));
        }
        indented(&columns(&rows))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> EmailAddress {
        EmailAddress::parse(text).unwrap()
    }

    fn user(asked_for: &str, verified: Option<&str>) -> UserAddresses {
        UserAddresses {
            id: UserId::derived_from(&address("someone@example.com")),
            address: address(asked_for),
            verified: verified.map(address),
        }
    }

    #[test]
    fn only_who_verified_another_address_has_merely_asked_for_this_one() {
        let ada = address("ada@example.com");
        for (asked_for, verified, merely) in [
            ("Ada@example.com", None, false),
            ("Ada@example.com", Some("ada@example.com"), false),
            ("other@example.com", Some("ada@example.com"), false),
            ("ADA@example.com", Some("other@example.com"), true),
        ] {
            let user = user(asked_for, verified);
            assert_eq!(merely_asked_for(&user, &ada), merely, "{user:?}");
        }
    }

    #[test]
    fn each_address_of_a_user_is_looked_at_once() {
        let plan = Plan {
            users: vec![
                user("Ada@example.com", Some("ada@example.com")),
                user("ada@example.com", Some("other@example.com")),
            ],
            ..Plan::default()
        };
        let addresses = plan.addresses_of_users();
        let canonical: Vec<_> = addresses.iter().map(EmailAddress::canonical).collect();
        assert_eq!(canonical, ["ada@example.com", "other@example.com"]);
    }
}
