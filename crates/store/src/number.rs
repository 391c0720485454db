//! The numbers of enumerations in the journal. Never reused, and written out one by one, so that
//! reordering an enumeration in `model` cannot change the file format and a new variant does not
//! compile until it has a number.

use bartizan_model::clause::{Effect, Mode};
use bartizan_model::fact::Kind;
use bartizan_model::head::{Method, Version};
use bartizan_model::observation::{Outcome, SubjectKind};
use bartizan_model::oddity::{Oddities, Oddity};

macro_rules! numbered {
    ($type:ident, $to:ident, $from:ident: $($variant:ident = $number:literal,)*) => {
        pub(crate) const fn $to(it: $type) -> u8 {
            match it { $($type::$variant => $number,)* }
        }

        pub(crate) const fn $from(number: u8) -> Option<$type> {
            match number { $($number => Some($type::$variant),)* _ => None }
        }
    };
}

numbered! { Method, of_method, method:
    Other = 0, Get = 1, Head = 2, Post = 3, Put = 4, Patch = 5, Delete = 6, Options = 7, Trace = 8,
    Connect = 9,
}

numbered! { Version, of_version, version:
    Http10 = 1, Http11 = 2, Http2 = 3,
}

numbered! { Outcome, of_outcome, outcome:
    Served = 1, Tunnelled = 2, Refused = 3, UpstreamFailed = 4, ClientAborted = 5, Stopped = 6, Copied = 7,
}

numbered! { SubjectKind, of_subject_kind, subject_kind:
    AddressAgent = 0, TokenClaim = 1, ApiKey = 2, Cookie = 3, Certificate = 4,
    Token = 5,
}

numbered! { Kind, of_kind, kind:
    Empty = 1, Boolean = 2, Integer = 3, Decimal = 4, Uuid = 5, Hex = 6, Date = 7, Email = 8,
    Text = 9,
}

numbered! { Effect, of_effect, effect:
    Refused = 1, WouldRefuse = 2, Excepted = 3, Overtaken = 4, Failed = 5,
    Scrubbed = 6, WouldScrub = 7, FailedOpen = 8,
}

numbered! { Mode, of_mode, mode:
    Off = 1, Observe = 2, Enforce = 3,
}

numbered! { Oddity, of_oddity, oddity:
    RequestLine = 0, BareLf = 1, BareCr = 2, Nul = 3, ControlByte = 4, FieldName = 5,
    SpaceBeforeColon = 6, Folded = 7, LengthMalformed = 8, LengthsDiffer = 9,
    LengthAndChunked = 10, CodingUnknown = 11, OldVersionChunked = 12, ChunkMalformed = 13,
    FoldedFramingName = 14, HostMissing = 15, HostRepeated = 16, HostMalformed = 17,
    PseudoField = 18, ConnectionField = 19, TargetForm = 20, Connect = 21, UpgradeWithBody = 22,
    OverlongUtf8 = 23, HeadTooLarge = 24, TooManyFields = 25, TargetTooLong = 26,
    HeadTimeout = 27, BodyTimeout = 28, EncodedSlash = 29, Backslash = 30, DotSegment = 31,
    EmptySegment = 32, PathParameter = 33, DoubleEncoding = 34, EncodedControl = 35,
    EncodedNul = 36, MalformedPercent = 37, Fragment = 38, JsonMalformed = 39,
    FormMalformed = 40, JsonDuplicateKey = 41, JsonDepth = 42, TooManyValues = 43,
    UnderscoreName = 44, BodyTooSlow = 45, CodingMalformed = 46, CodingTooLarge = 47,
    MethodCase = 48, PaddedValue = 49, RawByte = 50, MultipartMalformed = 51,
}

/// A set of oddities: bit n for number n.
pub(crate) fn of_oddities(set: Oddities) -> u64 {
    if set.is_empty() {
        return 0;
    }
    set.iter().fold(0, |bits, it| bits | 1 << of_oddity(it))
}

/// The set with these bits; bits without an oddity are left out.
pub(crate) fn oddities(bits: u64) -> Oddities {
    (0..64).filter(|n| bits & 1 << n != 0).filter_map(oddity).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_reads_as_what_it_was_written_for() {
        (0..=u8::MAX).for_each(|n| {
            assert!(method(n).is_none_or(|it| of_method(it) == n));
            assert!(version(n).is_none_or(|it| of_version(it) == n));
            assert!(mode(n).is_none_or(|it| of_mode(it) == n));
        });
        assert!(Outcome::ALL.iter().all(|&it| outcome(of_outcome(it)) == Some(it)));
        assert!(Effect::ALL.iter().all(|&it| effect(of_effect(it)) == Some(it)));
        assert!(Oddity::ALL.iter().all(|&it| oddity(of_oddity(it)) == Some(it)));
    }

    #[test]
    fn every_oddity_fits_in_the_set_and_comes_back() {
        assert!(Oddity::ALL.iter().all(|&it| of_oddity(it) < 64));
        let all: Oddities = Oddity::ALL.iter().copied().collect();
        assert_eq!(oddities(of_oddities(all)), all);
        assert_eq!(of_oddities(Oddities::NONE), 0);
    }

    #[test]
    fn bits_of_later_oddities_are_left_out() {
        assert_eq!(oddities(1 << 63 | 1), [Oddity::RequestLine].into_iter().collect());
    }
}
