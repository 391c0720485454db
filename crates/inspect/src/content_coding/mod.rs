//! Content codings: compressed messages, decoded in small steps and within bounds.
//!
//! Reads    `gzip`, `x-gzip`, `deflate` (zlib, and raw where it is no zlib), `br`, `zstd`, and
//!          lists of at most [`CODINGS_MAX`] of them. `identity` is nothing.
//! Writes   what was meant, piece by piece as it comes, and never more than `bytes_max`.
//! Memory   per coding the window of its format, at most [`WINDOW_BYTES_MAX`]; for `zstd` one
//!          block; one piece of 8 KiB. A decoder may work ahead within its window before a bound
//!          stops it; what it worked out is not given.
//! Errors   [`DecodeFault`]; after one, every further call gives the same.
//! Misses   `compress`; dictionaries shared between messages (`dcb`, `dcz`); bytes behind a fault.
//!          A body without a byte is taken as empty, whatever its coding.
//! Source   RFC 9110 section 8.4, RFC 1950 to 1952, RFC 7932, RFC 8878, RFC 9659 (window).

mod brotli;
mod deflate;
mod gzip;
mod zstd;

use std::fmt;

/// Codings that may lie on top of each other.
pub const CODINGS_MAX: usize = 2;

/// Decoded bytes up to which a ratio is not judged: small messages compress well by chance.
pub const RATIO_FROM_BYTES: u64 = 64 * 1024;

/// Largest window of a coding. The format of gzip has 32 KiB; RFC 9659 allows this for `zstd`.
pub const WINDOW_BYTES_MAX: u64 = 8 * 1024 * 1024;

/// Members (gzip) or frames (zstd) of one message. Starting one costs more than its bytes show.
const MEMBERS_MAX: u32 = 1024;

/// Bytes that are decoded at once.
const PIECE_BYTES: usize = 8 * 1024;

/// What one message may decode to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecodeLimits {
    /// Decoded bytes, at each layer.
    pub bytes_max: u64,
    /// Decoded bytes for one byte that arrived, judged from [`RATIO_FROM_BYTES`] on.
    pub ratio_max: u64,
}

/// Why a message cannot be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecodeFault {
    /// More bytes or members than allowed, or a window larger than allowed.
    TooLarge,
    /// It grows more than allowed.
    Ratio,
    /// It is not of its format, or a checksum or length in it is wrong.
    Malformed,
    /// It ends early.
    Truncated,
    /// There are bytes behind its end: two readers could differ about them.
    TrailingBytes,
}

impl fmt::Display for DecodeFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLarge => "the decoded content is too large",
            Self::Ratio => "the content grows too much by decoding",
            Self::Malformed => "the content is not of its coding",
            Self::Truncated => "the encoded content ends early",
            Self::TrailingBytes => "there are bytes behind the encoded content",
        })
    }
}

impl std::error::Error for DecodeFault {}

/// A coding that is not known, or too many of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodingUnknown;

impl fmt::Display for CodingUnknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the content coding is not known")
    }
}

impl std::error::Error for CodingUnknown {}

/// Decodes one message.
#[derive(Debug)]
pub struct Decoder {
    /// From the outermost coding to the innermost: the last of the list first.
    layers: Vec<Layer>,
    limits: DecodeLimits,
    fault: Option<DecodeFault>,
}

impl Decoder {
    /// The decoder for a `Content-Encoding`; none where nothing is encoded. Several field lines
    /// are joined by commas first.
    ///
    /// # Errors
    ///
    /// [`CodingUnknown`] if a coding is not known, or there are more than [`CODINGS_MAX`].
    pub fn of(header_value: &[u8], limits: DecodeLimits) -> Result<Option<Self>, CodingUnknown> {
        let mut layers = Vec::new();
        for name in header_value.split(|&b| b == b',').map(<[u8]>::trim_ascii) {
            if name.is_empty() || name.eq_ignore_ascii_case(b"identity") {
                continue;
            }
            let coding = Coding::of(name).ok_or(CodingUnknown)?;
            if layers.len() == CODINGS_MAX {
                return Err(CodingUnknown);
            }
            layers.insert(0, Layer { coding, read: 0, written: 0 });
        }
        Ok((!layers.is_empty()).then_some(Self { layers, limits, fault: None }))
    }

