//! Hosts of URLs, in every notation that some resolver takes for an address.
//!
//! Reads    the host of a URL, without port.
//! Writes   whose it is, and whether it is written as people write it.
//! Memory   `NAME_BYTES_MAX` bytes of the name in ASCII.
//! Misses   names that resolve to an internal address without saying so.
//! Source   WHATWG URL Standard, 3.5 (host parsing) and 3.5.1 (IPv4 in parts); RFC 4291, 2.5.5;
//!          RFC 6890; UTS 46 for letters in circles and full-width forms.

/// Whose a host is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// The service of a cloud that tells a machine its credentials.
    Metadata,
    /// The machine itself.
    Loopback,
    /// A private network, or the link.
    Private,
    /// A name within a cluster or cloud.
    Cluster,
    /// A name that resolves to the address within it.
    Rebinding,
    /// A service that records who calls it.
    Recorder,
    /// Anybody.
    Public,
}

/// A host as it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Host {
    pub owner: Owner,
    /// It is an address that is not written as four decimal numbers or as plain IPv6.
    pub is_odd: bool,
    /// It is an address.
    pub is_address: bool,
    /// It has a letter in a circle or of another width.
    pub is_disguised: bool,
    /// It has a dot or is an address, as hosts elsewhere have.
    pub is_qualified: bool,
}

/// Longest host.
const NAME_BYTES_MAX: usize = 128;

/// What `text` names.
pub(super) fn host(text: &[u8]) -> Host {
    let mut name = Name { bytes: [0; NAME_BYTES_MAX], length: 0, is_disguised: false };
    name.read(text);
    let plain = name.bytes.get(..name.length).unwrap_or_default();
    let plain = plain.strip_suffix(b".").unwrap_or(plain);
    let mut found = Host {
        owner: Owner::Public,
        is_odd: false,
        is_address: false,
        is_disguised: name.is_disguised,
        is_qualified: plain.contains(&b'.'),
    };
    if let [b'[', inside @ ..] = plain {
        let inside = inside.split(|it| matches!(it, b']' | b'%')).next().unwrap_or_default();
        if let Some(address) = v6(inside) {
            (found.owner, found.is_odd) = of_v6(address, inside);
            found.is_address = true;
            found.is_qualified = true;
        }
    } else if let Some((address, is_odd)) = v4(plain) {
        found.owner = of_v4(address);
        found.is_odd = is_odd;
        found.is_address = true;
        found.is_qualified = true;
    } else {
        found.owner = of_name(plain);
    }
    found.is_odd |= found.is_disguised && found.owner != Owner::Public;
    found
}

struct Name {
    bytes: [u8; NAME_BYTES_MAX],
    length: usize,
    is_disguised: bool,
}

impl Name {
    fn push(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(self.length) {
            *place = byte.to_ascii_lowercase();
            self.length += 1;
        }
    }

    fn read(&mut self, text: &[u8]) {
        if text.is_ascii() {
            text.iter().for_each(|it| self.push(*it));
            return;
        }
        let mut is_foreign = false;
        for letter in String::from_utf8_lossy(text.get(..NAME_BYTES_MAX).unwrap_or(text)).chars() {
            let plain = plain(letter);
            self.is_disguised |= plain.is_some() && !letter.is_ascii();
            is_foreign |= plain.is_none();
            self.push(plain.unwrap_or(b'x'));
        }
        // Who writes a name in his own script writes its dot in it too.
        self.is_disguised &= !is_foreign;
    }
}

/// The letter of ASCII that a letter is mapped to.
fn plain(letter: char) -> Option<u8> {
    let code = u32::from(letter);
    let at = |first: u32, to: u8| u8::try_from(code - first).ok().and_then(|it| to.checked_add(it));
    match code {
        0..=0x7F => u8::try_from(code).ok(),
        0x2460..=0x2468 => at(0x2460, b'1'),
        0x24B6..=0x24CF => at(0x24B6, b'A'),
        0x24D0..=0x24E9 => at(0x24D0, b'a'),
        0x24EA => Some(b'0'),
        0x3002 | 0xFF61 => Some(b'.'),
        0xFF01..=0xFF5E => at(0xFF01, b'!'),
        0x1D7CE..=0x1D7FF => u8::try_from((code - 0x1D7CE) % 10).ok().map(|it| b'0' + it),
        _ => None,
    }
}

