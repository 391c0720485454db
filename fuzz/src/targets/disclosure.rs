//! What answers give away: a sign lies within the text, and is found too where harmless text follows.

use bartizan_detect::disclosure::examine;

pub(super) fn run(data: &[u8]) {
    let Some(found) = examine(data) else { return };
    assert!(found.at + found.bytes <= data.len(), "{found:?} of {}", data.len());
    let longer = [data, b"\n\nAll the rest of this page is as it was yesterday.\n"].concat();
    assert!(examine(&longer).is_some_and(|it| it.at <= found.at), "{found:?} and then nothing");
}
