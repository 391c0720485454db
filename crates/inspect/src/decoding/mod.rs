//! Views of one value: what a component behind us may read in it besides what it says as it is.
//!
//! Reads    a decoded value of any bytes and length.
//! Writes   each further reading, up to [`LAYERS_MAX`] decodings deep, each text once; the shallow ones first.
//! Memory   the readings of one value, within the [`Amplification`] of its message.
//! Errors   none: what decodes to nothing has no further reading. [`Extent::Cut`] if there was no room for one.
//! Misses   what one decoder cannot see, see there; comments and concatenation, which belong to languages; JSON, which the walk
//!          over the body reads.
//! Source   RFC 3986, RFC 4648, RFC 2152, RFC 1952, RFC 1950; WHATWG URL and HTML; ECMA-262; UAX #15.

pub(crate) mod base64;
mod compatibility;
mod compressed;
pub(crate) mod entities;
mod escapes;
mod hexadecimal;
mod overlong;
mod pairs;
mod percent;
mod signs;
pub(crate) mod utf16;
pub(crate) mod utf7;

use signs::Signs;

/// Decodings on top of each other that are undone.
pub const LAYERS_MAX: u8 = 4;

/// Readings of one value. Two decoders that both find work give three, and so on.
const VIEWS_MAX: usize = 512;

/// What a reading costs besides its length: somebody will look at it.
const VIEW_COST_BYTES: usize = 128;

/// Buffers that wait for the next value.
const SPARE_MAX: usize = 16;

/// Bytes of a buffer that is worth keeping.
const SPARE_BYTES_MAX: usize = 64 * 1024;

/// Bytes that the readings of one message may have together.
#[derive(Debug)]
pub struct Amplification {
    bytes_left: usize,
    spare: Vec<Vec<u8>>,
}

impl Amplification {
    /// So many bytes, and what each reading costs besides its length.
    pub const fn new(bytes_max: usize) -> Self {
        Self { bytes_left: bytes_max, spare: Vec::new() }
    }

    /// Bytes that may still be made.
    pub fn bytes_left(&self) -> usize {
        self.bytes_left
    }

    /// Gives bytes back that were taken.
    pub fn refund(&mut self, bytes: usize) {
        self.bytes_left = self.bytes_left.saturating_add(bytes);
    }

    /// Takes exactly so many bytes; false, and nothing taken, if there are not enough.
    pub fn spend_exactly(&mut self, bytes: usize) -> bool {
        let left = self.bytes_left.checked_sub(bytes);
        self.bytes_left = left.unwrap_or(self.bytes_left);
        left.is_some()
    }

    /// Takes what a reading of this length costs; false if there is not enough left, and then there never is again.
    fn spend(&mut self, bytes: usize) -> bool {
        let left = self.bytes_left.checked_sub(bytes.saturating_add(VIEW_COST_BYTES));
        self.bytes_left = left.unwrap_or(0);
        left.is_some()
    }

    fn buffer(&mut self) -> Vec<u8> {
        self.spare.pop().unwrap_or_default()
    }

    fn give_back(&mut self, mut buffer: Vec<u8>) {
        if self.spare.len() < SPARE_MAX && buffer.capacity() <= SPARE_BYTES_MAX {
            buffer.clear();
            self.spare.push(buffer);
        }
    }
}

/// Whether all readings of a value were handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Extent {
    /// All that are looked for.
    Whole,
    /// There was no room for one: what it says is not known.
    Cut,
}

