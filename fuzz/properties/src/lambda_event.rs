//! Events of API Gateway, and whatever else may invoke a function.

use crate::answer::is_documented;
use crate::functions::{Function, invoke};

/// An answer of the contract, from each function.
pub fn lambda_event(input: &[u8]) {
    let event = &*String::from_utf8_lossy(input);
    for function in [
        Function::Request,
        Function::Verify,
        Function::Status,
        Function::Page,
    ] {
        if let Some(answer) = invoke(function, event) {
            is_documented(function, &answer);
        }
    }
}
