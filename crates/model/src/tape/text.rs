//! Strings of JSON without their escapes.

use std::borrow::Cow;

/// What stands between the quotes of a string, as it is meant. What is no escape stays as it is.
pub fn unescaped(raw: &str) -> Cow<'_, str> {
    let Some((plain, mut rest)) = raw.split_once('\\') else { return Cow::Borrowed(raw) };
    let mut out = String::with_capacity(raw.len());
    out.push_str(plain);
    loop {
        rest = escape(rest, &mut out);
        let Some((plain, behind)) = rest.split_once('\\') else { break };
        out.push_str(plain);
        rest = behind;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Takes the escape whose backslash was taken; returns what follows.
fn escape<'r>(rest: &'r str, out: &mut String) -> &'r str {
    let mut chars = rest.chars();
    let Some(kind) = chars.next() else { return rest };
    let plain = match kind {
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'u' => return unit_escape(chars.as_str(), out),
        it => it,
    };
    out.push(plain);
    chars.as_str()
}

fn unit_escape<'r>(rest: &'r str, out: &mut String) -> &'r str {
    let Some((first, behind)) = unit(rest) else { return rest };
    if let Some(it) = char::from_u32(first) {
        out.push(it);
        return behind;
    }
    let second = behind.strip_prefix("\\u").and_then(unit);
    if let Some((second @ 0xDC00..0xE000, behind)) = second.filter(|_| first < 0xDC00) {
        let code = 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00);
        out.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
        return behind;
    }
    out.push(char::REPLACEMENT_CHARACTER);
    behind
}

/// Four hexadecimal digits.
fn unit(text: &str) -> Option<(u32, &str)> {
    let (digits, rest) = text.split_at_checked(4)?;
    let is_hex = digits.bytes().all(|it| it.is_ascii_hexdigit());
    Some((is_hex.then(|| u32::from_str_radix(digits, 16).ok())??, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_escape_is_undone() {
        for (raw, meant) in [
            ("plain", "plain"),
            (r#"\"\\\/\b\f\n\r\t"#, "\"\\/\u{8}\u{c}\n\r\t"),
            (r"a\u00e4b", "aäb"),
            (r"\ud83d\ude00!", "😀!"),
            (r"\ud83d\u0041", "\u{fffd}A"),
            (r"\ude00\ud83d", "\u{fffd}\u{fffd}"),
        ] {
            assert_eq!(unescaped(raw), meant, "{raw}");
        }
    }
}
