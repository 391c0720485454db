//! The PROXY protocol: a load balancer's word on who connected to it, ahead of the connection.
//!
//! Reads    versions 1 (text) and 2 (binary), no byte beyond the header.
//! Errors   [`Malformed`] for anything else; the connection is closed then.
//! Misses   the extensions of version 2 (TLVs) are skipped.
//! Source   the PROXY protocol specification of HAProxy, sections 2.1 and 2.2.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use tokio::io::{AsyncRead, AsyncReadExt};

const SIGNATURE: &[u8; 12] = b"\r\n\r\n\0\r\nQUIT\n";
/// The longest line of version 1, with its end.
const LINE_BYTES_MAX: usize = 107;
/// What version 2 may have behind its fixed part.
const REST_BYTES_MAX: usize = 4 * 1024;
/// The shortest header of version 1: `PROXY UNKNOWN` and its end.
const SHORTEST: usize = 15;

/// Not a header of the PROXY protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

impl From<io::Error> for Malformed {
    fn from(_: io::Error) -> Self {
        Self
    }
}

/// Reads a header off a connection: the address that it names, or `None` if it says that the load
/// balancer speaks for itself.
///
/// # Errors
///
/// [`Malformed`], also if the connection ends before the header does.
pub async fn read(from: &mut (impl AsyncRead + Unpin)) -> Result<Option<IpAddr>, Malformed> {
    let mut begin = [0; SHORTEST];
    from.read_exact(&mut begin).await?;
    if begin.starts_with(SIGNATURE) {
        let [.., command, family, high] = begin;
        let rest = usize::from(u16::from_be_bytes([high, from.read_u8().await?]));
        if rest > REST_BYTES_MAX {
            return Err(Malformed);
        }
        let mut addresses = vec![0; rest];
        from.read_exact(&mut addresses).await?;
        return version2(command, family, &addresses);
    }
    let mut line = begin.to_vec();
    while !line.ends_with(b"\r\n") {
        if line.len() >= LINE_BYTES_MAX || !line.starts_with(b"PROXY ") {
            return Err(Malformed);
        }
        line.push(from.read_u8().await?);
    }
    version1(&line)
}

fn version1(line: &[u8]) -> Result<Option<IpAddr>, Malformed> {
    let line = line.strip_suffix(b"\r\n").ok_or(Malformed)?;
    let line = str::from_utf8(line).map_err(|_| Malformed)?;
    let mut words = line.split(' ');
    let (proxy, family) = (words.next(), words.next());
    if proxy != Some("PROXY") {
        return Err(Malformed);
    }
    let source: IpAddr = match family {
        Some("UNKNOWN") => return Ok(None),
        Some("TCP4") => words.next().and_then(|it| it.parse::<Ipv4Addr>().ok()).map(Into::into),
        Some("TCP6") => words.next().and_then(|it| it.parse::<Ipv6Addr>().ok()).map(Into::into),
        Some(_) | None => None,
    }
    .ok_or(Malformed)?;
    let destination: IpAddr = words.next().ok_or(Malformed)?.parse().map_err(|_| Malformed)?;
    let is_port = |word: Option<&str>| {
        word.is_some_and(|it| it.bytes().all(|b| b.is_ascii_digit()) && it.parse::<u16>().is_ok())
    };
    let ports = is_port(words.next()) && is_port(words.next()) && words.next().is_none();
    if ports && destination.is_ipv4() == source.is_ipv4() {
        Ok(Some(source))
    } else {
        Err(Malformed)
    }
}