    /// Decodes the next bytes of the message, of which the last call says `end`, and appends what
    /// comes of them to `out`.
    ///
    /// # Errors
    ///
    /// The first [`DecodeFault`]. What was decoded before it is in `out`.
    pub fn push(&mut self, bytes: &[u8], end: bool, out: &mut Vec<u8>) -> Result<(), DecodeFault> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        let mut result = feed(&mut self.layers, bytes, None, self.limits, out);
        if end && result.is_ok() && self.layers.iter().any(|it| it.read > 0 && !it.coding.may_end())
        {
            result = Err(DecodeFault::Truncated);
        }
        self.fault = result.err();
        result
    }

    /// Bytes decoded so far, as they were handed out.
    pub fn decoded_bytes(&self) -> u64 {
        self.layers.last().map_or(0, |it| it.written)
    }
}

/// Whether the coding of this `Content-Encoding` can be decoded, or there is none.
pub fn is_known(header_value: &[u8]) -> bool {
    Decoder::of(header_value, DecodeLimits { bytes_max: 0, ratio_max: 0 }).is_ok()
}

/// One coding, and what went through it.
#[derive(Debug)]
struct Layer {
    coding: Coding,
    read: u64,
    written: u64,
}

/// Decodes through all `layers`, piece by piece, so that no layer holds more than one piece.
/// `arrived` are the bytes of the wire so far, where the first of `layers` is an inner one.
fn feed(
    layers: &mut [Layer],
    mut bytes: &[u8],
    arrived: Option<u64>,
    limits: DecodeLimits,
    out: &mut Vec<u8>,
) -> Result<(), DecodeFault> {
    let Some((layer, inner)) = layers.split_first_mut() else {
        out.extend_from_slice(bytes);
        return Ok(());
    };
    let mut piece = [0; PIECE_BYTES];
    loop {
        let room = limits.bytes_max.saturating_sub(layer.written);
        // At the bound one more byte is asked for, to tell the end from an excess.
        let window = usize::try_from(room).unwrap_or(PIECE_BYTES).clamp(1, PIECE_BYTES);
        let target = piece.get_mut(..window).unwrap_or_default();
        let Step { read, written } = layer.coding.step(bytes, target, room)?;
        layer.read = layer.read.saturating_add(read as u64);
        let arrived = arrived.unwrap_or(layer.read);
        if written as u64 > room {
            return Err(DecodeFault::TooLarge);
        }
        let total = layer.written.saturating_add(written as u64);
        if total > RATIO_FROM_BYTES && total > arrived.saturating_mul(limits.ratio_max) {
            return Err(DecodeFault::Ratio);
        }
        layer.written = total;
        feed(inner, piece.get(..written).unwrap_or_default(), Some(arrived), limits, out)?;
        bytes = bytes.get(read..).unwrap_or_default();
        if read == 0 && written == 0 {
            // A coding takes what it is given, unless it came to its end.
            return match (bytes.is_empty(), layer.coding.may_end()) {
                (true, _) => Ok(()),
                (false, true) => Err(DecodeFault::TrailingBytes),
                (false, false) => Err(DecodeFault::Malformed),
            };
        }
    }
}

/// What one step did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Step {
    read: usize,
    written: usize,
}

/// The decoder of one coding.
#[derive(Debug)]
enum Coding {
    Gzip(gzip::Gzip),
    Deflate(deflate::Deflate),
    Brotli(brotli::Brotli),
    Zstd(zstd::Zstd),
}

