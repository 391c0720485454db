//! Oddities: what a reader met in hostile or careless input. Readers never fail; they return what
//! they read and the oddities beside it, and the contract decides what an oddity is worth.

use crate::code::Code;
use std::fmt;

macro_rules! oddities {
    ($($name:ident => $code:ident: $doc:literal;)*) => {
        /// One kind of odd input. Each has a code of its own.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Oddity { $(#[doc = $doc] $name,)* }

        impl Oddity {
            /// All kinds, in the order of their bits.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The code under which this oddity is refused or recorded.
            pub const fn code(self) -> Code {
                match self { $(Self::$name => Code::$code,)* }
            }
        }
    };
}

oddities! {
    RequestLine => FramingRequestLine: "The request line is not `method SP target SP HTTP/1.x`.";
    BareLf => FramingBareLf: "A line ends with LF alone.";
    BareCr => FramingBareCr: "A CR that is not part of CR LF.";
    Nul => FramingNul: "A NUL byte in the head.";
    ControlByte => FramingControlByte: "Another control byte in a field value or target.";
    FieldName => FramingFieldName: "An empty field name, or one with bytes outside `token`.";
    SpaceBeforeColon => FramingSpaceBeforeColon: "White space between field name and colon.";
    Folded => FramingFolded: "A folded field line (obs-fold).";
    LengthMalformed => FramingLengthMalformed: "`Content-Length` is not one decimal number.";
    LengthsDiffer => FramingLengthsDiffer: "More than one `Content-Length`.";
    LengthAndChunked => FramingLengthAndChunked: "`Content-Length` beside `Transfer-Encoding`.";
    CodingUnknown => FramingCodingUnknown: "`Transfer-Encoding` is anything but one `chunked`.";
    OldVersionChunked => FramingOldVersionChunked: "HTTP/1.0 with `Transfer-Encoding`.";
    ChunkMalformed => FramingChunkMalformed: "A chunk size, chunk end or trailer is malformed.";
    FoldedFramingName => FramingFoldedName: "A framing field spelt with underscores.";
    HostMissing => FramingHostMissing: "HTTP/1.1 without `Host`, or HTTP/2 without authority.";
    HostRepeated => FramingHostRepeated: "More than one `Host`, or one that differs from the authority.";
    HostMalformed => FramingHostMalformed: "`Host` is not `host[:port]`.";
    PseudoField => FramingPseudoField: "A missing, repeated or forged HTTP/2 pseudo-field.";
    ConnectionField => FramingConnectionField: "A connection field inside HTTP/2.";
    TargetForm => FramingTargetForm: "The target has a form that its method does not allow.";
    Connect => FramingConnect: "`CONNECT`: the bytes behind it would pass unjudged.";
    UpgradeWithBody => FramingUpgradeWithBody: "`Upgrade` on a request with a body.";
    OverlongUtf8 => FramingOverlongUtf8: "Overlong or surrogate UTF-8 in the target.";
    HeadTooLarge => LimitHead: "The head exceeds its limit.";
    TooManyFields => LimitFields: "More field lines than allowed.";
    TargetTooLong => LimitTarget: "The target exceeds its limit.";
    HeadTimeout => LimitHeadTime: "The head did not arrive in time.";
    BodyTimeout => LimitBodyTime: "The body stopped arriving.";
    EncodedSlash => PathEncodedSlash: "`%2f` in the path.";
    Backslash => PathBackslash: "A backslash, plain or encoded, in the path.";
    DotSegment => PathDotSegment: "`.` or `..` as a path segment, plain or encoded.";
    EmptySegment => PathEmptySegment: "`//` in the path.";
    PathParameter => PathParameter: "`;` in a path segment.";
    DoubleEncoding => PathDoubleEncoding: "A percent sign that is itself percent-encoded.";
    EncodedControl => PathEncodedControl: "An encoded control byte other than NUL in the path.";
    EncodedNul => PathEncodedNul: "An encoded NUL in the target.";
    MalformedPercent => PathMalformedPercent: "`%` without two hexadecimal digits in the path.";
    Fragment => PathFragment: "`#` in the target.";
    JsonMalformed => BodyJsonMalformed: "The body says JSON and is not.";
    FormMalformed => BodyFormMalformed: "The body says form and is not.";
    JsonDuplicateKey => BodyJsonDuplicateKey: "A JSON object has one key twice.";
    JsonDepth => BodyJsonDepth: "JSON is nested deeper than allowed.";
    TooManyValues => BodyTooManyValues: "More values than are examined.";
    UnderscoreName => FieldUnderscore: "A field name holds an underscore.";
    BodyTooSlow => LimitBodyRate: "The body arrives slower than allowed.";
    CodingMalformed => BodyCodingMalformed: "A compressed body cannot be decoded.";
    CodingTooLarge => BodyCodingTooLarge: "A compressed body exceeds its budget when decoded.";
    MethodCase => FramingMethodCase: "A method with lower-case letters, such as `get`.";
    PaddedValue => FramingPaddedValue: "An HTTP/2 field value begins or ends with white space.";
    RawByte => PathRawByte: "A byte above 0x7F stands in the target as it is.";
    MultipartMalformed => BodyFormMalformed: "Parsers may split a multipart body in different ways.";
}

/// A set of oddities.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Oddities(u64);

impl Oddities {
    /// No oddity.
    pub const NONE: Self = Self(0);

    /// Adds one.
    pub const fn insert(&mut self, oddity: Oddity) {
        self.0 |= 1 << oddity as u8;
    }

    /// Adds all of `other`.
    pub const fn extend(&mut self, other: Self) {
        self.0 |= other.0;
    }

    /// Removes one.
    pub const fn remove(&mut self, oddity: Oddity) {
        self.0 &= !(1 << oddity as u8);
    }

    /// Whether `oddity` was met.
    pub const fn contains(self, oddity: Oddity) -> bool {
        self.0 & (1 << oddity as u8) != 0
    }

    /// Whether nothing was met.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// All that were met, in the order of [`Oddity::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Oddity> {
        Oddity::ALL.iter().copied().filter(move |&it| self.contains(it))
    }

    /// The set as it lies in the journal.
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// Reads the set from the journal; bits of later versions stay.
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }
}

impl fmt::Debug for Oddities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl FromIterator<Oddity> for Oddities {
    fn from_iter<I: IntoIterator<Item = Oddity>>(all: I) -> Self {
        let mut set = Self::NONE;
        all.into_iter().for_each(|it| set.insert(it));
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_oddity_has_a_bit_of_its_own() {
        assert!(Oddity::ALL.len() <= 64);
        let all: Oddities = Oddity::ALL.iter().copied().collect();
        assert_eq!(all.iter().collect::<Vec<_>>(), Oddity::ALL);
        assert_eq!(all.bits().count_ones() as usize, Oddity::ALL.len());
    }
}
