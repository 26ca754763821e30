//! API keys: created and printed once, listed without their secret, revoked by their ID.

use serde::Serialize;
use shared::domain::api_key::{
    ANY_SCOPE, ApiKey, ApiKeyDigest, ApiKeySecret, SCOPES, USER_READ, USER_WRITE,
};
use shared::domain::clock::Timestamp;
use shared::runtime::entropy::random_bytes;

use crate::arguments::{CreateKey, KeysCommand};
use crate::context::Context;
use crate::error::AdminError;
use crate::lifetime;
use crate::output::{Console, columns, fields, printable};
use crate::table::Table;

/// Fewer digits could match several keys.
const MIN_ID_LENGTH: usize = 8;
const DIGEST_LENGTH: usize = 64;
/// In characters.
const MAX_LABEL_LENGTH: usize = 100;

#[derive(Clone, Debug, PartialEq, Eq)]
struct NewKey(ApiKey);

impl NewKey {
    pub(crate) fn parse(wanted: &CreateKey, now: Timestamp) -> Result<Self, AdminError> {
        let lifetime = wanted.expires.as_deref().map(lifetime::parse).transpose()?;
        Ok(Self(ApiKey {
            label: label(&wanted.label)?,
            scopes: scopes(&wanted.scopes)?,
            created_at: now,
            expires_at: lifetime.map(|lifetime| now.plus(lifetime)),
        }))
    }
}

fn label(text: &str) -> Result<String, AdminError> {
    let label = text.trim();
    let length = label.chars().count();
    let (problem, advice) = if label.is_empty() {
        (
            "it is blank".to_owned(),
            "Say with --label who uses the key".to_owned(),
        )
    } else if length > MAX_LABEL_LENGTH {
        (
            format!("it has {length} characters"),
            format!("Give --label at most {MAX_LABEL_LENGTH} characters"),
        )
    } else if printable(label) != label {
        (
            "it has a line break, or invisible characters".to_owned(),
            "Give --label one line of visible characters".to_owned(),
        )
    } else {
        return Ok(label.to_owned());
    };
    Err(AdminError::usage(problem).advise(advice))
}

fn scopes(texts: &[String]) -> Result<Vec<String>, AdminError> {
    let mut scopes: Vec<_> = texts.iter().map(|text| text.trim().to_owned()).collect();
    scopes.sort();
    scopes.dedup();
    let is_known = |scope: &String| SCOPES.contains(&scope.as_str());
    match scopes.iter().find(|scope| !is_known(scope)) {
        None => Ok(scopes),
        Some(unknown) => Err(
            AdminError::usage(format!("there is no scope '{unknown}'")).advise(format!(
                "Give --scopes {USER_READ}, {USER_WRITE} or {ANY_SCOPE}"
            )),
        ),
    }
}

/// The first digits of a key's digest.
#[derive(Clone, Debug, PartialEq, Eq)]
struct KeyId(String);

impl KeyId {
    /// Parses an ID or its first digits. If it is a key, the error does not repeat it.
    pub(crate) fn parse(text: &str) -> Result<Self, AdminError> {
        let id = text.trim().to_ascii_lowercase();
        if id.starts_with("evk_") {
            return Err(AdminError::usage("this is a key and not its ID").advise(
                "Give the ID that `keys list` shows, and remove the key from the history of your \
                 shell",
            ));
        }
        let is_hex = id.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_hex && (MIN_ID_LENGTH..=DIGEST_LENGTH).contains(&id.len()) {
            Ok(Self(id))
        } else {
            Err(
                AdminError::usage("this is not the ID of a key").advise(format!(
                    "Give {MIN_ID_LENGTH} or more hexadecimal digits, as `keys list` shows them"
                )),
            )
        }
    }
}

/// A key without its secret.
#[derive(Debug, Serialize)]
struct Listed {
    id: String,
    label: String,
    scopes: Vec<String>,
    created_at: String,
    expires_at: Option<String>,
    expired: bool,
}

#[derive(Debug, Serialize)]
struct Created {
    key: String,
    #[serde(flatten)]
    listed: Listed,
}

