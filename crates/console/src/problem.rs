//! What goes wrong, said over HTTP (RFC 9457).

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Why a request to the API is not carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Nobody is logged in.
    Unauthenticated,
    /// The role does not suffice; this one would.
    Forbidden(super::access::Role),
    /// A browser did not repeat its session's second secret.
    Csrf,
    /// There is no such thing.
    NotFound,
    /// The method is not one of this path's.
    Method,
    /// What was sent cannot be used, and why.
    Invalid(String),
    /// The body is not JSON by its content type.
    MediaType,
    /// Too many failures; seconds until the next try.
    Throttled(u64),
    /// What was asked for cannot be had now, and why.
    Unavailable(String),
    /// It is so already, or not any more.
    Conflict(String),
}

impl Problem {
    /// Status, code and title.
    pub const fn what(&self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::Unauthenticated => {
                (StatusCode::UNAUTHORIZED, "api.unauthenticated", "log in first")
            }
            Self::Forbidden(_) => (StatusCode::FORBIDDEN, "api.forbidden", "not permitted"),
            Self::Csrf => {
                (StatusCode::FORBIDDEN, "api.csrf", "the session's second secret is missing")
            }
            Self::NotFound => (StatusCode::NOT_FOUND, "api.not_found", "there is no such thing"),
            Self::Method => {
                (StatusCode::METHOD_NOT_ALLOWED, "api.method", "not a method of this path")
            }
            Self::Invalid(_) => {
                (StatusCode::UNPROCESSABLE_ENTITY, "api.invalid", "this cannot be used")
            }
            Self::MediaType => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "api.media_type",
                "the content type must be application/json",
            ),
            Self::Throttled(_) => {
                (StatusCode::TOO_MANY_REQUESTS, "api.throttled", "too many failures")
            }
            Self::Unavailable(_) => {
                (StatusCode::SERVICE_UNAVAILABLE, "api.unavailable", "not available now")
            }
            Self::Conflict(_) => (StatusCode::CONFLICT, "api.conflict", "not as things are"),
        }
    }

    fn detail(&self) -> Option<String> {
        match self {
            Self::Forbidden(role) => Some(format!("this takes the role {role}")),
            Self::Invalid(why) | Self::Unavailable(why) | Self::Conflict(why) => Some(why.clone()),
            Self::Unauthenticated
            | Self::Csrf
            | Self::NotFound
            | Self::Method
            | Self::MediaType
            | Self::Throttled(_) => None,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, code, title) = self.what();
        let mut body = json!({
            "type": format!("urn:bartizan:code:{code}"),
            "title": title,
            "status": status.as_u16(),
            "code": code,
        });
        if let (Some(detail), Some(members)) = (self.detail(), body.as_object_mut()) {
            members.insert("detail".to_owned(), detail.into());
        }
        let mut response = (status, Json(body)).into_response();
        let fields = response.headers_mut();
        let media = HeaderValue::from_static("application/problem+json");
        fields.insert(header::CONTENT_TYPE, media);
        if self == Self::Unauthenticated {
            fields.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Self::Throttled(seconds) = self {
            fields.insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}
