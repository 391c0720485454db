//! What is read of APIs: the lists `apis` and `retire`.

use super::fault::{Fault, TemplateFault};
use super::keys::api as key;
use super::keys::{APIS, RETIRE};
use super::path;
use super::problem::Place;
use super::reader::{Read, Reader, Scope};
use super::settings::{Api, Routing};
use bartizan_model::profile::{Profile, Tenant};
use bartizan_model::retirement::{Retirement, Template};
use std::sync::Arc;

/// Characters of an owner or a team at most.
pub(super) const LINE_CHARS_MAX: usize = 120;
/// Characters of the name of an API at most: a host has no more.
const NAME_CHARS_MAX: usize = 253;
/// Characters of a link at most.
const LINK_CHARS_MAX: usize = 500;
/// Characters of a path that is marked at most: what is longer is not told apart by those who learn.
const TEMPLATE_CHARS_MAX: usize = 180;
/// Bytes of the name of a claim, and of its value, at most.
const CLAIM_BYTES_MAX: usize = 128;
/// Bytes of the name of a field at most.
const FIELD_BYTES_MAX: usize = 64;
/// Segments of a path that is marked at most.
const SEGMENTS_MAX: usize = 15;
/// Methods that may be marked.
pub(super) const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

pub(super) fn read(
    reader: &mut Reader<'_>,
    top: &Scope<'_>,
    routes: &[Routing],
) -> (Vec<Api>, Vec<Retirement>) {
    let routes: Vec<&str> = routes.iter().map(|it| &*it.route.name).collect();
    let mut names: Vec<Read<Arc<str>>> = Vec::new();
    let apis = reader.mappings(top, APIS, |reader, scope, _| {
        let name = reader.word(scope, &key::NAME_OF_API, None);
        if let Some(name) = &name {
            named_twice(reader, name, &names);
            if !routes.contains(&&*name.value)
                && let Some(fault) = Fault::no_such_route(&name.value, &routes)
            {
                reader.report(name.place, fault);
            }
            names.push(name.clone());
        }
        one(reader, scope, name)
    });
    let retirements =
        reader.mappings(top, RETIRE, |reader, scope, _| retired(reader, scope, &names));
    (apis.into_iter().flatten().collect(), retirements.into_iter().flatten().collect())
}

fn named_twice(reader: &mut Reader<'_>, name: &Read<Arc<str>>, names: &[Read<Arc<str>>]) {
    if let Some(first) = names.iter().find(|it| it.value == name.value) {
        let first_line = match first.place {
            Place::At(span) => Some(span.line),
            Place::File | Place::Environment(_) | Place::Flag(_) | Place::Default => None,
        };
        let fault = Fault::NameTwice { name: name.value.to_string(), first_line };
        reader.report(name.place, fault);
    }
}

fn one(reader: &mut Reader<'_>, scope: &Scope<'_>, name: Option<Read<Arc<str>>>) -> Option<Api> {
    let owner = reader.word(scope, &key::OWNER, None).map(|it| it.value);
    let team = reader.word(scope, &key::TEAM, None).map(|it| it.value);
    let tags = reader.items(scope, &key::TAGS, &[]);
    let audience = reader.word(scope, &key::AUDIENCE, None).map(|it| it.value);
    let subjects = reader.word(scope, &key::SUBJECT_KIND, None).map(|it| it.value);
    let tenant = reader.word(scope, &key::TENANT, None).map(|it| it.value);
    let environment = reader.word(scope, &key::ENVIRONMENT, None);
    let environment = environment.map(|it| Box::from(&*it.value));
    let on_behalf_of = reader.word(scope, &key::ON_BEHALF_OF, None).map(|it| it.value);
    let see_to_others = reader.items(scope, &key::SEE_TO_OTHERS, &[]);
    // An empty list says that nothing is owed; no list says nothing.
    let baseline = match scope.get(key::BASELINE.name.key) {
        Some(_) => Some(reader.items(scope, &key::BASELINE, &[])),
        None => {
            reader.unset(key::BASELINE.name, "as `audience` says");
            None
        }
    };
    let profile = Profile { audience, subjects, tenant, environment };
    Some(Api {
        name: name?.value,
        owner,
        team,
        tags,
        profile,
        on_behalf_of,
        see_to_others,
        baseline,
    })
}

