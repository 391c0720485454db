//! The fingerprint of a TLS client: what its first message offers, and in which words.
//!
//! Reads    the bytes of a ClientHello as they came.
//! Memory   the lists in it, bounded by [`HELLO_BYTES_MAX`].
//! Misses   a client may offer what another one offers: the fingerprint tells programs apart, not people,
//!          and a program that wants to can look like a browser.
//! Source   RFC 8446 section 4.1.2 (ClientHello), RFC 8701 (GREASE); JA4, FoxIO's technical details.

use aws_lc_rs::digest::{SHA256, digest};
use std::fmt::Write;

/// Bytes of a first message that is looked at; a longer one has no fingerprint.
pub(crate) const HELLO_BYTES_MAX: usize = 16 * 1024;
/// Hexadecimal digits of each hash.
const HASH_DIGITS: usize = 12;

const SERVER_NAME: u16 = 0x0000;
const SIGNATURE_ALGORITHMS: u16 = 0x000d;
const ALPN: u16 = 0x0010;
const SUPPORTED_VERSIONS: u16 = 0x002b;

/// Whether `bytes` hold a whole ClientHello, or can never do so.
pub(crate) fn is_whole(bytes: &[u8]) -> bool {
    match message(bytes) {
        Ok(_) | Err(Lack::Wrong) => true,
        Err(Lack::More) => bytes.len() >= HELLO_BYTES_MAX,
    }
}

/// The JA4 of the client that begins with these bytes; `None` if they are no ClientHello.
pub(crate) fn ja4(bytes: &[u8]) -> Option<String> {
    let message = message(bytes).ok()?;
    let hello = Hello::read(&message)?;
    Some(hello.ja4())
}

enum Lack {
    More,
    Wrong,
}

/// The handshake message, put together of its records.
fn message(bytes: &[u8]) -> Result<Vec<u8>, Lack> {
    let mut left = Cursor(bytes);
    let mut message: Vec<u8> = Vec::new();
    loop {
        let kind = left.byte().ok_or(Lack::More)?;
        let version = left.number().ok_or(Lack::More)?;
        let length = left.number().ok_or(Lack::More)?;
        // A handshake record of any version; an empty one may not be sent.
        if kind != 22 || version >> 8 != 3 || length == 0 {
            return Err(Lack::Wrong);
        }
        message.extend_from_slice(left.take(usize::from(length)).ok_or(Lack::More)?);
        let mut head = Cursor(&message);
        if head.byte().is_some_and(|kind| kind != 1) {
            return Err(Lack::Wrong);
        }
        let Some(high) = head.byte() else { continue };
        let Some(low) = head.number() else { continue };
        let length = usize::from(high) << 16 | usize::from(low);
        if length > HELLO_BYTES_MAX {
            return Err(Lack::Wrong);
        }
        if let Some(body) = head.take(length) {
            return Ok(body.to_vec());
        }
    }
}

/// What a client offers, without GREASE.
#[derive(Debug, Default, PartialEq, Eq)]
struct Hello {
    version: u16,
    names_server: bool,
    ciphers: Vec<u16>,
    extensions: Vec<u16>,
    signatures: Vec<u16>,
    /// The first protocol of ALPN.
    protocol: Vec<u8>,
}

impl Hello {
    fn read(message: &[u8]) -> Option<Self> {
        let mut left = Cursor(message);
        let mut hello = Self { version: left.number()?, ..Self::default() };
        left.take(32)?;
        left.short_list()?;
        hello.ciphers = left.list()?.numbers();
        left.short_list()?;
        let mut extensions = match left.0.is_empty() {
            true => Cursor(&[]),
            false => left.list()?,
        };
        while !extensions.0.is_empty() {
            let kind = extensions.number()?;
            let mut value = extensions.list()?;
            if is_grease(kind) {
                continue;
            }
            hello.extensions.push(kind);
            match kind {
                SERVER_NAME => hello.names_server = true,
                SIGNATURE_ALGORITHMS => hello.signatures = value.list()?.numbers(),
                ALPN => hello.protocol = value.list()?.short_list()?.0.to_vec(),
                SUPPORTED_VERSIONS => {
                    let offered = value.short_list()?.numbers();
                    hello.version = offered.into_iter().max().unwrap_or(hello.version);
                }
                _ => {}
            }
        }
        Some(hello)
    }

    fn ja4(&self) -> String {
        let version = match self.version {
            0x0304 => "13",
            0x0303 => "12",
            0x0302 => "11",
            0x0301 => "10",
            0x0300 => "s3",
            0x0002 => "s2",
            _ => "00",
        };
        let name = if self.names_server { 'd' } else { 'i' };
        let (ciphers, extensions) = (self.ciphers.len().min(99), self.extensions.len().min(99));
        let (first, last) = ends(&self.protocol);
        let mut sorted = self.ciphers.clone();
        sorted.sort_unstable();
        let offered = hash(&hex(&sorted));
        let mut sorted = self.extensions.clone();
        sorted.retain(|it| ![SERVER_NAME, ALPN].contains(it));
        sorted.sort_unstable();
        let mut extended = hex(&sorted);
        if !self.signatures.is_empty() {
            extended.push('_');
            extended.push_str(&hex(&self.signatures));
        }
        let extended = hash(&extended);
        format!("t{version}{name}{ciphers:02}{extensions:02}{first}{last}_{offered}_{extended}")
    }
}