macro_rules! decodings {
    ($($name:ident = $text:literal: $doc:literal;)*) => {
        /// One way in which a value may be encoded.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Decoding { $(#[doc = $doc] $name,)* }

        impl Decoding {
            /// All, in the order in which they are tried.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// As it is shown.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

decodings! {
    Percent = "percent": "Percent signs with two hexadecimal digits, or `%uXXXX`.";
    Blank = "plus": "Percent signs, and `+` for a blank.";
    Entities = "entities": "Character references of HTML and XML.";
    Escapes = "escapes": "Escapes of JSON, JavaScript and their kin.";
    Compatibility = "compatibility": "Characters that are made plain ASCII: full-width ones and their kin.";
    Overlong = "overlong": "ASCII in more than one byte of UTF-8.";
    Utf16 = "utf16": "UTF-16, or NULs between the bytes.";
    Utf7 = "utf7": "UTF-7.";
    Base64 = "base64": "Base64, with either alphabet.";
    Hexadecimal = "hex": "Two hexadecimal digits a byte.";
    Compressed = "compressed": "gzip or zlib.";
    Pairs = "pairs": "The value of a parameter in a query or form.";
}

/// The decodings that lie between a value and one of its readings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Decodings(u16);

impl Decodings {
    const fn with(self, one: Decoding) -> Self {
        Self(self.0 | 1 << one as u8)
    }

    /// Whether this one was undone.
    pub const fn contains(self, one: Decoding) -> bool {
        self.0 & 1 << one as u8 != 0
    }

    /// All of them, in the order of [`Decoding::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Decoding> {
        Decoding::ALL.iter().copied().filter(move |&it| self.contains(it))
    }
}

/// Whether a value shows any sign of a further reading: what shows none has none.
pub fn may_have_views(text: &[u8]) -> bool {
    !Signs::of(text).are_none()
}

/// Hands every further reading of `text` to `take`, with the decodings that lead to it.
pub fn views(
    text: &[u8],
    budget: &mut Amplification,
    take: &mut impl FnMut(&[u8], Decodings),
) -> Extent {
    let signs = Signs::of(text);
    if signs.are_none() {
        return Extent::Whole;
    }
    let mut out = budget.buffer();
    let mut found = Found { text, all: Vec::new(), budget, take, extent: Extent::Whole };
    found.layer(text, signs, (Decodings::default(), 0), &mut out);
    let mut at = 0;
    while let Some(one) = found.all.get_mut(at) {
        let (from, layers) = (one.decodings, one.layers);
        if layers < LAYERS_MAX {
            let text = std::mem::take(&mut one.text);
            found.layer(&text, Signs::of(&text), (from, layers), &mut out);
            found.all.get_mut(at).into_iter().for_each(|it| it.text.clone_from(&text));
            found.budget.give_back(text);
        }
        at += 1;
    }
    let extent = found.extent;
    for it in std::mem::take(&mut found.all) {
        budget.give_back(it.text);
    }
    budget.give_back(out);
    extent
}

/// One reading.
struct View {
    text: Vec<u8>,
    decodings: Decodings,
    layers: u8,
}

/// The readings of one value.
struct Found<'a, F> {
    text: &'a [u8],
    all: Vec<View>,
    budget: &'a mut Amplification,
    take: &'a mut F,
    extent: Extent,
}

impl<F: FnMut(&[u8], Decodings)> Found<'_, F> {
    /// Undoes one layer of `text`, in every way that it shows signs of.
    fn layer(
        &mut self,
        text: &[u8],
        signs: Signs,
        (from, layers): (Decodings, u8),
        out: &mut Vec<u8>,
    ) {
        if signs.are_none() {
            return;
        }
        let layers = layers + 1;
        let mut whole = |by: Decoding, decode: fn(&[u8], &mut Vec<u8>) -> bool| {
            out.clear();
            if decode(text, out) {
                self.keep(text, out, from.with(by), layers);
            }
        };
        if signs.percent {
            whole(Decoding::Percent, percent::decode);
            if signs.plus {
                whole(Decoding::Blank, percent::decode_blank);
            }
        }
        if signs.ampersand {
            whole(Decoding::Entities, entities::decode);
        }
        if signs.backslash {
            whole(Decoding::Escapes, escapes::decode);
        }
        if signs.high {
            whole(Decoding::Compatibility, compatibility::decode);
            whole(Decoding::Overlong, overlong::decode);
        }
        if signs.nul {
            whole(Decoding::Utf16, utf16::decode);
            whole(Decoding::Utf16, utf16::without_nuls);
        }
        if signs.plus {
            whole(Decoding::Utf7, utf7::decode);
        }
        if signs.hexadecimal {
            whole(Decoding::Hexadecimal, hexadecimal::decode);
        }
        if signs.base64 {
            base64::each(text, out, &mut |it| {
                self.keep(text, it, from.with(Decoding::Base64), layers);
            });
        }
        if signs.compressed {
            let bytes_max = self.budget.bytes_left().saturating_sub(compressed::COST_BYTES);
            if self.budget.spend(compressed::COST_BYTES) {
                out.clear();
                if compressed::decode(text, bytes_max, out) == Extent::Cut {
                    self.extent = Extent::Cut;
                }
                self.keep(text, out, from.with(Decoding::Compressed), layers);
            } else {
                self.extent = Extent::Cut;
            }
        }
        if signs.pairs {
            pairs::each(text, out, &mut |it| {
                self.keep(text, it, from.with(Decoding::Pairs), layers);
            });
        }
    }

    /// Hands over a reading that is new.
    fn keep(&mut self, of: &[u8], text: &[u8], decodings: Decodings, layers: u8) {
        let is_known = text.is_empty()
            || text == of
            || text == self.text
            || self.all.iter().any(|it| it.text == text);
        if is_known {
            return;
        }
        if self.all.len() >= VIEWS_MAX || !self.budget.spend(text.len()) {
            self.extent = Extent::Cut;
            return;
        }
        (self.take)(text, decodings);
        let mut kept = self.budget.buffer();
        kept.extend_from_slice(text);
        self.all.push(View { text: kept, decodings, layers });
    }
}

