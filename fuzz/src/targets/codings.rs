//! Content codings: within their limits, the same in pieces as in one, and for gzip and zlib what a slow reader of the
//! specification makes of them.
//!
//! Not compared: brotli and zstd, which have no second reader here; deflate without a zlib head.

use super::input::{Input, pieces};
use super::reference::inflate;
use bartizan_inspect::content_coding::{DecodeFault, DecodeLimits, Decoder, RATIO_FROM_BYTES};

const BYTES_MAX: u64 = 256 * 1024;

/// A decoder may work ahead within its window, but gives nothing of it.
const LIMITS: DecodeLimits = DecodeLimits { bytes_max: BYTES_MAX, ratio_max: 100 };

pub(super) fn run(data: &[u8]) {
    let mut input = Input(data);
    let coding =
        input.one(&[&b"gzip"[..], b"deflate", b"br", b"zstd", b"gzip, br", b"zstd,deflate"]);
    let seed = input.byte();
    let text = input.0;
    // How much it grows is judged by what has arrived.
    let no_ratio = DecodeLimits { ratio_max: u64::MAX, ..LIMITS };
    let whole = decoded(coding, &[text], no_ratio);
    let split = decoded(coding, &pieces(text, seed), no_ratio);
    // How far it came before a fault differs, and which of two layers met one first.
    let is_same = match (&whole.1, &split.1) {
        (Ok(()), Ok(())) => whole.0 == split.0,
        (Err(_), Err(_)) => true,
        (Ok(()), Err(_)) | (Err(_), Ok(())) => false,
    };
    assert!(is_same, "another reading in pieces: {:?}, {:?}", whole.1, split.1);
    let (out, result) = decoded(coding, &[text], LIMITS);
    assert!(out.len() as u64 <= BYTES_MAX);
    let ratio = text.len() as u64 * LIMITS.ratio_max;
    assert!(out.len() as u64 <= ratio.max(RATIO_FROM_BYTES));
    let is_limit = matches!(result, Err(DecodeFault::TooLarge | DecodeFault::Ratio));
    if text.is_empty() || is_limit {
        return;
    }
    let reference = match coding {
        b"gzip" => inflate::gzip(text, BYTES_MAX as usize),
        b"deflate" if text[0] & 15 == 8 && text.len() > 1 => {
            let is_zlib = u16::from_be_bytes([text[0], text[1]]).is_multiple_of(31);
            match is_zlib {
                true => inflate::zlib(text, BYTES_MAX as usize),
                false => return,
            }
        }
        _ => return,
    };
    match (reference, result) {
        (Some(theirs), Ok(())) => assert_eq!(out, theirs),
        (None, Err(_)) => {}
        (Some(_), Err(fault)) => panic!("refused, and sound: {fault:?}"),
        (None, Ok(())) => panic!("accepted, and not sound"),
    }
}

fn decoded(
    coding: &[u8],
    text: &[&[u8]],
    limits: DecodeLimits,
) -> (Vec<u8>, Result<(), DecodeFault>) {
    let mut decoder = Decoder::of(coding, limits).unwrap().unwrap();
    let mut out = Vec::new();
    let pieces = text.iter().map(|it| (*it, false)).chain([(&b""[..], true)]);
    for (piece, is_end) in pieces {
        if let Err(fault) = decoder.push(piece, is_end, &mut out) {
            assert_eq!(decoder.push(b"", true, &mut out), Err(fault));
            return (out, Err(fault));
        }
    }
    (out, Ok(()))
}
