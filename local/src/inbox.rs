//! The inbox: a page that shows the mails which the local SES accepted and the events on the bus,
//! and an API for tests.
//!
//! The API has Mailpit's paths and field names, so Mailpit's clients work with it. A mail's HTML
//! runs no scripts, loads nothing remote, and has no access to the page around it. Other sites
//! have no access to the inbox through a browser: see [`Hosts`].

mod api;
mod bus;
mod changes;
mod chaos;
mod delivery;
mod files;
mod guard;
mod info;
mod json_body;
mod message;
mod paths;
mod refusal;
mod search;
mod selection;
mod snippet;
mod summary;
mod tags;
mod view;

use axum::Router;
use axum::extract::FromRef;
use axum::middleware;

use crate::captured_mails::CapturedMails;
use crate::edge::Edge;
use crate::event_bus::EventBus;
use crate::published::Published;
pub use guard::Hosts;
pub(crate) use guard::is_known_host;

/// What the inbox shows. Clones share it.
#[derive(Clone, Debug)]
pub struct Inbox {
    pub mails: CapturedMails,
    /// Where SES reports the delivery status.
    pub bus: EventBus,
    pub published: Published,
    /// What breaks.
    pub edge: Edge,
}

impl FromRef<Inbox> for CapturedMails {
    fn from_ref(inbox: &Inbox) -> Self {
        inbox.mails.clone()
    }
}

impl FromRef<Inbox> for Published {
    fn from_ref(inbox: &Inbox) -> Self {
        inbox.published.clone()
    }
}

impl FromRef<Inbox> for Edge {
    fn from_ref(inbox: &Inbox) -> Self {
        inbox.edge.clone()
    }
}

/// The page and the API. The page shows the shell command `first_mail` while there is no mail.
pub fn router(inbox: Inbox, hosts: Hosts, first_mail: &str) -> Router {
    Router::new()
        .merge(files::router(first_mail))
        .merge(api::router())
        .merge(changes::router())
        .merge(bus::router())
        .merge(chaos::router())
        .merge(info::router())
        .merge(tags::router())
        .merge(view::router())
        .fallback(paths::fallback)
        .layer(middleware::from_fn_with_state(hosts, guard::check))
        .with_state(inbox)
}
