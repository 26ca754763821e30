//! Use case: mail a notice once.

use std::time::Duration;

use mail::address_change_requested::AddressChangeRequestedMail;
use mail::address_changed::AddressChangedMail;
use mail::{Mailer, SendError};
use shared::domain::address_record::AddressRecord;
use shared::domain::clock::Timestamp;
use shared::domain::code_attempts::AttemptId;
use shared::domain::notice::{NoticeDecision, NoticeId};
use shared::domain::rate_limit::{NOTICE_LIMIT, REQUESTED_NOTICE_LIMIT};
use shared::store::{NoticeWrite, Store, StoreError, within};
use shared::telemetry::{self, Metric};
use shared::text::locale::Locale;
use thiserror::Error;

use crate::notice::{About, Notice};

/// The longest run, in timeouts of one call to DynamoDB: read the address, count, refund.
pub const NOTICE_CALLS: u32 = 3;

/// Each lost write was lost to another one of the same address. Lambda retries the change.
const MAX_WRITES: u32 = 16;

/// The backoffs between the attempts at a refund. Each attempt has the SDK's own retries.
const REFUND_BACKOFFS: [Duration; 6] = [
    Duration::from_millis(20),
    Duration::from_millis(40),
    Duration::from_millis(80),
    Duration::from_millis(160),
    Duration::from_millis(320),
    Duration::from_millis(640),
];

#[derive(Clone, Debug)]
pub struct MailNotice {
    pub store: Store,
    pub mailer: Mailer,
    pub default_locale: Locale,
    /// Of the writes that count a notice, and of its refund.
    pub write_timeout: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum NoticeOutcome {
    /// SES accepted the mail.
    Mailed,
    /// An earlier attempt mailed it.
    #[strum(serialize = "known")]
    Duplicate,
    /// Mail to this address bounced, or its reader complained or refused it.
    Suppressed,
    /// A rate limit is reached.
    Throttled,
    /// No address is notified of the change.
    Ignored,
}

impl NoticeOutcome {
    /// The word in the log and in the answer.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// SES may not have accepted the mail. A retry is safe.
#[derive(Debug, Error)]
pub enum NoticeError {
    /// The notice could not be counted.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// SES did not accept the mail, or its answer was lost.
    #[error(transparent)]
    Send(#[from] SendError),
}

impl MailNotice {
    /// Counts the notice and mails it, unless it was mailed before.
    ///
    /// A mail that SES did not accept is refunded, so a retry mails it. If SES's answer was lost,
    /// the mail may be on its way, so it stays counted, and a retry finds a duplicate.
    pub async fn run(
        &self,
        notice: &Notice,
        attempt: AttemptId,
        now: Timestamp,
    ) -> Result<NoticeOutcome, NoticeError> {
        let id = NoticeId {
            mail: notice.mail,
            attempt,
        };
        let found = self.store.find_address(&notice.address).await?;
        let counting = self.count(found, notice, id, now);
        let refusal = match within(self.write_timeout, counting).await {
            Ok(refusal) => refusal,
            Err(error) => {
                // The write may be applied although its answers are lost. Nothing was mailed.
                self.refund(notice, &id).await;
                return Err(error.into());
            }
        };
        if let Some(refusal) = refusal {
            return Ok(refusal);
        }
        self.mailer.refresh_connection().await;
        match self.send(notice).await {
            Ok(message_id) => {
                tracing::Span::current().record("message_id", message_id);
                Ok(NoticeOutcome::Mailed)
            }
            Err(error) => {
                if matches!(error, SendError::Refused(_)) {
                    telemetry::count(Metric::MailsRefused);
                }
                if error.refund().is_some() {
                    self.refund(notice, &id).await;
                }
                Err(error.into())
            }
        }
    }

    /// `None`: it is counted and may be mailed.
    async fn count(
        &self,
        mut found: Option<AddressRecord>,
        notice: &Notice,
        id: NoticeId,
        now: Timestamp,
    ) -> Result<Option<NoticeOutcome>, StoreError> {
        let limit = match notice.about {
            About::Change => NOTICE_LIMIT,
            About::Request => REQUESTED_NOTICE_LIMIT,
        };
        for _ in 0..MAX_WRITES {
            let record = found.unwrap_or_default();
            if record.notices.timestamp(&id).is_some() {
                // An earlier write was applied, and its answer was lost.
                return Ok(None);
            }
            match record.decide_notice(&id.mail, limit, now) {
                NoticeDecision::Mail => {}
                NoticeDecision::Duplicate => return Ok(Some(NoticeOutcome::Duplicate)),
                NoticeDecision::Suppressed => return Ok(Some(NoticeOutcome::Suppressed)),
                NoticeDecision::Throttled => {
                    telemetry::count(Metric::Throttled);
                    return Ok(Some(NoticeOutcome::Throttled));
                }
            }
            let next = record.with_notice(id, now);
            match self.store.count_notice(&notice.address, &next).await? {
                NoticeWrite::Written => return Ok(None),
                NoticeWrite::Stale(current) => found = current,
            }
        }
        Err(StoreError::Contended)
    }

    async fn send(&self, notice: &Notice) -> Result<String, SendError> {
        let (address, at, locale) = (&notice.address, notice.at, self.locale(notice));
        let (mailer, user, id) = (&self.mailer, &notice.user, &notice.mail);
        match notice.about {
            About::Change => {
                let mail = AddressChangedMail {
                    address,
                    locale,
                    at,
                };
                mailer.send_address_changed(&mail, user, id).await
            }
            About::Request => {
                let mail = AddressChangeRequestedMail {
                    address,
                    locale,
                    at,
                };
                mailer.send_address_change_requested(&mail, user, id).await
            }
        }
    }

    fn locale(&self, notice: &Notice) -> Locale {
        let tag = notice.language.as_deref().unwrap_or_default();
        Locale::preferred(tag, self.default_locale)
    }

    /// Without it, the retry would find a duplicate and mail nothing.
    async fn refund(&self, notice: &Notice, id: &NoticeId) {
        let refunding = async {
            for backoff in REFUND_BACKOFFS {
                if self.store.refund_notice(&notice.address, id).await.is_ok() {
                    return Ok(());
                }
                tokio::time::sleep(backoff).await;
            }
            self.store.refund_notice(&notice.address, id).await
        };
        if let Err(error) = within(self.write_timeout, refunding).await {
            let error = telemetry::chain(&error);
            tracing::error!(error, "an unsent mail could not be refunded to the limits");
        }
    }
}
