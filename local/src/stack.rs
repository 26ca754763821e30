//! Starts everything, and stops it again.

use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::routing::{any, post};
use dynoxide::Database;
use lambda_http::tower::ServiceExt;
use shared::domain::api_key::ApiKeySecret;
use shared::domain::clock::Clock;
use shared::domain::verification_code::CodeKeys;
use shared::runtime::aws::Aws;
use shared::runtime::entropy::{EntropyError, random_bytes};
use shared::runtime::settings::{self, Environment, SettingError};
use shared::store::{Store, StoreError};
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::captured_mails::CapturedMails;
use crate::dynamodb::DatabaseError;
use crate::event_bus::Events;
use crate::faults::Faults;
use crate::functions::{Dependencies, Trigger, invoked_by, start_all};
use crate::inbox::Hosts;
use crate::lambda::Function;
use crate::published::Published;
use crate::ses::{Ses, SuppressionList};
use crate::stream::{StreamError, StreamReader};
use crate::{dynamodb, event_bus, fixtures, gateway, inbox, published, ses, stream};

/// The table's name on this machine.
pub const TABLE: &str = "mailproof";
/// Where `cargo lambda watch` serves the functions when it is not told otherwise. Links lead there
/// if the functions are started by other means.
const CARGO_LAMBDA_URL: &str = "http://127.0.0.1:9000";
/// How often expired items leave the table. AWS promises "within a few days".
const TTL_SWEEP: Duration = Duration::from_mins(1);

