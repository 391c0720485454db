//! A judged head: the request as it will be forwarded, and nothing besides.
//!
//! What is judged is what is sent: the fields that [`JudgedHead::fields`] yields are the only ones
//! that an edge can write, and the framing is written anew by the edge.
//!
//! Source   RFC 9110 section 7.6.1 (connection options), RFC 9112 section 6 (framing).

use crate::head::{OPTIONS_MAX, RequestHead, list};
use crate::known::Known;
use crate::route::{HostField, Route, Underscores};
use std::net::IpAddr;
use std::sync::Arc;

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
    route: Arc<Route>,
    rewritten: Option<Vec<u8>>,
    traceparent: Option<Box<[u8; TRACEPARENT_BYTES]>>,
    nominates: bool,
    /// The answer will be read: it is asked for whole, and without a coding.
    asks_plain: bool,
    /// It is asked for whole.
    asks_whole: bool,
    /// What passes through its tunnel will be read.
    asks_bare_frames: bool,
}

/// Bytes of a `traceparent` of version 00.
pub const TRACEPARENT_BYTES: usize = 55;

impl JudgedHead {
    /// Takes the head as read. Fields of the connection, framing fields and the client's own
    /// claims of origin are left out from here on.
    pub fn new(head: RequestHead, client: Client, route: Arc<Route>) -> Self {
        let nominates = head.fields.has(Known::Connection)
            && head.fields.iter().any(|(known, _, value)| {
                known == Known::Connection && list(value).any(|it| !is_ordinary_option(it))
            });
        let rewritten = route.rewrite.as_ref().and_then(|it| rewrite(&head, &route.prefix, it));
        Self {
            head,
            client,
            route,
            rewritten,
            traceparent: None,
            nominates,
            asks_plain: false,
            asks_whole: false,
            asks_bare_frames: false,
        }
    }

    /// Continues the trace that the request belongs to: this is forwarded in place of its
    /// `traceparent`.
    pub fn continue_trace(&mut self, traceparent: [u8; TRACEPARENT_BYTES]) {
        self.traceparent = Some(Box::new(traceparent));
    }

    /// Asks for a whole answer without a coding, whatever the client asked for: it will be read, and may be changed.
    pub fn ask_plain(&mut self) {
        self.asks_plain = true;
    }

    /// Asks for a whole answer, in whatever coding the client takes: it will be read.
    pub fn ask_whole(&mut self) {
        self.asks_whole = true;
    }

    /// Offers no extension of WebSocket: its frames will be read.
    pub fn ask_bare_frames(&mut self) {
        self.asks_bare_frames = true;
    }

    /// The route it takes.
    pub fn route(&self) -> &Route {
        &self.route
    }

    /// The target to forward: the one that was judged, with its prefix replaced where the route
    /// says so.
    pub fn target(&self) -> &[u8] {
        self.rewritten.as_deref().unwrap_or_else(|| self.head.target())
    }

    /// The host to forward, or `None` where the upstream is told its own.
    pub fn host(&self) -> Option<&[u8]> {
        let authority = self.head.authority();
        match self.route.host_field {
            HostField::Keep if !authority.is_empty() => Some(authority),
            HostField::Keep | HostField::Upstream => None,
        }
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
                if self.route.underscores == Underscores::Drop && name.contains(&b'_') {
                    return false;
                }
                if self.asks_plain && known == Known::AcceptEncoding {
                    return false;
                }
                if (self.asks_plain || self.asks_whole) && is_of_ranges(name) {
                    return false;
                }
                if self.asks_bare_frames && name.eq_ignore_ascii_case(b"sec-websocket-extensions") {
                    return false;
                }
                if known == Known::Other {
                    return !self.nominates || !self.is_nominated(name);
                }
                known != Known::Host && !known.is_hop_by_hop() && !known.is_forwarding()
            })
            .map(|(known, name, value)| match &self.traceparent {
                Some(ours) if known == Known::Traceparent => (name, &ours[..]),
                Some(_) | None => (name, value),
            })
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

/// The target with `replacement` in place of the route's prefix. `None` if the target does not
/// spell the prefix literally; what is matched in another spelling is forwarded as it is.
fn rewrite(head: &RequestHead, prefix: &str, replacement: &str) -> Option<Vec<u8>> {
    let rest = head.target().strip_prefix(prefix.trim_end_matches('/').as_bytes())?;
    let mut target = replacement.trim_end_matches('/').as_bytes().to_vec();
    if rest.first() != Some(&b'/')
        && (target.is_empty() || !matches!(rest.first(), None | Some(b'?')))
    {
        target.push(b'/');
    }
    target.extend_from_slice(rest);
    Some(target)
}

