//! UTF-16 within a value, and NULs between bytes, which some readers leave out.
//!
//! Misses   UTF-16 of a text in which few characters are ASCII, without a byte order mark.
//! Source   RFC 2781.

/// Which byte of a code unit comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// The one that counts more.
    Big,
    /// The one that counts less.
    Little,
}

/// Whether it is UTF-16.
pub(super) fn decode(text: &[u8], out: &mut Vec<u8>) -> bool {
    let order = order(text);
    order.into_iter().for_each(|it| units(text, it, out));
    order.is_some()
}

/// Leaves NULs out. Where other text stands before UTF-16, this reads what pairs of bytes do not.
pub(super) fn without_nuls(text: &[u8], out: &mut Vec<u8>) -> bool {
    out.extend(text.iter().filter(|it| **it != 0));
    true
}

/// The order of a text of which every second byte, or nearly, is NUL.
pub(crate) fn order(text: &[u8]) -> Option<Order> {
    match text {
        [0xFF, 0xFE, ..] => return Some(Order::Little),
        [0xFE, 0xFF, ..] => return Some(Order::Big),
        _ => {}
    }
    let (mut first, mut second) = (0, 0);
    for pair in text.chunks_exact(2) {
        first += usize::from(pair.first() == Some(&0));
        second += usize::from(pair.last() == Some(&0));
    }
    let pairs = text.len() / 2;
    let is_most = |nuls: usize, others: usize| pairs >= 2 && others == 0 && nuls * 4 >= pairs * 3;
    match (is_most(first, second), is_most(second, first)) {
        (true, _) => Some(Order::Big),
        (false, true) => Some(Order::Little),
        (false, false) => None,
    }
}

/// Appends the text of these code units as UTF-8, without a byte order mark.
pub(crate) fn units(text: &[u8], order: Order, out: &mut Vec<u8>) {
    let units = text.chunks_exact(2).filter_map(|it| it.first_chunk::<2>()).map(|it| match order {
        Order::Big => u16::from_be_bytes(*it),
        Order::Little => u16::from_le_bytes(*it),
    });
    for (n, it) in char::decode_utf16(units).enumerate() {
        let it = it.unwrap_or(char::REPLACEMENT_CHARACTER);
        if n > 0 || it != '\u{feff}' {
            out.extend_from_slice(it.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }
}
