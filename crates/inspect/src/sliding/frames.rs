//! Messages of gRPC that pass: each is read when it is whole.
//!
//! Memory   one message of at most [`PIECE_BYTES_MAX`]; of a longer one a window.
//! Misses   what stands within a message that is longer, which is looked at as text; what is compressed, but for gzip
//!          and zlib, which are among the further readings of a value.
//! Source   gRPC over HTTP/2 (PROTOCOL-HTTP2.md), Length-Prefixed-Message.

use super::text::Text;
use crate::body::PIECE_BYTES_MAX;
use crate::handing::Handing;
use crate::protobuf;
use crate::value::Sink;

/// The frames of one stream.
#[derive(Debug, Default)]
pub(super) struct Frames {
    /// What has come of a frame that is not whole yet.
    kept: Vec<u8>,
    /// A message that is too long to be kept, and how many of its bytes are still to come.
    long: Option<(Text, usize)>,
}

impl Frames {
    pub(super) fn push(
        &mut self,
        bytes: &[u8],
        end: bool,
        path: &str,
        out: &mut Handing<'_, impl Sink>,
    ) {
        let mut rest = bytes;
        if let Some((text, left)) = &mut self.long {
            let (own, behind) = rest.split_at(rest.len().min(*left));
            *left -= own.len();
            rest = behind;
            let is_over = *left == 0 || end;
            text.push(own, is_over, path, out);
            if is_over {
                self.long = None;
            }
        }
        self.kept.extend_from_slice(rest);
        let kept = std::mem::take(&mut self.kept);
        let mut rest = &kept[..];
        while let Some((is_plain, length, behind)) = prefix(rest) {
            if let Some((message, behind)) = behind.split_at_checked(length) {
                match is_plain {
                    true => protobuf::walk(message, path, out),
                    false => out.give_piece(path, message),
                }
                rest = behind;
            } else if length > PIECE_BYTES_MAX {
                let mut text = Text::default();
                text.push(behind, end, path, out);
                self.long = Some((text, length - behind.len()));
                rest = &[];
            } else {
                break;
            }
        }
        match end && !rest.is_empty() {
            true => out.give_piece(path, rest),
            false => self.kept.extend_from_slice(rest),
        }
    }

    pub(super) fn kept_bytes(&self) -> usize {
        self.kept.len() + self.long.as_ref().map_or(0, |it| it.0.kept_bytes())
    }
}

/// Whether it is not compressed, how long the message is, and what follows.
fn prefix(bytes: &[u8]) -> Option<(bool, usize, &[u8])> {
    let [flag, a, b, c, d, rest @ ..] = bytes else { return None };
    let length = usize::try_from(u32::from_be_bytes([*a, *b, *c, *d])).ok()?;
    Some((flag & 1 == 0, length, rest))
}
