//! The configuration in force: every value with its text and where it came from.
//!
//! Reads    what the reader noted key by key, so that nothing can be in force and not be shown.
//! Writes   YAML that `bartizan check` accepts again, or JSON of the same shape.
//! Memory   one entry per key and per key of an item of a list, as many as the file can hold.

use serde_json::{Map, Value as Json, json};

use super::Accepted;
use super::keys::{Name, items_max};
use super::origin::Origin;
use super::shown::printable;

/// One key and what is in force for it.
#[derive(Clone, Debug)]
pub(super) struct Effective {
    pub(super) name: Name,
    /// Which item of a section that is a list, from 0; always 0 elsewhere.
    pub(super) item: usize,
    pub(super) value: Value,
    pub(super) origin: Origin,
}

/// A value as the file would hold it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Text(String),
    Number(u64),
    Truth(bool),
    List(Vec<String>),
    /// Nothing was written and nothing could be: what that means.
    Unset(&'static str),
}

impl Accepted {
    /// The configuration in force as a file; with `origins`, where each value came from.
    pub fn as_yaml(&self, origins: bool) -> String {
        let mut out = String::new();
        let mut before = ("", 0);
        for it in &self.effective {
            let here = (it.name.section, it.item);
            if here.0 != before.0 {
                out.push_str(&format!("{}:\n", here.0));
            }
            let starts_item = here != before;
            before = here;
            let indent = match (here.0, is_listed(it)) {
                ("", _) => "",
                (_, false) => "  ",
                (_, true) if starts_item => "  - ",
                (_, true) => "    ",
            };
            let origin = if origins { self.comment(it.origin) } else { String::new() };
            put(&mut out, indent, it, &origin);
        }
        out
    }

    /// The same for programs.
    pub fn as_json(&self, origins: bool) -> Json {
        let mut configuration = Map::new();
        let mut whence = Map::new();
        for it in self.effective.iter().filter(|it| !matches!(it.value, Value::Unset(_))) {
            whence.insert(it.path(), self.settings.describe(it.origin).into());
            if let Some(mapping) = mapping(&mut configuration, it) {
                mapping.insert(it.name.key.to_owned(), it.value.as_json());
            }
        }
        let mut whole = json!({
            "schema": "bartizan.config/v1",
            "file": self.settings.file,
            "configuration": configuration,
        });
        if origins && let Some(members) = whole.as_object_mut() {
            members.insert("origins".to_owned(), whence.into());
        }
        whole
    }

    /// Every key with its value and where it came from, for a page.
    pub fn rows(&self) -> Vec<Json> {
        let row = |it: &Effective| {
            json!({
                "section": it.name.section,
                "key": it.path(),
                "value": it.value.as_text(),
                "origin": self.settings.describe(it.origin),
                "says": it.name.says,
            })
        };
        self.effective.iter().map(row).collect()
    }

    fn comment(&self, origin: Origin) -> String {
        // A file's name may hold a line break, which would end the comment.
        let text: String = self.settings.describe(origin).chars().map(printable).collect();
        format!("  # {text}")
    }
}

impl Effective {
    fn path(&self) -> String {
        if is_listed(self) {
            format!("{}[{}].{}", self.name.section, self.item, self.name.key)
        } else {
            self.name.path()
        }
    }
}

impl Value {
    fn as_text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Truth(truth) => truth.to_string(),
            Self::List(items) => items.join(", "),
            Self::Unset(means) => (*means).to_owned(),
        }
    }

    fn as_json(&self) -> Json {
        match self {
            Self::Text(text) => json!(text),
            Self::Number(number) => json!(number),
            Self::Truth(truth) => json!(truth),
            Self::List(items) => json!(items),
            Self::Unset(_) => Json::Null,
        }
    }
}

/// Whether its section is a list of mappings.
fn is_listed(it: &Effective) -> bool {
    items_max(it.name.section).is_some()
}

