//! A judged head: the request as it will be forwarded, and nothing besides.
//!
//! What is judged is what is sent: the fields that [`JudgedHead::fields`] yields are the only ones
//! that an edge can write, and the framing is written anew by the edge.
//!
//! Source   RFC 9110 section 7.6.1 (connection options), RFC 9112 section 6 (framing).

use crate::head::{OPTIONS_MAX, RequestHead, list};
use crate::known::Known;
use std::net::IpAddr;

/// Where a request came from, as far as the proxy itself knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Client {
    /// The client's address: the peer, or what trusted proxies say.
    pub address: IpAddr,
    /// Whether the client spoke TLS.
    pub tls: bool,
}

/// A request head with everything removed that is not for the upstream.
#[derive(Clone, Debug)]
pub struct JudgedHead {
    head: RequestHead,
    client: Client,
    nominates: bool,
}

impl JudgedHead {
    /// Takes the head as read. Fields of the connection, framing fields and the client's own
    /// claims of origin are left out from here on.
    pub fn new(head: RequestHead, client: Client) -> Self {
        let nominates = head.fields.iter().any(|(known, _, value)| {
            known == Known::Connection && list(value).any(|it| !is_ordinary_option(it))
        });
        Self { head, client, nominates }
    }

    /// The head as it was read, for judging.
    pub fn head(&self) -> &RequestHead {
        &self.head
    }

    /// Where the request came from.
    pub fn client(&self) -> Client {
        self.client
    }

    /// The fields to forward, in order: neither `Host`, which the edge writes from
    /// [`RequestHead::authority`], nor anything that speaks of a connection, of framing or of
    /// where the request came from.
    pub fn fields(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.head
            .fields
            .iter()
            .filter(|&(known, name, _)| {
                if known == Known::Other {
                    return !self.nominates || !self.is_nominated(name);
                }
                known != Known::Host && !known.is_hop_by_hop() && !known.is_forwarding()
            })
            .map(|(_, name, value)| (name, value))
    }

    /// Whether `Connection` names this field. Only fields that mean nothing to us can be dropped
    /// this way: a client must not be able to strip `Authorization` or `Cookie` off a request.
    fn is_nominated(&self, name: &[u8]) -> bool {
        self.head.fields.iter().any(|(known, _, value)| {
            known == Known::Connection
                && list(value).take(OPTIONS_MAX).any(|it| it.eq_ignore_ascii_case(name))
        })
    }
}

fn is_ordinary_option(option: &[u8]) -> bool {
    [&b"keep-alive"[..], b"close", b"upgrade", b"te"]
        .iter()
        .any(|it| option.eq_ignore_ascii_case(it))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::head::{Framing, HeadWriter, Version};
    use std::net::Ipv4Addr;

    #[track_caller]
    fn check(fields: &[(&str, &str)], forwarded: &[&str]) {
        let mut writer = HeadWriter::new();
        for (name, value) in fields {
            writer.field(name.as_bytes(), value.as_bytes());
        }
        let head = writer.request(Version::Http11, Framing::None);
        let client = Client { address: IpAddr::V4(Ipv4Addr::LOCALHOST), tls: false };
        let judged = JudgedHead::new(head, client);
        let names: Vec<_> = judged.fields().map(|(it, _)| String::from_utf8_lossy(it)).collect();
        assert_eq!(names, forwarded);
    }

    #[test]
    fn end_to_end_fields_stay_in_order() {
        check(&[("B", "1"), ("Host", "x"), ("A", "2"), ("b", "3")], &["B", "A", "b"]);
    }

    #[test]
    fn connection_framing_and_origin_claims_do_not_pass() {
        check(
            &[
                ("Connection", "close"),
                ("Transfer-Encoding", "chunked"),
                ("content_length", "3"),
                ("X-Forwarded-For", "1.2.3.4"),
                ("x_forwarded_proto", "https"),
                ("Forwarded", "for=1.2.3.4"),
                ("Accept", "*/*"),
            ],
            &["Accept"],
        );
    }

    #[test]
    fn a_nominated_field_is_dropped_unless_it_is_end_to_end() {
        check(
            &[("Connection", "X-Hop, Authorization"), ("X-Hop", "1"), ("Authorization", "b")],
            &["Authorization"],
        );
    }
}
