//! The table that a command works on.

use aws_sdk_dynamodb::Client;
use shared::domain::clock::Timestamp;
use shared::domain::rate_limit::MailLimit;
use shared::domain::version::Version;
use shared::runtime::entropy::random_bytes;
use shared::store::{ItemOnRecord, MalformedItem, OperatorStore, Store, StoreError};

use crate::error::{AdminError, Detail, Refusal, first_cause};

/// The tag by which the stack tells the value of its parameter `MailsPerDay`.
pub const MAILS_PER_DAY_TAG: &str = "MailsPerDay";

#[derive(Debug)]
pub struct Table {
    /// What a function may do too.
    pub(crate) store: Store,
    pub(crate) operator: OperatorStore,
    pub(crate) name: String,
    /// The region or the endpoint, for errors.
    pub(crate) place: String,
    client: Client,
}

impl Table {
    #[must_use]
    pub fn new(client: Client, name: String, place: String) -> Self {
        let store = Store::new(client.clone(), &name);
        Self {
            operator: OperatorStore::new(store.clone()),
            store,
            name,
            place,
            client,
        }
    }

    /// The limit of the stack. `None` if it cannot be read: a table that is restored from a backup
    /// has no tags, and not everybody may read them.
    pub(crate) async fn mail_limit(&self) -> Option<MailLimit> {
        let describe = self.client.describe_table().table_name(&self.name);
        let described = describe.send().await.ok()?;
        let arn = described.table?.table_arn?;
        let mut token = None;
        loop {
            let list = self.client.list_tags_of_resource().resource_arn(&arn);
            let page = list.set_next_token(token).send().await.ok()?;
            let tag = page
                .tags()
                .iter()
                .find(|tag| tag.key() == MAILS_PER_DAY_TAG);
            if let Some(tag) = tag {
                let mails = tag.value().parse().ok();
                let mails = mails.filter(|mails| MailLimit::BOUNDS.contains(mails));
                return mails.map(MailLimit::per_day);
            }
            token = Some(page.next_token?);
        }
    }

    /// Reads the whole table and hands each page to `handle`. Returns the items that this version
    /// cannot read.
    pub(crate) async fn scan(
        &self,
        now: Timestamp,
        mut handle: impl FnMut(Vec<ItemOnRecord>) -> Result<(), AdminError>,
    ) -> Result<Vec<Detail>, AdminError> {
        let (mut unreadable, mut next) = (Vec::new(), None);
        loop {
            let page = self.call(self.operator.scan_page(next, now)).await?;
            let mut readable = Vec::new();
            for item in page.items {
                match item {
                    Ok(item) => readable.push(item),
                    Err(error) => unreadable.push(unreadable_item(&error)),
                }
            }
            handle(readable)?;
            if page.next.is_none() {
                return Ok(unreadable);
            }
            next = page.next;
        }
    }

    /// Awaits a call of the store, and explains its error.
    pub(crate) async fn call<T>(
        &self,
        call: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<T, AdminError> {
        call.await.map_err(|error| self.explain(error))
    }

    /// The error for the operator.
    pub(crate) fn explain(&self, error: StoreError) -> AdminError {
        let Self { name, place, .. } = self;
        match error {
            StoreError::Malformed(_) => {
                let item = unreadable_item(&error);
                AdminError::failed(format!(
                    "this version cannot read an item of the table {name}"
                ))
                .advise(
                    "Use the `admin` of the deployed release: another one may have written the \
                         item",
                )
                .because_of(vec![item])
            }
            StoreError::Unavailable(_) | StoreError::TimedOut | StoreError::Contended => {
                AdminError::caused_by(format!("no answer from DynamoDB at {place}"), error)
                    .advise("Check the network, --region and --endpoint-url")
            }
            StoreError::Refused(error) if error.code == "ResourceNotFoundException" => {
                AdminError::caused_by(format!("no table '{name}' at {place}"), error)
                    .advise("Check --table, --region and --profile")
            }
            // AWS has no code for an index that does not exist, or is being built.
            StoreError::Refused(error)
                if error.code == "ValidationException" && error.message.contains(" index") =>
            {
                let problem = format!("the table {name} has no index of verified addresses");
                AdminError::caused_by(problem, error)
                    .advise("Add --scan, or deploy this release, which creates the index")
            }
            StoreError::Refused(error) => {
                let refusal = Refusal(error);
                let may_be_another = place.contains("://") && !refusal.is_known();
                let fallback = format!("DynamoDB at {place} refuses the call");
                let error = refusal.explain(place, fallback);
                if may_be_another {
                    error.advise("Check --endpoint-url: another service may answer there")
                } else {
                    error
                }
            }
        }
    }
}

/// Of a record that the command may make.
pub(crate) fn first_version() -> Result<Version, AdminError> {
    let random = random_bytes();
    random
        .map(Version::first)
        .map_err(|error| AdminError::caused_by("no record was written", error))
}

/// Names the item by its whole key, which the log masks.
pub(crate) fn unreadable_item(error: &StoreError) -> Detail {
    let item = match error {
        StoreError::Malformed(source) => source.downcast_ref::<MalformedItem>(),
        _ => None,
    };
    match item {
        Some(item) => Detail {
            of: item.key().to_owned(),
            problem: item.problem(),
        },
        None => Detail {
            of: "an item".to_owned(),
            problem: first_cause(error),
        },
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::config::BehaviorVersion;

    use shared::telemetry::ServiceError;

    use super::*;

    #[test]
    fn a_refusal_says_what_to_do() {
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .build();
        let (name, place) = ("mailproof".to_owned(), "eu-central-1".to_owned());
        let table = Table::new(Client::from_conf(config), name, place);
        for (code, problem, advice) in [
            (
                "ResourceNotFoundException",
                "no table 'mailproof' at eu-central-1",
                "Check --table, --region and --profile.\nProblem: ",
            ),
            (
                "AccessDeniedException",
                "AWS does not allow it",
                "Ask for the permissions that docs/operate.md lists for the command.\nProblem: ",
            ),
            (
                "ExpiredTokenException",
                "the AWS credentials have expired",
                "Sign in again, for example with `aws sso login`.\nProblem: ",
            ),
            (
                "UnrecognizedClientException",
                "AWS rejects the credentials at eu-central-1",
                "See whose credentials these are with `aws sts get-caller-identity`.\nProblem: ",
            ),
            (
                "ThrottlingException",
                "too many requests at eu-central-1",
                "Try again in a minute.\nProblem: ",
            ),
            ("Other", "DynamoDB at eu-central-1 refuses the call", ""),
        ] {
            let error = ServiceError::new(Some(code), Some("two\nlines."));
            let error = table.explain(StoreError::Refused(error));
            let text = format!(r"{advice}{problem}: {code}: two\nlines");
            assert_eq!((error.exit_code(), error.text()), (1, text));
        }
    }
}
