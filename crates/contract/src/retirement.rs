//! Retirement on the wire: what answers of an endpoint say that is marked for it.
//!
//! Reads    marks, which people configure, and the fields that the API answered.
//! Writes   `Deprecation` and `Sunset`, in place of those of the API, and `Link` beside its own: clients are told one
//!          date, the one by which the plan counts.
//! Memory   nothing: the same arguments give the same announcement.
//! Misses   whether the API goes earlier than people say; a `Sunset` of the API stays where the mark has none.
//! Source   RFC 9745 (`Deprecation`, `rel="deprecation"`), RFC 8594 (`Sunset`, `rel="sunset"`), RFC 8288 (`Link`).

use bartizan_model::calendar::http_date;
use bartizan_model::head::{Added, Method, ResponseHead};
use bartizan_model::known::Known;
use bartizan_model::retirement::Retirement;
use std::sync::Arc;

const DEPRECATION: &str = "deprecation";
const SUNSET: &str = "sunset";

/// A mark, and what answers say of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retired {
    marked: Retirement,
    says: Arc<Added>,
}

impl Retired {
    /// Writes the fields once.
    pub fn new(marked: Retirement) -> Self {
        let Retirement { deprecated_s, sunset_s, link, .. } = &marked;
        let mut says: Vec<(&'static str, Box<str>)> =
            vec![(DEPRECATION, format!("@{deprecated_s}").into())];
        says.extend(sunset_s.map(|it| (SUNSET, http_date(it).into())));
        if let Some(link) = link {
            let mut relations = vec![DEPRECATION];
            relations.extend(sunset_s.map(|_| SUNSET));
            says.extend(
                relations.iter().map(|it| ("link", format!("<{link}>; rel=\"{it}\"").into())),
            );
        }
        Self { marked, says: says.into() }
    }
}

/// What is done with the head of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// Positions of fields that are left out, of the first 128, one bit each.
    pub left_out: u128,
    /// What is added.
    pub says: Arc<Added>,
}

/// Decides what the answer to a call of this method and path template says; of several marks the first that fits
/// counts.
pub fn announce(
    retired: &[Retired],
    method: Method,
    template: &str,
    head: &ResponseHead,
) -> Option<Announcement> {
    let it = retired.iter().find(|it| it.marked.fits(method, template))?;
    let is_said = |name: &[u8]| {
        it.says.iter().any(|(said, _)| {
            (*said == DEPRECATION || *said == SUNSET) && name.eq_ignore_ascii_case(said.as_bytes())
        })
    };
    let fields = head.fields.iter().take(128).enumerate();
    let left_out = fields
        .filter(|(_, (known, name, _))| *known == Known::Other && is_said(name))
        .fold(0, |bits, (at, _)| bits | 1 << at);
    Some(Announcement { left_out, says: Arc::clone(&it.says) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use bartizan_model::head::{Framing, HeadWriter};
    use bartizan_model::retirement::Template;

    fn marked(sunset_s: Option<u64>, link: Option<&str>) -> Retired {
        Retired::new(Retirement {
            api: "shop".into(),
            method: None,
            path: Template::new("/v1/orders/{id}"),
            deprecated_s: 1_688_169_599,
            sunset_s,
            link: link.map(Into::into),
        })
    }

    /// What a client is told of an answer that had these fields.
    #[track_caller]
    fn check(retired: &Retired, answered: &[(&str, &str)], expected: &[(&str, &str)]) {
        let mut head = HeadWriter::new();
        for (name, value) in answered {
            head.field(name.as_bytes(), value.as_bytes());
        }
        let mut head = head.response(200, Framing::None);
        let all = std::slice::from_ref(retired);
        let it = announce(all, Method::Get, "/v1/orders/{int}", &head).unwrap();
        head.leave_out(it.left_out);
        head.add(&it.says);
        let text = |it: &[u8]| String::from_utf8_lossy(it).into_owned();
        let of_api = head.passed_on().map(|(_, name, value)| (text(name), text(value)));
        let ours = head.added().map(|it| (it.0.to_owned(), it.1.to_string()));
        let found: Vec<_> = of_api.chain(ours).collect();
        let found: Vec<_> = found.iter().map(|it| (it.0.as_str(), it.1.as_str())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_marked_says_so() {
        check(&marked(None, None), &[], &[("deprecation", "@1688169599")]);
        check(
            &marked(Some(1_801_439_999), Some("https://a.example/v2")),
            &[("X-A", "1")],
            &[
                ("X-A", "1"),
                ("deprecation", "@1688169599"),
                ("sunset", "Sun, 31 Jan 2027 23:59:59 GMT"),
                ("link", "<https://a.example/v2>; rel=\"deprecation\""),
                ("link", "<https://a.example/v2>; rel=\"sunset\""),
            ],
        );
    }

    #[test]
    fn clients_are_told_one_date() {
        let of_api = [("Deprecation", "@1"), ("SUNSET", "never"), ("Link", "</>; rel=\"up\"")];
        check(
            &marked(Some(0), None),
            &of_api,
            &[
                ("Link", "</>; rel=\"up\""),
                ("deprecation", "@1688169599"),
                ("sunset", "Thu, 01 Jan 1970 00:00:00 GMT"),
            ],
        );
        let link = ("Link", "</>; rel=\"up\"");
        check(
            &marked(None, None),
            &of_api,
            &[("SUNSET", "never"), link, ("deprecation", "@1688169599")],
        );
    }

    #[test]
    fn what_is_not_marked_is_left_alone() {
        let head = HeadWriter::new().response(200, Framing::None);
        let retired = [marked(None, None)];
        assert_eq!(announce(&retired, Method::Get, "/v2/orders/{int}", &head), None);
        assert_eq!(announce(&[], Method::Get, "/v1/orders/{int}", &head), None);
    }
}
