//! SES's errors on the wire: a status, the type in `x-amzn-ErrorType`, and `{"message": …}`.

use std::borrow::Cow;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct SesError {
    status: StatusCode,
    kind: &'static str,
    message: Cow<'static, str>,
}

impl SesError {
    fn new(status: StatusCode, kind: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            status,
            kind,
            message: message.into(),
        }
    }

    pub(crate) fn bad_request(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequestException", message)
    }

    pub(crate) fn serialization(error: &serde_json::Error) -> Self {
        let message = format!("The body is no request of this kind: {error}");
        Self::new(StatusCode::BAD_REQUEST, "SerializationException", message)
    }

    pub(crate) fn too_long(limit: usize) -> Self {
        Self::bad_request(format!("Message length is more than {limit} bytes long."))
    }

    pub(crate) fn missing_authentication_token() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "MissingAuthenticationTokenException",
            "Missing Authentication Token",
        )
    }

    pub(crate) fn unknown_operation() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "UnknownOperationException",
            "The local SES does not have this operation. It has SendEmail, GetAccount, \
             GetEmailIdentity, ListEmailIdentities, GetConfigurationSet, ListConfigurationSets, \
             GetConfigurationSetEventDestinations, PutSuppressedDestination, \
             GetSuppressedDestination, DeleteSuppressedDestination and \
             ListSuppressedDestinations.",
        )
    }

    pub(crate) fn not_found(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "NotFoundException", message)
    }

    pub(crate) fn next_token() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "InvalidNextTokenException",
            "The token is not valid.",
        )
    }

    pub(crate) fn throttled(message: &'static str) -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "TooManyRequestsException",
            message,
        )
    }

    pub(crate) fn message_rejected(why: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "MessageRejected", why)
    }

    pub(crate) fn sending_paused() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "SendingPausedException",
            "Email sending is disabled for this account.",
        )
    }

    pub(crate) fn access_denied(message: String) -> Self {
        Self::new(StatusCode::FORBIDDEN, "AccessDeniedException", message)
    }

    pub(crate) fn unavailable() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "ServiceUnavailable",
            "The service is unavailable for now.",
        )
    }

    pub(crate) fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "InternalServiceErrorException",
            "The service failed on its own.",
        )
    }
}

impl IntoResponse for SesError {
    fn into_response(self) -> Response {
        let kind = [("x-amzn-errortype", self.kind)];
        let body = Json(serde_json::json!({ "message": self.message }));
        (self.status, kind, body).into_response()
    }
}
