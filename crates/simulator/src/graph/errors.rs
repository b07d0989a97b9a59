//! Meta's error body, with the HTTP status that Meta pairs with each code (throttling is 400, not 429).

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

#[derive(Clone, Debug)]
pub struct GraphError {
    pub code: i64,
    pub subcode: Option<i64>,
    kind: &'static str,
    message: String,
    details: Option<String>,
}

impl GraphError {
    /// An error whose message is the code's own title.
    pub fn of(code: i64, details: impl Into<String>) -> Self {
        let message = format!("(#{code}) {}", title(code));
        Self { code, subcode: None, kind: "OAuthException", message, details: Some(details.into()) }
    }

    /// 100 with a message of its own, as for most malformed parameters.
    pub fn parameter(message: &str) -> Self {
        Self { code: 100, subcode: None, kind: "OAuthException", message: format!("(#100) {message}"), details: None }
    }

    pub fn missing(path: &str) -> Self {
        Self::of(131_008, format!("Parameter '{path}' is required."))
    }

    pub fn invalid(details: impl Into<String>) -> Self {
        Self::of(131_009, details)
    }

    pub fn token() -> Self {
        let message = "Invalid OAuth access token - Cannot parse access token".to_owned();
        Self { code: 190, subcode: None, kind: "OAuthException", message, details: None }
    }

    pub fn no_such_object(verb: &str, id: &str) -> Self {
        let message = format!(
            "Unsupported {verb} request. Object with ID '{id}' does not exist, cannot be loaded due to missing \
             permissions, or does not support this operation. Please read the Graph API documentation at \
             https://developers.facebook.com/docs/graph-api"
        );
        Self { code: 100, subcode: Some(33), kind: "GraphMethodException", message, details: None }
    }

    pub fn unknown_path(path: &str) -> Self {
        let message = format!("Unknown path components: /{path}");
        Self { code: 2500, subcode: None, kind: "OAuthException", message, details: None }
    }

    pub fn throughput() -> Self {
        let error = Self::of(130_429, "Cloud API message throughput has been reached.");
        Self { subcode: Some(2_494_055), ..error }
    }

    pub fn pair() -> Self {
        Self::of(
            131_056,
            "Message failed to send because there were too many messages sent from this phone number to the same \
             phone number in a short period of time",
        )
    }

    pub fn status(&self) -> StatusCode {
        match self.code {
            0 | 190 => StatusCode::UNAUTHORIZED,
            3 | 131_000 | 131_016 | 131_045 | 131_057 | 133_000 => StatusCode::INTERNAL_SERVER_ERROR,
            2 | 133_004 => StatusCode::SERVICE_UNAVAILABLE,
            10 | 200..=299 | 368 | 130_497 | 131_005 | 131_031 => StatusCode::FORBIDDEN,
            132_001 => StatusCode::NOT_FOUND,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    pub fn body(&self) -> Value {
        let trace = format!("A{}", URL_SAFE_NO_PAD.encode(rand::random::<[u8; 16]>()));
        let mut error = json!({"message": self.message, "type": self.kind, "code": self.code, "fbtrace_id": trace});
        if let Some(subcode) = self.subcode {
            error["error_subcode"] = subcode.into();
        }
        if let Some(details) = &self.details {
            error["error_data"] = json!({"messaging_product": "whatsapp", "details": details});
        }
        if matches!(self.code, 1 | 2) {
            error["is_transient"] = true.into();
        }
        json!({"error": error})
    }
}

impl IntoResponse for GraphError {
    fn into_response(self) -> Response {
        (self.status(), Json(self.body())).into_response()
    }
}

/// The title of a code, in API errors and in `failed` statuses.
pub fn title(code: i64) -> &'static str {
    match code {
        0 => "AuthException",
        1 => "API Unknown",
        2 => "API Service",
        3 => "API Method",
        4 => "API Too Many Calls",
        10 => "Permission Denied",
        100 => "Invalid parameter",
        190 => "Access token has expired",
        368 => "Temporarily blocked for policies violations",
        130_403 => "The business has blocked this user",
        130_429 => "Rate limit hit",
        130_472 => "User's number is part of an experiment",
        130_497 => "Business account is restricted from messaging users in this country",
        130_501 => "Message type is not currently supported for this group",
        131_005 => "Access denied",
        131_008 => "Required parameter is missing",
        131_009 => "Parameter value is not valid",
        131_016 => "Service unavailable",
        131_021 => "Recipient cannot be sender",
        131_026 => "Message undeliverable",
        131_030 => "Recipient phone number not in allowed list",
        131_031 => "Account has been locked",
        131_042 => "Business eligibility payment issue",
        131_045 => "Incorrect certificate",
        131_047 => "Re-engagement message",
        131_048 => "Spam rate limit hit",
        131_049 => "This message was not delivered to maintain healthy ecosystem engagement.",
        131_050 => "User has stopped marketing messages from this business",
        131_051 => "Message type is not currently supported.",
        131_052 => "Media download error",
        131_053 => "Media upload error",
        131_056 => "(Business Account, Consumer Account) pair rate limit hit",
        131_057 => "Account in maintenance mode",
        132_000 => "Template Param Count Mismatch",
        132_001 => "Template name does not exist in the translation",
        133_010 => "Phone number not registered",
        137_000 => "Recipient identity hash mismatch",
        _ => "Something went wrong",
    }
}
