//! From settings to targets that alerts can be sent to.
//!
//! Reads    settings, and the secrets and CAs that they refer to.
//! Errors   [`WireFault`]: nothing of a configuration is taken over then.

use super::sheet::LineFile;
use crate::config::secret::{Reference, Secret};
use crate::config::{AlertKind, AlertPlace, AlertTarget, Scheme};
use crate::wire::WireFault;
use bartizan_connect::alert::Severity;
use bartizan_connect::deliver::{Form, Place, Post, Way};
use bartizan_connect::signing::SigningKey;
use bartizan_edge::tls::client::{Trust, client_config, server_name};
use bartizan_store::files::Folder;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// Where alerts go, ready to be sent to.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) name: Arc<str>,
    pub(crate) kind: AlertKind,
    /// For operators, without what might be a secret.
    pub(crate) to: String,
    pub(crate) least: Severity,
    pub(crate) timeout: Duration,
    pub(crate) way: Way,
    /// It works again: no need to wait any longer.
    pub(crate) retry: Notify,
}

/// All of them.
pub(crate) fn of(settings: &[AlertTarget]) -> Result<Vec<Arc<Target>>, WireFault> {
    settings.iter().map(|it| target(it).map(Arc::new)).collect()
}

/// What is wrong with each.
pub(crate) fn faults(settings: &[AlertTarget]) -> Vec<WireFault> {
    settings.iter().filter_map(|it| target(it).err()).collect()
}

fn target(it: &AlertTarget) -> Result<Target, WireFault> {
    let way = match &it.to {
        AlertPlace::File(path) => {
            // A plain name is a file of the working directory.
            let folder = path.parent().filter(|it| *it != Path::new("")).unwrap_or(Path::new("."));
            let name = path.file_name().and_then(|it| it.to_str()).unwrap_or_default();
            let sheet = LineFile::new(Folder::at(folder), name, it.file_bytes_max);
            Way::File(Arc::new(sheet))
        }
        AlertPlace::Remote { scheme, at, target } => {
            let tls = match scheme.is_tls() {
                true => Some(tls(it, &at.host(), *scheme)?),
                false => None,
            };
            let place = Place { host: at.host(), port: at.port(), tls };
            match scheme {
                Scheme::Https | Scheme::Http => Way::Http(Box::new(Post {
                    place,
                    target: target.clone(),
                    authority: it.to.authority(),
                    key: key(it)?,
                    form: match it.kind {
                        AlertKind::Ocsf => Form::Ocsf,
                        AlertKind::Webhook | AlertKind::Syslog => Form::CloudEvent,
                    },
                })),
                Scheme::Tls | Scheme::Tcp => Way::SyslogStream(place),
                Scheme::Udp => Way::SyslogUdp(place),
            }
        }
    };
    Ok(Target {
        name: Arc::clone(&it.name),
        kind: it.kind,
        to: it.to.to_string(),
        least: it.min_severity,
        timeout: Duration::from_millis(it.timeout_ms),
        way,
        retry: Notify::new(),
    })
}

fn key(it: &AlertTarget) -> Result<Option<SigningKey>, WireFault> {
    let Some(reference) = &it.secret else { return Ok(None) };
    let secret = reference.read()?;
    let key = SigningKey::of_secret(secret.expose());
    key.map(Some).map_err(|fault| WireFault::Secret(place(it, "secret"), fault))
}

type Secured = (Arc<rustls::ClientConfig>, rustls::pki_types::ServerName<'static>);

fn tls(it: &AlertTarget, host: &str, scheme: Scheme) -> Result<Secured, WireFault> {
    let fault = |fault| WireFault::Tls(place(it, "ca"), fault);
    let ca: Option<Secret> = it.ca.as_ref().map(Reference::read).transpose()?;
    let system = match ca {
        Some(_) => Vec::new(),
        None => rustls_native_certs::load_native_certs().certs,
    };
    let trust = ca.as_ref().map_or(Trust::System(&system), |it| Trust::Roots(it.expose()));
    let mut config = client_config(trust, None, false).map_err(fault)?;
    if !scheme.is_http() {
        // Syslog has no name in ALPN, and a receiver may refuse one that it does not know.
        config.alpn_protocols.clear();
    }
    Ok((Arc::new(config), server_name(host).map_err(fault)?))
}

fn place(it: &AlertTarget, key: &str) -> String {
    format!("alert target {}, {key}", it.name)
}
