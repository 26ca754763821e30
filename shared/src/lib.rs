//! What the endpoints have in common: validation, proofs, limits, the store and the mail.
//!
//! Read it in this order:
//!
//! * values, which know nothing of AWS or HTTP: [`address`], [`user_id`], [`proof`], [`code`],
//!   [`clock`], [`rate_limit`], [`code_attempts`], [`client_address`], [`user_record`], [`address_record`],
//!   [`delivery`], [`locale`], [`color`], [`brand`], [`web_url`], [`public_url`];
//! * [`pasted`]: what people type and paste, cleaned;
//! * validation: [`fields`] (the vocabulary), [`profile`] (the parameters), [`names`];
//! * use cases, one verb each: [`request_verification`], [`confirm_verification`],
//!   [`record_mail_event`];
//! * edges: [`http`] (events, bodies, errors, headers), [`api_key`], [`store`] (DynamoDB), [`mail`]
//!   (templates and SES), [`aws`], [`settings`], [`telemetry`], [`entropy`].
//!
//! Time and randomness are parameters. They enter through [`clock::Clock`] and
//! [`entropy::random_bytes`] alone, so every rule can be tested at any moment, with any proof.

pub mod address;
pub mod address_record;
pub mod api_key;
pub mod aws;
pub mod brand;
mod characters;
pub mod client_address;
pub mod clock;
pub mod code;
pub mod code_attempts;
pub mod color;
pub mod confirm_verification;
pub mod delivery;
mod encoded_words;
pub mod entropy;
pub mod fields;
mod hex;
pub mod http;
pub mod locale;
pub mod names;
pub mod pasted;
pub mod profile;
pub mod proof;
pub mod public_url;
pub mod rate_limit;
pub mod record_mail_event;
pub mod settings;
pub mod store;
pub mod telemetry;
pub mod user_id;
pub mod user_record;
pub mod web_url;

#[cfg(feature = "ses")]
pub mod mail;
#[cfg(feature = "ses")]
pub mod request_verification;