fn retired(
    reader: &mut Reader<'_>,
    scope: &Scope<'_>,
    names: &[Read<Arc<str>>],
) -> Option<Retirement> {
    let api = reader.word(scope, &key::API, None);
    let path = reader.word(scope, &key::PATH, None);
    let method = reader.word(scope, &key::METHOD, None);
    let deprecated = reader.word(scope, &key::DEPRECATED, None);
    let sunset = reader.word(scope, &key::SUNSET, None);
    let link = reader.word(scope, &key::LINK, None);
    if let Some(api) = &api
        && !names.iter().any(|it| it.value == api.value)
    {
        let names: Vec<&str> = names.iter().map(|it| &*it.value).collect();
        reader.report(api.place, Fault::unknown_api(&api.value, &names));
    }
    // RFC 9745 section 4: what goes was deprecated before.
    if let (Some(deprecated), Some(sunset)) = (&deprecated, &sunset)
        && deprecated.value > sunset.value
    {
        let fault = Fault::Exceeds {
            key: key::DEPRECATED.name.path(),
            over: key::SUNSET.name.path(),
            other: key::SUNSET.name.path(),
            other_value: sunset.value.to_string(),
        };
        reader.report(deprecated.place, fault);
    }
    Some(Retirement {
        api: api?.value,
        method: method.map(|it| it.value),
        path: path?.value,
        deprecated_s: deprecated?.value.begin_unix_s(),
        sunset_s: sunset.map(|it| it.value.end_unix_s().saturating_sub(1)),
        link: link.map(|it| it.value.into()),
    })
}

pub(super) fn name(text: &str) -> Result<Arc<str>, Fault> {
    let is_one =
        (1..=NAME_CHARS_MAX).contains(&text.len()) && text.bytes().all(|it| it.is_ascii_graphic());
    is_one.then(|| text.into()).ok_or_else(|| Fault::NotAnApi { given: text.to_owned() })
}

/// A line of text, without white space around it.
pub(super) fn line(text: &str) -> Result<String, Fault> {
    let text = text.trim();
    let is_one =
        (1..=LINE_CHARS_MAX).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    is_one.then(|| text.to_owned()).ok_or(Fault::NotOneLine { chars_max: LINE_CHARS_MAX })
}

pub(super) fn tenant(text: &str) -> Result<Tenant, Fault> {
    text.parse().map_err(|_| Fault::NotATenant { given: text.to_owned() })
}

/// A claim that tokens have, as `role=support`. The value is behind the first sign of equality.
pub(super) fn claim(text: &str) -> Result<(Box<str>, Box<str>), Fault> {
    let parts = text.split_once('=').map(|(name, value)| (name.trim(), value.trim()));
    let fits =
        |it: &str| (1..=CLAIM_BYTES_MAX).contains(&it.len()) && !it.chars().any(char::is_control);
    match parts.filter(|(name, value)| fits(name) && fits(value)) {
        Some((name, value)) => Ok((name.into(), value.into())),
        None => Err(Fault::NotAClaim { given: text.to_owned() }),
    }
}

/// The name of a field of requests.
pub(super) fn field(text: &str) -> Result<Box<str>, Fault> {
    let is_part = |it: u8| it.is_ascii_alphanumeric() || it == b'-' || it == b'_';
    let is_one = (1..=FIELD_BYTES_MAX).contains(&text.len()) && text.bytes().all(is_part);
    is_one.then(|| text.into()).ok_or_else(|| Fault::NotAFieldName { given: text.to_owned() })
}

