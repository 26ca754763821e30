//! The whole service on free ports, with a clock that the test moves.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use axum::body::Body;
use axum::http::{Method, Request};
use dynoxide::Database;
use local::captured_mails::{CapturedMail, CapturedMails};
use local::edge::{Edge, Service, ServiceEdge};
use local::event_bus::Events;
use local::fixtures;
use local::functions::{Dependencies, Functions, start_all};
use local::gateway;
use local::lambda::InvocationError;
use local::published::{Published, PublishedEvent};
use local::ses::{Ses, SuppressionList};
use local::stack::{self, Backing, TABLE, replace};
use serde_json::{Value, json};
use shared::brand::public_url::PAGE_PATH;
use shared::domain::clock::{Clock, Timestamp};
use shared::runtime::aws::Aws;
use shared::runtime::settings::{self, Environment};
use shared::store::{OperatorStore, Store};
use tokio::task::JoinSet;

use super::http::{self, Answer, HttpClient, authorized, listen};
use super::logs;
use super::secrets::{LeakCheck, plant_passwords};

/// The paths that tests of every kind call. `openapi.yaml` and `events/` have them as text.
pub const REQUEST: &str = request_email_verification::ENDPOINT.path;
pub const VERIFY: &str = verify_email::ENDPOINT.path;
pub const PAGE: &str = PAGE_PATH;

/// Settings with which mails do not link to the built-in page.
pub const WITHOUT_PAGE: [(&str, &str); 2] = [
    (
        "VERIFICATION_URL",
        "https://app.example.com/#{uuid}/{token}",
    ),
    ("MAIL_CONTENT", "code"),
];

/// 2026-11-23T12:00:00Z, at which every test begins.
const NOON: i64 = 1_795_435_200;

/// The stack of one test.
pub struct TestApp {
    pub api_url: String,
    pub inbox_url: String,
    pub functions: Functions,
    /// In front of all services of AWS.
    pub whole_edge: Edge,
    /// In front of DynamoDB.
    pub edge: ServiceEdge,
    pub ses_faults: ServiceEdge,
    pub event_faults: ServiceEdge,
    pub suppression_list: SuppressionList,
    pub ses: Ses,
    pub sent: CapturedMails,
    /// The events for adopters.
    pub published: Published,
    /// For readers of the stream.
    pub database: Database,
    pub client: aws_sdk_dynamodb::Client,
    pub store: Store,
    pub http: HttpClient,
    pub clock: Clock,
    /// The functions' environment variables.
    pub environment: Vec<(&'static str, String)>,
    now: Arc<AtomicI64>,
    /// SES's events, until a test delivers them.
    events: Mutex<Events>,
    leaks: LeakCheck,
    _servers: JoinSet<()>,
}

impl TestApp {
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// The service with these settings beside the usual ones, or in their place.
    pub async fn start_with(overrides: &[(&'static str, &'static str)]) -> Self {
        logs::capture();
        let mut servers = JoinSet::new();
        let (dynamodb, inbox) = (listen().await, listen().await);
        let database = Database::memory().unwrap();
        let backing =
            Backing::start(database, dynamodb, inbox, "", Edge::new(), &mut servers).unwrap();
        let api = listen().await;
        let api_url = api.url();

        let mut settings = stack::environment(&backing.dynamodb_url, &backing.inbox_url);
        settings.push(("PUBLIC_URL", api_url.clone()));
        replace(&mut settings, overrides.iter().copied());
        let environment = Environment::from_pairs(&settings);
        backing
            .ses
            .verify_sender(&environment.required("SENDER").unwrap());
        let aws = Aws::of_emulators(&environment).unwrap();
        let now = Arc::new(AtomicI64::new(NOON));
        let clock = clock_of(&now);
        let functions = started(&environment, &aws, &clock);
        servers.spawn(stack::serve(api, gateway::router(&functions)));

        let client = aws.dynamodb();
        let store = Store::new(client.clone(), TABLE);
        let keys = settings::proofs::code_keys(&environment).unwrap();
        fixtures::store_all(&store, &keys, clock.now())
            .await
            .unwrap();
        let whole_edge = backing.edge;
        let edge = whole_edge.of(Service::DynamoDb);
        edge.take_calls();
        let leaks = LeakCheck::start(&backing.ses.sent, &backing.published, &backing.database);
        Self {
            api_url,
            inbox_url: backing.inbox_url,
            functions,
            edge,
            ses_faults: whole_edge.of(Service::Ses),
            event_faults: whole_edge.of(Service::Events),
            whole_edge,
            suppression_list: backing.ses.suppression_list.clone(),
            sent: backing.ses.sent.clone(),
            ses: backing.ses,
            published: backing.published,
            database: backing.database,
            client,
            store,
            http: http::client(),
            clock,
            environment: settings,
            now,
            events: Mutex::new(backing.mail_events),
            leaks,
            _servers: servers,
        }
    }

