//! What surrounds the functions: DynamoDB, SES, EventBridge and the inbox.

use axum::Router;
use axum::extract::Request;
use axum::routing::{any, post};
use dynoxide::Database;
use lambda_http::tower::ServiceExt;
use tokio::task::JoinSet;

use super::listener::Listener;
use super::{TABLE, serve};
use crate::dynamodb::{self, DatabaseError};
use crate::edge::Edge;
use crate::event_bus::{self, Events};
use crate::inbox::{self, Inbox};
use crate::published::{self, Published};
use crate::ses::{self, Ses};

pub struct Backing {
    pub dynamodb_url: String,
    /// The address of the inbox, SES and EventBridge.
    pub inbox_url: String,
    pub database: Database,
    pub ses: Ses,
    /// SES's events, until a function gets them.
    pub mail_events: Events,
    /// The events for the adopter.
    pub published: Published,
    /// In front of DynamoDB, SES and EventBridge.
    pub edge: Edge,
}

impl Backing {
    /// Creates the table and starts the servers, behind the edge. The inbox shows the shell command
    /// `first_mail` while there is no mail.
    ///
    /// # Errors
    ///
    /// The table cannot be created, or there is no port for the server behind the edge.
    pub fn start(
        database: Database,
        dynamodb: Listener,
        inbox: Listener,
        first_mail: &str,
        edge: Edge,
        servers: &mut JoinSet<()>,
    ) -> Result<Self, DatabaseError> {
        dynamodb::create_table(&database, TABLE)?;
        let (bus, mail_events) = event_bus::new();
        let backing = Self {
            dynamodb_url: dynamodb.url(),
            inbox_url: inbox.url(),
            database,
            ses: Ses::new(bus),
            mail_events,
            published: Published::new(),
            edge,
        };
        let router = on_one_port(
            inbox::router(
                Inbox {
                    mails: backing.ses.sent.clone(),
                    bus: backing.ses.bus.clone(),
                    published: backing.published.clone(),
                    edge: backing.edge.clone(),
                },
                inbox.hosts(),
                first_mail,
            ),
            backing.edge.in_front_of(ses::router(backing.ses.clone())),
            backing
                .edge
                .in_front_of(published::router(backing.published.clone())),
        );
        let (behind, url) = dynamodb::listen()?;
        servers.spawn(dynamodb::serve(backing.database.clone(), behind));
        let to_dynamodb = backing.edge.in_front_of_server(url);
        servers.spawn(serve(dynamodb, to_dynamodb));
        servers.spawn(serve(inbox, router));
        Ok(backing)
    }
}

/// Routes one port: the paths of SES's API to SES, `POST /` to EventBridge, and all else to the
/// inbox.
fn on_one_port(inbox: Router, ses: Router, eventbridge: Router) -> Router {
    let to_ses = move |request: Request| ses.clone().oneshot(request);
    let to_eventbridge = move |request: Request| eventbridge.clone().oneshot(request);
    inbox
        .route("/v2/{*path}", any(to_ses))
        .route("/", post(to_eventbridge))
}
