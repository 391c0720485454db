//! Algorithms of signatures of tokens, and sets of them.
//!
//! Misses   `ES256K` and the algorithms of ML-DSA; Ed448, which the provider of cryptography does not have.
//! Source   RFC 7518 section 3.1, RFC 8037 section 3.1, RFC 9864 section 2 (`Ed25519` says what `EdDSA` leaves open).

/// How a token is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    Rs384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    Rs512,
    /// RSASSA-PSS with SHA-256, MGF1 with the same and a salt of its length.
    Ps256,
    /// RSASSA-PSS with SHA-384.
    Ps384,
    /// RSASSA-PSS with SHA-512.
    Ps512,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// ECDSA on P-384 with SHA-384.
    Es384,
    /// ECDSA on P-521 with SHA-512.
    Es512,
    /// EdDSA on Ed25519, named `EdDSA` or `Ed25519`.
    EdDsa,
    /// HMAC with SHA-256: a secret that both sides know.
    Hs256,
    /// HMAC with SHA-384.
    Hs384,
    /// HMAC with SHA-512.
    Hs512,
}

/// What an `alg` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// One of ours.
    Algorithm(Algorithm),
    /// That there is no signature, in whatever case.
    None,
    /// Something else: another algorithm, or nothing that is one.
    Other,
}

/// Which kind of key an algorithm takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// RSA.
    Rsa,
    /// An elliptic curve of NIST.
    Ec(Curve),
    /// Ed25519.
    Ed25519,
    /// A shared secret.
    Secret,
}

/// A curve of ECDSA.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Curve {
    /// P-256.
    P256,
    /// P-384.
    P384,
    /// P-521.
    P521,
}

impl Curve {
    /// Bytes of a coordinate, as RFC 7518 section 6.2.1.2 wants them.
    pub fn coordinate_bytes(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }

    /// Its `crv`.
    pub fn name(self) -> &'static str {
        match self {
            Self::P256 => "P-256",
            Self::P384 => "P-384",
            Self::P521 => "P-521",
        }
    }

    /// The curve of this name.
    pub fn of(name: &str) -> Option<Self> {
        [Self::P256, Self::P384, Self::P521].into_iter().find(|it| it.name() == name)
    }
}

impl Algorithm {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Rs256,
        Self::Rs384,
        Self::Rs512,
        Self::Ps256,
        Self::Ps384,
        Self::Ps512,
        Self::Es256,
        Self::Es384,
        Self::Es512,
        Self::EdDsa,
        Self::Hs256,
        Self::Hs384,
        Self::Hs512,
    ];

    /// Its `alg`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
            Self::Ps256 => "PS256",
            Self::Ps384 => "PS384",
            Self::Ps512 => "PS512",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Es512 => "ES512",
            Self::EdDsa => "EdDSA",
            Self::Hs256 => "HS256",
            Self::Hs384 => "HS384",
            Self::Hs512 => "HS512",
        }
    }

    /// The algorithm of this name, in exactly this case (RFC 7515 section 4.1.1).
    pub fn of(name: &str) -> Option<Self> {
        let name = if name == "Ed25519" { "EdDSA" } else { name };
        Self::ALL.into_iter().find(|it| it.name() == name)
    }

    /// Which kind of key it takes.
    pub fn family(self) -> Family {
        match self {
            Self::Rs256 | Self::Rs384 | Self::Rs512 | Self::Ps256 | Self::Ps384 | Self::Ps512 => {
                Family::Rsa
            }
            Self::Es256 => Family::Ec(Curve::P256),
            Self::Es384 => Family::Ec(Curve::P384),
            Self::Es512 => Family::Ec(Curve::P521),
            Self::EdDsa => Family::Ed25519,
            Self::Hs256 | Self::Hs384 | Self::Hs512 => Family::Secret,
        }
    }

    fn bit(self) -> u16 {
        1 << self as u16
    }
}

impl Named {
    /// What this `alg` says.
    pub fn of(name: &str) -> Self {
        match Algorithm::of(name) {
            Some(it) => Self::Algorithm(it),
            None if name.trim().eq_ignore_ascii_case("none") => Self::None,
            None => Self::Other,
        }
    }
}

/// A set of algorithms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Algorithms(u16);

impl Algorithms {
    /// Those that need a key pair: all but the ones with a shared secret.
    pub fn asymmetric() -> Self {
        Algorithm::ALL.into_iter().filter(|it| it.family() != Family::Secret).collect()
    }

    /// Whether it is among them.
    pub fn contains(self, algorithm: Algorithm) -> bool {
        self.0 & algorithm.bit() != 0
    }

    /// Those of them that need no shared secret.
    #[must_use]
    pub fn without_secrets(self) -> Self {
        Self(self.0 & Self::asymmetric().0)
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// All in it.
    pub fn iter(self) -> impl Iterator<Item = Algorithm> {
        Algorithm::ALL.into_iter().filter(move |it| self.contains(*it))
    }
}

impl FromIterator<Algorithm> for Algorithms {
    fn from_iter<I: IntoIterator<Item = Algorithm>>(all: I) -> Self {
        Self(all.into_iter().fold(0, |bits, it| bits | it.bit()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_algorithm_is_named_in_one_case_only() {
        for it in Algorithm::ALL {
            assert_eq!(Named::of(it.name()), Named::Algorithm(it));
            let lower = it.name().to_lowercase();
            assert_eq!(Named::of(&lower), Named::Other, "{lower}");
        }
        assert_eq!(Named::of("Ed25519"), Named::Algorithm(Algorithm::EdDsa));
        for other in ["Ed448", "ES256K", "HS1", "RS1", "ES521", "", "RS256 ", "dir"] {
            assert_eq!(Named::of(other), Named::Other, "{other}");
        }
    }

    #[test]
    fn none_is_none_in_every_case() {
        for bits in 0..16_u8 {
            let name: String = "none"
                .chars()
                .enumerate()
                .map(|(at, it)| if bits >> at & 1 == 1 { it.to_ascii_uppercase() } else { it })
                .collect();
            assert_eq!(Named::of(&name), Named::None, "{name}");
        }
        assert_eq!(Named::of(" none\t"), Named::None);
    }

    #[test]
    fn a_set_holds_what_it_was_given() {
        let set: Algorithms = [Algorithm::Es256, Algorithm::Hs512].into_iter().collect();
        let all: Vec<_> = set.iter().collect();
        assert_eq!(all, [Algorithm::Es256, Algorithm::Hs512]);
        assert_eq!(set.without_secrets().iter().collect::<Vec<_>>(), [Algorithm::Es256]);
        assert_eq!(Algorithms::asymmetric().iter().count(), 10);
        assert!(Algorithms::default().is_empty() && !set.is_empty());
    }
}
