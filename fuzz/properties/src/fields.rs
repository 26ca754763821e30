//! Fields of a JSON object.

use std::collections::BTreeMap;

use serde_json::Value;
use serde_json::value::RawValue;
use shared::api::ApiError;
use shared::api::fields::Fields;
use shared::api::parameters::{PARAMETERS, Parameters};
use shared::domain::email_address::EmailAddress;
use shared::domain::user_id::UserId;

use crate::answer::is_an_error;

/// The first broken rule as the contract has it, or a user.
pub fn fields(input: &[u8]) {
    let Ok(object) = serde_json::from_slice::<BTreeMap<String, Box<RawValue>>>(input) else {
        return;
    };
    let fields = Fields::new(object.clone());
    let first_wrong = PARAMETERS
        .iter()
        .find_map(|parameter| parameter.read(&fields).err());
    match Parameters::read(&fields) {
        Ok(parameters) => {
            assert_eq!(first_wrong, None);
            is_the_user(&object, &parameters);
            assert_eq!(Parameters::read(&with_another(object)), Ok(parameters));
        }
        Err(error) => {
            let is_of_parameter = first_wrong.as_ref() == Some(&error);
            let is_of_user = ["email: ", "uuid: "]
                .iter()
                .any(|name| error.to_string().starts_with(name));
            assert!(is_of_parameter || is_of_user, "{error}");
            assert_eq!(Parameters::read(&with_another(object)), Err(error.clone()));
            is_the_answer(error.into());
        }
    }
}

fn is_the_user(object: &BTreeMap<String, Box<RawValue>>, parameters: &Parameters) {
    let text = |name| {
        object
            .get(name)
            .and_then(|value| serde_json::from_str::<String>(value.get()).ok())
    };
    let given = text("uuid").and_then(|text| UserId::parse(text.trim()));
    let address = text("email").and_then(|text| EmailAddress::parse(&text));
    assert_eq!(parameters.address, address);
    assert_eq!(
        Some(parameters.user),
        given.or(address.as_ref().map(UserId::derived_from))
    );
}

/// The same fields with one that is unknown.
fn with_another(mut object: BTreeMap<String, Box<RawValue>>) -> Fields {
    let unknown = RawValue::from_string("[1]".to_owned()).unwrap();
    object.insert("unknown to all".to_owned(), unknown);
    Fields::new(object)
}

fn is_the_answer(error: ApiError) {
    let response = error.into_outcome().response;
    assert_eq!(response.status().as_u16(), 400);
    let lambda_http::Body::Text(body) = response.body() else {
        panic!("no text");
    };
    let body: Value = serde_json::from_str(body).unwrap();
    is_an_error(&body);
    assert!(body["attr"].is_string(), "{body}");
}
