//! What is read of alerts: the section `alerts`, and the list `alert_targets`.

use super::alert_place::{AlertPlace, Scheme};
use super::choice::AlertKind;
use super::fault::Fault;
use super::keys::alerts as key;
use super::keys::{ALERT_TARGETS, ALERTS, Name};
use super::naming::named_twice;
use super::reader::{Read, Reader, Scope};
use super::settings::{AlertTarget, Alerts};
use std::sync::Arc;

pub(super) fn read(reader: &mut Reader<'_>, top: &Scope<'_>) -> Alerts {
    let section = reader.section(top, ALERTS);
    let dedup_window_ms = reader.number(&section, &key::DEDUP_WINDOW);
    let spool_bytes_max = reader.number(&section, &key::SPOOL_BYTES_MAX);
    let mut names: Vec<Read<Arc<str>>> = Vec::new();
    let targets = reader.mappings(top, ALERT_TARGETS, |reader, scope, _| {
        let name = reader.word(scope, &key::TARGET_NAME, None);
        if let Some(name) = &name {
            named_twice(reader, name, &names);
            names.push(name.clone());
        }
        target(reader, scope, name)
    });
    let targets = targets.into_iter().flatten().collect();
    Alerts { dedup_window_ms, spool_bytes_max, targets }
}

fn target(
    reader: &mut Reader<'_>,
    scope: &Scope<'_>,
    name: Option<Read<Arc<str>>>,
) -> Option<AlertTarget> {
    let kind = reader.word(scope, &key::KIND, None);
    let to = reader.word(scope, &key::TO, None);
    let secret = reader.word(scope, &key::SECRET, None);
    let ca = reader.word(scope, &key::CA, None);
    let allow_http = reader.flag(scope, &key::ALLOW_HTTP);
    let min_severity = reader.word(scope, &key::MIN_SEVERITY, None);
    let timeout_ms = reader.number(scope, &key::TIMEOUT);
    let file_bytes_max = reader.number(scope, &key::FILE_BYTES_MAX);
    let (name, kind, to) = (name?, kind?, to?);
    fits(reader, scope, &kind, &to.value);
    if kind.value == AlertKind::Webhook && !scope.has(key::SECRET.name.key) {
        needs(reader, scope, key::KIND.name, "`secret`".to_owned());
    }
    let scheme = match &to.value {
        AlertPlace::Remote { scheme, .. } => Some(*scheme),
        AlertPlace::File(_) => None,
    };
    if secret.is_some() && !scheme.is_some_and(Scheme::is_http) {
        needs(reader, scope, key::SECRET.name, "a `to` with `https` or `http`".to_owned());
    }
    if ca.is_some() && !scheme.is_some_and(Scheme::is_tls) {
        needs(reader, scope, key::CA.name, "a `to` with `https` or `tls`".to_owned());
    }
    if scheme == Some(Scheme::Http) && !to.value.is_local() && !allow_http {
        let what = "`https`, or `allow_http: true` beside it".to_owned();
        needs(reader, scope, key::TO.name, what);
    }
    Some(AlertTarget {
        name: name.value,
        kind: kind.value,
        to: to.value,
        secret: secret.map(|it| it.value),
        ca: ca.map(|it| it.value),
        min_severity: min_severity?.value,
        timeout_ms,
        file_bytes_max,
    })
}

/// Each kind is sent its own ways.
fn fits(reader: &mut Reader<'_>, scope: &Scope<'_>, kind: &Read<AlertKind>, to: &AlertPlace) {
    let is_http = matches!(to, AlertPlace::Remote { scheme, .. } if scheme.is_http());
    let is_file = matches!(to, AlertPlace::File(_));
    let (fits, wants) = match kind.value {
        AlertKind::Webhook => (is_http, "a `to` with `https` or `http`"),
        AlertKind::Syslog => (!is_http && !is_file, "a `to` with `tls`, `tcp` or `udp`"),
        AlertKind::Ocsf => (is_http || is_file, "a `to` with `https`, `http` or `file`"),
    };
    if !fits {
        needs(reader, scope, key::KIND.name, wants.to_owned());
    }
}

fn needs(reader: &mut Reader<'_>, scope: &Scope<'_>, key: Name, needs: String) {
    reader.report(scope.place_of(key), Fault::Needs { key: key.path(), needs });
}
