//! Names of variables, such as `{orderId}`.
//!
//! Reads    the words before a variable, the fields of answers that held its values, and the words that its values
//!          stood behind nearer to the root.
//! Misses   names that none of them tells.

use super::handed::is_kind;
use super::node::Variable;
use super::words::{is_version, singular};
use std::collections::BTreeMap;

/// Fields that are called so in every object.
const HANDLES: &[&str] = &[
    "id", "_id", "uid", "uuid", "guid", "gid", "key", "name", "slug", "code", "login", "username",
    "handle", "number", "value", "title", "label", "ref", "sha", "hash", "url", "href", "path",
    "email", "$",
];

/// Those that say nothing of what the value is.
const SILENT: &[&str] = &[
    "id",
    "_id",
    "uid",
    "uuid",
    "guid",
    "gid",
    "sid",
    "key",
    "name",
    "slug",
    "code",
    "number",
    "value",
    "values",
    "title",
    "label",
    "description",
    "url",
    "href",
    "link",
    "self",
    "items",
    "data",
    "identifier",
    "login",
    "handle",
];

/// Names of fields that are compared; the fields of one variable are few.
const NAMES_COMPARED: usize = 16;

/// The name of the `nth` of `run` variables in a row behind the word `before`.
pub(super) fn name(variable: &Variable, before: Option<&str>, nth: usize, run: usize) -> String {
    let is_last = nth + 1 == run;
    let is_word = variable.holds_words() && !is_id(variable);
    if let Some(name) = variable.echoes.name(share(variable)) {
        return camel(name);
    }
    if let Some(name) = variable.looks.name(&variable.kinds) {
        return camel(name);
    }
    if let Some(name) =
        everywhere(variable).filter(|it| !before.is_some_and(|of| is_one_of(it, of)))
    {
        return camel(name);
    }
    if let Some(home) = variable.home() {
        return object(home, is_word);
    }
    let of_word = before.filter(|it| !is_version(it)).map(|it| object(it, is_word));
    match (is_last, of_word) {
        (true, Some(word)) => word,
        (false, Some(word)) if nth == 0 => told(variable).unwrap_or(format!("{word}Parent")),
        (_, _) => told(variable).unwrap_or("id".to_owned()),
    }
}

/// One of how many exchanges must call it so. Small numbers stand everywhere.
fn share(variable: &Variable) -> u32 {
    let all: u64 = variable.kinds.values().sum();
    let numbers = variable.kinds.get("int").copied().unwrap_or(0);
    if numbers * 2 > all { 4 } else { 10 }
}

/// What a field calls the value that it holds: `campaign_id` of `$.campaign_id`. `id` says nothing that the path does
/// not.
pub(super) fn of_field(path: &str) -> Option<&str> {
    let last = last_step(path);
    let bare = bare(last);
    let is_silent = bare.is_empty()
        || SILENT.iter().any(|it| it.eq_ignore_ascii_case(bare))
        || is_kind(last)
        || !last.bytes().any(|it| it.is_ascii_alphabetic());
    (!is_silent).then_some(last)
}

/// The name of a field, without what it is in.
pub(super) fn last_step(path: &str) -> &str {
    let last = path.rsplit_once('.').map_or(path, |it| it.1);
    last.trim_start_matches('$').trim_end_matches("[*]")
}

/// Whether the name is what the word tells already: `default_branch` is one of the `branches`.
fn is_one_of(name: &str, word: &str) -> bool {
    let plain = |it: &str| {
        let letters = it.chars().filter(char::is_ascii_alphanumeric);
        letters.map(|it| it.to_ascii_lowercase()).collect::<String>()
    };
    plain(bare(name)).ends_with(&plain(&singular(word)))
}

/// What nearly all fields that held its values call it, whatever the words before them.
fn everywhere(variable: &Variable) -> Option<&str> {
    let all: u64 = variable.handed_out.values().sum();
    let mut names: [(&str, u64); NAMES_COMPARED] = [("", 0); NAMES_COMPARED];
    for (field, count) in &variable.handed_out {
        let last = last_step(field);
        if let Some(it) = names.iter_mut().find(|it| it.1 == 0 || it.0 == last) {
            *it = (last, it.1 + count);
        }
    }
    let (name, most) = names.into_iter().max_by_key(|it| it.1)?;
    let is_told =
        most >= 5 && most * 5 >= all * 4 && most * 8 >= u64::from(variable.echoes.looked());
    of_field(name).filter(|_| is_told)
}

/// What most fields that held its values call it.
fn told(variable: &Variable) -> Option<String> {
    let mut words: BTreeMap<&str, u64> = BTreeMap::new();
    for (field, count) in &variable.handed_out {
        if let Some(word) = told_by(field) {
            *words.entry(word).or_default() += count;
        }
    }
    words.into_iter().max_by_key(|it| it.1).map(|it| camel(&singular(it.0)))
}

/// Whether most fields that held its values hold what the application made, and not what a person chose.
fn is_id(variable: &Variable) -> bool {
    let (mut ids, mut names) = (0, 0);
    for (field, count) in &variable.handed_out {
        let last = field.rsplit('.').next().unwrap_or(field).trim_end_matches("[*]");
        let is_id = matches!(last, "id" | "_id" | "user_id" | "userId");
        *(if is_id { &mut ids } else { &mut names }) += count;
    }
    ids > names
}

/// What a field that holds an identifier is the identifier of.
fn told_by(path: &str) -> Option<&str> {
    let mut steps = path
        .trim_start_matches('$')
        .split('.')
        .map(|it| it.trim_end_matches("[*]"))
        .filter(|it| !it.is_empty())
        .rev();
    let bare = bare(steps.next()?);
    let is_handle = || HANDLES.iter().any(|it| it.eq_ignore_ascii_case(bare));
    if bare.is_empty() || is_handle() { steps.next() } else { Some(bare) }
}

