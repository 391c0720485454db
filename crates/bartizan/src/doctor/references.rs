//! Whether the certificates and keys that the configuration refers to are there, fit together, and
//! last; and whether the system has roots where it is to be trusted.
//!
//! Reads    each file as the start does, and as long as it lasts. Nothing of a key is shown.
//! Misses   whether a client or an upstream trusts a certificate. Files as another user sees them.

use super::Finding;
use super::certificate::not_after_s;
use crate::config::secret::{Reference, Secret};
use crate::config::{Issuer, Settings};
use crate::issuers;
use crate::wire::{self, WireFault};
use rustls::pki_types::{CertificateDer, pem::PemObject};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::{SystemTime, UNIX_EPOCH};

const ABOUT: &str = "certificates";
const ISSUERS: &str = "issuers";
/// From here on somebody should look after a renewal.
const DAYS_MIN: u64 = 14;
const DAY_S: u64 = 86_400;

pub(super) fn examine(settings: &Settings) -> Vec<Finding> {
    let now_s = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let mut findings = Vec::new();
    for (place, reference) in settings.secrets() {
        match reference.read() {
            Ok(secret) => findings.extend(one(&place, reference, &secret, now_s)),
            Err(fault) => {
                let mend = "name a file that the user of bartizan can read";
                findings.push(Finding::problem(ABOUT, format!("{place}: {fault}"), mend));
            }
        }
    }
    for fault in wire::faults(settings) {
        match fault {
            WireFault::Tls(_, _) => {
                let mend = "make the certificate and its key anew, and name both";
                findings.push(Finding::problem(ABOUT, fault.to_string(), mend));
            }
            WireFault::Secret(_, _) => {
                let mend = "make one: echo whsec_$(openssl rand -base64 32)";
                findings.push(Finding::problem(ABOUT, fault.to_string(), mend));
            }
            WireFault::Contract(_) => {
                let mend = "see what `bartizan contract import FILE --check` says";
                findings.push(Finding::problem(ABOUT, fault.to_string(), mend));
            }
            WireFault::Description(_) => {
                let mend = "name an OpenAPI document that the user of bartizan can read";
                findings.push(Finding::problem(ABOUT, fault.to_string(), mend));
            }
            WireFault::Patch(_) => {
                let mend = "see what `bartizan patch check FILE` says";
                findings.push(Finding::problem("patches", fault.to_string(), mend));
            }
            WireFault::Issuers(_) => {
                let mend = "name a JWK Set (RFC 7517) with public keys of the issuer, which the user of bartizan can read";
                findings.push(Finding::problem(ISSUERS, fault.to_string(), mend));
            }
            // It was named above.
            WireFault::Unread(_) => {}
        }
    }
    findings.extend(settings.issuers.iter().flat_map(|it| issuer(settings, it)));
    findings.extend(roots(settings));
    findings
}

/// The keys of an issuer: how many can be used, and what is wrong with each other one.
fn issuer(settings: &Settings, it: &Issuer) -> Vec<Finding> {
    // What has none was named above.
    let Ok(keys) = issuers::keys(settings, it) else { return Vec::new() };
    let name = &it.name;
    let count = keys.len();
    let good = Finding::good(ISSUERS, format!("issuer {name}: {count} keys can be used"));
    let mend = "ask whoever keeps the issuer; tokens that it signs are refused";
    let unusable = keys.unusable().iter().map(|(at, why)| {
        Finding::warning(ISSUERS, format!("issuer {name}: key {at} cannot be used: {why}"), mend)
    });
    std::iter::once(good).chain(unusable).collect()
}

