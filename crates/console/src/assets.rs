//! The pages of the console, embedded in the program.
//!
//! Memory   as large as the built pages, compressed.
//! Misses   clients that do not understand gzip: there is no browser among them.

use crate::problem::Problem;
use axum::http::{HeaderValue, Uri, header};
use axum::response::{IntoResponse, Response};

/// One built file.
pub(crate) struct File {
    name: &'static str,
    gzip: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// Serves a file; `/` is the page itself.
pub(crate) async fn serve(uri: Uri) -> Response {
    let name = match uri.path().trim_start_matches('/') {
        "" => "index.html",
        name => name,
    };
    let Some(file) = FILES.iter().find(|it| it.name == name) else {
        return Problem::NotFound.into_response();
    };
    let mut response = file.gzip.into_response();
    let fields = response.headers_mut();
    fields.insert(header::CONTENT_TYPE, HeaderValue::from_static(media(name)));
    fields.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    // The names of all but the page itself say what is in them, so they can be kept.
    let keep =
        if name == "index.html" { "no-cache" } else { "public, max-age=31536000, immutable" };
    fields.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    response
}

fn media(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("json") => "application/json",
        Some(_) | None => "application/octet-stream",
    }
}