/// `customer_id` and `customerId` are of a `customer`.
fn bare(field: &str) -> &str {
    let field = field.strip_prefix("id_").filter(|it| !it.is_empty()).unwrap_or(field);
    for end in ["_id", "Id", "ID", "_uuid", "_key", "_name", "_slug", "_login"] {
        if let Some(it) = field.strip_suffix(end).filter(|it| !it.is_empty()) {
            return it;
        }
    }
    field
}

/// What is one of many; people who are told by a word are told by the name that they chose.
fn object(word: &str, holds_words: bool) -> String {
    if holds_words && matches!(word, "users" | "user") {
        return "username".to_owned();
    }
    let word = without_version(word.trim_start_matches(['@', '$', '_', '-']));
    let parts = word.split(|it: char| !it.is_ascii_alphanumeric()).filter(|it| !it.is_empty());
    // `roles-by-id` are roles.
    let parts: Vec<&str> =
        parts.enumerate().take_while(|(at, it)| *at == 0 || *it != "by").map(|it| it.1).collect();
    let Some((last, rest)) = parts.split_last() else { return "id".to_owned() };
    let mut out = rest.concat_camel();
    out.push_str(&if rest.is_empty() { singular(last) } else { capital(&singular(last)) });
    out.push_str("Id");
    let mut letters = out.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_ascii_lowercase().to_string() + letters.as_str())
}

/// `projectsV2` are projects.
fn without_version(word: &str) -> &str {
    let plain = word.trim_end_matches(|it: char| it.is_ascii_digit());
    let is_version = plain.len() < word.len() && plain.len() > 2;
    plain.strip_suffix('V').filter(|_| is_version).unwrap_or(word)
}

trait ConcatCamel {
    fn concat_camel(&self) -> String;
}

impl ConcatCamel for [&str] {
    fn concat_camel(&self) -> String {
        self.iter()
            .enumerate()
            .map(|(n, it)| if n == 0 { (*it).to_owned() } else { capital(it) })
            .collect()
    }
}

fn camel(word: &str) -> String {
    let parts: Vec<&str> =
        word.split(|it: char| !it.is_ascii_alphanumeric()).filter(|it| !it.is_empty()).collect();
    if parts.is_empty() { "id".to_owned() } else { parts.as_slice().concat_camel() }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(fields: &[&str]) -> Variable {
        let handed_out = fields.iter().map(|it| ((*it).into(), 1)).collect();
        Variable { handed_out, ..Variable::default() }
    }

    #[test]
    fn a_name_is_of_the_word_before_or_of_a_field() {
        assert_eq!(name(&of(&[]), Some("orders"), 0, 1), "orderId");
        assert_eq!(name(&of(&[]), Some("projectsV2"), 0, 1), "projectId");
        assert_eq!(name(&of(&[]), Some("V2"), 0, 1), "v2Id");
        assert_eq!(name(&of(&[]), Some("users"), 0, 1), "userId");
        let mut words = of(&[]);
        words.kinds.extend([("word".into(), 1), ("text".into(), 2)]);
        assert_eq!(name(&words, Some("users"), 0, 1), "username");
        words.handed_out.insert("$.id".into(), 1);
        assert_eq!(name(&words, Some("users"), 0, 1), "userId");
        words.handed_out.insert("$[*].login".into(), 1);
        assert_eq!(name(&words, Some("users"), 0, 1), "username");
        assert_eq!(name(&of(&[]), Some("roles-by-id"), 0, 1), "roleId");
        assert_eq!(name(&of(&[]), Some("v1"), 0, 1), "id");
        assert_eq!(name(&of(&["$.account_slug"]), Some("v1"), 0, 1), "account");
        assert_eq!(name(&of(&["$.id"]), Some("line_items"), 0, 1), "lineItemId");
        assert_eq!(name(&of(&["$.owner.login"]), Some("repos"), 0, 2), "owner");
        assert_eq!(name(&of(&["$.name"]), Some("repos"), 1, 2), "repoId");
        assert_eq!(name(&of(&["$.customer_id"]), None, 0, 1), "customer");
        assert_eq!(name(&of(&[]), None, 0, 1), "id");
    }

    #[test]
    fn what_nearly_all_answers_call_a_value_goes_before_the_word() {
        let mut it = of(&["$.campaign_id"]);
        it.handed_out.insert("$.items[*].campaign_id".into(), 8);
        assert_eq!(name(&it, Some("reports"), 0, 1), "campaignId");
        // What is one of the branches is called so whatever its part is.
        it.handed_out = [("$.default_branch".into(), 9)].into();
        assert_eq!(name(&it, Some("branches"), 0, 1), "branchId");
        it.handed_out = [("$.owner_id".into(), 9), ("$[*].id".into(), 9)].into();
        assert_eq!(name(&it, Some("users"), 0, 1), "userId");
        it.handed_out = [("$.campaign_id".into(), 4)].into();
        assert_eq!(name(&it, Some("reports"), 0, 1), "reportId");
    }

    #[test]
    fn fields_that_say_nothing_name_nothing() {
        assert_eq!(of_field("$.items[*].campaign_id"), Some("campaign_id"));
        assert_eq!(of_field("$[*].year"), Some("year"));
        for path in ["$", "$.id", "$.data.id", "$.name", "$.type", "$.user_id.status"] {
            assert_eq!(of_field(path), None, "{path}");
        }
    }
}
