//! Conditions of document stores in a value or name.
//!
//! MongoDB reads names that begin with `$` as operators, and lets JavaScript decide in `$where`.
//! Interfaces that offer filters to their clients use the same operators, so an operator alone is
//! likely at most; on a credential, or with an operand that every document meets, nobody needs it.
//!
//! Reads    names whole; `TEXT_BYTES_MAX` bytes of values.
//! Memory   none.
//! Misses   conditions that are meant for other places (`1`, `true`); operators with other marks
//!          than `$`; commands in protocols of stores that are encoded.
//! Source   CWE-943; reference of MongoDB's query operators; Redis serialisation protocol.

use super::caseless::{contains_bytes, find, starts};
use super::marks::Marks;
use super::part::{from, head};
use super::sign::{Input, Signs, signs};

signs! {
    CREDENTIAL = 0, "credential", Certain;
    RUNS = 1, "runs", Certain;
    OUT_OF_STRING = 2, "out-of-string", Certain;
    OUT_OF_NUMBER = 3, "out-of-number", Certain;
    ALWAYS = 4, "always", Certain;
    OUT_OF_OBJECT = 5, "out-of-object", Certain;
    COMMAND = 6, "command", Certain;
    SCRIPT = 7, "script", Certain;
    NAME = 8, "name", Likely;
    OBJECT = 9, "object", Likely;
    SHELL = 10, "shell", Likely;
    OPERATOR = 11, "operator", Hint;
    TAUTOLOGY = 12, "tautology", Hint;
    SHELL_WRITES = 13, "shell-writes", Likely;
    OPERATOR_ALONE = 14, "operator-alone", Likely;
}

/// Bytes that are read.
const TEXT_BYTES_MAX: usize = 2 * 1024;

/// Longest value that is taken for nothing but a condition.
const SHORT_BYTES_MAX: usize = 256;

/// Places that are looked at.
const PLACES_MAX: usize = 64;

/// One of them stands in every condition.
pub(super) const NEEDED: Marks = Marks::DOLLAR
    .and(Marks::QUOTE)
    .and(Marks::DOUBLE_QUOTE)
    .and(Marks::PIPE)
    .and(Marks::AMPERSAND)
    .and(Marks::SEMICOLON)
    .and(Marks::LINE)
    .and(Marks::PARENTHESIS);

pub(super) fn look(input: &Input<'_>) -> Signs {
    let mut signs = Signs::default();
    let marks = input.marks;
    let text = head(input.text, TEXT_BYTES_MAX).trim_ascii();
    if marks.has(Marks::DOLLAR.and(Marks::LETTER)) {
        if input.is_name {
            look_at_name(text, &mut signs);
        } else {
            look_at_operators(text, &mut signs);
        }
    }
    if input.is_name {
        return signs;
    }
    if marks.has_any(Marks::QUOTE.and(Marks::DOUBLE_QUOTE))
        && marks.has_any(Marks::PIPE.and(Marks::AMPERSAND).and(Marks::SEMICOLON))
    {
        out_of_string(text, &mut signs);
    }
    if marks.has(Marks::SEMICOLON.and(Marks::LETTER)) {
        signs.note(OUT_OF_NUMBER, out_of_number(text));
    }
    if let [b'|', b'|', code @ ..] | [b'&', b'&', code @ ..] = text {
        signs.note(OUT_OF_NUMBER, text.len() <= 32 && has_double_equals(code));
    }
    if marks.has(Marks::LINE.and(Marks::LETTER)) {
        signs.note(COMMAND, has_command(text));
    }
    if marks.has(Marks::DOT.and(Marks::PARENTHESIS)) && text.len() <= SHORT_BYTES_MAX {
        const CALLS: &[&[u8]] = &[
            b".find(",
            b".insert(",
            b".drop(",
            b".remove(",
            b".update(",
            b".insertone(",
            b".findone(",
            b".getcollectionnames(",
        ];
        let is_shell = starts(text, b"db.") && contains_bytes(text, CALLS);
        signs.note(SHELL, is_shell);
        const WRITES: &[&[u8]] = &[b".insert", b".drop", b".remove(", b".update", b"mapreduce("];
        let ends = matches!(text.last(), Some(b';' | b')' | b'}' | b'1'));
        signs.note(
            SHELL_WRITES,
            is_shell && ends && contains_bytes(text, WRITES) && !text.contains(&b'\n'),
        );
        const MATCHES: &[&[u8]] =
            &[b"this.password", b"this.username", b"this.passwd", b"tojsononeline("];
        let looks = find(text, b"this.").is_some() || find(text, b"tojsononeline").is_some();
        signs.note(
            SHELL,
            looks
                && contains_bytes(text, MATCHES)
                && contains_bytes(text, &[b".match(", b"==", b".test("]),
        );
    }
    if marks.has(Marks::DOUBLE_QUOTE.and(Marks::BRACE)) && text.starts_with(b"{") {
        let is_query = contains_bytes(text, &[b"script_fields", b"\"script\""]);
        signs.note(
            SCRIPT,
            is_query
                && contains_bytes(
                    text,
                    &[b"java.lang.runtime", b"getruntime", b"java.lang.math", b"processbuilder"],
                ),
        );
    }
    signs
}

