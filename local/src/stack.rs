//! Starts and stops the whole service.

mod backing;
mod env_file;
mod first_mail;
mod given_settings;
mod known_settings;
mod listener;
mod settings;
mod start_page;

use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use axum::Router;
use dynoxide::Database;
use shared::domain::api_key::ApiKeySecret;
use shared::domain::clock::Clock;
use shared::domain::verification_code::CodeKeys;
use shared::runtime::aws::Aws;
use shared::runtime::entropy::{EntropyError, random_bytes};
use shared::runtime::settings::{Environment, SettingError, proofs};
use shared::store::{Store, StoreError};
use shared::telemetry::chain;
use thiserror::Error;
use tokio::task::JoinSet;

use crate::dynamodb::DatabaseError;
use crate::event_bus::Events;
use crate::functions::{Dependencies, Functions, Trigger, invoked_by, start_all};
use crate::lambda::Function;
use crate::published::{Forwarder, Published, Target};
use crate::stream::{StreamError, StreamReader};
use crate::{dynamodb, fixtures, gateway, stream};
pub use backing::Backing;
pub use first_mail::{FIRST_EVENT, curl};
pub use given_settings::{GivenError, given_settings};
pub use known_settings::{brand_names, settings};
pub use listener::Listener;
pub use settings::{Setting, TABLE, environment, replace};
use start_page::StartPage;

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
    /// Where the events for the adopter are posted.
    pub events_to: Option<Target>,
    /// Settings that replace the usual ones: see [`given_settings`].
    pub settings: Vec<Setting>,
}

#[derive(Debug)]
pub struct Stack {
    /// `None` with [`Options::backing_only`].
    pub api_url: Option<String>,
    pub dynamodb_url: String,
    /// The address of the inbox, SES and EventBridge.
    pub inbox_url: String,
    pub api_key: ApiKeySecret,
    /// The functions' environment variables.
    pub environment: Vec<Setting>,
    /// The events for the adopter.
    pub published: Published,
    servers: JoinSet<()>,
}

