//! Shell commands that request the first mail.

use shared::domain::api_key::ApiKeySecret;

/// An event that requests a mail.
pub const FIRST_EVENT: &str = "events/request_email_verification/http_api.json";

/// An example of an adopter's own id of a user.
pub(super) const USER: &str = "0198c5a4-7d1e-7c3b-9a52-6f0e4b8d2c99";

#[must_use]
pub fn curl(api_url: &str, api_key: &ApiKeySecret) -> String {
    format!(
        "curl -i {api_url}/api/users/request_email_verification \\\n  \
         -H 'Authorization: Bearer {}' \\\n  \
         -H 'Content-Type: application/json' \\\n  \
         -d '{{\"uuid\": \"{USER}\", \"email\": \"ada@example.com\", \"first_name\": \"Ada\"}}'",
        api_key.expose_secret()
    )
}

/// Without the functions' API.
pub(super) fn sam() -> String {
    format!("sam local invoke RequestEmailVerificationFunction -e {FIRST_EVENT}")
}
