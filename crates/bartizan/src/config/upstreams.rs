//! The upstreams: of the section `upstream`, and of the list `upstreams`.

use std::ffi::OsString;
use std::sync::Arc;

use super::assemble::size;
use super::fault::Fault;
use super::host_port::HostPort;
use super::keys::upstream::{Keys, LISTED, LISTED_NAME, NEEDS_TLS, ONE};
use super::keys::{Name, UPSTREAM, UPSTREAMS};
use super::naming;
use super::origin::{Given, Origin};
use super::problem::Place;
use super::reader::{Read, Reader, Scope};
use super::settings::{Certificate, Upstream};
use super::upstream_url::UpstreamUrl;

/// What was read of them so far, and what routes need to know to find them.
#[derive(Default)]
pub(super) struct Upstreams {
    all: Vec<Upstream>,
    names: Vec<Known>,
    doors: Vec<Read<HostPort>>,
    /// The first is that of the section `upstream`.
    has_section: bool,
    /// Some name could not be read, so that others may be missed for no fault of theirs.
    has_gap: bool,
}

struct Known {
    name: Read<Arc<str>>,
    is_used: bool,
}

impl Upstreams {
    /// Reads all of them. The section may be missing where the list has items, or where none `is_needed`.
    pub(super) fn read(
        reader: &mut Reader<'_>,
        top: &Scope<'_>,
        over: Option<&Given<OsString>>,
        is_needed: bool,
    ) -> Self {
        let mut it = Self::default();
        let section = reader.section(top, UPSTREAM);
        let is_missing = is_needed && !top.has(UPSTREAMS);
        if over.is_some() || !section.is_silent() || is_missing {
            let upstream = it.one(reader, &section, &ONE, over);
            let place = match (over.map(|it| it.origin), top.get(UPSTREAM)) {
                (Some(Origin::Flag(name)), _) => Place::Flag(name),
                (Some(Origin::Environment(name)), _) => Place::Environment(name),
                (Some(Origin::Default | Origin::File { .. }) | None, Some(entry)) => {
                    Place::At(entry.key_span)
                }
                (Some(Origin::Default | Origin::File { .. }) | None, None) => Place::Default,
            };
            let name = Read { value: Arc::from(naming::DEFAULT), place };
            it.add(reader, Some(name), upstream);
            it.has_section = true;
        }
        reader.mappings(top, UPSTREAMS, |reader, scope, _| {
            let name = reader.word(scope, &LISTED_NAME, None);
            let upstream = it.one(reader, scope, &LISTED, None);
            it.add(reader, name, upstream);
        });
        it
    }

    /// Where they are connected to.
    pub(super) fn doors(&self) -> &[Read<HostPort>] {
        &self.doors
    }

    /// How many there are, right or wrong.
    pub(super) fn count(&self) -> usize {
        self.names.len()
    }

    pub(super) fn into_all(self) -> Vec<Upstream> {
        self.all
    }

    /// The position of the only one.
    pub(super) fn only(&mut self) -> Option<usize> {
        match self.names.as_mut_slice() {
            [one] => {
                one.is_used = true;
                Some(0)
            }
            [] | [_, _, ..] => None,
        }
    }

    /// The position of the one that a route names.
    pub(super) fn find(&mut self, reader: &mut Reader<'_>, name: &Read<Arc<str>>) -> Option<usize> {
        let found = self.names.iter_mut().enumerate().find(|(_, it)| it.name.value == name.value);
        if let Some((position, known)) = found {
            known.is_used = true;
            return Some(position);
        }
        if !self.has_gap {
            let names: Vec<&str> = self.names.iter().map(|it| &*it.name.value).collect();
            reader.report(name.place, Fault::unknown_upstream(&name.value, &names));
        }
        None
    }

    /// Reports those that no route leads to.
    pub(super) fn report_unused(&self, reader: &mut Reader<'_>) {
        for it in self.names.iter().filter(|it| !it.is_used) {
            reader.report(it.name.place, Fault::UnusedUpstream { name: it.name.value.to_string() });
        }
    }

