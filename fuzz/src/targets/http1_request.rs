//! A request head: its end is found however it arrives, and a head without an oddity, written anew, reads the same.

use super::input::{Input, pieces};
use bartizan_edge::http1::head::{EndFinder, read_request};
use bartizan_model::head::{RequestHead, Version};
use bartizan_model::limits::Limits;
use bytes::Bytes;

pub(super) fn run(data: &[u8]) {
    let mut input = Input(data);
    let seed = input.byte();
    let text = input.0;
    let whole = EndFinder::default().find(text);
    let (mut finder, mut arrived, mut found) = (EndFinder::default(), Vec::new(), None);
    for piece in pieces(text, seed) {
        arrived.extend_from_slice(piece);
        found = found.or_else(|| finder.find(&arrived));
    }
    assert_eq!(whole, found, "another end in pieces");
    let Some(end) = whole else { return };
    let limits = Limits { fields_max: 32, target_bytes_max: 1_024, ..Limits::default() };
    let head = read_request(Bytes::copy_from_slice(&text[..end]), &limits);
    assert!(head.fields.len() <= limits.fields_max);
    if !head.oddities.is_empty() {
        return;
    }
    assert!(head.target().len() <= limits.target_bytes_max);
    assert!(head.fields.iter().all(|it| is_one_line(it.1) && is_one_line(it.2)));
    assert!(is_one_line(head.method_text()) && is_one_line(head.target()));
    let again = read_request(written(&text[..end], &head), &limits);
    assert!(again.oddities.is_empty(), "odd when written anew: {:?}", again.oddities);
    assert_eq!(said(&head), said(&again));
}

fn is_one_line(text: &[u8]) -> bool {
    !text.iter().any(|it| matches!(it, b'\r' | b'\n' | 0))
}

/// The same head with one spelling of white space.
fn written(raw: &[u8], head: &RequestHead) -> Bytes {
    let line = raw.split(|it| *it == b'\r').next().unwrap();
    let target = line.split(|it| *it == b' ').nth(1).unwrap();
    let version = match head.version {
        Version::Http10 => &b" HTTP/1.0\r\n"[..],
        Version::Http11 | Version::Http2 => b" HTTP/1.1\r\n",
    };
    let mut out = [head.method_text(), b" ", target, version].concat();
    for (_, name, value) in head.fields.iter() {
        out.extend([name, b": ", value, b"\r\n"].concat());
    }
    out.extend_from_slice(b"\r\n");
    out.into()
}

type Said = (Vec<u8>, Vec<u8>, Vec<u8>, String, Vec<(Vec<u8>, Vec<u8>)>);

fn said(head: &RequestHead) -> Said {
    let fields = head.fields.iter().map(|it| (it.1.to_vec(), it.2.to_vec())).collect();
    let how = format!("{:?} {:?} {:?}", head.version, head.framing, head.method);
    (head.method_text().to_vec(), head.target().to_vec(), head.authority().to_vec(), how, fields)
}