/// What to start, and where.
#[derive(Clone, Debug)]
pub struct Options {
    /// The address to listen on.
    pub host: IpAddr,
    /// The API's port; 0 for any free one.
    pub port: u16,
    /// DynamoDB's port; 0 for any free one.
    pub dynamodb_port: u16,
    /// The port of inbox, SES and EventBridge; 0 for any free one.
    pub inbox_port: u16,
    /// The API key to use in place of a new one.
    pub api_key: Option<String>,
    /// The folder that keeps the table. `None`: memory does.
    pub data: Option<PathBuf>,
    /// Start DynamoDB, SES, EventBridge and the inbox alone, with the data of the event fixtures.
    pub backing_only: bool,
    /// How mail and page look, in place of the usual: see [`looks`].
    pub looks: Vec<(&'static str, String)>,
}

/// The running service.
#[derive(Debug)]
pub struct Stack {
    /// The API's address. `None` if only what backs it was started.
    pub api_url: Option<String>,
    /// DynamoDB's address.
    pub dynamodb_url: String,
    /// The address of inbox, SES and EventBridge.
    pub inbox_url: String,
    /// The API key of this run.
    pub api_key: ApiKeySecret,
    /// The functions' environment variables.
    pub environment: Vec<(&'static str, String)>,
    /// The events that adopters get.
    pub published: Published,
    servers: JoinSet<()>,
}

/// The service could not be started. The text is for the person who started it.
#[derive(Debug, Error)]
pub enum StartError {
    #[error("port {port} is taken, so {what} cannot start there; choose another one with {flag}")]
    PortTaken {
        port: u16,
        what: &'static str,
        flag: &'static str,
    },
    #[error("{0} is no address of this machine; choose another one with --host")]
    ForeignHost(IpAddr),
    #[error("{what} cannot listen on port {port} of {host}")]
    Listen {
        what: &'static str,
        port: u16,
        host: IpAddr,
        source: std::io::Error,
    },
    #[error("a listener has no address")]
    Address(#[source] std::io::Error),
    #[error("--data")]
    Data(#[source] DatabaseError),
    #[error(transparent)]
    Table(DatabaseError),
    #[error(transparent)]
    Stream(#[from] StreamError),
    #[error(transparent)]
    Setting(#[from] SettingError),
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Stack {
    /// Starts it.
    ///
    /// # Errors
    ///
    /// A port is taken, the data cannot be kept where it should be, or a setting is wrong.
    pub async fn start(options: &Options) -> Result<Self, StartError> {
        // All ports are taken before anything is started, so that a taken one costs nothing.
        let gateway_listener = if options.backing_only {
            None
        } else {
            Some(listen(options.host, options.port, "the API", "--port").await?)
        };
        let dynamodb_listener = listen(
            options.host,
            options.dynamodb_port,
            "DynamoDB",
            "--dynamodb-port",
        )
        .await?;
        let inbox_listener = listen(
            options.host,
            options.inbox_port,
            "the inbox",
            "--inbox-port",
        )
        .await?;
        let api_url = gateway_listener.as_ref().map(url).transpose()?;
        let dynamodb_url = url(&dynamodb_listener)?;
        let inbox_url = url(&inbox_listener)?;

        let database = dynamodb::open(options.data.as_deref()).map_err(StartError::Data)?;
        let mut servers = JoinSet::new();
        servers.spawn(dynamodb::serve(
            database.clone(),
            dynamodb_listener,
            std::future::pending(),
        ));
        servers.spawn(sweep_expired(database.clone()));

        let mut settings = environment(&dynamodb_url, &inbox_url);
        replace(&mut settings, &options.looks);
        let public_url = api_url.as_deref().unwrap_or(CARGO_LAMBDA_URL);
        settings.push(("PUBLIC_URL", public_url.to_owned()));
        // There is no app here to go on to, so it is back to the inbox.
        settings.push(("APP_URL", inbox_url.clone()));
        let environment = Environment::from_pairs(&settings);
        let aws = Aws::of_emulators(&environment)?;
        let client = aws.dynamodb();
        dynamodb::create_table(&client, TABLE)
            .await
            .map_err(StartError::Table)?;
        let api_key = match &options.api_key {
            Some(key) => ApiKeySecret::presented(key),
            None => ApiKeySecret::from_random(random_bytes()?),
        };
        let keys = settings::proofs::code_keys(&environment)?;
        let fixtures = options.backing_only.then_some(&keys);
        store_data(&Store::new(client, TABLE), &api_key, fixtures).await?;

        let functions = start_all(&Dependencies {
            environment: &environment,
            aws: &aws,
            ses: &mail::Ses::new(&aws, &environment),
            clock: &Clock::system(),
        })?;
        let sent = CapturedMails::new();
        let hosts = if options.host.is_loopback() {
            Hosts::Loopback
        } else {
            Hosts::Any
        };
        let first_mail = api_url.as_deref().map_or_else(
            || format!("sam local invoke RequestEmailVerificationFunction -e {FIRST_EVENT}"),
            |api_url| curl(api_url, &api_key),
        );
        let inbox = inbox::router(sent.clone(), hosts, &first_mail);
        let (bus, events) = event_bus::new();
        let ses = ses::router(Ses {
            sent,
            faults: Faults::none(),
            suppression_list: SuppressionList::new(),
            bus,
        });
        let published = Published::new();
        let inbox = beside_aws(inbox, ses, published::router(published.clone()));
        servers.spawn(serve(inbox_listener, inbox));
        if let Some(listener) = gateway_listener {
            if let Some(function) = invoked_by(&functions, Trigger::MailEvents) {
                servers.spawn(deliver(events, function.clone()));
            }
            if let Some(function) = invoked_by(&functions, Trigger::TableStream) {
                // What happened in an earlier run was published then.
                let changes = StreamReader::from_now_on(database, TABLE)?;
                servers.spawn(stream::deliver(changes, function.clone()));
            }
            servers.spawn(serve(listener, gateway::router(&functions)));
        }
        Ok(Self {
            api_url,
            dynamodb_url,
            inbox_url,
            api_key,
            environment: settings,
            published,
            servers,
        })
    }

    /// Stops it. Answers that are held back are cut off.
    pub async fn stop(mut self) {
        self.servers.shutdown().await;
    }
}

/// An event fixture that asks for a mail.
pub const FIRST_EVENT: &str = "events/request_email_verification/http_api.json";

/// A command that asks for a mail, to be pasted as it is.
#[must_use]
pub fn curl(api_url: &str, api_key: &ApiKeySecret) -> String {
    format!(
        "curl -i {api_url}/api/users/request_email_verification \\\n  \
         -H 'Authorization: Bearer {}' \\\n  \
         -H 'Content-Type: application/json' \\\n  \
         -d '{{\"email\": \"ada@example.com\", \"first_name\": \"Ada\"}}'",
        api_key.expose_secret()
    )
}

/// The functions' environment variables on this machine. Credentials are needed for a signature
/// that nobody checks.
#[must_use]
pub fn environment(dynamodb_url: &str, inbox_url: &str) -> Vec<(&'static str, String)> {
    vec![
        ("AWS_REGION", "us-east-1".to_owned()),
        ("AWS_ACCESS_KEY_ID", "local".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "local".to_owned()),
        ("AWS_ENDPOINT_URL_DYNAMODB", dynamodb_url.to_owned()),
        ("AWS_ENDPOINT_URL_SESV2", inbox_url.to_owned()),
        ("AWS_ENDPOINT_URL_EVENTBRIDGE", inbox_url.to_owned()),
        ("TABLE_NAME", TABLE.to_owned()),
        ("CODE_KEYS", "local-only-key-of-codes-0123456789".to_owned()),
        ("SENDER", "Acme <no-reply@acme.example>".to_owned()),
        ("STAGE", "local".to_owned()),
        ("EVENT_BUS_NAME", "default".to_owned()),
        ("PRODUCT_NAME", "Acme".to_owned()),
        ("SUPPORT_ADDRESS", "help@acme.example".to_owned()),
        (
            "POSTAL_LINE",
            "Acme Inc., 1 Example Street, Springfield".to_owned(),
        ),
    ]
}

/// The settings of how mail and page look that are set in this environment.
#[must_use]
pub fn looks(environment: &Environment) -> Vec<(&'static str, String)> {
    let set = LOOKS.map(|name| Some((name, environment.optional(name)?)));
    set.into_iter().flatten().collect()
}

const LOOKS: [&str; 7] = [
    "PRODUCT_NAME",
    "SENDER",
    "REPLY_TO",
    "ACCENT_COLOR",
    "SUPPORT_ADDRESS",
    "POSTAL_LINE",
    "DEFAULT_LOCALE",
];

/// Puts values in the place of those of the same name.
pub fn replace(settings: &mut Vec<(&'static str, String)>, values: &[(&'static str, String)]) {
    settings.retain(|(name, _)| values.iter().all(|(other, _)| other != name));
    settings.extend_from_slice(values);
}

/// SES, EventBridge and the inbox on one port: SES has the paths of its API, EventBridge what is
/// posted to the root, and the inbox all else.
pub fn beside_aws(inbox: Router, ses: Router, eventbridge: Router) -> Router {
    let to_ses = move |request: Request| ses.clone().oneshot(request);
    let to_eventbridge = move |request: Request| eventbridge.clone().oneshot(request);
    inbox
        .route("/v2/{*path}", any(to_ses))
        .route("/", post(to_eventbridge))
}

/// Serves until the program ends.
pub async fn serve(listener: TcpListener, router: Router) {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    if let Err(error) = axum::serve(listener, service).await {
        tracing::error!(%error, "a server stopped");
    }
}

/// Invokes the function with each event, as EventBridge does. On AWS a failed event is retried, and
/// ends in a dead-letter queue.
async fn deliver(mut events: Events, function: Function) {
    while let Some(event) = events.next().await {
        if let Err(error) = function.invoke(&event.to_string()).await {
            tracing::error!(%error, "an event of SES is lost");
        }
    }
}

async fn store_data(
    store: &Store,
    api_key: &ApiKeySecret,
    fixtures: Option<&CodeKeys>,
) -> Result<(), StartError> {
    let now = Clock::system().now();
    fixtures::store_key(store, api_key, "this machine", now).await?;
    if let Some(keys) = fixtures {
        fixtures::store_all(store, keys, now).await?;
        fixtures::store_verified(store, keys, now).await?;
    }
    Ok(())
}

async fn listen(
    host: IpAddr,
    port: u16,
    what: &'static str,
    flag: &'static str,
) -> Result<TcpListener, StartError> {
    let listening = TcpListener::bind((host, port)).await;
    listening.map_err(|source| match source.kind() {
        ErrorKind::AddrInUse => StartError::PortTaken { port, what, flag },
        ErrorKind::AddrNotAvailable => StartError::ForeignHost(host),
        _ => StartError::Listen {
            what,
            port,
            host,
            source,
        },
    })
}

fn url(listener: &TcpListener) -> Result<String, StartError> {
    let address = listener.local_addr().map_err(StartError::Address)?;
    // A listener on all addresses is reached on this machine too.
    let host = if address.ip().is_unspecified() {
        "127.0.0.1".to_owned()
    } else {
        SocketAddr::new(address.ip(), 0)
            .to_string()
            .trim_end_matches(":0")
            .to_owned()
    };
    Ok(format!("http://{host}:{}", address.port()))
}

async fn sweep_expired(database: Database) {
    loop {
        tokio::time::sleep(TTL_SWEEP).await;
        if let Err(error) = database.sweep_ttl() {
            tracing::warn!(%error, "expired items could not be removed");
        }
    }
}
