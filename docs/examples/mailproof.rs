//! Mailproof for a Rust backend. `MAILPROOF_URL` is the URL of the API, `MAILPROOF_KEY` its key.
//!
//!     mailproof request EMAIL UUID [ACCEPT_LANGUAGE]
//!     mailproof verify UUID code|token PROOF
//!
//! A request also reads `RETURN_TO` and `IDEMPOTENCY_KEY`.

use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use serde_json::{Value, json};

/// An answer other than 200, with its JSON. Status 0 means no answer; `error` is then the reason.
struct Refused {
    status: u16,
    error: Value,
    retry_after: u64,
}

impl Refused {
    /// The text for the user. What is wrong on your side or on the way is printed for you.
    fn message(&self) -> String {
        let hours = self.retry_after.div_ceil(3600);
        let minutes = self.retry_after.div_ceil(60);
        let has_field = self.error["attr"].is_string();
        let message = match (text(&self.error, "code"), self.status) {
            ("already_verified", _) => "This email address is already verified.",
            ("email_domain_not_allowed", _) => {
                "We don’t accept email addresses of this domain. Please use a different one."
            }
            ("email_address_suppressed", _) => {
                "We can’t send email to this address. Please use a different one."
            }
            ("throttled", _) => {
                &format!("You’ve requested too many emails. Please try again in {hours} h.")
            }
            ("too_many_attempts", _) if self.retry_after == 0 => {
                "Too many attempts. Use the link in the email."
            }
            ("too_many_attempts", _) => &format!(
                "Too many attempts. Use the link in the email, or try again in {minutes} min."
            ),
            ("expired_code", _) => {
                "This code has expired. Use the one in the latest email, or request a new one."
            }
            ("invalid_code", _) => {
                "This code is incorrect or has expired. Use the one in the latest email, or request a new one."
            }
            ("invalid_token" | "expired_token", _) => {
                "This link no longer works. Please request a new one."
            }
            // An error of the field that `attr` names.
            (_, 400) if has_field => text(&self.error, "detail"),
            (_, status) => {
                let _ = writeln!(std::io::stderr(), "Mailproof: {status} {}", self.error);
                match status {
                    0 | 429 | 500.. => "That didn’t work just now. Please try again in a moment.",
                    // A wrong key or URL.
                    _ => "Something went wrong on our end.",
                }
            }
        };
        message.to_owned()
    }
}

/// A string of an answer's JSON.
fn text<'a>(body: &'a Value, name: &str) -> &'a str {
    body[name].as_str().unwrap_or_default()
}

/// What a request may have beside address and user.
struct Options<'a> {
    accept_language: &'a str,
    return_to: Option<String>,
    /// For a job that repeats the call: the same for every attempt.
    idempotency_key: Option<String>,
}

/// Calls Mailproof and returns the JSON of the answer.
fn call(endpoint: &str, body: &Value, headers: &[(&str, &str)]) -> Result<Value, Refused> {
    let url = std::env::var("MAILPROOF_URL").unwrap_or_default();
    let key = std::env::var("MAILPROOF_KEY").unwrap_or_default();
    let config = ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(25)))
        .http_status_as_error(false);
    let no_answer = |error: ureq::Error| Refused {
        status: 0,
        error: Value::String(error.to_string()),
        retry_after: 0,
    };
    let mut request = ureq::Agent::from(config.build())
        .post(format!(
            "{}/api/users/{endpoint}",
            url.trim_end_matches('/')
        ))
        .header("Authorization", format!("Bearer {key}"))
        .header("Content-Type", "application/json")
        .header("Prefer", "return=representation");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut answer = request.send(body.to_string()).map_err(no_answer)?;
    let body = answer.body_mut().read_to_string().map_err(no_answer)?;
    let body: Value = serde_json::from_str(&body).unwrap_or_default();
    let retry_after = answer.headers().get("Retry-After");
    let seconds = retry_after.and_then(|value| value.to_str().ok()?.parse().ok());
    match answer.status().as_u16() {
        200 => Ok(body),
        status => Err(Refused {
            status,
            error: body,
            retry_after: seconds.unwrap_or(0),
        }),
    }
}

fn request_verification(email: &str, uuid: &str, options: &Options) -> Result<Value, Refused> {
    let mut body = json!({ "email": email, "uuid": uuid });
    if let Some(url) = &options.return_to {
        body["return_to"] = json!(url);
    }
    let random = || getrandom::u64().map_or_else(|_| String::new(), |key| format!("{key:016x}"));
    let key = options.idempotency_key.clone().unwrap_or_else(random);
    let headers = [
        ("Accept-Language", options.accept_language),
        ("Idempotency-Key", &key),
    ];
    let attempt = || call("request_email_verification", &body, &headers);
    match attempt() {
        // An email may have been sent. With the same key, no second one is.
        Err(Refused { status: 0, .. }) => attempt(),
        answer => answer,
    }
}

/// `kind` is `code`, as the user typed it, or `token`, that of a link.
fn verify_email(uuid: &str, kind: &str, proof: &str) -> Result<Value, Refused> {
    call("verify_email", &json!({ "uuid": uuid, kind: proof }), &[])
}

fn main() -> ExitCode {
    let is_set = |name| std::env::var(name).is_ok_and(|value| !value.is_empty());
    if !is_set("MAILPROOF_URL") || !is_set("MAILPROOF_KEY") {
        let text = "Set MAILPROOF_URL to the URL of the API, and MAILPROOF_KEY to an API key.";
        let _ = writeln!(std::io::stderr(), "{text}");
        return ExitCode::FAILURE;
    }
    let options = |accept_language| Options {
        accept_language,
        return_to: std::env::var("RETURN_TO").ok(),
        idempotency_key: std::env::var("IDEMPOTENCY_KEY").ok(),
    };
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let said = match arguments[..] {
        ["request", email, uuid] => request_verification(email, uuid, &options("")),
        ["request", email, uuid, language] => request_verification(email, uuid, &options(language)),
        ["verify", uuid, kind, proof] => verify_email(uuid, kind, proof),
        _ => return ExitCode::from(2),
    };
    let (line, code) = match said {
        Ok(answer) if answer["verified_at"].is_string() => {
            (format!("{} is verified.", text(&answer, "email")), 0)
        }
        Ok(answer) => {
            let sent = format!("We sent an email to {}.", text(&answer, "email"));
            match text(&answer, "did_you_mean") {
                "" => (sent, 0),
                meant => (format!("{sent}\nDid you mean {meant}?"), 0),
            }
        }
        Err(refused) => (refused.message(), 1),
    };
    let _ = writeln!(std::io::stdout(), "{line}");
    ExitCode::from(code)
}
