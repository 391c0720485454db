//! Deflate (RFC 1951), zlib (RFC 1950) and gzip (RFC 1952), a bit at a time.

/// Bits of a text, the lowest of each byte first.
struct Bits<'a> {
    text: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn bit(&mut self) -> Option<usize> {
        let byte = *self.text.get(self.at / 8)?;
        let bit = byte >> (self.at % 8) & 1;
        self.at += 1;
        Some(bit.into())
    }

    fn number(&mut self, bits: usize) -> Option<usize> {
        (0..bits).try_fold(0, |sum, n| Some(sum | self.bit()? << n))
    }
}

/// A prefix code: the symbols of each length, in order.
struct Code {
    counts: [usize; 16],
    symbols: Vec<usize>,
}

impl Code {
    fn of(lengths: &[usize]) -> Option<Self> {
        let mut counts = [0; 16];
        lengths.iter().filter(|it| **it > 0).for_each(|it| counts[*it] += 1);
        let mut left = 1_i64;
        for count in &counts[1..] {
            left = left * 2 - *count as i64;
            (left >= 0).then_some(())?;
        }
        // Incomplete codes are allowed where they have one symbol of one bit, or none.
        let used: usize = counts.iter().sum();
        (left == 0 || used == 0 || (used == 1 && counts[1] == 1)).then_some(())?;
        let of = |length: usize| {
            lengths.iter().enumerate().filter(move |it| *it.1 == length).map(|it| it.0)
        };
        Some(Self { counts, symbols: (1..16).flat_map(of).collect() })
    }

    fn symbol(&self, bits: &mut Bits<'_>) -> Option<usize> {
        let (mut code, mut first, mut index) = (0, 0, 0);
        for count in &self.counts[1..] {
            code |= bits.bit()?;
            if code < first + count {
                return self.symbols.get(index + code - first).copied();
            }
            index += count;
            first = (first + count) * 2;
            code *= 2;
        }
        None
    }
}

const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

fn dynamic(bits: &mut Bits<'_>) -> Option<(Code, Code)> {
    let (literals, distances) = (bits.number(5)? + 257, bits.number(5)? + 1);
    let used = bits.number(4)? + 4;
    let mut lengths = [0; 19];
    for &at in &ORDER[..used] {
        lengths[at] = bits.number(3)?;
    }
    let code = Code::of(&lengths)?;
    let mut all = Vec::new();
    while all.len() < literals + distances {
        let (value, times) = match code.symbol(bits)? {
            it @ 0..16 => (it, 1),
            16 => (*all.last()?, 3 + bits.number(2)?),
            17 => (0, 3 + bits.number(3)?),
            _ => (0, 11 + bits.number(7)?),
        };
        all.extend(std::iter::repeat_n(value, times));
    }
    let is_sound = all.len() == literals + distances && literals <= 286 && all[256] > 0;
    is_sound.then_some(())?;
    Some((Code::of(&all[..literals])?, Code::of(&all[literals..])?))
}

fn fixed() -> Option<(Code, Code)> {
    let mut lengths = [8; 288];
    lengths[144..256].fill(9);
    lengths[256..280].fill(7);
    Some((Code::of(&lengths)?, Code::of(&[5; 32])?))
}

fn block(
    bits: &mut Bits<'_>,
    (literals, distances): &(Code, Code),
    out: &mut Vec<u8>,
    bytes_max: usize,
) -> Option<()> {
    loop {
        (out.len() <= bytes_max).then_some(())?;
        match literals.symbol(bits)? {
            it @ 0..256 => out.push(it as u8),
            256 => return Some(()),
            it => {
                let it = it - 257;
                let length = match it {
                    0..8 => it + 3,
                    8..28 => {
                        let extra = it / 4 - 1;
                        ((4 + it % 4) << extra) + 3 + bits.number(extra)?
                    }
                    28 => 258,
                    _ => return None,
                };
                let code = distances.symbol(bits)?;
                let back = match code {
                    0..4 => code + 1,
                    4..30 => {
                        let extra = code / 2 - 1;
                        ((2 + code % 2) << extra) + 1 + bits.number(extra)?
                    }
                    _ => return None,
                };
                for _ in 0..length {
                    out.push(*out.get(out.len().checked_sub(back)?)?);
                }
            }
        }
    }
}