/// `user[$ne]`, `$gt`.
fn look_at_name(name: &[u8], signs: &mut Signs) {
    let Some(at) = memchr::memchr(b'$', name) else { return };
    let before = head(name, at);
    let Some((operator, after)) = operator(from(name, at + 1)) else { return };
    let is_bracketed = before.last() == Some(&b'[') && after.first() == Some(&b']');
    let is_whole = before.is_empty() && after.is_empty();
    if !is_bracketed && !is_whole && before.last() != Some(&b'.') {
        return;
    }
    signs.note(NAME, true);
    signs.note(CREDENTIAL, is_bracketed && names_credential(before));
    signs.note(RUNS, RUNNING.iter().any(|it| operator.eq_ignore_ascii_case(it)));
}

fn look_at_operators(text: &[u8], signs: &mut Signs) {
    let is_short = text.len() <= SHORT_BYTES_MAX;
    let is_object = matches!(text.first(), Some(b'{' | b'['));
    for at in memchr::memchr_iter(b'$', text).take(PLACES_MAX) {
        let Some((operator, after)) = operator(from(text, at + 1)) else { continue };
        let before = head(text, at);
        let quoted = matches!(before.last(), Some(b'"' | b'\''));
        let after = if quoted {
            after.strip_prefix(b"\"").or_else(|| after.strip_prefix(b"'")).unwrap_or(after)
        } else {
            after
        };
        let operand = after.trim_ascii_start();
        let runs = RUNNING.iter().any(|it| operator.eq_ignore_ascii_case(it));
        if before.last() == Some(&b'[') && operand.starts_with(b"]") {
            let is_assigned = from(operand, 1).starts_with(b"=");
            signs.note(OPERATOR, true);
            signs.note(NAME, is_short && is_assigned);
            signs.note(CREDENTIAL, is_short && is_assigned && names_credential(before));
            continue;
        }
        let Some(operand) = operand.strip_prefix(b":") else { continue };
        let operand = operand.trim_ascii_start();
        signs.note(OPERATOR, true);
        signs.note(OBJECT, is_short && is_object);
        let lead = before.trim_ascii_end();
        let lead = lead
            .strip_suffix(b"\"")
            .or_else(|| lead.strip_suffix(b"'"))
            .unwrap_or(lead)
            .trim_ascii_end();
        let is_first = lead.ends_with(b"{");
        let named = lead.strip_suffix(b"{").unwrap_or(lead);
        // The whole value is a condition on a field that it does not name.
        signs.note(OPERATOR_ALONE, is_short && is_first && named.trim_ascii().is_empty());
        signs.note(ALWAYS, is_short && is_object && is_first && is_met_by_all(operator, operand));
        signs.note(CREDENTIAL, is_short && is_object && names_credential(named));
        signs.note(RUNS, is_short && runs && (is_object || at <= 3));
        let breaks =
            matches!(text.first(), Some(b'\'' | b'"' | b',' | b'0'..=b'9' | b'}' | b't' | b'f'))
                && lead.len() <= 8
                && lead.ends_with(b",");
        signs.note(OUT_OF_OBJECT, is_short && breaks);
    }
}

/// An operator's name behind its `$`, and what follows it.
fn operator(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let length = text.iter().take(24).take_while(|it| it.is_ascii_alphabetic()).count();
    let (name, after) = text.split_at_checked(length)?;
    OPERATORS.iter().chain(RUNNING).any(|it| name.eq_ignore_ascii_case(it)).then_some((name, after))
}

/// The last name before an operator is that of a credential.
fn names_credential(before: &[u8]) -> bool {
    const NAMES: &[&[u8]] =
        &[b"pass", b"pwd", b"user", b"login", b"token", b"secret", b"otp", b"pin"];
    let tail = from(before, before.len().saturating_sub(24));
    let name = tail
        .rsplit(|it| matches!(it, b'{' | b',' | b'?' | b'&'))
        .find(|it| !it.trim_ascii().is_empty())
        .unwrap_or_default();
    let word = name
        .trim_ascii()
        .iter()
        .position(|it| it.is_ascii_alphabetic())
        .map_or(&[][..], |at| from(name.trim_ascii(), at));
    NAMES.iter().any(|it| starts(word, it))
}

