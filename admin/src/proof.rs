//! Creates a link and a code that are printed and not mailed.

use std::time::Duration;

use mail::{LinkTarget, VerificationUrl};
use serde::Serialize;
use shared::domain::address_record::AddressRecord;
use shared::domain::clock::Timestamp;
use shared::domain::email_address::EmailAddress;
use shared::domain::link_token::LinkToken;
use shared::domain::proof::ProofLifetimes;
use shared::domain::rate_limit::MailLimit;
use shared::domain::user_id::UserId;
use shared::domain::user_record::{MailedProof, UserRecord};
use shared::domain::verification_code::{Code, CodeKeys};
use shared::runtime::entropy::random_bytes;
use shared::runtime::settings::{self, Environment};
use shared::store::{Commit, MailRefund, Search};

use crate::arguments::ProofCommand;
use crate::context::Context;
use crate::error::AdminError;
use crate::output::{Console, fields};
use crate::subject;
use crate::table::Table;

/// Optimistic writes before it is given up. Each was lost to a request.
const MAX_WRITES: u32 = 16;
const BACKOFF: Duration = Duration::from_millis(20);

/// For whom a proof is created.
#[derive(Debug)]
struct NewProof {
    user: UserId,
    address: EmailAddress,
    settings: Settings,
}

/// Those of the stack.
#[derive(Debug)]
struct Settings {
    keys: CodeKeys,
    lifetimes: ProofLifetimes,
    url: VerificationUrl,
}

#[derive(Debug, Serialize)]
struct Created {
    uuid: String,
    email: String,
    link: String,
    link_expires_at: String,
    code: String,
    code_expires_at: String,
}

impl Settings {
    fn parse(environment: &Environment) -> Result<Self, AdminError> {
        if environment.optional("CODE_KEYS").is_none() {
            return Err(AdminError::usage("the key of codes is not known").advise(
                "Set CODE_KEYS to the stack's key of codes, as `proof create --help` shows. It is \
                 a secret: give it to this command alone",
            ));
        }
        let url = LinkTarget::from_environment(environment)?.of_request(None, None);
        let url = url.ok_or_else(|| {
            AdminError::usage("the beginning of the link is not known").advise(
                "Set PUBLIC_URL to the stack's output ApiUrl, or VERIFICATION_URL if the stack has \
                 that parameter",
            )
        })?;
        Ok(Self {
            keys: settings::proofs::code_keys(environment)?,
            lifetimes: settings::proofs::lifetimes(environment)?,
            url,
        })
    }
}

pub(crate) async fn run(
    ProofCommand::Create { email, uuid }: &ProofCommand,
    context: &mut Context<'_, '_>,
) -> Result<(), AdminError> {
    let address = subject::new_address(email)?;
    let user = uuid.as_deref().map(subject::user).transpose()?;
    let settings = Settings::parse(context.environment)?;
    let table = context.table().await?;
    let user = match user {
        Some(user) => user,
        None => user_of(&table, &address).await?,
    };
    let new = NewProof {
        user,
        address,
        settings,
    };
    create(&table, &new, context.now(), context.console).await
}

/// The only user with this address, or the one whose UUID is derived from it.
async fn user_of(table: &Table, address: &EmailAddress) -> Result<UserId, AdminError> {
    let finding = table.operator.find_users_of(address, Search::Index);
    let found = table.call(finding).await?;
    match found.as_slice() {
        [] => Ok(UserId::derived_from(address)),
        [user] => Ok(user.id),
        users => {
            let ids: Vec<_> = users.iter().map(|user| user.id.to_string()).collect();
            Err(AdminError::usage(format!(
                "{} has several users: {}",
                address.deliverable(),
                ids.join(", ")
            ))
            .advise("Name one of them with --uuid"))
        }
    }
}

async fn create(
    table: &Table,
    new: &NewProof,
    now: Timestamp,
    console: &mut Console<'_>,
) -> Result<(), AdminError> {
    let token = LinkToken::from_random(random_bytes().map_err(no_proof)?);
    let code = Code::from_random(random_bytes().map_err(no_proof)?);
    store(table, new, &token, &code, now).await?;
    let created = Created {
        uuid: new.user.to_string(),
        email: new.address.deliverable().to_owned(),
        link: new.settings.url.fill(&new.user, &token),
        link_expires_at: now.plus(new.settings.lifetimes.link).to_string(),
        code: code.expose_secret().to_owned(),
        code_expires_at: now.plus(new.settings.lifetimes.code).to_string(),
    };
    console.answer(&created, || {
        let rows = [
            ("Link", created.link.clone()),
            ("Works until", created.link_expires_at.clone()),
            ("Code", created.code.clone()),
            ("Works until", created.code_expires_at.clone()),
        ];
        format!(
            "Anybody with one of these can verify {} for the user {}.\n\n{}\n\
             The code is wrong if CODE_KEYS is not the stack's own. The link works anyway.",
            created.email,
            created.uuid,
            fields(rows)
        )
    })
}

fn no_proof(error: shared::runtime::entropy::EntropyError) -> AdminError {
    AdminError::caused_by("no proof was created", error)
}

/// Stores the proof as a request does, and refunds the mail that a request would send: limits
/// neither stop it nor count it.
async fn store(
    table: &Table,
    new: &NewProof,
    token: &LinkToken,
    code: &Code,
    now: Timestamp,
) -> Result<(), AdminError> {
    let stored = MailedProof {
        link: token.digest(),
        code: Some(new.settings.keys.digest(&new.user, code)),
        language: None,
    };
    let mail = stored.mail_id();
    for attempt in 1..=MAX_WRITES {
        let user = table.call(table.operator.inspect_user(&new.user)).await?;
        let user = user.map(|user| user.record);
        let record = table.call(table.store.find_address(&new.address)).await?;
        refuse_verified(user.as_ref(), new)?;
        let lifetimes = new.settings.lifetimes;
        let user = UserRecord::with_proof(user.as_ref(), &new.address, stored, lifetimes, now);
        let keep = MailLimit::DEFAULT.to_unverified;
        let record = AddressRecord::with_mail(record.as_ref(), mail, new.user, keep, now);
        let commit = table.store.commit_request(&new.user, &user, &record);
        match table.call(commit).await? {
            Commit::Written => {
                let (user, address) = (&new.user, &new.address);
                let refunding = table
                    .store
                    .refund_mail(user, address, &mail, MailRefund::Count);
                return table.call(refunding).await;
            }
            Commit::Stale { .. } | Commit::Contended => {
                tokio::time::sleep(BACKOFF * attempt).await;
            }
        }
    }
    Err(AdminError::failed("too many requests for this user at the same time").advise("Try again"))
}

fn refuse_verified(user: Option<&UserRecord>, new: &NewProof) -> Result<(), AdminError> {
    let verified = user.and_then(|user| user.verified.as_ref());
    if verified.is_some_and(|verified| verified.address.is_same_mailbox(&new.address)) {
        return Err(AdminError::failed(format!(
            "{} is verified for the user {} already",
            new.address.deliverable(),
            new.user
        )));
    }
    Ok(())
}