    fn add(
        &mut self,
        reader: &mut Reader<'_>,
        name: Option<Read<Arc<str>>>,
        upstream: Option<Upstream>,
    ) {
        let Some(name) = name else {
            self.has_gap = true;
            return;
        };
        let first = self.names.iter().position(|it| it.name.value == name.value);
        if let Some((position, first)) = first.and_then(|it| Some((it, self.names.get(it)?))) {
            let first_line = match first.name.place {
                Place::At(span) => Some(span.line).filter(|_| position > 0 || !self.has_section),
                Place::File | Place::Environment(_) | Place::Flag(_) | Place::Default => None,
            };
            let fault = Fault::NameTwice { name: name.value.to_string(), first_line };
            reader.report(name.place, fault);
        }
        self.all.extend(upstream.map(|it| Upstream { name: Arc::clone(&name.value), ..it }));
        self.names.push(Known { name, is_used: false });
    }

    /// One of them, not yet named.
    fn one(
        &mut self,
        reader: &mut Reader<'_>,
        scope: &Scope<'_>,
        keys: &Keys,
        over: Option<&Given<OsString>>,
    ) -> Option<Upstream> {
        let url = reader.word(scope, &keys.url, over);
        let addresses = reader.items(scope, &keys.addresses, &[]);
        let http2 = reader.flag(scope, &keys.http2);
        let ca = reader.word(scope, &keys.ca, None).map(|it| it.value);
        let certificate = reader.word(scope, &keys.client_certificate, None);
        let key = reader.word(scope, &keys.client_key, None);
        let verify = reader.flag(scope, &keys.verify);
        let health_path = reader.word(scope, &keys.health_path, None).map(|it| it.value);
        let health_interval_ms = reader.number(scope, &keys.health_interval);
        let exchanges_max = size(reader.number(scope, &keys.exchanges_max));
        let connect_timeout_ms = reader.number(scope, &keys.connect_timeout);
        let response_timeout_ms = reader.number(scope, &keys.response_timeout);
        let idle_timeout_ms = reader.number(scope, &keys.idle_timeout);

        pair(reader, scope, keys);
        let url = url?;
        if url.value.is_tls() {
            if !verify {
                reader.report(scope.place_of(keys.verify.name), Fault::NotVerified);
            }
        } else {
            pointless(reader, scope, keys, verify);
        }
        self.doors.extend(doors(scope, keys, &url, &addresses));
        let client_certificate = certificate
            .zip(key)
            .map(|(it, key)| Certificate { certificate: it.value, key: key.value });
        Some(Upstream {
            name: Arc::from(""),
            url: url.given(),
            addresses,
            http2,
            ca,
            client_certificate,
            verify,
            health_path,
            health_interval_ms,
            exchanges_max,
            connect_timeout_ms,
            response_timeout_ms,
            idle_timeout_ms,
        })
    }
}

fn doors(
    scope: &Scope<'_>,
    keys: &Keys,
    url: &Read<UpstreamUrl>,
    addresses: &[HostPort],
) -> Vec<Read<HostPort>> {
    if addresses.is_empty() {
        return vec![Read { value: url.value.at().clone(), place: url.place }];
    }
    let place = scope.place_of(keys.addresses.name);
    addresses.iter().map(|it| Read { value: it.clone(), place }).collect()
}

/// A certificate is shown with its key or not at all.
fn pair(reader: &mut Reader<'_>, scope: &Scope<'_>, keys: &Keys) {
    let (certificate, key) = (keys.client_certificate.name, keys.client_key.name);
    for (given, other) in [(certificate, key), (key, certificate)] {
        if scope.has(given.key) && scope.get(other.key).is_none() {
            needs(reader, scope, given, format!("`{}`", other.key));
        }
    }
}

/// What is about TLS says nothing of an upstream without it, which may not be what was meant.
fn pointless(reader: &mut Reader<'_>, scope: &Scope<'_>, keys: &Keys, verify: bool) {
    for name in [keys.ca.name, keys.client_certificate.name] {
        if scope.has(name.key) {
            needs(reader, scope, name, NEEDS_TLS.to_owned());
        }
    }
    if !verify {
        needs(reader, scope, keys.verify.name, NEEDS_TLS.to_owned());
    }
}

fn needs(reader: &mut Reader<'_>, scope: &Scope<'_>, key: Name, needs: String) {
    reader.report(scope.place_of(key), Fault::Needs { key: key.path(), needs });
}
