//! Values and their rules. Nothing here depends on HTTP, DynamoDB or SES.

pub mod address_record;
pub mod api_key;
pub mod characters;
pub mod claim;
pub mod client_address;
pub mod clock;
pub mod code_attempts;
pub mod delivery;
pub(crate) mod domain_name;
pub mod domain_policy;
pub mod email_address;
pub mod greeting;
pub mod invalid_setting;
pub mod link_token;
pub mod mail_content;
pub mod mail_id;
pub mod mail_kind;
pub mod notice;
pub mod pasted;
pub mod person_name;
pub mod presented_proof;
pub mod proof;
pub mod rate_limit;
pub mod user_id;
pub mod user_record;
pub mod verification_code;