/// Whether a field asks for a part of an answer, or for how to tell its bytes (RFC 9110 section 14, RFC 9530).
fn is_of_ranges(name: &[u8]) -> bool {
    [&b"range"[..], b"if-range", b"want-content-digest", b"want-repr-digest", b"a-im"]
        .iter()
        .any(|it| name.eq_ignore_ascii_case(it))
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
        check_on(Route::to_everything(0), fields, forwarded);
    }

    #[track_caller]
    fn check_on(route: Route, fields: &[(&str, &str)], forwarded: &[&str]) {
        let mut writer = HeadWriter::new();
        for (name, value) in fields {
            writer.field(name.as_bytes(), value.as_bytes());
        }
        let head = writer.request(Version::Http11, Framing::None);
        let client = Client { address: IpAddr::V4(Ipv4Addr::LOCALHOST), tls: false };
        let judged = JudgedHead::new(head, client, Arc::new(route));
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
    fn an_answer_that_will_be_read_is_asked_for_whole_and_plain() {
        let mut writer = HeadWriter::new();
        for name in ["Accept-Encoding", "Range", "If-Range", "If-None-Match", "Accept"] {
            writer.field(name.as_bytes(), b"x");
        }
        let head = writer.request(Version::Http11, Framing::None);
        let client = Client { address: IpAddr::V4(Ipv4Addr::LOCALHOST), tls: false };
        let mut judged = JudgedHead::new(head, client, Arc::new(Route::to_everything(0)));
        assert_eq!(judged.fields().count(), 5);
        judged.ask_plain();
        let names: Vec<_> = judged.fields().map(|(it, _)| it.to_vec()).collect();
        assert_eq!(names, [&b"If-None-Match"[..], b"Accept"]);
    }

    #[test]
    fn a_socket_whose_frames_are_read_has_no_extensions() {
        let mut writer = HeadWriter::new();
        for name in ["Sec-WebSocket-Extensions", "Sec-WebSocket-Key"] {
            writer.field(name.as_bytes(), b"x");
        }
        let head = writer.request(Version::Http11, Framing::None);
        let client = Client { address: IpAddr::V4(Ipv4Addr::LOCALHOST), tls: false };
        let mut judged = JudgedHead::new(head, client, Arc::new(Route::to_everything(0)));
        assert_eq!(judged.fields().count(), 2);
        judged.ask_bare_frames();
        let names: Vec<_> = judged.fields().map(|(it, _)| it.to_vec()).collect();
        assert_eq!(names, [b"Sec-WebSocket-Key"]);
    }

    #[test]
    fn names_with_underscores_are_dropped_where_the_route_says_so() {
        let drops = Route { underscores: Underscores::Drop, ..Route::to_everything(0) };
        check(&[("X_User", "1"), ("X-User", "2")], &["X_User", "X-User"]);
        check_on(drops, &[("X_User", "1"), ("X-User", "2")], &["X-User"]);
    }

    #[track_caller]
    fn check_rewritten(prefix: &str, rewrite: &str, target: &str, expected: &str) {
        let mut route = Route::to_everything(0);
        (route.prefix, route.rewrite) = (Arc::from(prefix), Some(Arc::from(rewrite)));
        let mut writer = HeadWriter::new();
        writer.target(target.as_bytes());
        let head = writer.request(Version::Http11, Framing::None);
        let client = Client { address: IpAddr::V4(Ipv4Addr::LOCALHOST), tls: false };
        let judged = JudgedHead::new(head, client, Arc::new(route));
        assert_eq!(String::from_utf8_lossy(judged.target()), expected);
    }

    #[test]
    fn a_prefix_is_replaced_and_the_rest_stays() {
        check_rewritten("/orders", "/v1/orders", "/orders/7?a=/orders", "/v1/orders/7?a=/orders");
        check_rewritten("/orders", "/", "/orders/7", "/7");
        check_rewritten("/orders", "/", "/orders", "/");
        check_rewritten("/orders", "/", "/orders?x", "/?x");
        check_rewritten("/orders/", "/v1/", "/orders/7", "/v1/7");
        check_rewritten("/", "/v1", "/7", "/v1/7");
        check_rewritten("/orders", "/v1", "/%6frders/7", "/%6frders/7");
    }

    #[test]
    fn a_nominated_field_is_dropped_unless_it_is_end_to_end() {
        check(
            &[("Connection", "X-Hop, Authorization"), ("X-Hop", "1"), ("Authorization", "b")],
            &["Authorization"],
        );
    }
}