#[derive(Debug, Serialize)]
struct Revoked {
    revoked: Listed,
}

impl Listed {
    fn new(digest: &ApiKeyDigest, key: &ApiKey, now: Timestamp) -> Self {
        let mut scopes = key.scopes.clone();
        scopes.sort();
        Self {
            id: digest.to_string(),
            label: key.label.clone(),
            scopes,
            created_at: key.created_at.to_string(),
            expires_at: key.expires_at.map(|at| at.to_string()),
            expired: key.has_expired(now),
        }
    }

    fn expiry(&self) -> String {
        match (&self.expires_at, self.expired) {
            (None, _) => "never".to_owned(),
            (Some(at), false) => at.clone(),
            (Some(at), true) => format!("{at} (expired)"),
        }
    }
}

pub(crate) async fn run(
    command: KeysCommand,
    context: &mut Context<'_, '_>,
) -> Result<(), AdminError> {
    match command {
        KeysCommand::Create(wanted) => {
            let key = NewKey::parse(&wanted, context.now())?;
            create(&context.table().await?, key, context.console).await
        }
        KeysCommand::List => {
            let table = context.table().await?;
            list(&table, context.now(), context.console).await
        }
        KeysCommand::Revoke { id } => {
            let id = KeyId::parse(&id)?;
            let table = context.table().await?;
            revoke(&table, &id, context.now(), context.console).await
        }
    }
}

async fn create(
    table: &Table,
    NewKey(key): NewKey,
    console: &mut Console<'_>,
) -> Result<(), AdminError> {
    let random = random_bytes();
    let random = random.map_err(|error| AdminError::caused_by("no key was created", error))?;
    let secret = ApiKeySecret::from_random(random);
    let digest = secret.digest();
    table
        .call(table.operator.put_api_key(&digest, &key))
        .await?;
    let created = Created {
        key: secret.expose_secret().to_owned(),
        listed: Listed::new(&digest, &key, key.created_at),
    };
    let text = || {
        let listed = &created.listed;
        let rows = [
            ("ID", listed.id.clone()),
            ("Label", listed.label.clone()),
            ("Scopes", listed.scopes.join(", ")),
            ("Expires", listed.expiry()),
        ];
        format!(
            "{}\n\nThis is the key. Save it now: it cannot be shown again.\n\n{}",
            created.key,
            fields(rows)
        )
    };
    console.answer(&created, text).map_err(|error| {
        AdminError::caused_by("the key was created, but not shown", error).advise(format!(
            "Revoke the key: `keys revoke {}`",
            created.listed.id
        ))
    })
}

async fn list(table: &Table, now: Timestamp, console: &mut Console<'_>) -> Result<(), AdminError> {
    let mut keys = table.call(table.operator.list_api_keys()).await?;
    keys.sort_by_key(|(digest, key)| (key.created_at, digest.encode()));
    let listed: Vec<_> = keys
        .iter()
        .map(|(digest, key)| Listed::new(digest, key, now))
        .collect();
    console.answer(&listed, || {
        if listed.is_empty() {
            return "There are no keys. Create one with `keys create --label backend`.".to_owned();
        }
        let heading = ["ID", "LABEL", "SCOPES", "CREATED", "EXPIRES"].map(str::to_owned);
        let rows = listed.iter().map(|key| {
            [
                key.id.clone(),
                key.label.clone(),
                key.scopes.join(","),
                key.created_at.clone(),
                key.expiry(),
            ]
        });
        columns(&std::iter::once(heading).chain(rows).collect::<Vec<_>>())
    })
}