/// `$gt: ""`, `$ne: undefined`, `$regex: ".*"`.
fn is_met_by_all(operator: &[u8], operand: &[u8]) -> bool {
    let is = |names: &[&[u8]]| names.iter().any(|it| operator.eq_ignore_ascii_case(it));
    let is_empty =
        starts(operand, b"\"\"") || starts(operand, b"''") || starts(operand, b"undefined");
    let is_any =
        [&b"\".*\""[..], b"'.*'", b"\"^.*", b"\".{"].iter().any(|it| operand.starts_with(it));
    is(&[b"gt", b"gte", b"ne"]) && is_empty
        || is(&[b"gt", b"gte"]) && starts(operand, b"null")
        || is(&[b"regex"]) && is_any
}

/// `'||'1'=='1`, `'; return true; var x='`, `' && this.password.match(/.*/)//`.
fn out_of_string(text: &[u8], signs: &mut Signs) {
    let Some(at) = text.iter().take(64).position(|it| matches!(it, b'\'' | b'"')) else { return };
    let lead = head(text, at);
    if lead.iter().any(|it| matches!(it, b'(' | b'=' | b'[' | b'{' | b',' | b' ')) {
        return;
    }
    let code = from(text, at + 1).trim_ascii_start();
    let code = code.trim_ascii_start();
    let mut code = code;
    while let [b')' | b'}' | b']', rest @ ..] = code {
        code = rest.trim_ascii_start();
    }
    let (is_statement, code) = match code {
        [b'|', b'|', rest @ ..] | [b'&', b'&', rest @ ..] => (false, rest.trim_ascii_start()),
        [b';', rest @ ..] => (true, rest.trim_ascii_start()),
        _ => return,
    };
    let is_script = is_condition(code) || is_statement && is_statement_of_script(code);
    signs.note(OUT_OF_STRING, is_script && code.len() <= SHORT_BYTES_MAX);
    signs.note(TAUTOLOGY, code.starts_with(b"1") || code.starts_with(b"'"));
}

/// A comparison as only JavaScript writes it, or a look at the document itself.
fn is_condition(code: &[u8]) -> bool {
    starts(code, b"this.")
        || has_double_equals(head(code, 24))
        || starts(code, b"true//")
        || starts(code, b"db.")
}

fn has_double_equals(text: &[u8]) -> bool {
    let operand = |it: &[u8]| {
        let it = it.trim_ascii();
        let it = it.trim_ascii_start();
        it.iter()
            .take(12)
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'\'' | b'"' | b'.'))
    };
    memchr::memmem::find(text, b"==").is_some_and(|at| operand(head(text, at)))
}

/// `var b='1`: the quote of the string that was broken out of will close it.
fn opens_string(code: &[u8]) -> bool {
    memchr::memrchr2(b'\'', b'"', code).is_some_and(|at| {
        let tail = from(code, at + 1);
        tail.len() <= 8 && tail.iter().all(u8::is_ascii_alphanumeric)
    })
}

fn is_statement_of_script(code: &[u8]) -> bool {
    const BEGINNINGS: &[&[u8]] = &[
        b"return", b"sleep(", b"while(", b"while (", b"do{", b"it=new", b"var ", b"db.", b"throw ",
        b"for(", b"emit(", b"if(",
    ];
    const ENDS: &[&[u8]] = &[b"//", b"'", b"\"", b";", b"}", b"+%00", b"\0"];
    let code = code.trim_ascii();
    BEGINNINGS.iter().any(|it| starts(code, it))
        && (ENDS.iter().any(|it| code.ends_with(it))
            || opens_string(code)
            || starts(code, b"return true")
            || starts(code, b"return(true"))
        && contains_bytes(
            code,
            &[
                b"return true",
                b"return(true",
                b"return \'a\'",
                b"return 1",
                b"sleep(",
                b"new date",
                b"new%20date",
                b"while(",
                b"while (",
                b"==",
                b"db.",
                b"this.",
            ],
        )
}

/// `0;return true`, `1;sleep(100)`.
fn out_of_number(text: &[u8]) -> bool {
    let digits = text.iter().take(12).take_while(|it| it.is_ascii_digit()).count();
    let rest = from(text, digits).trim_ascii_start();
    let Some(code) = rest.strip_prefix(b";") else { return false };
    let code = code.trim_ascii();
    let is_script = [
        &b"return true"[..],
        b"return false",
        b"return(true",
        b"return this",
        b"sleep(",
        b"while(1",
        b"while(true",
    ]
    .iter()
    .any(|it| starts(code, it));
    is_script && (digits > 0 || text.len() <= 64) && code.len() <= 64
}