/// A path that calls are held against as they are recorded: what a template of traffic does not say cannot be marked.
pub(super) fn template(text: &str) -> Result<Template, Fault> {
    let fault = |why| Fault::NotATemplate { given: text.to_owned(), why };
    let template = Template::new(text);
    let plain: String = template.segments().map(|it| format!("/{}", it.unwrap_or("x"))).collect();
    match path::of_route(if text.starts_with('/') { &plain } else { text }) {
        Ok(_) => {}
        Err(Fault::NotAPath { why, .. }) => return Err(fault(TemplateFault::Path(why))),
        Err(other) => return Err(other),
    }
    if text.len() > TEMPLATE_CHARS_MAX || template.segments().count() > SEGMENTS_MAX {
        return Err(fault(TemplateFault::Long));
    }
    let mut seen = String::new();
    bartizan_learn::template::template(plain.as_bytes(), &mut seen);
    let mut seen = seen.split('/').skip(1);
    for segment in template.segments() {
        let is_told = seen.next();
        if let Some(literal) = segment
            && is_told != Some(literal)
        {
            return Err(fault(TemplateFault::Value(literal.to_owned())));
        }
    }
    Ok(template)
}

pub(super) fn link(text: &str) -> Result<String, Fault> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    // It stands between `<` and `>` in a field.
    let is_part = |it: u8| it.is_ascii_graphic() && !b"<>\"\\^`{|}".contains(&it);
    let is_one = text.len() <= LINK_CHARS_MAX
        && rest.is_some_and(|it| !it.starts_with('/') && !it.is_empty())
        && text.bytes().all(is_part);
    is_one.then(|| text.to_owned()).ok_or_else(|| Fault::NotALink { given: text.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&TemplateFault>) {
        let found = match template(text) {
            Ok(it) => {
                assert_eq!(it.as_str(), text);
                None
            }
            Err(Fault::NotATemplate { why, .. }) => Some(why),
            Err(other) => panic!("{other:?}"),
        };
        assert_eq!(found.as_ref(), expected, "{text}");
    }

    #[test]
    fn what_traffic_tells_apart_can_be_marked() {
        for text in ["/", "/v1/orders/{id}", "/2.0/a", "/{tenant}/x", "/rest/api/3/issue/{id}"] {
            check(text, None);
        }
        check("/orders/17", Some(&TemplateFault::Value("17".to_owned())));
        let id = "4f0c1b9e-8a7d-4c3b-9e8a-7d4c3b4f0c1b";
        check(&format!("/orders/{id}"), Some(&TemplateFault::Value(id.to_owned())));
        check(&"/a".repeat(16), Some(&TemplateFault::Long));
        check(&"/a".repeat(15), None);
        for text in ["orders", "/a//b", "/a/../b", "/a?b", "/a/", "/a{id}", "/%61"] {
            assert!(template(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_link_is_fit_for_a_field() {
        for text in ["https://a.example/v2?x=1#y", "http://a"] {
            assert_eq!(link(text).as_deref(), Ok(text));
        }
        let long = format!("https://{}", "x".repeat(LINK_CHARS_MAX));
        for text in [
            "",
            "https://",
            "https:///x",
            "ftp://a",
            "https://a>; rel=\"x",
            "https://a b",
            "https://a\r\nx",
            &long,
        ] {
            assert!(link(text).is_err(), "{text}");
        }
    }

    #[test]
    fn an_owner_is_a_line() {
        assert_eq!(line(" Mara Lind ").as_deref(), Ok("Mara Lind"));
        assert!(line(&"ä".repeat(LINE_CHARS_MAX)).is_ok());
        for text in ["", " ", "a\nb", "\u{1b}[1m", &"ä".repeat(LINE_CHARS_MAX + 1)] {
            assert!(line(text).is_err(), "{text:?}");
        }
    }
}