async fn revoke(
    table: &Table,
    KeyId(wanted): &KeyId,
    now: Timestamp,
    console: &mut Console<'_>,
) -> Result<(), AdminError> {
    let mut keys = table.call(table.operator.list_api_keys()).await?;
    keys.retain(|(digest, _)| digest.encode().starts_with(wanted));
    let (digest, key) = match keys.as_slice() {
        [only] => only,
        [] => {
            return Err(
                AdminError::failed(format!("there is no key with the ID {wanted}"))
                    .advise("Look for the ID in `keys list`"),
            );
        }
        [_, _, ..] => {
            return Err(
                AdminError::failed(format!("the IDs of several keys begin with {wanted}"))
                    .advise("Give more digits of the ID"),
            );
        }
    };
    table.call(table.operator.delete_api_key(digest)).await?;
    let revoked = Revoked {
        revoked: Listed::new(digest, key, now),
    };
    console.answer(&revoked, || {
        format!(
            "Revoked {} ({}). It stops working within 60 seconds.",
            revoked.revoked.id,
            printable(&revoked.revoked.label)
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(text: &str, scopes: &[&str], expires: Option<&str>) -> CreateKey {
        CreateKey {
            label: text.to_owned(),
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            expires: expires.map(str::to_owned),
        }
    }

    fn parse(wanted: &CreateKey) -> Result<ApiKey, String> {
        NewKey::parse(wanted, Timestamp::from_unix_seconds(1_000))
            .map(|NewKey(key)| key)
            .map_err(|error| {
                assert_eq!(error.exit_code(), 2);
                error.text()
            })
    }

    #[test]
    fn a_key_is_as_the_arguments_say() {
        let key = parse(&wanted(
            " Ada's büro ",
            &["user:write", " * ", "*"],
            Some("1h"),
        ));
        let expected = ApiKey {
            label: "Ada's büro".to_owned(),
            scopes: vec!["*".to_owned(), "user:write".to_owned()],
            created_at: Timestamp::from_unix_seconds(1_000),
            expires_at: Some(Timestamp::from_unix_seconds(4_600)),
        };
        assert_eq!(key, Ok(expected));
    }

    #[test]
    fn a_label_is_one_short_visible_line() {
        let error = |label: &str| parse(&wanted(label, &["*"], None)).err();
        assert_eq!(error(&"ü".repeat(100)), None);
        assert_eq!(
            error(" ").unwrap(),
            "Say with --label who uses the key.\nProblem: it is blank"
        );
        assert_eq!(
            error(&"ü".repeat(101)).unwrap(),
            "Give --label at most 100 characters.\nProblem: it has 101 characters"
        );
        for label in [
            "a\nb",
            "a\u{1b}[2Jb",
            "a\u{9b}b",
            "a\u{202e}b",
            "a\u{200b}b",
            "a\0b",
        ] {
            assert_eq!(
                error(label).unwrap(),
                "Give --label one line of visible characters.\n\
                 Problem: it has a line break, or invisible characters",
                "{label:?}"
            );
        }
    }

    #[test]
    fn an_unknown_scope_is_refused() {
        for (scopes, unknown) in [
            (&["user:reads"][..], "user:reads"),
            (&["user:write", ""], ""),
            (&["USER:WRITE"], "USER:WRITE"),
        ] {
            assert_eq!(
                parse(&wanted("backend", scopes, None)).unwrap_err(),
                format!(
                    "Give --scopes user:read, user:write or *.\n\
                     Problem: there is no scope '{unknown}'"
                )
            );
        }
    }

    #[test]
    fn an_id_is_8_to_64_hex_digits() {
        assert_eq!(KeyId::parse(" 00AAbb99 ").unwrap().0, "00aabb99");
        assert!(KeyId::parse(&"0".repeat(64)).is_ok());
        for text in ["", "00aabb9", "00aabb9g", "00aabb9\u{e9}", &"0".repeat(65)] {
            assert_eq!(
                KeyId::parse(text).unwrap_err().text(),
                "Give 8 or more hexadecimal digits, as `keys list` shows them.\n\
                 Problem: this is not the ID of a key"
            );
        }
    }

    #[test]
    fn a_key_is_refused_and_not_repeated() {
        let secret = ApiKeySecret::from_random([7; 32]);
        let error = KeyId::parse(secret.expose_secret()).unwrap_err();
        assert_eq!(error.exit_code(), 2);
        assert!(!error.text().contains("evk_"));
        assert!(error.text().contains("`keys list`"));
    }
}
