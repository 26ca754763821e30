//! Whether a mail may go, by what is on record.

use shared::domain::address_record::AddressRecord;
use shared::domain::clock::Timestamp;
use shared::domain::domain_policy::DomainPolicy;
use shared::domain::email_address::EmailAddress;
use shared::domain::rate_limit::MailLimit;
use shared::domain::user_record::UserRecord;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    Mail,
    /// The user has verified this very address.
    AlreadyVerified,
    /// The stack accepts no addresses of this domain.
    DomainNotAllowed,
    /// The address gets no mail.
    Suppressed,
    /// The user or the address got as many mails as a day allows.
    Throttled {
        retry_after: u64,
    },
    /// The address got as many mails as one that nobody verified may get. Whether somebody verified
    /// it is on record with its users, which are read only once it decides.
    NeedsLastVerifiedAt {
        /// If nobody did.
        retry_after: u64,
    },
}

impl Decision {
    pub(super) fn of(
        user: Option<&UserRecord>,
        record: Option<&AddressRecord>,
        address: &EmailAddress,
        domains: &DomainPolicy,
        limit: MailLimit,
        now: Timestamp,
    ) -> Self {
        let verified = user.and_then(|user| user.verified.as_ref());
        if verified.is_some_and(|verified| verified.address.is_same_mailbox(address)) {
            return Self::AlreadyVerified;
        }
        if !domains.accepts(address) {
            return Self::DomainNotAllowed;
        }
        if record.is_some_and(|record| record.is_suppressed(now)) {
            return Self::Suppressed;
        }
        let mails = [
            user.map(|user| &user.mails),
            record.map(|record| &record.mails),
        ];
        let mails = mails.into_iter().flatten();
        let waits = mails.map(|mails| mails.wait_seconds(limit.per_day, now));
        if let Some(retry_after @ 1..) = waits.max() {
            return Self::Throttled { retry_after };
        }
        match record.map_or(0, |record| record.unverified_wait_seconds(limit, now)) {
            0 => Self::Mail,
            retry_after => Self::NeedsLastVerifiedAt { retry_after },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use shared::domain::delivery::{Suppression, SuppressionReason};
    use shared::domain::domain_policy::DomainList;
    use shared::domain::link_token::LinkToken;
    use shared::domain::mail_id::MailId;
    use shared::domain::rate_limit::SlidingWindow;
    use shared::domain::user_record::Verification;
    use shared::domain::version::Version;

    use super::*;

    const HOUR: i64 = 60 * 60;
    const DAY: i64 = 24 * HOUR;
    /// Mails of today are one minute apart, the first one an hour ago.
    const TODAY: i64 = -HOUR;
    /// The first of 30 mails, 20 hours apart: two of them in the last day.
    const THIS_MONTH: i64 = -29 * 20 * HOUR - HOUR;

    const ADA: &str = "ada@example.com";
    const CAPITALS: &str = "ADA@example.com";
    const WORK: &str = "ada@work.example";

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix_seconds(100 * DAY + seconds)
    }

    fn address(text: &str) -> EmailAddress {
        EmailAddress::parse(text).unwrap()
    }

    fn mails(count: u8, first: i64, every: i64) -> SlidingWindow<MailId> {
        SlidingWindow::of((0..count).map(|number| {
            let id = MailId::of(&LinkToken::from_random([number; 32]).digest());
            (id, at(first + i64::from(number) * every))
        }))
    }

    fn user(mails_today: u8) -> UserRecord {
        UserRecord {
            version: Version::from_number(1),
            address: address(ADA),
            verified: None,
            links: BTreeMap::new(),
            codes: BTreeMap::new(),
            spellings: BTreeMap::new(),
            mails: mails(mails_today, TODAY, 60),
            mail_language: None,
            requests: BTreeMap::new(),
            invalidated_links: BTreeMap::new(),
        }
    }

    /// A user who verified this address.
    fn user_of(text: &str, mails_today: u8) -> UserRecord {
        UserRecord {
            verified: Some(Verification {
                address: address(text),
                at: at(0),
            }),
            ..user(mails_today)
        }
    }

    fn today(count: u8) -> AddressRecord {
        AddressRecord {
            mails: mails(count, TODAY, 60),
            ..AddressRecord::default()
        }
    }

    fn monthly(count: u8) -> AddressRecord {
        AddressRecord {
            mails: mails(count, THIS_MONTH, 20 * HOUR),
            ..AddressRecord::default()
        }
    }

    fn verified(seconds: i64, record: AddressRecord) -> AddressRecord {
        AddressRecord {
            verified_at: Some(at(seconds)),
            ..record
        }
    }

    fn bounced(record: AddressRecord) -> AddressRecord {
        AddressRecord {
            suppression: Some(Suppression {
                reason: SuppressionReason::Bounced,
                at: at(0),
                email: address(ADA),
                mail: None,
                user: None,
            }),
            ..record
        }
    }

    fn none() -> DomainPolicy {
        DomainPolicy {
            allowed: Some(DomainList::default()),
            ..DomainPolicy::default()
        }
    }

    #[test]
    fn records_decide_about_a_mail() {
        use Decision::{AlreadyVerified, Mail, Suppressed};
        let throttled = |hours: u64, minutes: u64| Decision::Throttled {
            retry_after: hours * 3600 + minutes * 60,
        };
        let unverified = Decision::NeedsLastVerifiedAt {
            retry_after: u64::try_from(THIS_MONTH + 30 * DAY).unwrap(),
        };
        #[rustfmt::skip]
        let cases = [
            ("nothing on record", None, None, Mail),
            ("no mails", Some(user(0)), Some(today(0)), Mail),
            ("one less than the limit", Some(user(5)), Some(today(5)), Mail),
            ("user at the limit", Some(user(6)), None, throttled(23, 0)),
            ("address at the limit", None, Some(today(6)), throttled(23, 0)),
            ("the longer wait counts", Some(user(6)), Some(today(8)), throttled(23, 2)),
            ("verified", Some(user_of(ADA, 0)), None, AlreadyVerified),
            ("verified in capitals", Some(user_of(CAPITALS, 0)), None, AlreadyVerified),
            ("verified, at the limit", Some(user_of(ADA, 6)), Some(today(6)), AlreadyVerified),
            ("verified, bounced", Some(user_of(ADA, 0)), Some(bounced(today(0))), AlreadyVerified),
            ("another verified", Some(user_of(WORK, 0)), None, Mail),
            ("another verified, at the limit", Some(user_of(WORK, 6)), None, throttled(23, 0)),
            ("bounced", None, Some(bounced(today(0))), Suppressed),
            ("bounced, at the limit", Some(user(6)), Some(bounced(today(6))), Suppressed),
            ("29 in a month", None, Some(monthly(29)), Mail),
            ("30 in a month", None, Some(monthly(30)), unverified),
            ("30, verified lately", None, Some(verified(-DAY, monthly(30))), Mail),
            ("30, verified 30 days ago", None, Some(verified(-30 * DAY, monthly(30))), unverified),
            ("30, user at the limit", Some(user(6)), Some(monthly(30)), throttled(23, 0)),
        ];
        for (case, user, record, expected) in cases {
            let (user, record) = (user.as_ref(), record.as_ref());
            let (ada, limit) = (address(ADA), MailLimit::DEFAULT);
            let decide = |domains: &_| Decision::of(user, record, &ada, domains, limit, at(0));
            assert_eq!(decide(&DomainPolicy::default()), expected, "{case}");
            let denied = match expected {
                AlreadyVerified => AlreadyVerified,
                _ => Decision::DomainNotAllowed,
            };
            assert_eq!(decide(&none()), denied, "{case}");
        }
    }
}