/// The address that `text` stands for in parts, and whether the notation is odd.
fn v4(text: &[u8]) -> Option<(u32, bool)> {
    let mut parts = [0_u64; 4];
    let mut count = 0;
    let mut is_odd = false;
    for part in text.split(|it| *it == b'.') {
        let (value, is_plain) = number(part)?;
        *parts.get_mut(count)? = value;
        count += 1;
        is_odd |= !is_plain;
    }
    is_odd |= count < 4;
    // What is too large for its place is cut off by some.
    is_odd |= parts.iter().any(|it| *it > 255);
    let last = parts.get(count.checked_sub(1)?).copied()?;
    let address = parts
        .iter()
        .take(count - 1)
        .enumerate()
        .fold(0_u64, |sum, (at, part)| sum | (part & 0xFF) << (24 - 8 * at));
    let mask = u64::from(u32::MAX) >> (8 * (count - 1));
    Some((u32::try_from(address | last & mask).ok()?, is_odd))
}

/// A number in decimal, octal or hexadecimal, and whether it is plain decimal.
fn number(part: &[u8]) -> Option<(u64, bool)> {
    let (digits, radix) = match part {
        [] => return None,
        [b'0', b'x' | b'X', rest @ ..] => (rest, 16),
        [b'0', b'o', rest @ ..] | [b'o' | b'q', rest @ ..] if !rest.is_empty() => (rest, 8),
        [b'0', rest @ ..] if !rest.is_empty() => (rest, 8),
        _ => (part, 10),
    };
    if digits.len() > 20 {
        return None;
    }
    let value = digits.iter().try_fold(0_u64, |sum, it| {
        let digit = char::from(*it).to_digit(radix)?;
        Some(sum.wrapping_mul(u64::from(radix)).wrapping_add(u64::from(digit)))
    })?;
    Some((value, radix == 10))
}

fn of_v4(address: u32) -> Owner {
    match address.to_be_bytes() {
        [169, 254, 169, 254] | [169, 254, 170, 2] | [100, 100, 100, 200] | [192, 0, 0, 192] => {
            Owner::Metadata
        }
        [127 | 0, ..] => Owner::Loopback,
        [10, ..] | [192, 168, ..] | [172, 16..=31, ..] | [169, 254, ..] => Owner::Private,
        _ => Owner::Public,
    }
}

/// The eight groups of an address.
fn v6(text: &[u8]) -> Option<[u16; 8]> {
    std::str::from_utf8(text).ok()?.parse::<std::net::Ipv6Addr>().ok().map(|it| it.segments())
}

fn of_v6(groups: [u16; 8], text: &[u8]) -> (Owner, bool) {
    let last = |a: u16, b: u16| u32::from(a) << 16 | u32::from(b);
    match groups {
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => (Owner::Loopback, text.len() > 4),
        // Mapped, compatible, and translated addresses of IPv4.
        [0, 0, 0, 0, 0, 0xFFFF | 0, a, b] | [0x64, 0xFF9B, 0, 0, 0, 0, a, b] => {
            (of_v4(last(a, b)), true)
        }
        [0xFD00, 0xEC2, 0, 0, 0, 0, 0, 0x254] => (Owner::Metadata, false),
        [0xFC00..=0xFDFF, ..] | [0xFE80..=0xFEBF, ..] => (Owner::Private, false),
        _ => (Owner::Public, false),
    }
}