    /// Stores the fixtures of the status: see [`fixtures::store_verified`].
    pub async fn store_verified(&self) {
        let environment = Environment::from_pairs(&self.environment);
        let keys = settings::proofs::code_keys(&environment).unwrap();
        fixtures::store_verified(&self.store, &keys, self.now())
            .await
            .unwrap();
    }

    /// The table as its operator writes to it.
    pub fn operator_store(&self) -> OperatorStore {
        OperatorStore::new(self.store.clone())
    }

    pub fn now(&self) -> Timestamp {
        Timestamp::from_unix_seconds(self.now.load(Ordering::SeqCst))
    }

    /// A setting of the functions.
    pub fn setting(&self, name: &str) -> &str {
        let found = self.environment.iter().find(|(known, _)| *known == name);
        &found.expect("the functions have this setting").1
    }

    /// The functions' settings with these changed.
    pub fn environment_with(&self, settings: &[(&'static str, &str)]) -> Environment {
        let mut changed = self.environment.clone();
        replace(&mut changed, settings.iter().copied());
        Environment::from_pairs(&changed)
    }

    /// Lets time pass.
    pub fn pass(&self, duration: Duration) {
        self.now
            .fetch_add(i64::try_from(duration.as_secs()).unwrap(), Ordering::SeqCst);
    }

    /// Sets the clock back.
    pub fn set_back(&self, duration: Duration) {
        self.now
            .fetch_sub(i64::try_from(duration.as_secs()).unwrap(), Ordering::SeqCst);
    }

    /// The functions as they would start now with these settings changed, on the same table.
    pub fn restarted_with(&self, settings: &[(&'static str, &str)]) -> Functions {
        let environment = self.environment_with(settings);
        let aws = Aws::of_emulators(&environment).unwrap();
        started(&environment, &aws, &self.clock)
    }

    /// Another gateway and functions with this setting, on the same table, until the returned set
    /// is dropped.
    #[must_use]
    pub async fn restart_with(&mut self, setting: (&'static str, &str)) -> JoinSet<()> {
        let functions = self.restarted_with(&[setting]);
        let listener = listen().await;
        self.api_url = listener.url();
        let mut servers = JoinSet::new();
        servers.spawn(stack::serve(listener, gateway::router(&functions)));
        servers
    }

    /// Calls the API with a good key, this JSON and passwords.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.post_text(path, plant_passwords(body).to_string())
            .await
    }

    /// Calls the API with a good key and this body.
    pub async fn post_text(&self, path: &str, body: impl Into<Body>) -> Answer {
        self.post_with(path, &[], body).await
    }

    /// Calls the API and asks for the representation.
    pub async fn post_preferring_representation(&self, path: &str, body: Value) -> Answer {
        let prefer = [("prefer", "return=representation")];
        self.post_with(path, &prefer, body.to_string()).await
    }

    /// Requests a mail with this `Idempotency-Key`, and asks for the representation.
    pub async fn post_keyed(&self, key: &str, body: Value) -> Answer {
        let headers = [
            ("prefer", "return=representation"),
            ("idempotency-key", key),
        ];
        self.post_with(REQUEST, &headers, body.to_string()).await
    }

    /// Calls the API with a good key, these other headers and this body.
    pub async fn post_with(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Answer {
        let request = authorized(self.request(Method::POST, path), fixtures::API_KEY)
            .header("content-type", "application/json");
        let request = headers.iter().fold(request, |request, (name, value)| {
            request.header(*name, *value)
        });
        self.send(request.body(body.into()).unwrap()).await
    }

    /// Calls the API with a good key and this path and query.
    pub async fn get(&self, path_and_query: &str) -> Answer {
        let request = self.request(Method::GET, path_and_query);
        let request = authorized(request, fixtures::API_KEY);
        self.send(request.body(Body::empty()).unwrap()).await
    }

    pub fn request(&self, method: Method, path: &str) -> axum::http::request::Builder {
        Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.api_url))
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let answer = http::send(&self.http, request).await;
        // A page repeats the code that was typed, if it was not checked.
        if answer.header("content-type") != Some("text/html; charset=utf-8") {
            self.leaks.saw_answer(&answer);
        }
        answer
    }

    /// Removes and returns the events for adopters.
    pub fn take_published(&self) -> Vec<PublishedEvent> {
        let events = self.published.take();
        self.leaks.saw_events(&events);
        events
    }

    /// Asks to verify an address and returns the mail.
    pub async fn ask(&self, body: Value) -> Arc<CapturedMail> {
        let before = self.sent.len();
        let answer = self.post(REQUEST, body).await;
        assert_eq!((answer.status.as_u16(), answer.body.as_str()), (200, ""));
        assert_eq!(self.sent.len(), before + 1, "one mail is sent");
        self.newest_mail()
    }

    /// Asks for a mail to a suppressed address.
    pub async fn assert_suppressed(&self, email: &str) {
        let answer = self.post(REQUEST, json!({ "email": email })).await;
        let expected = error(
            "validation_error",
            "email_address_suppressed",
            "This address cannot receive our mail. Use a different one.",
            Some("email"),
        );
        assert_eq!((answer.status.as_u16(), answer.json()), (400, expected));
    }

    /// SES's events since the last call.
    pub fn take_events(&self) -> Vec<Value> {
        self.events.lock().unwrap().take()
    }

    /// Invokes `record_mail_events` with an event, and returns the answer.
    pub async fn record(&self, event: &Value) -> Result<Value, InvocationError> {
        let function = &self.functions["record_mail_events"];
        let answer = function.invoke(&event.to_string()).await?;
        Ok(serde_json::from_str(&answer).unwrap())
    }

    /// Delivers all of SES's pending events, and returns the outcome of each.
    pub async fn record_all(&self) -> Vec<String> {
        let mut outcomes = Vec::new();
        for event in self.take_events() {
            let answer = self.record(&event).await.unwrap();
            outcomes.push(answer["outcome"].as_str().unwrap().to_owned());
        }
        outcomes
    }

    /// Requests a mail with this `Accept-Language`, and returns the mail.
    pub async fn ask_in(&self, accept_language: &str, body: Value) -> Arc<CapturedMail> {
        let language = [("accept-language", accept_language)];
        let answer = self.post_with(REQUEST, &language, body.to_string()).await;
        assert_eq!(answer.status, 200);
        self.newest_mail()
    }

    pub fn newest_mail(&self) -> Arc<CapturedMail> {
        Arc::clone(self.sent.newest_first().first().expect("there is a mail"))
    }

    /// An item of the table.
    pub async fn item(&self, pk: &str) -> Option<HashMap<String, AttributeValue>> {
        let found = self
            .client
            .get_item()
            .table_name(TABLE)
            .key("pk", AttributeValue::S(pk.to_owned()));
        found.send().await.unwrap().item
    }

    /// Deletes an item.
    pub async fn delete(&self, pk: &str) {
        let key = AttributeValue::S(pk.to_owned());
        let delete = self.client.delete_item().table_name(TABLE).key("pk", key);
        delete.send().await.unwrap();
    }

    /// Sets one attribute of an item, and makes the item if it is not there.
    pub async fn set(&self, pk: &str, name: &str, value: AttributeValue) {
        let update = self
            .client
            .update_item()
            .table_name(TABLE)
            .key("pk", AttributeValue::S(pk.to_owned()))
            .update_expression("SET #name = :value")
            .expression_attribute_names("#name", name)
            .expression_attribute_values(":value", value);
        update.send().await.unwrap();
    }

    /// Removes one attribute of an item.
    pub async fn remove(&self, pk: &str, name: &str) {
        let update = self
            .client
            .update_item()
            .table_name(TABLE)
            .key("pk", AttributeValue::S(pk.to_owned()))
            .update_expression("REMOVE #name")
            .expression_attribute_names("#name", name);
        update.send().await.unwrap();
    }

    /// The whole table, as text that is equal for equal items.
    pub async fn table(&self) -> String {
        let scanned = self.client.scan().table_name(TABLE).send().await.unwrap();
        let mut items: Vec<_> = scanned
            .items
            .unwrap_or_default()
            .into_iter()
            .map(readable_map)
            .collect();
        items.sort();
        items.join("\n")
    }
}

/// The attribute `suppression` of this address.
pub fn suppression(email: &str) -> AttributeValue {
    let mail = "A".repeat(43);
    let members = [
        ("reason", "bounced"),
        ("at", "2026-11-23T12:00:00Z"),
        ("email", email),
        ("mail", mail.as_str()),
    ];
    let text = |text: &str| AttributeValue::S(text.to_owned());
    AttributeValue::M(
        members
            .map(|(name, value)| (name.to_owned(), text(value)))
            .into(),
    )
}

fn readable_map(map: HashMap<String, AttributeValue>) -> String {
    let sorted: BTreeMap<_, _> = map
        .into_iter()
        .map(|(name, value)| (name, readable(value)))
        .collect();
    format!("{sorted:?}")
}

fn readable(value: AttributeValue) -> String {
    match value {
        AttributeValue::M(map) => readable_map(map),
        other => format!("{other:?}"),
    }
}

fn clock_of(now: &Arc<AtomicI64>) -> Clock {
    let now = Arc::clone(now);
    Clock::from_fn(move || Timestamp::from_unix_seconds(now.load(Ordering::SeqCst)))
}

fn started(environment: &Environment, aws: &Aws, clock: &Clock) -> Functions {
    let ses = mail::Ses::new(aws, environment);
    let dependencies = Dependencies {
        environment,
        aws,
        ses: &ses,
        clock,
    };
    start_all(&dependencies).unwrap()
}

/// The error envelope.
pub fn error(kind: &str, code: &str, detail: &str, attr: Option<&str>) -> Value {
    json!({ "type": kind, "code": code, "detail": detail, "attr": attr })
}
