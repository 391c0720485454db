//! Traits of one exchange that tell how well it is protected: what was said by the heads, as bits.
//!
//! Memory   eight bytes.
//! Misses   what an intake does not see: without [`Trait::RequestSeen`] and [`Trait::ResponseSeen`] nothing is known
//!          of that head, which is not the same as that it lacked something.

/// One trait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Trait {
    /// The head of the response was looked at.
    ResponseSeen,
    /// The client's connection was known to be without TLS.
    PlainText,
    /// The request said which page sent it (`Origin`).
    FromPage,
    /// Basic credentials (RFC 7617).
    BasicCredentials,
    /// A JWT that is not signed (`alg: none`).
    TokenUnsigned,
    /// A JWT without an end.
    TokenEndless,
    /// A JWT of more than a day.
    TokenLong,
    /// Every page may read the response (`Access-Control-Allow-Origin: *`).
    CorsAny,
    /// The page that asks may read it, whichever it is: the response repeats `Origin`.
    CorsReflected,
    /// Pages without an origin may read it (`null`): sandboxed frames, files.
    CorsNull,
    /// With credentials.
    CorsCredentials,
    /// `Cache-Control: no-store`.
    NoStore,
    /// `Cache-Control: private`.
    CachePrivate,
    /// `Cache-Control: public`, or with `s-maxage`.
    CachePublic,
    /// `Strict-Transport-Security`.
    Hsts,
    /// `X-Content-Type-Options: nosniff`.
    NoSniff,
    /// A cookie was set.
    CookieSet,
    /// A cookie without `Secure`.
    CookiePlainText,
    /// A cookie without `HttpOnly`.
    CookieScriptable,
    /// A cookie without `SameSite`, or with `None`.
    CookieCrossSite,
    /// A field names software with its version.
    Banner,
    /// `Deprecation` (RFC 9745).
    Deprecated,
    /// `Sunset` (RFC 8594).
    Sunset,
    /// A limit is announced: `RateLimit`, `X-RateLimit-…`, `Retry-After`.
    LimitAnnounced,
    /// The fields of the request were looked at: what a caller showed is known.
    RequestSeen,
    /// The client's address is of a private network, or of this machine.
    PrivateAddress,
    /// The client's address is of the public network.
    PublicAddress,
    /// The claims of the token could be read.
    TokenRead,
    /// They say what the token is good for: scopes, permissions or roles.
    TokenScoped,
    /// They say that the token is that of a program: its subject is the client itself.
    TokenOfClient,
}

impl Trait {
    /// All, in the order of their bits in files.
    pub const ALL: &'static [Self] = &[
        Self::ResponseSeen,
        Self::PlainText,
        Self::FromPage,
        Self::BasicCredentials,
        Self::TokenUnsigned,
        Self::TokenEndless,
        Self::TokenLong,
        Self::CorsAny,
        Self::CorsReflected,
        Self::CorsNull,
        Self::CorsCredentials,
        Self::NoStore,
        Self::CachePrivate,
        Self::CachePublic,
        Self::Hsts,
        Self::NoSniff,
        Self::CookieSet,
        Self::CookiePlainText,
        Self::CookieScriptable,
        Self::CookieCrossSite,
        Self::Banner,
        Self::Deprecated,
        Self::Sunset,
        Self::LimitAnnounced,
        Self::RequestSeen,
        Self::PrivateAddress,
        Self::PublicAddress,
        Self::TokenRead,
        Self::TokenScoped,
        Self::TokenOfClient,
    ];

    /// Name in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ResponseSeen => "response_seen",
            Self::PlainText => "plain_text",
            Self::FromPage => "from_page",
            Self::BasicCredentials => "basic_credentials",
            Self::TokenUnsigned => "token_unsigned",
            Self::TokenEndless => "token_endless",
            Self::TokenLong => "token_long",
            Self::CorsAny => "cors_any",
            Self::CorsReflected => "cors_reflected",
            Self::CorsNull => "cors_null",
            Self::CorsCredentials => "cors_credentials",
            Self::NoStore => "no_store",
            Self::CachePrivate => "cache_private",
            Self::CachePublic => "cache_public",
            Self::Hsts => "hsts",
            Self::NoSniff => "no_sniff",
            Self::CookieSet => "cookie_set",
            Self::CookiePlainText => "cookie_plain_text",
            Self::CookieScriptable => "cookie_scriptable",
            Self::CookieCrossSite => "cookie_cross_site",
            Self::Banner => "banner",
            Self::Deprecated => "deprecated",
            Self::Sunset => "sunset",
            Self::LimitAnnounced => "limit_announced",
            Self::RequestSeen => "request_seen",
            Self::PrivateAddress => "private_address",
            Self::PublicAddress => "public_address",
            Self::TokenRead => "token_read",
            Self::TokenScoped => "token_scoped",
            Self::TokenOfClient => "token_of_client",
        }
    }

    const fn bit(self) -> u64 {
        1 << self as u8
    }
}

/// A set of traits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traits(u64);

impl Traits {
    /// None of them.
    pub const NONE: Self = Self(0);

    /// Adds one.
    pub fn insert(&mut self, it: Trait) {
        self.0 |= it.bit();
    }

    /// Adds one if it holds.
    pub fn insert_if(&mut self, it: Trait, holds: bool) {
        if holds {
            self.insert(it);
        }
    }

    /// Adds all of `other`.
    pub fn extend(&mut self, other: Self) {
        self.0 |= other.0;
    }

    /// Whether it is among them.
    pub const fn has(self, it: Trait) -> bool {
        self.0 & it.bit() != 0
    }

    /// All of them.
    pub fn iter(self) -> impl Iterator<Item = Trait> {
        Trait::ALL.iter().copied().filter(move |it| self.has(*it))
    }

    /// The bits, for files.
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// From bits of a file; those of later versions are kept, and stand for nothing.
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_trait_has_the_bit_of_its_position() {
        for (n, it) in Trait::ALL.iter().enumerate() {
            assert_eq!(it.bit(), 1 << n, "{}", it.name());
        }
    }

    #[test]
    fn a_set_holds_what_was_put_in() {
        let mut it = Traits::NONE;
        it.insert(Trait::Hsts);
        it.insert_if(Trait::NoSniff, false);
        assert!(it.has(Trait::Hsts) && !it.has(Trait::NoSniff));
        assert_eq!(Traits::from_bits(it.bits()).iter().collect::<Vec<_>>(), [Trait::Hsts]);
    }
}
