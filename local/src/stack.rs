//! Starts and stops the whole service.

mod background;
mod backing;
mod data_folder;
mod env_file;
mod first_mail;
mod listener;
mod options;
mod overrides;
mod ports;
mod setting_names;
mod settings;
mod start_page;

use std::net::SocketAddr;

use axum::Router;
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

use crate::chaos;
use crate::dynamodb::DatabaseError;
use crate::edge::Edge;
use crate::functions::{Dependencies, Functions, start_all};
use crate::lambda::Function;
use crate::published::{Forwarder, ForwarderError, Published};
use crate::stream::StreamError;
use crate::{dynamodb, fixtures, gateway};
use background::{start_readers, sweep_expired};
pub use backing::Backing;
pub use data_folder::DataError;
use data_folder::DataFolder;
pub use first_mail::{FIRST_EVENT, curl};
pub use listener::Listener;
pub use options::Options;
pub use overrides::{OverrideError, Overrides, WrongSetting};
use ports::Listeners;
pub use ports::PortError;
pub use setting_names::{brand_names, settings};
pub use settings::{Setting, TABLE, check, environment, replace};
use settings::{Urls, variables};
use start_page::StartPage;

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
    tasks: JoinSet<()>,
    /// Locked until the stack stops.
    _data: Option<DataFolder>,
}

/// The text is for the person who starts the service.
#[derive(Debug, Error)]
pub enum StartError {
    #[error(transparent)]
    Setting(#[from] WrongSetting),
    #[error(transparent)]
    Port(#[from] PortError),
    #[error(transparent)]
    Data(#[from] DataError),
    #[error(transparent)]
    Forwarder(#[from] ForwarderError),
    #[error(transparent)]
    Table(#[from] DatabaseError),
    #[error(transparent)]
    Stream(#[from] StreamError),
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Stack {
    /// # Errors
    ///
    /// A setting is wrong, a port is taken, or the folder of the table cannot be used.
    pub async fn start(options: &Options) -> Result<Self, StartError> {
        // The settings come first: a wrong one is wrong on other ports as well. A port that is
        // taken must not leave a half-started service.
        check(&options.overrides)?;
        let Listeners {
            api,
            dynamodb,
            inbox,
        } = Listeners::bind(options).await?;
        let data = options.data.as_deref().map(DataFolder::open).transpose()?;
        let api_key = api_key(options, data.as_ref())?;
        let api_url = api.as_ref().map(Listener::url);
        let first_mail = match &api_url {
            Some(api_url) => curl(api_url, &api_key),
            None => first_mail::sam(),
        };
        let database = dynamodb::open(data.as_ref().map(DataFolder::database).as_deref())?;
        let mut tasks = JoinSet::new();
        let edge = Edge::new();
        let backing = Backing::start(
            database,
            dynamodb,
            inbox,
            &first_mail,
            edge.clone(),
            &mut tasks,
        )?;
        tasks.spawn(sweep_expired(backing.database.clone()));
        if let Some(target) = &options.events_to {
            tasks.spawn(Forwarder::new(&backing.published, target)?.run());
        }

        let urls = Urls {
            api: api_url.as_deref(),
            dynamodb: &backing.dynamodb_url,
            inbox: &backing.inbox_url,
        };
        let variables = variables(urls, &options.overrides);
        let environment = Environment::from_pairs(&variables);
        let functions = start_functions(options, &environment, &backing, &api_key).await?;
        if let Some(api) = api {
            let page = StartPage::new(&api, &backing, &api_key);
            tasks.spawn(serve(api, page.in_front_of(gateway::router(&functions))));
            start_readers(
                &functions,
                backing.mail_events,
                &backing.database,
                &edge,
                &mut tasks,
            )?;
        }
        // What the program itself stored at its start did not break.
        if !options.chaos.is_empty() {
            tracing::info!("chaos: {}", chaos::summary(&options.chaos));
            edge.set_rules(options.chaos.clone());
        }
        Ok(Self {
            api_url,
            dynamodb_url: backing.dynamodb_url,
            inbox_url: backing.inbox_url,
            api_key,
            environment: variables,
            published: backing.published,
            tasks,
            _data: data,
        })
    }

    /// Aborts requests that are in progress.
    pub async fn stop(mut self) {
        self.tasks.shutdown().await;
    }
}

fn api_key(options: &Options, data: Option<&DataFolder>) -> Result<ApiKeySecret, StartError> {
    if let Some(key) = &options.api_key {
        return Ok(ApiKeySecret::presented(key));
    }
    let new = ApiKeySecret::from_random(random_bytes()?);
    Ok(match data {
        Some(data) => data.api_key(new)?,
        None => new,
    })
}

/// Starts the functions, and stores what they need.
async fn start_functions(
    options: &Options,
    environment: &Environment,
    backing: &Backing,
    api_key: &ApiKeySecret,
) -> Result<Functions, StartError> {
    let wrong = |error: SettingError| options.overrides.locate(error);
    let sender = environment.optional("SENDER").unwrap_or_default();
    backing.ses.verify_sender(&sender);
    let aws = Aws::of_emulators(environment).map_err(wrong)?;
    let keys = proofs::code_keys(environment).map_err(wrong)?;
    let fixtures = options.backing_only.then_some(&keys);
    store_data(&Store::new(aws.dynamodb(), TABLE), api_key, fixtures).await?;
    // Without the API nothing invokes them.
    let start = |aws: &Aws| {
        start_all(&Dependencies {
            environment,
            aws,
            ses: &mail::Ses::new(aws, environment),
            clock: &Clock::system(),
        })
    };
    let aws_with_its_timeouts = Aws::from_environment(environment).map_err(wrong)?;
    let strict = start(&aws_with_its_timeouts).map_err(wrong)?;
    let lenient = start(&aws).map_err(wrong)?;
    Ok(strict_while_calls_break(&strict, lenient, &backing.edge))
}

/// While calls break, the functions have the timeouts that they have on AWS. Otherwise they wait
/// longer, as this machine may be slow or busy.
fn strict_while_calls_break(strict: &Functions, lenient: Functions, edge: &Edge) -> Functions {
    let chosen = lenient.into_iter().map(|(name, lenient)| {
        let edge = edge.clone();
        let function = match strict.get(name) {
            Some(strict) => Function::either(strict.clone(), lenient, move || edge.has_rules()),
            None => lenient,
        };
        (name, function)
    });
    chosen.collect()
}

async fn store_data(
    store: &Store,
    api_key: &ApiKeySecret,
    fixtures: Option<&CodeKeys>,
) -> Result<(), StoreError> {
    let now = Clock::system().now();
    fixtures::store_key(store, api_key, "this machine", now).await?;
    if let Some(keys) = fixtures {
        fixtures::store_all(store, keys, now).await?;
        fixtures::store_verified(store, keys, now).await?;
    }
    Ok(())
}

pub async fn serve(listener: Listener, router: Router) {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    if let Err(error) = axum::serve(listener.socket, service).await {
        tracing::error!(error = chain(&error), "a server stopped");
    }
}