fn put(out: &mut String, indent: &str, it: &Effective, origin: &str) {
    let key = it.name.key;
    let line = match &it.value {
        Value::Text(text) => format!("{key}: {}{origin}", scalar(text)),
        Value::Number(number) => format!("{key}: {number}{origin}"),
        Value::Truth(truth) => format!("{key}: {truth}{origin}"),
        Value::List(items) if items.is_empty() => format!("{key}: []{origin}"),
        Value::List(items) => {
            let items = items.iter().map(|it| format!("\n{indent}  - {}", scalar(it)));
            format!("{key}:{origin}{}", items.collect::<String>())
        }
        Value::Unset(meaning) => format!("# {key}: {meaning}"),
    };
    out.push_str(&format!("{indent}{line}\n"));
}

/// The mapping that a key belongs into.
fn mapping<'m>(
    top: &'m mut Map<String, Json>,
    it: &Effective,
) -> Option<&'m mut Map<String, Json>> {
    if it.name.section.is_empty() {
        return Some(top);
    }
    let section = top.entry(it.name.section);
    if !is_listed(it) {
        return section.or_insert_with(|| json!({})).as_object_mut();
    }
    let items = section.or_insert_with(|| json!([])).as_array_mut()?;
    while items.len() <= it.item {
        items.push(json!({}));
    }
    items.get_mut(it.item)?.as_object_mut()
}

/// A text as YAML: bare where every reader takes it for the same text, else quoted.
fn scalar(text: &str) -> String {
    if text.chars().any(|it| printable(it) != it) {
        return escaped(text);
    }
    if is_bare(text) { text.to_owned() } else { format!("'{}'", text.replace('\'', "''")) }
}

fn is_bare(text: &str) -> bool {
    let first = text.starts_with(|it: char| it.is_ascii_alphanumeric() || it == '/' || it == '.');
    let plain = |it: char| it.is_ascii_alphanumeric() || "./_-+$@=() ".contains(it);
    let is_word = !matches!(
        text.to_ascii_lowercase().as_str(),
        "true" | "false" | "null" | "yes" | "no" | "y" | "n" | "on" | "off"
    );
    // A colon is fine inside an address.
    let joined = text.chars().all(|it| plain(it) || it == ':')
        && !text.contains(": ")
        && !text.ends_with([':', ' ']);
    first && joined && is_word && !is_number_or_date(text)
}

/// To any reader: older ones know `1_000`, `0x1f`, `1:30` and days too.
fn is_number_or_date(text: &str) -> bool {
    let digits = text.starts_with(|it: char| it.is_ascii_digit())
        && text.chars().all(|it| it.is_ascii_digit() || "_-:".contains(it));
    digits || text.starts_with("0x") || text.parse::<f64>().is_ok()
}

fn escaped(text: &str) -> String {
    let mut out = String::from("\"");
    for it in text.chars() {
        match it {
            '"' | '\\' => out.extend(['\\', it]),
            it if printable(it) == it => out.push(it),
            it => out.push_str(&format!("\\U{:08x}", u32::from(it))),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, yaml: &str) {
        assert_eq!(scalar(text), yaml);
    }

    #[test]
    fn what_every_reader_takes_for_the_same_text_stays_bare() {
        for text in ["127.0.0.1:8080", "http://api:80", "./data", "32KiB", "observe"] {
            check(text, text);
        }
    }

    #[test]
    fn what_could_be_taken_for_something_else_is_quoted() {
        check("[::1]:80", "'[::1]:80'");
        check("::1", "'::1'");
        check("12", "'12'");
        check("off", "'off'");
        check("2027-01-31", "'2027-01-31'");
        check("1_000", "'1_000'");
        check("a: b", "'a: b'");
        check("a #b", "'a #b'");
        check("it's", "'it''s'");
        check("", "''");
        check(" a", "' a'");
    }

    #[test]
    fn what_moves_a_terminal_is_escaped() {
        check("a\n\"\u{1b}\\", r#""a\U0000000a\"\U0000001b\\""#);
    }
}
