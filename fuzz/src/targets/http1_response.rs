//! A response head: written anew for a client, it reads the same.

use super::input::Input;
use bartizan_edge::http1::head::{EndFinder, read_response};
use bartizan_edge::http1::write::{Framed, response_head};
use bartizan_model::head::{Framing, Method, ResponseHead, Version};
use bartizan_model::limits::Limits;
use bytes::{Bytes, BytesMut};

pub(super) fn run(data: &[u8]) {
    let mut input = Input(data);
    let method = input.one(&[Method::Get, Method::Head, Method::Post]);
    let limits = Limits::default();
    let Some(end) = EndFinder::default().find(input.0) else { return };
    let Some(head) = read_response(Bytes::copy_from_slice(&input.0[..end]), method, &limits) else {
        return;
    };
    assert!((100..600).contains(&head.status) && head.fields.len() <= limits.fields_max);
    let mut out = BytesMut::new();
    let framed = Framed::of_response(&head, Version::Http11);
    response_head(&mut out, &head, method, Version::Http11, framed, true);
    let text = out.freeze();
    assert_eq!(EndFinder::default().find(&text), Some(text.len()), "not one head: {text:?}");
    let again = read_response(text.clone(), method, &limits);
    let again = again.unwrap_or_else(|| panic!("not read again: {text:?}"));
    assert_eq!(head.status, again.status);
    assert_eq!(said(&head), said(&again));
    let framing = match head.framing {
        // Its end is marked for the client.
        Framing::Close => Framing::Delimited,
        it @ (Framing::None | Framing::Length(_) | Framing::Delimited) => it,
    };
    assert_eq!(framing, again.framing, "{text:?}");
}

fn said(head: &ResponseHead) -> Vec<(Vec<u8>, Vec<u8>)> {
    head.passed_on().map(|it| (it.1.to_ascii_lowercase(), it.2.to_vec())).collect()
}
