//! Starts and stops the whole service.

mod settings;

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
use shared::runtime::settings::{Environment, SettingError, proofs};
use shared::store::{Store, StoreError};
use shared::telemetry::chain;
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
pub use settings::{TABLE, brand_settings, environment, replace};

/// The default address of `cargo lambda watch`. With `--backing-only`, links lead there.
const CARGO_LAMBDA_URL: &str = "http://127.0.0.1:9000";
/// How often expired items are deleted. On AWS it takes up to a few days.
const TTL_SWEEP: Duration = Duration::from_mins(1);

/// What to start, and where.
#[derive(Clone, Debug)]
pub struct Options {
    /// The address to listen on.
    pub host: IpAddr,
    /// 0 is any free port, here and below.
    pub port: u16,
    pub dynamodb_port: u16,
    /// The port of the inbox, SES and EventBridge.
    pub inbox_port: u16,
    /// `None`: a new key.
    pub api_key: Option<String>,
    /// The folder of the table. `None`: the table is in memory.
    pub data: Option<PathBuf>,
    /// Start DynamoDB, SES, EventBridge and the inbox without the functions, and store
    /// [`fixtures`].
    pub backing_only: bool,
    /// Settings that replace the usual ones: see [`brand_settings`].
    pub brand: Vec<(&'static str, String)>,
}

/// The running service.
#[derive(Debug)]
pub struct Stack {
    /// `None` with [`Options::backing_only`].
    pub api_url: Option<String>,
    pub dynamodb_url: String,
    /// The address of the inbox, SES and EventBridge.
    pub inbox_url: String,
    pub api_key: ApiKeySecret,
    /// The functions' environment variables.
    pub environment: Vec<(&'static str, String)>,
    /// The events for the adopter.
    pub published: Published,
    servers: JoinSet<()>,
}

/// The text is for the person who starts the service.
#[derive(Debug, Error)]
pub enum StartError {
    #[error("port {port} is taken, so {what} cannot start there; choose another one with {flag}")]
    PortTaken {
        port: u16,
        what: &'static str,
        flag: &'static str,
    },
    #[error("{0} is not an address of this machine; choose another one with --host")]
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
    #[error("--data cannot use this folder")]
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
    /// # Errors
    ///
    /// A port is taken, the folder of the table cannot be used, or a setting is wrong.
    pub async fn start(options: &Options) -> Result<Self, StartError> {
        // Listen on all ports first: a port that is taken must not leave a half-started service.
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
        replace(&mut settings, &options.brand);
        let public_url = api_url.as_deref().unwrap_or(CARGO_LAMBDA_URL);
        settings.push(("PUBLIC_URL", public_url.to_owned()));
        // There is no app here, so the page links to the inbox.
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
        let keys = proofs::code_keys(&environment)?;
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
        let inbox = on_one_port(inbox, ses, published::router(published.clone()));
        servers.spawn(serve(inbox_listener, inbox));
        if let Some(listener) = gateway_listener {
            if let Some(function) = invoked_by(&functions, Trigger::MailEvents) {
                servers.spawn(deliver(events, function.clone()));
            }
            if let Some(function) = invoked_by(&functions, Trigger::TableStream) {
                // An earlier run has published the earlier changes.
                let changes = StreamReader::latest(database, TABLE)?;
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

    /// Aborts requests that are in progress.
    pub async fn stop(mut self) {
        self.servers.shutdown().await;
    }
}

/// An event that requests a mail.
pub const FIRST_EVENT: &str = "events/request_email_verification/http_api.json";

/// A shell command that requests a mail.
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

/// Routes one port: the paths of SES's API to SES, `POST /` to EventBridge, and all else to the
/// inbox.
pub fn on_one_port(inbox: Router, ses: Router, eventbridge: Router) -> Router {
    let to_ses = move |request: Request| ses.clone().oneshot(request);
    let to_eventbridge = move |request: Request| eventbridge.clone().oneshot(request);
    inbox
        .route("/v2/{*path}", any(to_ses))
        .route("/", post(to_eventbridge))
}

pub async fn serve(listener: TcpListener, router: Router) {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    if let Err(error) = axum::serve(listener, service).await {
        tracing::error!(%error, "a server stopped");
    }
}

/// Invokes the function with each event, as EventBridge does. Here a failed event is not retried.
async fn deliver(mut events: Events, function: Function) {
    while let Some(event) = events.next().await {
        if let Err(error) = function.invoke(&event.to_string()).await {
            tracing::error!(error = chain(&error), "an event of SES is lost");
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
    // A client cannot connect to `0.0.0.0` or `[::]`.
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
            tracing::warn!(%error, "expired items cannot be deleted");
        }
    }
}