/// The first and the last character that stand for a protocol.
fn ends(protocol: &[u8]) -> (char, char) {
    let (Some(&first), Some(&last)) = (protocol.first(), protocol.last()) else {
        return ('0', '0');
    };
    if first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric() {
        return (char::from(first), char::from(last));
    }
    let digit = |it: u8| char::from_digit(u32::from(it), 16).unwrap_or('0');
    (digit(first >> 4), digit(last & 15))
}

fn hex(numbers: &[u16]) -> String {
    numbers.iter().map(|it| format!("{it:04x}")).collect::<Vec<_>>().join(",")
}

fn hash(text: &str) -> String {
    if text.is_empty() {
        return "0".repeat(HASH_DIGITS);
    }
    let mut out = String::with_capacity(HASH_DIGITS);
    for byte in digest(&SHA256, text.as_bytes()).as_ref().iter().take(HASH_DIGITS / 2) {
        // A String does not fail.
        write!(out, "{byte:02x}").ok();
    }
    out
}

/// Values that say nothing, so that servers learn to pass over what they do not know (RFC 8701).
const fn is_grease(number: u16) -> bool {
    number & 0x0f0f == 0x0a0a && number >> 8 == number & 0xff
}

/// What is left to read.
#[derive(Clone, Copy)]
struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, left) = self.0.split_at_checked(count)?;
        self.0 = left;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    fn number(&mut self) -> Option<u16> {
        Some(u16::from_be_bytes(*self.take(2)?.first_chunk()?))
    }

    /// What two bytes of length announce.
    fn list(&mut self) -> Option<Self> {
        let length = self.number()?;
        self.take(usize::from(length)).map(Self)
    }

    /// What one byte of length announces.
    fn short_list(&mut self) -> Option<Self> {
        let length = self.byte()?;
        self.take(usize::from(length)).map(Self)
    }

    /// Numbers of two bytes, without GREASE.
    fn numbers(mut self) -> Vec<u16> {
        std::iter::from_fn(|| self.number()).filter(|it| !is_grease(*it)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(bytes: &[u8]) -> Vec<u8> {
        [&u16::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat()
    }

    fn numbers(all: &[u16]) -> Vec<u8> {
        all.iter().flat_map(|it| it.to_be_bytes()).collect()
    }

    fn extension(kind: u16, value: &[u8]) -> Vec<u8> {
        [numbers(&[kind]), list(value)].concat()
    }

    /// What a browser sends, as the definition of JA4 shows it, in records of so many bytes.
    fn browser(record: usize) -> Vec<u8> {
        let ciphers = [
            0x6a6a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013,
            0xc014, 0x009c, 0x009d, 0x002f, 0x0035,
        ];
        let signatures = [0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601];
        let mut versions = vec![6];
        versions.extend(numbers(&[0x7a7a, 0x0304, 0x0303]));
        let empty = [0x001b, 0x0000, 0x0033];
        let rest = [0x4469, 0x0017, 0x002d, 0x0005, 0x0023, 0x0012, 0x000b, 0xff01, 0x000a, 0x0015];
        let mut extensions = extension(0xaaaa, &[]);
        empty.iter().for_each(|it| extensions.extend(extension(*it, &[])));
        extensions.extend(extension(ALPN, &list(b"\x02h2\x08http/1.1")));
        rest.iter().for_each(|it| extensions.extend(extension(*it, &[])));
        extensions.extend(extension(SIGNATURE_ALGORITHMS, &list(&numbers(&signatures))));
        extensions.extend(extension(SUPPORTED_VERSIONS, &versions));
        hello(&ciphers, Some(&extensions), record)
    }

    fn hello(ciphers: &[u16], extensions: Option<&[u8]>, record: usize) -> Vec<u8> {
        let mut body = numbers(&[0x0303]);
        body.extend([7; 32]);
        body.push(0);
        body.extend(list(&numbers(ciphers)));
        body.extend([1, 0]);
        body.extend(extensions.map(list).unwrap_or_default());
        let length = u32::try_from(body.len()).unwrap().to_be_bytes();
        let message = [&[1], &length[1..], &body].concat();
        message.chunks(record).flat_map(|it| [vec![22, 3, 1], list(it)].concat()).collect()
    }

    #[test]
    fn the_fingerprint_is_that_of_the_definition() {
        let ja4 = ja4(&browser(4_096)).unwrap();
        assert_eq!(ja4, "t13d1516h2_8daaf6152771_e5627efa2ab1");
    }

    #[test]
    fn an_old_client_that_offers_little_has_one_too() {
        let bytes = hello(&[], None, 4_096);
        assert_eq!(ja4(&bytes).unwrap(), "t12i000000_000000000000_000000000000");
        assert_eq!(
            (ends(b"h2"), ends(b"\xab\xcd"), ends(b"x")),
            (('h', '2'), ('a', 'd'), ('x', 'x'))
        );
    }

    #[test]
    fn no_beginning_of_it_is_whole_and_none_upsets_the_reader() {
        let bytes = browser(100);
        for end in 0..bytes.len() {
            assert!(!is_whole(&bytes[..end]), "{end}");
            assert_eq!(ja4(&bytes[..end]), None);
        }
        assert!(is_whole(&bytes));
        assert!(is_whole(b"GET / HTTP/1.1\r\n") && is_whole(&[22, 3, 1, 0, 0]));
        // Any single byte changed gives some fingerprint or none, and never a panic.
        for at in 0..bytes.len() {
            for it in [0, 1, 0x7f, 0xff] {
                let mut bytes = bytes.clone();
                bytes[at] = it;
                drop((is_whole(&bytes), ja4(&bytes)));
            }
        }
    }
}