/// The text is for the person who starts the service.
#[derive(Debug, Error)]
pub enum StartError {
    #[error(
        "end the session that may be running already, or choose other ports, any free ones with \
         {}; taken: {}",
        joined(.0, " ", |taken| format!("{} 0", taken.flag)),
        joined(.0, ", ", |taken| format!("port {} of {}", taken.port, taken.what))
    )]
    PortsTaken(Vec<TakenPort>),
    #[error("choose another address with --host; {0} is not of this machine")]
    ForeignHost(IpAddr),
    #[error("choose another port with {flag}; {what} cannot listen on port {port} of {host}")]
    Listen {
        what: &'static str,
        flag: &'static str,
        port: u16,
        host: IpAddr,
        source: std::io::Error,
    },
    #[error("choose another folder with --data; this one cannot be used")]
    Data(#[source] DatabaseError),
    #[error("set SSL_CERT_FILE to a file of root certificates; --events-to needs them for https")]
    Roots(#[source] std::io::Error),
    #[error(transparent)]
    Table(#[from] DatabaseError),
    #[error(transparent)]
    Stream(#[from] StreamError),
    #[error(transparent)]
    Setting(#[from] SettingError),
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

#[derive(Debug)]
pub struct TakenPort {
    port: u16,
    what: &'static str,
    flag: &'static str,
}

fn joined(taken: &[TakenPort], between: &str, text: impl Fn(&TakenPort) -> String) -> String {
    taken.iter().map(text).collect::<Vec<_>>().join(between)
}

/// The ports, before anything runs on them.
struct Listeners {
    /// `None` with [`Options::backing_only`].
    api: Option<Listener>,
    dynamodb: Listener,
    inbox: Listener,
}

impl Listeners {
    async fn bind(options: &Options) -> Result<Self, StartError> {
        let mut taken = Vec::new();
        let mut listen = async |port, what, flag| {
            let host = options.host;
            match Listener::bind(host, port).await {
                Ok(listener) => Ok(Some(listener)),
                Err(source) => match source.kind() {
                    ErrorKind::AddrInUse => {
                        taken.push(TakenPort { port, what, flag });
                        Ok(None)
                    }
                    ErrorKind::AddrNotAvailable => Err(StartError::ForeignHost(host)),
                    _ => Err(StartError::Listen {
                        what,
                        flag,
                        port,
                        host,
                        source,
                    }),
                },
            }
        };
        let api = if options.backing_only {
            None
        } else {
            listen(options.port, "the API", "--port").await?
        };
        let dynamodb = listen(options.dynamodb_port, "DynamoDB", "--dynamodb-port").await?;
        let inbox = listen(options.inbox_port, "the inbox", "--inbox-port").await?;
        match (dynamodb, inbox) {
            (Some(dynamodb), Some(inbox)) if taken.is_empty() => Ok(Self {
                api,
                dynamodb,
                inbox,
            }),
            _ => Err(StartError::PortsTaken(taken)),
        }
    }
}

impl Stack {
    /// # Errors
    ///
    /// A port is taken, the folder of the table cannot be used, or a setting is wrong.
    pub async fn start(options: &Options) -> Result<Self, StartError> {
        // Listen on all ports first: a port that is taken must not leave a half-started service.
        let Listeners {
            api,
            dynamodb,
            inbox,
        } = Listeners::bind(options).await?;
        let api_url = api.as_ref().map(Listener::url);
        let api_key = match &options.api_key {
            Some(key) => ApiKeySecret::presented(key),
            None => ApiKeySecret::from_random(random_bytes()?),
        };
        let first_mail = match &api_url {
            Some(api_url) => curl(api_url, &api_key),
            None => first_mail::sam(),
        };
        let database = dynamodb::open(options.data.as_deref()).map_err(StartError::Data)?;
        let mut servers = JoinSet::new();
        let backing = Backing::start(database, dynamodb, inbox, &first_mail, &mut servers)?;
        servers.spawn(sweep_expired(backing.database.clone()));
        if let Some(target) = &options.events_to {
            let forwarder = Forwarder::new(&backing.published, target);
            servers.spawn(forwarder.map_err(StartError::Roots)?.run());
        }

        let settings = settings_of(options, &backing, api_url.as_deref());
        let environment = Environment::from_pairs(&settings);
        let sender = environment.optional("SENDER").unwrap_or_default();
        backing.ses.verify_sender(&sender);
        let aws = Aws::of_emulators(&environment)?;
        let keys = proofs::code_keys(&environment)?;
        let fixtures = options.backing_only.then_some(&keys);
        store_data(&Store::new(aws.dynamodb(), TABLE), &api_key, fixtures).await?;
        // Without the API nothing invokes them, but their start checks the settings.
        let functions = start_all(&Dependencies {
            environment: &environment,
            aws: &aws,
            ses: &mail::Ses::new(&aws, &environment),
            clock: &Clock::system(),
        })?;
        if let Some(api) = api {
            let page = StartPage::new(&api, &backing, &api_key);
            servers.spawn(serve(api, page.in_front_of(gateway::router(&functions))));
            start_readers(
                &functions,
                backing.mail_events,
                backing.database,
                &mut servers,
            )?;
        }
        Ok(Self {
            api_url,
            dynamodb_url: backing.dynamodb_url,
            inbox_url: backing.inbox_url,
            api_key,
            environment: settings,
            published: backing.published,
            servers,
        })
    }

    /// Aborts requests that are in progress.
    pub async fn stop(mut self) {
        self.servers.shutdown().await;
    }
}

fn settings_of(options: &Options, backing: &Backing, api_url: Option<&str>) -> Vec<Setting> {
    let mut settings = environment(&backing.dynamodb_url, &backing.inbox_url);
    let public_url = api_url.unwrap_or(CARGO_LAMBDA_URL);
    settings.push(("PUBLIC_URL", public_url.to_owned()));
    // There is no app here, so the page links to the inbox.
    settings.push(("APP_URL", backing.inbox_url.clone()));
    replace(&mut settings, options.settings.iter().cloned());
    settings
}

/// Starts what invokes functions with SES's events and with the table's changes.
fn start_readers(
    functions: &Functions,
    mail_events: Events,
    database: Database,
    servers: &mut JoinSet<()>,
) -> Result<(), StreamError> {
    if let Some(function) = invoked_by(functions, Trigger::MailEvents) {
        servers.spawn(deliver(mail_events, function.clone()));
    }
    if let Some(function) = invoked_by(functions, Trigger::TableStream) {
        // An earlier run has published the earlier changes.
        let changes = StreamReader::latest(database, TABLE)?;
        servers.spawn(stream::deliver(changes, function.clone()));
    }
    Ok(())
}

pub async fn serve(listener: Listener, router: Router) {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    if let Err(error) = axum::serve(listener.socket, service).await {
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

async fn sweep_expired(database: Database) {
    loop {
        tokio::time::sleep(TTL_SWEEP).await;
        if let Err(error) = database.sweep_ttl() {
            tracing::warn!(%error, "expired items cannot be deleted");
        }
    }
}