fn version2(command: u8, family: u8, addresses: &[u8]) -> Result<Option<IpAddr>, Malformed> {
    match command {
        // LOCAL: a check by the load balancer itself.
        0x20 => return Ok(None),
        0x21 => {}
        _ => return Err(Malformed),
    }
    match family {
        0x11 => {
            let source = addresses.get(..12).and_then(|it| it.first_chunk::<4>());
            Ok(Some(Ipv4Addr::from(*source.ok_or(Malformed)?).into()))
        }
        0x21 => {
            let source = addresses.get(..36).and_then(|it| it.first_chunk::<16>());
            Ok(Some(Ipv6Addr::from(*source.ok_or(Malformed)?).into()))
        }
        // Unspecified, datagrams and UNIX sockets name no address that means anything here.
        0x00 | 0x12 | 0x22 | 0x31 | 0x32 => Ok(None),
        _ => Err(Malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads `bytes`; expects this address, and this behind the header.
    #[track_caller]
    fn check(bytes: &[u8], expected: Result<Option<&str>, Malformed>, rest: &[u8]) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let mut from = bytes;
        let found = runtime.block_on(read(&mut from));
        let expected = expected.map(|it| it.map(|it| it.parse().unwrap()));
        assert_eq!(found, expected, "{:?}", String::from_utf8_lossy(bytes));
        if found.is_ok() {
            assert_eq!(from, rest);
        }
    }

    fn version2(command: u8, family: u8, rest: &[u8]) -> Vec<u8> {
        let mut bytes = SIGNATURE.to_vec();
        bytes.extend([command, family]);
        bytes.extend(u16::try_from(rest.len()).unwrap().to_be_bytes());
        bytes.extend(rest);
        bytes.extend(b"GET");
        bytes
    }

    #[test]
    fn a_line_names_the_client_and_nothing_behind_it_is_read() {
        check(b"PROXY TCP4 192.0.2.7 10.0.0.1 50000 443\r\nGET", Ok(Some("192.0.2.7")), b"GET");
        check(b"PROXY TCP6 2001:db8::7 ::1 1 2\r\n", Ok(Some("2001:db8::7")), b"");
        check(b"PROXY UNKNOWN\r\nGET", Ok(None), b"GET");
        check(b"PROXY UNKNOWN ff::1 ff::2 1 2\r\nGET", Ok(None), b"GET");
    }

    #[test]
    fn a_binary_header_names_the_client() {
        let v4 = [192, 0, 2, 7, 10, 0, 0, 1, 0, 80, 1, 187];
        check(&version2(0x21, 0x11, &v4), Ok(Some("192.0.2.7")), b"GET");
        let mut with_extension = v4.to_vec();
        with_extension.extend([4, 0, 1, 0]);
        check(&version2(0x21, 0x11, &with_extension), Ok(Some("192.0.2.7")), b"GET");
        let mut v6 = [0; 36];
        v6[15] = 7;
        check(&version2(0x21, 0x21, &v6), Ok(Some("::7")), b"GET");
        check(&version2(0x20, 0x00, &[]), Ok(None), b"GET");
        check(&version2(0x21, 0x31, &[0; 216]), Ok(None), b"GET");
    }

    #[test]
    fn everything_else_is_malformed() {
        for line in [
            "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
            "PROXY TCP4 192.0.2.7 10.0.0.1 50000\r\n",
            "PROXY TCP4 192.0.2.7 10.0.0.1 50000 443 1\r\n",
            "PROXY TCP4 192.0.2.7 10.0.0.1 +5 443\r\n",
            "PROXY TCP4 192.0.2.7 10.0.0.1 65536 443\r\n",
            "PROXY TCP4 192.0.2.007 10.0.0.1 1 2\r\n",
            "PROXY TCP4 2001:db8::7 ::1 1 2\r\n",
            "PROXY TCP6 192.0.2.7 10.0.0.1 1 2\r\n",
            "PROXY TCP4 192.0.2.7 ::1 1 2\r\n",
            "PROXY TCP5 192.0.2.7 10.0.0.1 1 2\r\n",
            "PROXY  TCP4 192.0.2.7 10.0.0.1 1 2\r\n",
            "proxy TCP4 192.0.2.7 10.0.0.1 1 2\r\n",
        ] {
            check(line.as_bytes(), Err(Malformed), b"");
        }
        check(format!("PROXY UNKNOWN {}\r\n", "x".repeat(100)).as_bytes(), Err(Malformed), b"");
        check(&version2(0x22, 0x11, &[0; 12]), Err(Malformed), b"");
        check(&version2(0x11, 0x11, &[0; 12]), Err(Malformed), b"");
        check(&version2(0x21, 0x11, &[0; 11]), Err(Malformed), b"");
        check(&version2(0x21, 0x21, &[0; 35]), Err(Malformed), b"");
        check(&version2(0x21, 0x13, &[0; 36]), Err(Malformed), b"");
        check(&SIGNATURE[..], Err(Malformed), b"");
    }
}
