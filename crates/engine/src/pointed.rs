//! Hosts that the head of a response points to.
//!
//! Reads    `Location` and `Link`.
//! Writes   [`Pointed`].
//! Misses   relative references, `Refresh`, and whatever a page loads.
//! Source   RFC 9110, 10.2.2; RFC 8288.

use bartizan_model::head::ResponseHead;
use bartizan_model::host::{Host, POINTED_MAX, Pointed, Side};
use bartizan_model::place::Place;

/// Notes hosts of the head; `own` is the one that was called.
pub(crate) fn of_head(head: &ResponseHead, own: Option<&Host>, out: &mut Vec<Pointed>) {
    let named = |name: &[u8]| -> Option<&'static str> {
        ["location", "link"].into_iter().find(|it| name.eq_ignore_ascii_case(it.as_bytes()))
    };
    let fields = head.fields.iter().filter_map(|(_, name, value)| Some((named(name)?, value)));
    let found = fields.flat_map(|(name, value)| {
        targets(value).filter_map(move |url| Some((name, Host::of_url(url)?)))
    });
    out.extend(found.take(POINTED_MAX).map(|(name, host)| Pointed {
        side: Side::Response,
        place: Place::header(name.as_bytes()),
        is_own: own == Some(&host),
        host,
    }));
}

/// What a field points to: all of it, or what stands between `<` and `>`.
fn targets(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    let value = value.trim_ascii();
    let links = value.split(|it| *it == b'<').skip(1);
    let links = links.filter_map(|it| it.split(|it| *it == b'>').next());
    std::iter::once(value).chain(links)
}
