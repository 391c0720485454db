//! Field names that the product itself must understand.
//!
//! Source   RFC 9110, RFC 9112 section 9.6, RFC 7239, and the de facto `X-Forwarded-*` family.

/// Names of query parameters that hold nothing but a token or key, in lower case.
pub const TOKEN_PARAMETERS: &[&str] =
    &["token", "access_token", "accesstoken", "auth_token", "api_key", "apikey", "api-key", "jwt"];

/// A field name with a meaning for framing, forwarding or judging; everything else is `Other`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Known {
    /// Any other name.
    Other,
    /// `Accept-Encoding`
    AcceptEncoding,
    /// `X-API-Key`, `Api-Key`, `ApiKey`, `X-Auth-Token`, `X-Access-Token`: a credential
    ApiKey,
    /// `Authorization`
    Authorization,
    /// `Connection`
    Connection,
    /// `Content-Encoding`
    ContentEncoding,
    /// `Content-Length`
    ContentLength,
    /// `Content-Type`
    ContentType,
    /// `Cookie`
    Cookie,
    /// `Date`
    Date,
    /// `Expect`
    Expect,
    /// `Forwarded` (RFC 7239)
    Forwarded,
    /// `Host`
    Host,
    /// `Keep-Alive`
    KeepAlive,
    /// `Origin`
    Origin,
    /// `Proxy-Authenticate`
    ProxyAuthenticate,
    /// `Proxy-Authorization`
    ProxyAuthorization,
    /// `Proxy-Connection`, and `Proxy`, which no client means well
    ProxyConnection,
    /// `TE`
    Te,
    /// `Traceparent` (W3C Trace Context)
    Traceparent,
    /// `Trailer`
    Trailer,
    /// `Transfer-Encoding`
    TransferEncoding,
    /// `Upgrade`
    Upgrade,
    /// `User-Agent`
    UserAgent,
    /// `HTTP2-Settings`
    Http2Settings,
    /// `Via`
    Via,
    /// `X-Forwarded-For`
    XForwardedFor,
    /// Every other `X-Forwarded-…` name
    XForwarded,
    /// `X-Original-URL`, `X-Rewrite-URL` and kin, which some servers obey in place of the target
    XOriginal,
    /// `X-Real-IP`, `True-Client-IP`, `X-Client-IP`, `X-Cluster-Client-IP`, `CF-Connecting-IP`
    ClientAddress,
}

impl Known {
    /// Recognises `name` in any case. Underscores count as hyphens: gateways of the CGI family
    /// fold both into one name, so a forged `X_Forwarded_For` must meet the same fate.
    pub fn of(name: &[u8]) -> Self {
        let is = |wanted: &str| eq_folded(name, wanted.as_bytes());
        match name.len() {
            2 if is("te") => Self::Te,
            3 if is("via") => Self::Via,
            4 if is("host") => Self::Host,
            4 if is("date") => Self::Date,
            // CGI turns it into the proxy that the API's own requests go through (httpoxy).
            5 if is("proxy") => Self::ProxyConnection,
            6 if is("cookie") => Self::Cookie,
            6 if is("origin") => Self::Origin,
            6 if is("apikey") => Self::ApiKey,
            6 if is("x-host") => Self::XOriginal,
            6 if is("expect") => Self::Expect,
            7 if is("api-key") => Self::ApiKey,
            7 if is("trailer") => Self::Trailer,
            7 if is("upgrade") => Self::Upgrade,
            9 if is("forwarded") => Self::Forwarded,
            9 if is("x-api-key") => Self::ApiKey,
            9 if is("x-real-ip") => Self::ClientAddress,
            10 if is("connection") => Self::Connection,
            10 if is("user-agent") => Self::UserAgent,
            10 if is("keep-alive") => Self::KeepAlive,
            11 if is("traceparent") => Self::Traceparent,
            11 if is("x-client-ip") => Self::ClientAddress,
            12 if is("x-auth-token") => Self::ApiKey,
            12 if is("content-type") => Self::ContentType,
            13 if is("authorization") => Self::Authorization,
            13 if is("x-rewrite-url") => Self::XOriginal,
            14 if is("content-length") => Self::ContentLength,
            14 if is("x-access-token") => Self::ApiKey,
            14 if is("http2-settings") => Self::Http2Settings,
            14 if is("true-client-ip") => Self::ClientAddress,
            15 if is("accept-encoding") => Self::AcceptEncoding,
            15 if is("x-forwarded-for") => Self::XForwardedFor,
            16 if is("proxy-connection") => Self::ProxyConnection,
            16 if is("content-encoding") => Self::ContentEncoding,
            16 if is("cf-connecting-ip") => Self::ClientAddress,
            17 if is("transfer-encoding") => Self::TransferEncoding,
            18 if is("proxy-authenticate") => Self::ProxyAuthenticate,
            19 if is("proxy-authorization") => Self::ProxyAuthorization,
            19 if is("x-cluster-client-ip") => Self::ClientAddress,
            21 if is("x-envoy-original-path") => Self::XOriginal,
            11.. if name.get(..11).is_some_and(|it| eq_folded(it, b"x-original-")) => {
                Self::XOriginal
            }
            11.. if name.get(..12).is_some_and(|it| eq_folded(it, b"x-forwarded-")) => {
                Self::XForwarded
            }
            _ => Self::Other,
        }
    }

