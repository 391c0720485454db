//! Values that are fine alone and cannot be together, and one that is doubtful alone.

use std::net::SocketAddr;

use super::address::{collide, is_same_door};
use super::fault::Fault;
use super::keys::{
    ADMIN_ADDRESS, HEAD_BYTES_MAX, HELD_BYTES_MAX, INSPECT_BYTES_MAX, LISTEN_ADDRESS, Number,
    TARGET_BYTES_MAX,
};
use super::problem::Place;
use super::reader::{Read, Reader, Scope};
use super::settings::Limits;
use super::upstream_url::UpstreamUrl;

/// Limits that contain one another.
pub(super) fn limits(reader: &mut Reader<'_>, scope: &Scope<'_>, limits: &Limits) {
    let pairs = [
        (&TARGET_BYTES_MAX, limits.target_bytes_max, &HEAD_BYTES_MAX, limits.head_bytes_max),
        (&INSPECT_BYTES_MAX, limits.inspect_bytes_max, &HELD_BYTES_MAX, limits.held_bytes_max),
    ];
    for (inner, inner_value, outer, outer_value) in pairs {
        if inner_value > outer_value {
            exceeds(reader, scope, (inner, inner_value), (outer, outer_value));
        }
    }
}

/// Blames the inner limit, or the outer one where only that was written.
fn exceeds(
    reader: &mut Reader<'_>,
    scope: &Scope<'_>,
    (inner, inner_value): (&Number, usize),
    (outer, outer_value): (&Number, usize),
) {
    let show = |key: &Number, value| key.unit.show(u64::try_from(value).unwrap_or(u64::MAX));
    let (place, other, other_value) = match scope.place_of(inner.name) {
        Place::Default => (scope.place_of(outer.name), inner.name.path(), show(inner, inner_value)),
        place @ (Place::At(_) | Place::File | Place::Environment(_) | Place::Flag(_)) => {
            (place, outer.name.path(), show(outer, outer_value))
        }
    };
    let (key, over) = (inner.name.path(), outer.name.path());
    reader.report(place, Fault::Exceeds { key, over, other, other_value });
}

/// An admin listener that others than this machine reach.
pub(super) fn admin_is_open(reader: &mut Reader<'_>, admin: Option<&Read<SocketAddr>>) {
    if let Some(admin) = admin.filter(|it| !it.value.ip().to_canonical().is_loopback()) {
        reader.report(admin.place, Fault::AdminIsOpen);
    }
}

/// Addresses that would meet.
pub(super) fn addresses(
    reader: &mut Reader<'_>,
    listen: Option<&Read<SocketAddr>>,
    admin: Option<&Read<SocketAddr>>,
    url: Option<&Read<UpstreamUrl>>,
) {
    if let (Some(listen), Some(admin)) = (listen, admin)
        && collide(listen.value, admin.value)
    {
        let (place, other, address) = match admin.place {
            Place::Default => (listen.place, &ADMIN_ADDRESS, admin.value),
            place @ (Place::At(_) | Place::File | Place::Environment(_) | Place::Flag(_)) => {
                (place, &LISTEN_ADDRESS, listen.value)
            }
        };
        let other = format!("`{}`, {address}", other.name.path());
        reader.report(place, Fault::AddressTwice { other });
    }
    let listeners = [("listen.address", listen), ("admin.address", admin)];
    for (listener, address) in listeners {
        if let (Some(url), Some(address)) = (url, address)
            && is_same_door(&url.value, address.value)
        {
            let address = address.value.to_string();
            reader.report(url.place, Fault::UpstreamIsOurs { listener, address });
        }
    }
}