/// A line end and a command of Redis or memcached, with what it needs.
fn has_command(text: &[u8]) -> bool {
    const COMMANDS: &[&[u8]] = &[
        b"flushall",
        b"config set dir",
        b"config set dbfilename",
        b"slaveof ",
        b"replicaof ",
        b"module load ",
        b"*1\r\n$",
        b"*2\r\n$",
        b"*3\r\n$",
        b"*4\r\n$",
        b"flush_all",
    ];
    let is_framed = matches!(text, [b'*', b'1'..=b'9', b'\r', b'\n', b'$', b'0'..=b'9', ..]);
    is_framed
        || memchr::memchr_iter(b'\n', text).take(PLACES_MAX).any(|at| {
            let line = from(text, at + 1);
            COMMANDS.iter().any(|it| starts(line, it))
                && (line.contains(&b'\r') || line.trim_ascii().len() <= 64)
        }) && memchr::memchr(b'\r', text).is_some()
}

const OPERATORS: &[&[u8]] = &[
    b"eq",
    b"ne",
    b"gt",
    b"gte",
    b"lt",
    b"lte",
    b"in",
    b"nin",
    b"regex",
    b"exists",
    b"or",
    b"and",
    b"not",
    b"nor",
    b"elemMatch",
    b"mod",
    b"all",
    b"jsonSchema",
    b"regexMatch",
    b"lookup",
    b"unionWith",
    b"merge",
    b"nlike",
    b"comment",
];

/// Operators that run JavaScript or expressions.
const RUNNING: &[&[u8]] = &[b"where", b"function", b"accumulator", b"expr"];

#[cfg(test)]
mod tests {
    use super::super::sign::{self, Strength};
    use super::*;

    #[track_caller]
    fn check(strength: Option<Strength>, is_name: bool, values: &[&str]) {
        sign::check(SIGNS, look, is_name, strength, values);
    }

    #[test]
    fn operators_on_credentials_and_running_ones_are_certain() {
        check(
            Some(Strength::Certain),
            true,
            &["password[$ne]", "user[name][$regex]", "$where", "a[$where]"],
        );
        check(
            Some(Strength::Certain),
            false,
            &[
                "{\"$gt\": \"\"}",
                "{$gt: ''}",
                "{\"username\": {\"$ne\": null}, \"password\": {\"$ne\": null}}",
                "{\"$where\": \"sleep(100)\"}",
                "$where: '1 == 1'",
                "', $where: '1 == 1'",
                "1, $where: '1 == 1'",
                "?user=a&pass[$ne]=x",
            ],
        );
    }

    #[test]
    fn script_that_breaks_out_is_certain() {
        check(
            Some(Strength::Certain),
            false,
            &[
                "'||'1'=='1",
                "' || 1==1//",
                "' && this.password.match(/.*/)//+%00",
                "'; return true; var x='",
                "';sleep(5000);'",
                "0;return true",
                "|| 1==1",
                "\";return(true);var x='a",
                "' } ], $comment:'x'",
                "';it=new Date();do{pt=new Date();}while(pt-it<5000);",
                "x\r\nFLUSHALL\r\n",
                "*2\r\n$4\r\nKEYS\r\n$1\r\n*\r\n",
                "a'; sleep(2000); var b='1",
            ],
        );
    }

    #[test]
    fn filters_of_clients_are_likely() {
        check(Some(Strength::Likely), true, &["age[$gt]", "$ne", "filters[title][$eq]"]);
        check(
            Some(Strength::Likely),
            false,
            &[
                "{\"age\": {\"$gt\": 20}}",
                "db.products.find({ \"price\": 1 })",
                "db.x.insert({a:1});",
                "{\"$in\":[\"a\"]}",
            ],
        );
    }

    #[test]
    fn other_names_with_dollars_say_nothing() {
        check(
            None,
            true,
            &["$ref", "$schema", "$id", "$filter", "$top", "$orderby", "$select", "$", "US$"],
        );
        check(
            None,
            false,
            &[
                "{\"$ref\": \"#/definitions/x\"}",
                "$('a.b').click(function() {})",
                "it costs $5; return it in 30 days",
                "O'Neil || Smith",
                "a' and b'",
                "x; return true; y",
                "$in a string",
                "price: $gt",
            ],
        );
    }

    #[test]
    fn hostile_values_take_bounded_time() {
        for unit in ["$ne", "'||", "[$ne]", "\n*1\r\n", "$gt:", "{"] {
            let text: Vec<u8> = unit.bytes().cycle().take(64 * 1024).collect();
            let input = Input::of(&text, false);
            let start = std::time::Instant::now();
            look(&input);
            assert!(start.elapsed().as_millis() < 50, "{unit}");
        }
    }
}