    /// All claims of [`Known::is_forwarding`].
    pub(crate) const FORWARDING_BITS: u64 = Self::Forwarded.bit()
        | Self::Via.bit()
        | Self::XForwardedFor.bit()
        | Self::XForwarded.bit()
        | Self::XOriginal.bit()
        | Self::ClientAddress.bit();

    /// A bit of its own.
    pub(crate) const fn bit(self) -> u64 {
        1 << self as u8
    }

    /// Whether the field speaks of one connection only and is never forwarded
    /// (RFC 9110 section 7.6.1), or of framing, which is written anew.
    pub const fn is_hop_by_hop(self) -> bool {
        match self {
            Self::Connection
            | Self::ContentLength
            | Self::Expect
            | Self::KeepAlive
            | Self::ProxyAuthenticate
            | Self::ProxyAuthorization
            | Self::ProxyConnection
            | Self::Te
            | Self::Trailer
            | Self::TransferEncoding
            | Self::Upgrade
            | Self::Http2Settings => true,
            Self::Other
            | Self::AcceptEncoding
            | Self::ApiKey
            | Self::Traceparent
            | Self::UserAgent
            | Self::Authorization
            | Self::ContentEncoding
            | Self::ContentType
            | Self::Cookie
            | Self::Date
            | Self::Forwarded
            | Self::Host
            | Self::Origin
            | Self::Via
            | Self::XForwardedFor
            | Self::XForwarded
            | Self::XOriginal
            | Self::ClientAddress => false,
        }
    }

    /// Whether the field claims where a request came from or what it was for before. Such claims are set by the proxy that
    /// knows, never appended to.
    pub const fn is_forwarding(self) -> bool {
        self.bit() & Self::FORWARDING_BITS != 0
    }
}

/// Equal but for case and for `_` in place of `-`. `wanted` is lower case with hyphens.
fn eq_folded(name: &[u8], wanted: &[u8]) -> bool {
    name.len() == wanted.len()
        && name.iter().zip(wanted).all(|(&have, &want)| {
            have.to_ascii_lowercase() == want || (have == b'_' && want == b'-')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_known_in_any_case_and_folding() {
        assert_eq!(Known::of(b"hOsT"), Known::Host);
        assert_eq!(Known::of(b"Transfer_Encoding"), Known::TransferEncoding);
        assert_eq!(Known::of(b"X_Forwarded-Host"), Known::XForwarded);
        assert_eq!(Known::of(b"X-Forwarded-For"), Known::XForwardedFor);
        assert_eq!(Known::of(b"X-Forwarded-"), Known::XForwarded);
        assert_eq!(Known::of(b"X-Forwarded"), Known::Other);
        assert_eq!(Known::of(b"X_Original-URL"), Known::XOriginal);
        assert_eq!(Known::of(b"X-Rewrite-URL"), Known::XOriginal);
        assert_eq!(Known::of(b"Hosts"), Known::Other);
        assert_eq!(Known::of(b""), Known::Other);
    }
}
