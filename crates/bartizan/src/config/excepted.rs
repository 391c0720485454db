//! An exception that is not written in the file, read as if it were.

use super::clause::has_fields;
use super::day::Day;
use super::endpoint::Endpoint;
use super::fault::Fault;
use super::{clause, field, reason};
use bartizan_model::clause::{Exception, SetBy};

/// The exception that these words mean, with its endpoint as it was named.
///
/// # Errors
///
/// Which of them cannot be read, and why.
pub fn exception(
    clause: &str,
    endpoint: Option<&str>,
    field: Option<&str>,
    reason: &str,
    expires: &str,
) -> Result<(Exception, Option<Endpoint>), String> {
    let clause = clause::parse(clause).map_err(|it| said("clause", &it))?;
    let endpoint = endpoint.map(Endpoint::parse).transpose().map_err(|it| said("endpoint", &it))?;
    let place = field.map(field::parse).transpose().map_err(|it| said("field", &it))?;
    if place.is_some() && !has_fields(clause) {
        return Err(said("field", &Fault::NoFields { clause: clause.name() }));
    }
    let exception = Exception {
        clause,
        endpoint: endpoint.as_ref().map(Endpoint::id),
        place,
        reason: reason::parse(reason).map_err(|it| said("reason", &it))?,
        expires_us: Day::parse(expires).map_err(|it| said("expires", &it))?.end_unix_us(),
        set_by: SetBy::Operator,
    };
    Ok((exception, endpoint))
}

fn said(key: &str, fault: &Fault) -> String {
    match fault.help() {
        Some(help) => format!("{key}: {}; {help}", fault.title()),
        None => format!("{key}: {}", fault.title()),
    }
}
