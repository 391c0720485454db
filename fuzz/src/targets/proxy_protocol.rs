//! The PROXY protocol: no byte behind the header is taken, and a header without its end names nobody.

use bartizan_edge::proxy::proxy_protocol::read;
use futures::executor::block_on;

pub(super) fn run(data: &[u8]) {
    let mut rest = data;
    let found = block_on(read(&mut rest));
    let used = data.len() - rest.len();
    let Ok(address) = found else { return };
    let header = &data[..used];
    assert!(header.starts_with(b"PROXY ") || header.starts_with(b"\r\n\r\n\0\r\nQUIT\n"));
    assert!((15..=16 + 4 * 1024).contains(&used));
    let mut same = header;
    assert_eq!(block_on(read(&mut same)), Ok(address));
    let mut cut = &header[..used - 1];
    assert!(block_on(read(&mut cut)).is_err(), "read without its end");
}
