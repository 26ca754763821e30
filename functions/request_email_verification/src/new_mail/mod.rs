//! `POST /verify_email/new_mail`: the reader of an expired link asks for another mail.
//!
//! Only the script of the built-in page calls it. There is no key: the link's token proves that its
//! reader got the last mail. It goes to the same address, within the limits of every request.

mod state;

use lambda_http::http::Method;
use lambda_http::{Body, Request, Response};
use serde::Deserialize;
use shared::api::{
    Post, accept_language, accepts, base_path, is_cross_site, nothing_here, public_url, respond,
};
use shared::brand::public_url::NEW_MAIL_PATH;
use shared::domain::link_token::LinkToken;
use shared::domain::pasted;
use shared::domain::user_id::UserId;
use shared::telemetry::{self, Metric};
use shared::text::locale::Locale;

use super::request_verification::{MailTo, RequestOutcome, VerificationRequest};
use super::{RequestEmailVerification, fresh_proof};
use state::State;

/// The route's name in logs.
const NAME: &str = "new_mail";

/// The fields as they were sent.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Posted {
    uuid: String,
    token: String,
    /// Where the page leads after the verification, as the expired link had it.
    next: Option<String>,
}

impl RequestEmailVerification {
    /// Without the built-in page, its script's route is a path like any other.
    pub(super) fn is_new_mail(&self, request: &Request) -> bool {
        self.link_target.is_built_in()
            && self.content.has_link()
            && base_path(request, NEW_MAIL_PATH).is_some()
    }

    pub(super) async fn answer_new_mail(&self, request: &Request) -> Response<Body> {
        let answering = async {
            // A person who opens the path is no script.
            let is_post = *request.method() == Method::POST;
            let is_person = !is_post && accepts(request.headers(), "text/html");
            if is_person && self.origin.admits(request) {
                return nothing_here();
            }
            self.new_mail(request).await.into_outcome()
        };
        respond(request, NAME, answering).await
    }

    async fn new_mail(&self, request: &Request) -> State {
        if !self.origin.admits(request) {
            return State::NotReachable;
        }
        if *request.method() != Method::POST {
            return State::MethodNotAllowed;
        }
        if is_cross_site(request.headers()) {
            return State::CrossSite;
        }
        match Post::of(request).and_then(|post| post.json()) {
            Ok(posted) => self.mail_reader(request, &posted).await,
            Err(error) => State::Unreadable(error),
        }
    }

    async fn mail_reader(&self, request: &Request, posted: &Posted) -> State {
        let user = UserId::parse(&pasted::clean(&posted.uuid));
        let token = LinkToken::parse(&pasted::clean(&posted.token));
        let (Some(user), Some(token)) = (user, token) else {
            telemetry::count(Metric::Wrong);
            return State::Invalid;
        };
        telemetry::record_user(&user);
        let next = posted.next.as_deref();
        let next = next.and_then(|next| self.return_origins.admit(next));
        let gateway = public_url(request, NEW_MAIL_PATH);
        let url = match self.url_of(gateway.as_ref(), next.as_ref()) {
            Ok(url) => url,
            Err(error) => return State::fault(error),
        };
        let proof = match fresh_proof(self.content) {
            Ok(proof) => proof,
            Err(error) => return State::fault(error),
        };
        let asked = VerificationRequest {
            user,
            to: MailTo::ReaderOf(token.digest()),
            key: None,
            // The name is not on record.
            greeting: None,
            locale: Locale::preferred(&accept_language(request.headers()), self.default_locale),
            url,
        };
        let requesting = self
            .request_verification
            .run(&asked, &proof, self.clock.now());
        let outcome = requesting.await;
        // Strangers cannot raise the count of requests.
        telemetry::count(match outcome {
            Ok(RequestOutcome::NoAddress) => Metric::Wrong,
            _ => Metric::Requested,
        });
        outcome.map_or_else(State::of_error, State::of)
    }
}