/// What is no text: control bytes, and bytes above 0x7F that do not have the shape of UTF-8. NULs between letters are text.
pub(crate) fn strange(bytes: &[u8]) -> usize {
    let (mut strange, mut nuls, mut rest) = (0, 0, bytes);
    while let Some((&first, behind)) = rest.split_first() {
        rest = behind;
        let more = match first {
            b' '..=b'~' | b'\t' | b'\n' | b'\r' => continue,
            0 => {
                nuls += 1;
                continue;
            }
            0xC0..0xE0 => 1,
            0xE0..0xF0 => 2,
            0xF0..0xF8 => 3,
            _ => {
                strange += 1;
                continue;
            }
        };
        let continued = behind.iter().take(more).take_while(|it| **it & 0xC0 == 0x80).count();
        // At the end the character may be cut.
        if continued < more && continued < behind.len() {
            strange += 1;
        }
        rest = behind.get(continued..).unwrap_or_default();
    }
    let is_wide = nuls * 5 >= bytes.len() && nuls * 5 <= bytes.len() * 4;
    if is_wide { strange } else { strange + nuls }
}

/// Whether decoded bytes are worth a look: text, or what announces itself as something that is taken apart.
fn is_worth_it(bytes: &[u8]) -> bool {
    let allowed = if bytes.len() < 16 { 0 } else { bytes.len() / 8 };
    has_magic(bytes) || (bytes.len() >= 8 && strange(bytes) <= allowed)
}

/// Whether `bytes` begin as compressed data, a serialised object or an archive does.
fn has_magic(bytes: &[u8]) -> bool {
    matches!(
        bytes,
        [0xAC, 0xED, 0, 5, ..]
            | [0x80, 2..=5, b'c' | b'}' | b']' | b'(' | b'X' | 0x8C | 0x95, ..]
            | [0, 1, 0, 0, 0, 0xFF, 0xFF, 0xFF, ..]
            | [4, 8, b'o' | b'[' | b'{' | b':' | b'I' | b'c' | b'U', ..]
            | [b'P', b'K', 3, 4, ..]
            | [0xFF, 0xFE, _, 0, ..]
            | [0xFE, 0xFF, 0, _, ..]
    ) || compressed::is_it(bytes)
}

#[cfg(test)]
mod tests;
