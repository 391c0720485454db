//! Values that are fine alone and cannot be together, and one that is doubtful alone.

use std::net::SocketAddr;

use super::address::{collide, is_same_door};
use super::fault::Fault;
use super::host_port::HostPort;
use super::keys::{
    ADMIN_ADDRESS, CERTIFICATES, HEAD_BYTES_MAX, HELD_BYTES_MAX, INSPECT_BYTES_MAX, ISSUERS,
    LISTEN_ADDRESS, LISTEN_PROXY_PROTOCOL, Name, Number, TARGET_BYTES_MAX, TRUSTED_PROXIES, route,
    tls,
};
use super::problem::Place;
use super::reader::{Read, Reader, Scope};
use super::settings::{Clients, Limits};
use bartizan_model::clause::Mode;
use bartizan_model::route::Demand;

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

/// A mode that copies of requests cannot have.
pub(super) fn copies_are_observed(reader: &mut Reader<'_>, mode: Option<&Read<Mode>>) {
    if let Some(mode) = mode.filter(|it| it.value == Mode::Enforce) {
        reader.report(mode.place, Fault::CopiesAreObserved);
    }
}

/// A value that means nothing, or less than it seems, without another.
fn needs(reader: &mut Reader<'_>, scope: &Scope<'_>, key: Name, needs: Name) {
    let fault = Fault::Needs { key: key.path(), needs: format!("`{}`", needs.path()) };
    reader.report(scope.place_of(key), fault);
}

/// Nobody may send a PROXY protocol header, and every connection has to.
pub(super) fn proxy_protocol(reader: &mut Reader<'_>, listen: &Scope<'_>, has_trusted: bool) {
    if !has_trusted {
        needs(reader, listen, LISTEN_PROXY_PROTOCOL.name, TRUSTED_PROXIES.name);
    }
}

/// A burst of a rate that is not there.
pub(super) fn burst(reader: &mut Reader<'_>, scope: &Scope<'_>, clients: &Clients) {
    if clients.rate_burst.is_some() && !scope.has(tls::RATE.name.key) {
        needs(reader, scope, tls::RATE_BURST.name, tls::RATE.name);
    }
}

/// What a demand for certificates or tokens of clients rests on.
#[derive(Clone, Copy)]
pub(super) struct Trust {
    has_certificates: bool,
    has_client_ca: bool,
    has_issuers: bool,
}

impl Trust {
    pub(super) fn of(top: &Scope<'_>, tls_section: &Scope<'_>) -> Self {
        Self {
            has_certificates: top.has(CERTIFICATES),
            has_client_ca: tls_section.has(tls::CLIENT_CA.name.key),
            has_issuers: top.has(ISSUERS),
        }
    }

    /// Clients can show a certificate in TLS only, and any would do if nobody vouched for it.
    pub(super) fn demand(self, reader: &mut Reader<'_>, scope: &Scope<'_>, key: Name, it: Demand) {
        match it {
            Demand::None => {}
            Demand::Optional | Demand::Required if !self.has_client_ca => {
                needs(reader, scope, key, tls::CLIENT_CA.name);
            }
            Demand::Optional | Demand::Required if !self.has_certificates => {
                let certificates = Name { section: "", key: CERTIFICATES, says: "" };
                needs(reader, scope, key, certificates);
            }
            Demand::Optional | Demand::Required => {}
        }
    }

    /// Somebody has to be believed, and a call without a token has no scopes.
    pub(super) fn tokens(
        self,
        reader: &mut Reader<'_>,
        scope: &Scope<'_>,
        it: Demand,
        has_scopes: bool,
    ) {
        if it != Demand::None && !self.has_issuers {
            let issuers = Name { section: "", key: ISSUERS, says: "" };
            needs(reader, scope, route::TOKENS.name, issuers);
        }
        if it != Demand::Required && has_scopes {
            let (key, needs) = (route::SCOPES.name, "`tokens: required`".to_owned());
            let fault = Fault::Needs { key: key.path(), needs };
            reader.report(scope.place_of(key), fault);
        }
    }
}

/// Addresses that would meet. `doors` are where upstreams are connected to.
pub(super) fn addresses(
    reader: &mut Reader<'_>,
    listen: Option<&Read<SocketAddr>>,
    admin: Option<&Read<SocketAddr>>,
    doors: &[Read<HostPort>],
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
    let met = listeners.iter().flat_map(|(listener, address)| {
        let address = address.map(|it| it.value);
        doors.iter().filter_map(move |door| {
            let address = address.filter(|it| is_same_door(&door.value, *it))?;
            Some((door.place, Fault::UpstreamIsOurs { listener, address: address.to_string() }))
        })
    });
    for (place, fault) in met {
        reader.report(place, fault);
    }
}