impl Coding {
    fn of(name: &[u8]) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_slice() {
            b"gzip" | b"x-gzip" => Self::Gzip(gzip::Gzip::new()),
            b"deflate" => Self::Deflate(deflate::Deflate::new()),
            b"br" => Self::Brotli(brotli::Brotli::new()),
            b"zstd" => Self::Zstd(zstd::Zstd::new()),
            _ => return None,
        })
    }

    /// Decodes from `input` into `out`, which is not empty. Nothing read and nothing written
    /// means: more input is needed. With `room` a coding that announces lengths can tell early
    /// that there is too much.
    fn step(&mut self, input: &[u8], out: &mut [u8], room: u64) -> Result<Step, DecodeFault> {
        match self {
            Self::Gzip(it) => it.step(input, out),
            Self::Deflate(it) => it.step(input, out),
            Self::Brotli(it) => it.step(input, out),
            Self::Zstd(it) => it.step(input, out, room),
        }
    }

    /// Whether the message may end here.
    fn may_end(&self) -> bool {
        match self {
            Self::Gzip(it) => it.may_end(),
            Self::Deflate(it) => it.may_end(),
            Self::Brotli(it) => it.may_end(),
            Self::Zstd(it) => it.may_end(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compress, Compression, Crc, FlushCompress};
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    const LIMITS: DecodeLimits = DecodeLimits { bytes_max: 1 << 20, ratio_max: 1_000 };
    /// No bound but the one that a test is about.
    const WIDE: DecodeLimits = DecodeLimits { bytes_max: 1 << 30, ratio_max: 1 << 30 };

    const TEXT_BR: &[u8] = include_bytes!("../../testdata/content_coding/text.br");
    const TEXT_FAST_BR: &[u8] = include_bytes!("../../testdata/content_coding/text_fast.br");
    const ZEROS_BR: &[u8] = include_bytes!("../../testdata/content_coding/zeros_16_mib.br");
    const WINDOW_24_BR: &[u8] = include_bytes!("../../testdata/content_coding/window_24.br");
    const LARGE_WINDOW_BR: &[u8] = include_bytes!("../../testdata/content_coding/large_window.br");
    const TEXT_ZST: &[u8] = include_bytes!("../../testdata/content_coding/text.zst");
    const TEXT_CHECKED_ZST: &[u8] =
        include_bytes!("../../testdata/content_coding/text_checked.zst");
    const ZEROS_ZST: &[u8] = include_bytes!("../../testdata/content_coding/zeros_16_mib.zst");
    const WINDOW_128_ZST: &[u8] =
        include_bytes!("../../testdata/content_coding/window_128_mib.zst");
    const SKIPPABLE: &[u8] = &[0x51, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3];

    fn text() -> Vec<u8> {
        let line = |it| format!("line {it} of a text that repeats itself\n");
        (0..300).map(line).collect::<String>().into_bytes()
    }

    /// Decodes `bytes` in pieces of `piece` bytes.
    fn decoded(
        coding: &str,
        bytes: &[u8],
        piece: usize,
        limits: DecodeLimits,
    ) -> (Vec<u8>, Result<(), DecodeFault>) {
        let mut decoder = Decoder::of(coding.as_bytes(), limits).unwrap().unwrap();
        let mut out = Vec::new();
        let mut result = Ok(());
        for part in bytes.chunks(piece) {
            result = result.and_then(|()| decoder.push(part, false, &mut out));
        }
        let result = result.and_then(|()| decoder.push(b"", true, &mut out));
        assert_eq!(decoder.push(b"", true, &mut out), result, "a fault stays");
        assert_eq!(decoder.decoded_bytes(), out.len() as u64);
        (out, result)
    }

    #[track_caller]
    fn check(coding: &str, bytes: &[u8], expected: &[u8]) {
        for piece in [1, 7, 1_000, usize::MAX] {
            let (out, result) = decoded(coding, bytes, piece, WIDE);
            assert_eq!((out.len(), result), (expected.len(), Ok(())), "{coding}");
            assert!(out == expected, "{coding}");
        }
    }

    #[track_caller]
    fn fails(coding: &str, bytes: &[u8], limits: DecodeLimits, fault: DecodeFault) {
        for piece in [1, 7, usize::MAX] {
            let (out, result) = decoded(coding, bytes, piece, limits);
            assert_eq!(result, Err(fault), "{coding} in {piece}");
            assert!(out.len() as u64 <= limits.bytes_max, "{coding}");
        }
    }

    fn deflated(text: &[u8], zlib: bool, level: u32) -> Vec<u8> {
        let mut compress = Compress::new(Compression::new(level), zlib);
        let mut out = Vec::with_capacity(text.len() + 1_000);
        compress.compress_vec(text, &mut out, FlushCompress::Finish).unwrap();
        assert_eq!(compress.total_in(), text.len() as u64);
        out
    }

    fn gzip(text: &[u8]) -> Vec<u8> {
        gzip_with(text, 0, &[])
    }

    /// With these flags, and these bytes of the fields that they announce.
    fn gzip_with(text: &[u8], flags: u8, fields: &[u8]) -> Vec<u8> {
        let mut crc = Crc::new();
        crc.update(text);
        let mut out = vec![0x1F, 0x8B, 8, flags, 0, 0, 0, 0, 0, 3];
        out.extend_from_slice(fields);
        out.extend(deflated(text, false, 6));
        out.extend(crc.sum().to_le_bytes());
        out.extend(crc.amount().to_le_bytes());
        out
    }

    fn zstd(text: &[u8]) -> Vec<u8> {
        compress_to_vec(text, CompressionLevel::Fastest)
    }

    /// A frame whose head is this byte and these, with blocks of head and content.
    fn zstd_frame(descriptor: u8, head: &[u8], blocks: &[(u32, &[u8])]) -> Vec<u8> {
        let mut out = vec![0x28, 0xB5, 0x2F, 0xFD, descriptor];
        out.extend_from_slice(head);
        for (head, content) in blocks {
            out.extend_from_slice(&head.to_le_bytes()[..3]);
            out.extend_from_slice(content);
        }
        out
    }

    /// Every coding with `text()` in it.
    fn samples() -> Vec<(&'static str, Vec<u8>)> {
        vec![
            ("gzip", gzip(&text())),
            ("deflate", deflated(&text(), true, 6)),
            ("deflate", deflated(&text(), false, 6)),
            ("br", TEXT_BR.to_vec()),
            ("br", TEXT_FAST_BR.to_vec()),
            ("zstd", TEXT_ZST.to_vec()),
            ("zstd", TEXT_CHECKED_ZST.to_vec()),
            ("gzip, br", gzip_in_br()),
            ("zstd, gzip", gzip(TEXT_ZST)),
        ]
    }

    /// One uncompressed metablock and an empty last one.
    fn gzip_in_br() -> Vec<u8> {
        let inner = gzip(&text());
        let length = u32::try_from(inner.len() - 1).unwrap();
        // A window of 64 KiB; not last; four digits of length, the length; uncompressed.
        let head = length << 4 | 1 << 20;
        let mut out = head.to_le_bytes()[..3].to_vec();
        out.extend(inner);
        out.push(3);
        out
    }

    #[test]
    fn names_and_lists_are_known_or_not() {
        let of = |value: &str| Decoder::of(value.as_bytes(), LIMITS).map(|it| it.is_some());
        for value in ["", "identity", " Identity ", ",", "identity, identity, identity"] {
            assert_eq!(of(value), Ok(false), "{value}");
        }
        for value in ["gzip", "X-GZIP", " br ", "zstd", "deflate", "gzip,br", "identity, gzip,,"] {
            assert_eq!(of(value), Ok(true), "{value}");
        }
        for value in ["compress", "gzip;q=1", "gzip br", "gzip, br, zstd", "dcb", "x", "br, x"] {
            assert_eq!(of(value), Err(CodingUnknown), "{value}");
            assert!(!is_known(value.as_bytes()));
        }
    }

    #[test]
    fn each_coding_is_decoded_in_any_pieces() {
        for (coding, bytes) in samples() {
            check(coding, &bytes, &text());
        }
        for level in [0, 1, 9] {
            check("deflate", &deflated(&text(), true, level), &text());
            check("deflate", &deflated(&text(), false, level), &text());
        }
        for content in [&b""[..], b"x"] {
            check("x-gzip", &gzip(content), content);
            check("deflate", &deflated(content, true, 6), content);
            check("deflate", &deflated(content, false, 6), content);
            check("zstd", &zstd(content), content);
        }
        check("br", &[6], b"");
        let zeros = vec![0; 16 << 20];
        for (coding, bytes) in [("br", ZEROS_BR), ("zstd", ZEROS_ZST)] {
            let (out, result) = decoded(coding, bytes, usize::MAX, WIDE);
            assert_eq!((out == zeros, result), (true, Ok(())), "{coding}");
        }
    }

    #[test]
    fn random_contents_come_back() {
        let mut dice = Dice(5);
        for _ in 0..200 {
            let length = dice.roll(40_000);
            let spread = 1 + dice.roll(255);
            let content: Vec<u8> =
                (0..length).map(|_| u8::try_from(dice.roll(spread)).unwrap()).collect();
            let piece = 1 + dice.roll(5_000);
            for (coding, bytes) in [
                ("gzip", gzip(&content)),
                ("deflate", deflated(&content, true, 6)),
                ("deflate", deflated(&content, false, 1)),
                ("zstd", zstd(&content)),
                ("zstd, gzip", gzip(&zstd(&content))),
            ] {
                let (out, result) = decoded(coding, &bytes, piece, WIDE);
                assert_eq!((out == content, result), (true, Ok(())), "{coding}");
            }
        }
    }

    #[test]
    fn the_order_of_a_list_is_the_order_of_encoding() {
        check("gzip, br", &gzip_in_br(), &text());
        fails("br, gzip", &gzip_in_br(), WIDE, DecodeFault::Malformed);
    }

    #[test]
    fn the_bound_on_bytes_is_exact() {
        let length = text().len() as u64;
        for (coding, bytes) in samples() {
            let at = |bytes_max| DecodeLimits { bytes_max, ..WIDE };
            assert_eq!(decoded(coding, &bytes, 100, at(length)).1, Ok(()), "{coding}");
            fails(coding, &bytes, at(length - 1), DecodeFault::TooLarge);
            fails(coding, &bytes, at(0), DecodeFault::TooLarge);
        }
    }

    #[test]
    fn the_ratio_is_judged_from_64_kib_on() {
        let small = vec![0; 64 * 1024];
        let large = vec![0; 64 * 1024 + 1];
        let tight = DecodeLimits { ratio_max: 2, ..LIMITS };
        for encode in [gzip, zstd] {
            let coding = if encode(b"").first() == Some(&0x1F) { "gzip" } else { "zstd" };
            assert_eq!(decoded(coding, &encode(&small), 100, tight).1, Ok(()), "{coding}");
            fails(coding, &encode(&large), tight, DecodeFault::Ratio);
            let ratio_max = large.len() as u64;
            let wide = DecodeLimits { ratio_max, ..LIMITS };
            assert_eq!(decoded(coding, &encode(&large), 100, wide).1, Ok(()), "{coding}");
        }
    }

    #[test]
    fn bombs_are_stopped_at_the_bound() {
        let zeros = vec![0; 16 << 20];
        let bombs = [
            ("gzip", gzip(&zeros)),
            ("deflate", deflated(&zeros, true, 9)),
            ("deflate", deflated(&zeros, false, 9)),
            ("br", ZEROS_BR.to_vec()),
            ("zstd", ZEROS_ZST.to_vec()),
            ("zstd", zstd(&zeros)),
            // The middle is the bomb; the innermost would be small.
            ("zstd, gzip", gzip(&SKIPPABLE.repeat(1 << 20))),
        ];
        for (coding, bytes) in bombs {
            let wide = DecodeLimits { ratio_max: u64::MAX, ..LIMITS };
            fails(coding, &bytes, wide, DecodeFault::TooLarge);
            let tight = DecodeLimits { bytes_max: u64::MAX, ratio_max: 20 };
            let (out, result) = decoded(coding, &bytes, usize::MAX, tight);
            let bound = matches!(result, Err(DecodeFault::Ratio | DecodeFault::TooLarge));
            assert!(bound && out.len() < 1 << 20, "{coding}: {result:?} {}", out.len());
        }
    }

    #[test]
    fn a_message_that_ends_early_is_truncated() {
        for (coding, bytes) in samples() {
            for length in 1..bytes.len() {
                let (out, result) = decoded(coding, &bytes[..length], usize::MAX, WIDE);
                assert_eq!(result, Err(DecodeFault::Truncated), "{coding} {length}");
                assert!(text().starts_with(&out), "{coding} {length}");
            }
            check(coding, b"", b"");
        }
    }

    #[test]
    fn bytes_behind_the_end_are_a_fault() {
        for (coding, bytes) in samples() {
            for tail in [&b"\0"[..], b"x", b"{\"a\":1}", &[0; 600]] {
                let bytes = [&bytes[..], tail].concat();
                fails(coding, &bytes, WIDE, DecodeFault::TrailingBytes);
            }
        }
        for (coding, bytes) in samples() {
            if matches!(coding, "br" | "deflate") {
                let twice = [&bytes[..], &bytes].concat();
                fails(coding, &twice, WIDE, DecodeFault::TrailingBytes);
            }
        }
        fails("gzip", &[&gzip(b"a")[..], &[0x1F, 0x8C]].concat(), WIDE, DecodeFault::TrailingBytes);
    }

    #[test]
    fn members_and_frames_one_after_another_are_one_message() {
        let gzips = [gzip(b"a"), gzip(b""), gzip(b"b")].concat();
        check("gzip", &gzips, b"ab");
        let frames = [SKIPPABLE, &zstd(b"a"), SKIPPABLE, &zstd(b"b"), SKIPPABLE].concat();
        check("zstd", &frames, b"ab");
        check("zstd", SKIPPABLE, b"");
        for (coding, one) in [("gzip", gzip(b"a")), ("zstd", zstd(b"a"))] {
            check(coding, &one.repeat(1024), &b"a".repeat(1024));
            fails(coding, &one.repeat(1025), WIDE, DecodeFault::TooLarge);
            let cut = [&one[..], &one[..one.len() - 1]].concat();
            fails(coding, &cut, WIDE, DecodeFault::Truncated);
        }
        let bound = DecodeLimits { bytes_max: 2, ..WIDE };
        fails("gzip", &gzip(b"a").repeat(3), bound, DecodeFault::TooLarge);
        fails("zstd", &zstd(b"a").repeat(3), bound, DecodeFault::TooLarge);
    }

    #[test]
    fn the_fields_of_a_gzip_head_are_skipped() {
        check("gzip", &gzip_with(b"a", 4, &[2, 0, 9, 9]), b"a");
        check("gzip", &gzip_with(b"a", 4, &[0, 0]), b"a");
        check("gzip", &gzip_with(b"a", 8, b"name\0"), b"a");
        check("gzip", &gzip_with(b"a", 16, b"\0"), b"a");
        check("gzip", &gzip_with(b"a", 4 | 8 | 16, &[1, 0, 0, b'n', 0, b'c', 0]), b"a");
        let mut crc = Crc::new();
        crc.update(&[0x1F, 0x8B, 8, 2, 0, 0, 0, 0, 0, 3]);
        let sum = crc.sum().to_le_bytes();
        check("gzip", &gzip_with(b"a", 2, &sum[..2]), b"a");
        fails("gzip", &gzip_with(b"a", 2, &[sum[0], !sum[1]]), WIDE, DecodeFault::Malformed);
        fails("gzip", &gzip_with(b"a", 0x20, &[]), WIDE, DecodeFault::Malformed);
        fails("gzip", b"\x1f\x8b\x07\0\0\0\0\0\0\0", WIDE, DecodeFault::Malformed);
        fails("gzip", b"{\"a\":1}", WIDE, DecodeFault::Malformed);
    }

    #[test]
    fn a_wrong_checksum_or_length_is_malformed() {
        for back in 1..=8 {
            let mut bytes = gzip(&text());
            let at = bytes.len() - back;
            bytes[at] ^= 1;
            fails("gzip", &bytes, WIDE, DecodeFault::Malformed);
        }
        let mut zlib = deflated(&text(), true, 6);
        *zlib.last_mut().unwrap() ^= 1;
        fails("deflate", &zlib, WIDE, DecodeFault::Malformed);
        let mut zstd = TEXT_CHECKED_ZST.to_vec();
        *zstd.last_mut().unwrap() ^= 1;
        fails("zstd", &zstd, WIDE, DecodeFault::Malformed);
        let raw = |bytes: u32| bytes << 3 | 1;
        check("zstd", &zstd_frame(0x20, &[2], &[(raw(2), b"ab")]), b"ab");
        fails("zstd", &zstd_frame(0x20, &[3], &[(raw(2), b"ab")]), WIDE, DecodeFault::Malformed);
        fails("zstd", &zstd_frame(0x20, &[1], &[(raw(2), b"ab")]), WIDE, DecodeFault::Malformed);
    }

    #[test]
    fn a_beginning_that_is_zlib_and_raw_is_malformed() {
        // As zlib: a head and more. As raw deflate: a stored block of 0x019C bytes.
        fails("deflate", &[0x78, 0x9C, 0x01, 0x63, 0xFE, 0, 0], WIDE, DecodeFault::Malformed);
        // The same without the inverted length is plain zlib.
        let stored = deflated(b"a", true, 0);
        check("deflate", &stored, b"a");
        // A preset dictionary.
        fails("deflate", &[0x78, 0xBB, 1, 2, 3, 4, 3, 0], WIDE, DecodeFault::Malformed);
    }

    #[test]
    fn windows_are_bounded() {
        fails("br", WINDOW_24_BR, WIDE, DecodeFault::TooLarge);
        fails("br", LARGE_WINDOW_BR, WIDE, DecodeFault::Malformed);
        fails("zstd", WINDOW_128_ZST, WIDE, DecodeFault::TooLarge);
        let last = |window: u8| zstd_frame(0, &[window], &[(1 | 1 << 3, b"a")]);
        check("zstd", &last(13 << 3), b"a");
        fails("zstd", &last(13 << 3 | 1), WIDE, DecodeFault::TooLarge);
        let single = |bytes: u32| zstd_frame(0xA0, &bytes.to_le_bytes(), &[]);
        fails("zstd", &single(8 << 20), WIDE, DecodeFault::Truncated);
        fails("zstd", &single((8 << 20) + 1), WIDE, DecodeFault::TooLarge);
    }

    #[test]
    fn a_zstd_frame_that_breaks_its_format_is_malformed() {
        let same = |kind: u32, bytes: u32| bytes << 3 | kind << 1 | 1;
        check("zstd", &zstd_frame(0, &[0x38], &[(same(1, 9), b"a")]), b"aaaaaaaaa");
        for (descriptor, head, block) in [
            (0x08, &[0x38][..], (same(0, 1), &b"a"[..])),
            (0x01, &[0x38, 7], (same(0, 1), b"a")),
            (0, &[0x38], (same(3, 1), b"a")),
            (0, &[0x38], (same(2, 1), b"a")),
            (0, &[0x38], (same(0, 128 * 1024 + 1), b"a")),
            // More than the window of 1 KiB, plain and as literals of a small block.
            (0, &[0], (same(1, 1_025), b"a")),
            (0, &[0], (same(2, 5), &[0xFD, 0xFF, 0xFF, b'a', 0])),
        ] {
            let bytes = zstd_frame(descriptor, head, &[block]);
            fails("zstd", &bytes, WIDE, DecodeFault::Malformed);
        }
        // Dictionary 0 is none.
        check("zstd", &zstd_frame(0x01, &[0x38, 0], &[(same(0, 1), b"a")]), b"a");
        fails("zstd", b"{\"a\":1}", WIDE, DecodeFault::Malformed);
    }

    /// Numbers that are the same at each run.
    struct Dice(u64);

    impl Dice {
        fn roll(&mut self, sides: usize) -> usize {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) as usize % sides
        }
    }

    /// `BARTIZAN_ROUNDS` makes it longer.
    #[test]
    fn damaged_messages_neither_panic_nor_pass_the_bounds() {
        let rounds = std::env::var("BARTIZAN_ROUNDS").ok().and_then(|it| it.parse().ok());
        let limits = DecodeLimits { bytes_max: 100_000, ratio_max: 50 };
        let mut dice = Dice(6);
        let mut samples = samples();
        samples.push(("zstd", zstd(&text())));
        samples.push(("zstd", ZEROS_ZST.to_vec()));
        samples.push(("br", ZEROS_BR.to_vec()));
        for _ in 0..rounds.unwrap_or(20_000) {
            let (coding, bytes) = &samples[dice.roll(samples.len())];
            let mut bytes = bytes.clone();
            for _ in 0..=dice.roll(4) {
                let near = 1 << (1 + dice.roll(10));
                let at = dice.roll(bytes.len().min(near));
                match dice.roll(4) {
                    0 => bytes[at] ^= 1 << dice.roll(8),
                    1 => bytes[at] = u8::try_from(dice.roll(256)).unwrap(),
                    2 => drop(bytes.remove(at)),
                    _ => bytes.insert(at, u8::try_from(dice.roll(256)).unwrap()),
                }
                if bytes.is_empty() {
                    break;
                }
            }
            let piece = 1 + dice.roll(2_000);
            let (out, result) = decoded(coding, &bytes, piece, limits);
            assert!(out.len() as u64 <= limits.bytes_max);
            let (whole, same) = decoded(coding, &bytes, usize::MAX, limits);
            let together = out.starts_with(&whole) || whole.starts_with(&out);
            assert_eq!((together, result.is_ok()), (true, same.is_ok()), "{coding} {bytes:?}");
            assert!(result.is_err() || out.len() == whole.len(), "{coding}");
        }
    }
}
