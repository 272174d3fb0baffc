use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use schema_core::Error;

/// What goes wrong, as an answer: a status, and JSON that says why.
#[derive(Debug)]
pub(crate) struct Failure {
    status: StatusCode,
    why: String,
}

impl Failure {
    pub(crate) fn new(status: StatusCode, why: impl Into<String>) -> Self {
        Self { status, why: why.into() }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let status = match &error {
            error if error.is_not_found() => StatusCode::NOT_FOUND,
            error if error.is_stale() => StatusCode::CONFLICT,
            // A CHECK, a `check_fn`, or a value that its column cannot hold: the client's mistake.
            error if error.violation().is_some() || error.is_invalid() || error.is_value() => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            error if error.is_busy() || error.is_timeout() => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        if status.is_server_error() {
            eprintln!("{error}");
            return Self::new(status, "the service has a problem of its own");
        }
        Self::new(status, error.to_string())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        (self.status, Json(serde_json::json!({ "error": self.why }))).into_response()
    }
}
