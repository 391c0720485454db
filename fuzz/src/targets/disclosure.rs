//! What answers give away: a sign lies within the text, and is found too where harmless text follows; a value is found in a
//! page however it is cut.

use bartizan_detect::disclosure::reflection::{Reflection, core_of};
use bartizan_detect::disclosure::{DisclosureKind, examine, may_become_source, page, text};

pub(super) fn run(data: &[u8]) {
    let _: Option<DisclosureKind> = page(data);
    let _: (Option<DisclosureKind>, bool) = (text(data), may_become_source(data));
    if let Some(core) = core_of(data).filter(|it| it.first() == Some(&b'<')) {
        let mut reflection = Reflection::new(vec![core.into()]);
        assert!(data.chunks(3).any(|it| reflection.push(it).is_some()), "not found");
    }
    let Some(found) = examine(data) else { return };
    assert!(found.at + found.bytes <= data.len(), "{found:?} of {}", data.len());
    let longer = [data, b"\n\nAll the rest of this page is as it was yesterday.\n"].concat();
    assert!(examine(&longer).is_some_and(|it| it.at <= found.at), "{found:?} and then nothing");
}