/// What is doubtful about one reference, or that nothing is.
fn one(place: &str, reference: &Reference, secret: &Secret, now_s: u64) -> Vec<Finding> {
    let certificates = CertificateDer::pem_slice_iter(secret.expose()).filter_map(Result::ok);
    let ends: Vec<u64> = certificates.filter_map(|it| not_after_s(&it)).collect();
    let mut findings = Vec::new();
    let is_key = ends.is_empty();
    findings.extend(open_to_others(place, reference).filter(|_| is_key));
    match ends.into_iter().min() {
        Some(end) => findings.push(lasting(place, reference, end, now_s)),
        None if findings.is_empty() => {
            findings.push(Finding::good(ABOUT, format!("{place}: {reference} can be read")));
        }
        None => {}
    }
    findings
}

fn lasting(place: &str, reference: &Reference, end_s: u64, now_s: u64) -> Finding {
    let mend = "renew it: a file that changes is taken over without a restart";
    match end_s.checked_sub(now_s) {
        None => {
            let says =
                format!("{place}: {reference} has expired {} days ago", (now_s - end_s) / DAY_S);
            Finding::problem(ABOUT, says, mend)
        }
        Some(left_s) => {
            let days = left_s / DAY_S;
            let says = format!("{place}: {reference} is valid for {days} more days");
            if days < DAYS_MIN {
                Finding::warning(ABOUT, says, mend)
            } else {
                Finding::good(ABOUT, says)
            }
        }
    }
}

fn open_to_others(place: &str, reference: &Reference) -> Option<Finding> {
    let path = match reference {
        Reference::File(path) => path,
        Reference::Environment(_) => return None,
    };
    let mode = fs::metadata(path).ok()?.permissions().mode();
    (mode & 0o007 != 0).then(|| {
        let says = format!("{place}: every user of this machine can read {reference}");
        Finding::warning(ABOUT, says, format!("chmod o-rwx '{}'", path.display()))
    })
}

fn roots(settings: &Settings) -> Option<Finding> {
    let trusts =
        |it: &&crate::config::Upstream| it.url.value.is_tls() && it.ca.is_none() && it.verify;
    let upstream = settings.upstreams.iter().find(trusts)?;
    let found = rustls_native_certs::load_native_certs().certs.len();
    Some(if found == 0 {
        let says =
            format!("upstream {} is verified by the system's roots: there are none", upstream.name);
        let mend = "install them (ca-certificates), or name those of the upstream as `ca`";
        Finding::problem(ABOUT, says, mend)
    } else {
        Finding::good(ABOUT, format!("the system has {found} roots to verify upstreams by"))
    })
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::*;
    use crate::config::{Overrides, Source};

    fn settings(more: &str) -> Settings {
        let text = format!("version: 1\nupstream: {{url: 'http://a'}}\n{more}");
        let source = Source { name: String::new(), bytes: text.into_bytes() };
        Settings::read(&source, &Overrides::default(), 0).unwrap().settings
    }

    #[test]
    fn a_configuration_without_any_has_nothing_to_say() {
        assert_eq!(examine(&settings("")), []);
    }

    #[test]
    fn what_cannot_be_read_is_named_once() {
        let more = "certificates: [{certificate: /nowhere/c.pem, key: 'env:BARTIZAN_NO_SUCH'}]\n";
        let findings = examine(&settings(more));
        let says: Vec<_> = findings.iter().map(ToString::to_string).collect();
        assert_eq!(findings.len(), 2, "{says:?}");
        assert!(findings.iter().all(|it| it.level == Level::Problem));
        assert!(says[0].contains("certificates[0].certificate: `file:/nowhere/c.pem`"), "{says:?}");
        assert!(says[1].contains("`env:BARTIZAN_NO_SUCH` is not set"), "{says:?}");
    }

    #[test]
    fn both_sides_of_how_long_a_certificate_lasts() {
        let reference = Reference::Environment("C".to_owned());
        let level = |end_s| lasting("c", &reference, end_s, 100 * DAY_S).level;
        assert_eq!(level(100 * DAY_S - 1), Level::Problem);
        assert_eq!(level(100 * DAY_S), Level::Warning);
        assert_eq!(level((100 + DAYS_MIN) * DAY_S - 1), Level::Warning);
        assert_eq!(level((100 + DAYS_MIN) * DAY_S), Level::Good);
    }
}
