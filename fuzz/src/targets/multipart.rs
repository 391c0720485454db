//! Multipart bodies against multer: what both take has the same names, files and contents in the same order; what
//! multer refuses is odd.
//!
//! Known differences: a part without a head (multer takes all up to the next blank line for its head, RFC 2046 section
//! 5.1 says that all of it is the body); two backslashes in the name of a file, of which multer makes no single one; and
//! see `is_known`.

use super::walked::{LIMITS, walked};
use bartizan_inspect::body::Format;
use bartizan_model::oddity::Oddity;
use bytes::Bytes;
use futures::executor::block_on;
use futures::stream;
use multer::{Constraints, Multipart};
use std::convert::Infallible;

const TYPE: &[u8] = b"multipart/form-data; boundary=b";

/// One part as multer reads it.
struct Part {
    name: Option<String>,
    file: Option<String>,
    /// Its bytes, if nothing says that they are anything but text.
    text: Vec<u8>,
}

pub(super) fn run(data: &[u8]) {
    let ours = walked((Format::Multipart, TYPE), data, (LIMITS, 16 * 1024));
    assert_bounded(data, ours.all.iter().map(|it| it.2.len()).sum());
    let is_odd = ours.odd.contains(Oddity::MultipartMalformed);
    let is_headless = data.windows(5).any(|it| it == b"b\r\n\r\n");
    if is_odd || is_headless || ours.odd.contains(Oddity::TooManyValues) || data.is_empty() {
        return;
    }
    let theirs = match block_on(parts(data)) {
        Ok(it) => it,
        Err(fault) => {
            assert!(is_known(&fault), "taken, and multer refuses: {fault}");
            return;
        }
    };
    let mut names = ours.names();
    let mut files = ours.values().filter(|it| it.0.to_string().ends_with(".filename"));
    for it in &theirs {
        if let Some(name) = it.name.as_deref().filter(|it| !it.is_empty()) {
            assert!(names.any(|it| it == name.as_bytes()), "no part is called {name:?}");
        }
        if let Some(file) = it.file.as_ref().filter(|it| !it.contains('\\')) {
            assert!(files.any(|(_, it)| it == file.as_bytes()), "no file is called {file:?}");
        }
        if is_plain(&it.text) {
            assert!(ours.values().any(|(_, text)| text == it.text), "not read: {:?}", it.text);
        }
    }
}

/// However parts lie in each other, their bytes are read a bounded number of times.
fn assert_bounded(data: &[u8], bytes: usize) {
    assert!(bytes <= 64 * data.len() + 65_536, "{bytes} of {}", data.len());
}

async fn parts(data: &[u8]) -> Result<Vec<Part>, multer::Error> {
    let body = Bytes::copy_from_slice(data);
    let body = stream::once(async move { Ok::<_, Infallible>(body) });
    let mut all = Vec::new();
    let mut body = Multipart::with_constraints(body, "b", Constraints::new());
    while let Some(field) = body.next_field().await? {
        let (name, file) = (field.name().map(str::to_owned), field.file_name().map(str::to_owned));
        let is_typed = field.headers().contains_key("content-type");
        let bytes = field.bytes().await?;
        all.push(Part { name, file, text: if is_typed { Vec::new() } else { bytes.to_vec() } });
    }
    Ok(all)
}

/// Texts that are handed over as they are: others are read as what they begin like.
fn is_plain(text: &[u8]) -> bool {
    let is_letter = |it: &u8| it.is_ascii_alphanumeric() || *it == b' ';
    !text.is_empty() && text.len() < 256 && text.iter().all(is_letter)
}

/// What multer refuses and the walker takes, for a reason.
fn is_known(fault: &multer::Error) -> bool {
    matches!(
        fault,
        // Names that are no UTF-8, fields of heads that are no fields of HTTP: their values are examined all the same.
        multer::Error::ReadHeaderFailed(_)
            | multer::Error::DecodeHeaderName { .. }
            | multer::Error::DecodeHeaderValue { .. }
    )
}
