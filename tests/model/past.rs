//! What happened before, as far as the rules need it and no item says it.

use super::record::MAILS;
use super::runs::Deeds;
use super::states::World;
use super::table::Items;
use super::tasks::{ADDRESSES, Task, USERS};

/// A set of mails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct MailSet(u8);

impl MailSet {
    pub fn has(self, mail: usize) -> bool {
        self.0 & (1 << mail) != 0
    }

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    fn add(&mut self, mail: usize) {
        self.0 |= 1 << mail;
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Past {
    /// The user and the address of each mail that was counted.
    counted: [Option<(u8, u8)>; MAILS],
    /// Their proofs may not work any more: the user moved, their reader refused mail, or the user's
    /// item was deleted.
    pub invalid: MailSet,
    /// An item that counted them was deleted before they left the window.
    pub erased: MailSet,
    /// An operator deleted the item of their user.
    pub forgotten: MailSet,
    /// An operator deleted the item of their address.
    pub forgotten_at_address: MailSet,
}

impl Past {
    /// The user of this mail.
    pub fn user(&self, mail: usize) -> Option<usize> {
        self.counted[mail].map(|(user, _)| usize::from(user))
    }

    /// The address to which this mail goes.
    pub fn address(&self, mail: usize) -> Option<usize> {
        self.counted[mail].map(|(_, address)| usize::from(address))
    }

    /// Adds a change of the items, by a run with these deeds, or by DynamoDB.
    pub fn remember(&mut self, world: &World, before: &Items, after: &Items, by: Option<Deeds>) {
        for user in 0..USERS.len() {
            if before[user] != after[user] {
                self.remember_user(world, user, before, after, by);
            }
        }
        for address in 0..ADDRESSES.len() {
            let place = USERS.len() + address;
            if before[place] == after[place] {
                continue;
            }
            let (record, next) = (world.record(before, place), world.record(after, place));
            if !next.exists() {
                for mail in record.mails.keys() {
                    self.erased.add(usize::from(*mail));
                    if by.is_some() {
                        self.forgotten_at_address.add(usize::from(*mail));
                    }
                }
            }
            if let Some(Task::Refuse { user, .. }) = by.map(|deeds| deeds.task)
                && next.refused_until != record.refused_until
            {
                self.invalidate(user, Some(address));
            }
        }
    }

    fn remember_user(
        &mut self,
        world: &World,
        user: usize,
        before: &Items,
        after: &Items,
        by: Option<Deeds>,
    ) {
        let (record, next) = (world.record(before, user), world.record(after, user));
        if record.address.is_some() && record.address != next.address {
            self.invalidate(user, record.address.filter(|_| next.exists()));
        }
        if !next.exists() {
            for mail in 0..MAILS {
                if self.user(mail) == Some(user) {
                    self.erased.add(mail);
                    if by.is_some() {
                        self.forgotten.add(mail);
                    }
                }
            }
        }
        for mail in next.mails.keys() {
            let counted = &mut self.counted[usize::from(*mail)];
            if let (None, Some(address)) = (&counted, next.address) {
                let user = u8::try_from(user).unwrap();
                *counted = Some((user, u8::try_from(address).unwrap()));
            }
        }
    }

    /// Of a user, all proofs or those of one address.
    fn invalidate(&mut self, user: usize, address: Option<usize>) {
        for mail in 0..MAILS {
            let is_of = address.is_none_or(|address| self.address(mail) == Some(address));
            if self.user(mail) == Some(user) && is_of {
                self.invalid.add(mail);
            }
        }
    }
}