fn of_name(name: &[u8]) -> Owner {
    let is = |names: &[&str]| names.iter().any(|it| name == it.as_bytes());
    let ends = |names: &[&str]| names.iter().any(|it| name.ends_with(it.as_bytes()));
    if is(&[
        "metadata.google.internal",
        "metadata",
        "instance-data",
        "metadata.azure.com",
        "metadata.packet.net",
        "rancher-metadata",
        "metadata.tencentyun.com",
    ]) {
        return Owner::Metadata;
    }
    if is(&[
        "localhost",
        "ip6-localhost",
        "ip6-loopback",
        "localhost.localdomain",
        "localtest.me",
        "lvh.me",
        "vcap.me",
        "spoofed.burpcollaborator.net",
    ]) || ends(&[".localhost", ".localtest.me", ".lvh.me", ".vcap.me"])
    {
        return Owner::Loopback;
    }
    if ends(&[
        ".nip.io",
        ".sslip.io",
        ".xip.io",
        ".1u.ms",
        ".rbndr.us",
        ".r3dir.me",
        ".local.sisteminha.com",
    ]) || is(&["r3dir.me"])
    {
        return of_embedded(name);
    }
    if ends(&[
        ".oastify.com",
        ".burpcollaborator.net",
        ".interact.sh",
        ".oast.me",
        ".oast.fun",
        ".oast.pro",
        ".oast.live",
        ".oast.site",
        ".dnslog.cn",
        ".ceye.io",
        ".requestrepo.com",
        ".canarytokens.com",
        ".pipedream.net",
    ]) {
        return Owner::Recorder;
    }
    if ends(&[".internal", ".svc.cluster.local", ".svc", ".consul"])
        || is(&["kubernetes.default", "kubernetes", "host.docker.internal"])
    {
        return Owner::Cluster;
    }
    Owner::Public
}

/// Whose the address is that a name holds: `x.169.254.169.254.nip.io`, `169-254-169-254.nip.io`.
fn of_embedded(name: &[u8]) -> Owner {
    let has = |text: &[u8]| memchr::memmem::find(name, text).is_some();
    let is_metadata = has(b"169.254.169.254") || has(b"169-254-169-254") || has(b"a9fea9fe");
    if is_metadata { Owner::Metadata } else { Owner::Rebinding }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, owner: Owner, is_odd: bool) {
        let found = host(text.as_bytes());
        assert_eq!((found.owner, found.is_odd), (owner, is_odd), "{text}");
    }

    #[test]
    fn an_address_is_known_in_every_notation() {
        for text in [
            "2852039166",
            "0xa9fea9fe",
            "0xA9.0xFE.0xA9.0xFE",
            "0251.0376.0251.0376",
            "0251.254.169.254",
            "425.510.425.510",
            "7147006462",
            "0251.00376.000251.0000376",
            "0x41414141A9FEA9FE",
            "[::ffff:a9fe:a9fe]",
            "[::ffff:169.254.169.254]",
            "169.254.43518",
        ] {
            check(text, Owner::Metadata, true);
        }
        check("169.254.169.254", Owner::Metadata, false);
        check("[fd00:ec2::254]", Owner::Metadata, false);
        check("127.0.0.1", Owner::Loopback, false);
        check("[::1]", Owner::Loopback, false);
        for text in [
            "127.1",
            "0",
            "2130706433",
            "0177.0.0.1",
            "0x7f000001",
            "[::ffff:127.0.0.1]",
            "①②⑦.⓪.⓪.①",
            "0o177.0.0.1",
        ] {
            check(text, Owner::Loopback, true);
        }
        check("192.168.1.1", Owner::Private, false);
        check("172.32.0.1", Owner::Public, false);
        check("3627734734", Owner::Public, true);
    }

    #[test]
    fn names_are_known_by_their_ends() {
        check("localhost", Owner::Loopback, false);
        check("LOCALHOST.", Owner::Loopback, false);
        check("metadata.google.internal", Owner::Metadata, false);
        check("169.254.169.254.nip.io", Owner::Metadata, false);
        check("10.0.0.1.nip.io", Owner::Rebinding, false);
        check("example.com", Owner::Public, false);
        check("localhost.example.com", Owner::Public, false);
        check("", Owner::Public, false);
        check("1.2.3.4.5", Owner::Public, false);
    }
}