/// What raw deflate means, and how many bytes it took; nothing if it is none, or longer than `bytes_max`.
fn raw(text: &[u8], bytes_max: usize) -> Option<(Vec<u8>, usize)> {
    let (mut bits, mut out) = (Bits { text, at: 0 }, Vec::new());
    loop {
        let is_last = bits.bit()? == 1;
        match bits.number(2)? {
            0 => {
                bits.at = bits.at.div_ceil(8) * 8;
                let (length, check) = (bits.number(16)?, bits.number(16)?);
                (length == !check & 0xFFFF).then_some(())?;
                let from = bits.at / 8;
                out.extend_from_slice(text.get(from..from + length)?);
                bits.at += length * 8;
            }
            1 => block(&mut bits, &fixed()?, &mut out, bytes_max)?,
            2 => {
                let codes = dynamic(&mut bits)?;
                block(&mut bits, &codes, &mut out, bytes_max)?;
            }
            _ => return None,
        }
        (out.len() <= bytes_max).then_some(())?;
        if is_last {
            return Some((out, bits.at.div_ceil(8)));
        }
    }
}

/// What a zlib stream means, if it is whole and nothing is behind it.
pub(in super::super) fn zlib(text: &[u8], bytes_max: usize) -> Option<Vec<u8>> {
    let [first, second, rest @ ..] = text else { return None };
    let head = u16::from_be_bytes([*first, *second]);
    let is_zlib = first & 15 == 8 && first >> 4 <= 7 && head % 31 == 0 && second & 0x20 == 0;
    let (out, used) = raw(rest, bytes_max).filter(|_| is_zlib)?;
    let (mut a, mut b) = (1_u32, 0_u32);
    for byte in &out {
        a = (a + u32::from(*byte)) % 65_521;
        b = (a + b) % 65_521;
    }
    (rest[used..] == (b << 16 | a).to_be_bytes()).then_some(out)
}

/// What gzip members mean, if they are whole and nothing is behind them.
pub(in super::super) fn gzip(mut text: &[u8], bytes_max: usize) -> Option<Vec<u8>> {
    let mut all = Vec::new();
    while !text.is_empty() {
        let [0x1F, 0x8B, 8, flags @ 0..32, _, _, _, _, _, _, ..] = *text else { return None };
        let mut at = 10;
        if flags & 4 > 0 {
            let [low, high] = *text.get(at..at + 2)? else { return None };
            at += 2 + usize::from(u16::from_le_bytes([low, high]));
        }
        for flag in [8, 16] {
            if flags & flag > 0 {
                at += text.get(at..)?.iter().position(|it| *it == 0)? + 1;
            }
        }
        if flags & 2 > 0 {
            let check = crc32(text.get(..at)?) as u16;
            (text.get(at..at + 2)? == check.to_le_bytes()).then_some(())?;
            at += 2;
        }
        let (out, used) = raw(text.get(at..)?, bytes_max)?;
        at += used;
        (text.get(at..at + 4)? == crc32(&out).to_le_bytes()).then_some(())?;
        (text.get(at + 4..at + 8)? == (out.len() as u32).to_le_bytes()).then_some(())?;
        all.extend(out);
        (all.len() <= bytes_max).then_some(())?;
        text = &text[at + 8..];
    }
    Some(all)
}

fn crc32(text: &[u8]) -> u32 {
    !text.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |it, _| (it >> 1) ^ ((it & 1) * 0xEDB8_8320))
    })
}
