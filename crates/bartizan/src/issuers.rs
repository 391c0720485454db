//! Whose tokens are believed: from the files that the configuration names to what the engine verifies with.
//!
//! Reads    settings; of each issuer a JWK Set, and a list of what of it is revoked.
//! Errors   [`IssuersFault`], with the place of the key in the configuration. Nothing of a configuration is taken over then.
//! Memory   at most 256 keys and [`REVOKED_MAX`] entries.
//! Misses   keys that the issuer has renewed since: somebody has to renew the file.

use crate::config::secret::{Reference, SecretFault};
use crate::config::{Issuer as Settled, Settings};
use bartizan_auth::authenticate::Issuer;
use bartizan_auth::jwk::{Keys, SetFault, Unusable};
use bartizan_auth::policy::Policy;
use bartizan_auth::revoked::{Entry, Reason, Revocations, Target};
use bartizan_engine::truth::Truth;
use std::fmt;

/// What can be revoked at once, of all issuers.
pub(crate) const REVOKED_MAX: usize = 100_000;

/// Why the tokens of an issuer cannot be verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuersFault {
    /// Where the configuration names the file.
    place: String,
    /// The file.
    reference: Reference,
    why: Why,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Why {
    Unread(SecretFault),
    NoSet(SetFault),
    /// The keys of the set, each with what is wrong with it.
    NoKey(Vec<(usize, Unusable)>),
    Line(usize),
    TooMany,
}

/// Keys that a message names at most.
const NAMED_MAX: usize = 4;

impl fmt::Display for IssuersFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, reference, why } = self;
        match why {
            Why::Unread(fault) => write!(f, "{place}: {fault}"),
            Why::NoSet(fault) => write!(f, "{place}: `{reference}` is no set of keys: {fault}"),
            Why::NoKey(unusable) => {
                write!(f, "{place}: `{reference}` has no key that can be used")?;
                let named = unusable.iter().take(NAMED_MAX);
                named.into_iter().try_for_each(|(at, why)| write!(f, "; key {at}: {why}"))?;
                match unusable.len().saturating_sub(NAMED_MAX) {
                    0 => Ok(()),
                    more => write!(f, "; and {more} more"),
                }
            }
            Why::Line(number) => write!(
                f,
                "{place}: line {number} of `{reference}` is not `jti`, `sid`, `sub`, `client` or `kid` with a value"
            ),
            Why::TooMany => write!(f, "{place}: more than {REVOKED_MAX} entries are revoked"),
        }
    }
}

/// Everything that tokens are verified with.
///
/// # Errors
///
/// [`IssuersFault`].
pub(crate) fn truth(settings: &Settings, revision: u64) -> Result<Truth, IssuersFault> {
    let mut revoked = Revocations::new(REVOKED_MAX);
    let mut issuers = Vec::with_capacity(settings.issuers.len());
    for it in &settings.issuers {
        withdraw(settings, it, &mut revoked)?;
        issuers.push(Issuer { policy: policy(it), keys: keys(settings, it)? });
    }
    Ok(Truth::of(revision, issuers, revoked))
}

/// Everything that is wrong with the files of issuers, rather than only the first of it.
pub(crate) fn faults(settings: &Settings) -> Vec<IssuersFault> {
    let mut revoked = Revocations::new(REVOKED_MAX);
    let mut all = Vec::new();
    for it in &settings.issuers {
        all.extend(withdraw(settings, it, &mut revoked).err());
        all.extend(keys(settings, it).err());
    }
    all
}

/// The keys of an issuer.
///
/// # Errors
///
/// [`IssuersFault`] if there is none that can be used.
pub(crate) fn keys(settings: &Settings, it: &Settled) -> Result<Keys, IssuersFault> {
    let fault = |why| IssuersFault {
        place: settings.describe(it.keys.origin),
        reference: it.keys.value.clone(),
        why,
    };
    let text = it.keys.value.read().map_err(|it| fault(Why::Unread(it)))?;
    let keys = Keys::read(text.expose()).map_err(|it| fault(Why::NoSet(it)))?;
    match keys.is_empty() {
        true => Err(fault(Why::NoKey(keys.unusable().to_vec()))),
        false => Ok(keys),
    }
}

fn policy(it: &Settled) -> Policy {
    let audience: Vec<&str> = it.audience.iter().map(|it| &**it).collect();
    Policy {
        algorithms: it.algorithms,
        skew_s: it.skew_s,
        lifetime_max_s: it.lifetime_max_s,
        ..Policy::new(&it.issuer, &audience)
    }
}

/// Enters what is revoked of an issuer: a line each, its kind and its name with a space between.
fn withdraw(
    settings: &Settings,
    it: &Settled,
    revoked: &mut Revocations,
) -> Result<(), IssuersFault> {
    let Some(list) = &it.revoked else { return Ok(()) };
    let fault = |why| IssuersFault {
        place: settings.describe(list.origin),
        reference: list.value.clone(),
        why,
    };
    let text = list.value.read().map_err(|it| fault(Why::Unread(it)))?;
    for (at, line) in text.expose().split(|it| *it == b'\n').enumerate() {
        let wrong = || fault(Why::Line(at + 1));
        let line = str::from_utf8(line).map_err(|_| wrong())?.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let target = target(&it.issuer, line).ok_or_else(wrong)?;
        let entry = Entry::all_of(target, Reason::Operator);
        revoked.insert(entry).map_err(|_| fault(Why::TooMany))?;
    }
    Ok(())
}

fn target<'t>(issuer: &'t str, line: &'t str) -> Option<Target<'t>> {
    let (kind, name) = line.split_once(' ')?;
    let name = Some(name.trim()).filter(|it| !it.is_empty())?;
    Some(match kind {
        "jti" => Target::TokenId { issuer, id: name },
        "sid" => Target::Session { issuer, session: name },
        "sub" => Target::Subject { issuer, subject: name },
        "client" => Target::Client { issuer, client: name },
        "kid" => Target::Key { issuer, kid: name },
        _ => return None,
    })
}
