//! What is deleted, and what is kept although it names the person.

use shared::domain::clock::Timestamp;
use shared::domain::email_address::EmailAddress;
use shared::domain::user_id::UserId;
use shared::store::{Change, Search, UserAddresses};

use crate::error::AdminError;
use crate::table::Table;

/// What is deleted about a person, and what is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    pub(super) users: Vec<UserAddresses>,
    /// Users who keep their verified address, and lose the request to change to another one.
    pub(super) withdrawn: Vec<UserAddresses>,
    pub(super) addresses: Vec<AddressToDelete>,
    /// UUIDs with attempts at codes, and without a request.
    pub(super) attempts: Vec<UserId>,
    /// Addresses whose records are kept, with the other users who have them.
    pub(super) kept: Vec<(EmailAddress, Vec<UserId>)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct AddressToDelete {
    pub(super) address: EmailAddress,
    pub(super) suppressed: bool,
}

impl Plan {
    pub async fn for_user(
        table: &Table,
        id: &UserId,
        search: Search,
        now: Timestamp,
    ) -> Result<Self, AdminError> {
        let user = table.call(table.operator.find_user_addresses(id)).await?;
        let mut plan = Self {
            users: user.into_iter().collect(),
            ..Self::default()
        };
        for address in plan.addresses_of_users() {
            plan.delete_or_keep(table, address, search, now).await?;
        }
        plan.find_attempts(table, [*id]).await?;
        Ok(plan)
    }

    pub(super) async fn for_address(
        table: &Table,
        address: &EmailAddress,
        search: Search,
        now: Timestamp,
    ) -> Result<Self, AdminError> {
        let derived = UserId::derived_from(address);
        let mut users = table
            .call(table.operator.find_users_of(address, search))
            .await?;
        // The derived user belongs to the address even if it uses another one by now.
        if !users.iter().any(|user| user.id == derived) {
            let user = table.operator.find_user_addresses(&derived);
            users.extend(table.call(user).await?);
        }
        users.sort_by_key(|user| user.id);
        let (withdrawn, users) = users
            .into_iter()
            .partition(|user| user.id != derived && only_requested(user, address));
        let mut plan = Self {
            users,
            withdrawn,
            ..Self::default()
        };
        // After this, no user has the address.
        plan.delete_record(table, address.clone(), now).await?;
        for other in plan.addresses_of_users() {
            if !other.is_same_mailbox(address) {
                plan.delete_or_keep(table, other, search, now).await?;
            }
        }
        plan.find_attempts(table, [derived]).await?;
        Ok(plan)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.users.is_empty()
            && self.withdrawn.is_empty()
            && self.addresses.is_empty()
            && self.attempts.is_empty()
    }

    /// The addresses of the users to delete, each once.
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

    /// Deletes the record of this address, unless a user who stays has the address too.
    async fn delete_or_keep(
        &mut self,
        table: &Table,
        address: EmailAddress,
        search: Search,
        now: Timestamp,
    ) -> Result<(), AdminError> {
        let users = table.operator.find_users_of(&address, search);
        let users = table.call(users).await?;
        let mut others: Vec<_> = users
            .into_iter()
            .map(|user| user.id)
            .filter(|id| !self.users.iter().any(|deleted| deleted.id == *id))
            .collect();
        if others.is_empty() {
            return self.delete_record(table, address, now).await;
        }
        others.sort_unstable();
        self.kept.push((address, others));
        Ok(())
    }

    async fn delete_record(
        &mut self,
        table: &Table,
        address: EmailAddress,
        now: Timestamp,
    ) -> Result<(), AdminError> {
        let record = table.call(table.store.find_address(&address)).await?;
        self.addresses.extend(record.map(|record| AddressToDelete {
            address,
            suppressed: record.is_suppressed(now),
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
            if table.call(table.operator.has_attempts_alone(&id)).await? {
                self.attempts.push(id);
            }
        }
        Ok(())
    }

    /// What was done, and the users whose records changed since the plan was made.
    pub async fn carry_out(mut self, table: &Table) -> Result<(Self, Vec<UserId>), AdminError> {
        let mut changed = Vec::new();
        let mut withdrawn = Vec::new();
        for user in self.withdrawn {
            match table.call(table.store.withdraw_request(&user)).await? {
                Change::Done => withdrawn.push(user),
                Change::Conflict => changed.push(user.id),
            }
        }
        self.withdrawn = withdrawn;
        for record in &self.addresses {
            let delete = table.operator.delete_address(&record.address);
            table.call(delete).await?;
        }
        for user in &self.attempts {
            table.call(table.operator.delete_attempts(user)).await?;
        }
        let mut users = Vec::new();
        for user in self.users {
            match table.call(table.operator.delete_user(&user)).await? {
                Change::Done => users.push(user),
                Change::Conflict => changed.push(user.id),
            }
        }
        self.users = users;
        Ok((self, changed))
    }

    /// Whether a deleted item exists again.
    pub async fn left_traces(&self, table: &Table) -> Result<bool, AdminError> {
        for user in &self.users {
            let found = table.operator.find_user_addresses(&user.id);
            if table.call(found).await?.is_some() {
                return Ok(true);
            }
        }
        for record in &self.addresses {
            let found = table.store.find_address(&record.address);
            if table.call(found).await?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Whether this user verified another address and only requested to change to this one. Every
/// caller can make such a request, so it must not cost the user the verification.
fn only_requested(user: &UserAddresses, address: &EmailAddress) -> bool {
    let verified_another = user
        .verified
        .as_ref()
        .is_some_and(|verified| !verified.is_same_mailbox(address));
    verified_another && user.address.is_same_mailbox(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> EmailAddress {
        EmailAddress::parse(text).unwrap()
    }

    fn user(requested: &str, verified: Option<&str>) -> UserAddresses {
        UserAddresses {
            id: UserId::derived_from(&address("someone@example.com")),
            address: address(requested),
            verified: verified.map(address),
        }
    }

    #[test]
    fn only_an_unverified_move_is_withdrawn() {
        let ada = address("ada@example.com");
        for (requested, verified, expected) in [
            ("Ada@example.com", None, false),
            ("Ada@example.com", Some("ada@example.com"), false),
            ("other@example.com", Some("ada@example.com"), false),
            ("ADA@example.com", Some("other@example.com"), true),
        ] {
            let user = user(requested, verified);
            assert_eq!(only_requested(&user, &ada), expected, "{user:?}");
        }
    }

    #[test]
    fn each_address_is_looked_up_once() {
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
