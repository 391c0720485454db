//! Character references of HTML and XML: `&#39;`, `&#x27`, `&lt;`.
//!
//! Misses   named references of characters that no language gives a meaning.
//! Source   WHATWG HTML, sections 13.2.5.72 ff. and 13.5; XML 1.0 section 4.1.

/// Digits of a number. Leading zeroes are allowed, and browsers take any number of them.
const DIGITS_MAX: usize = 64;

/// Bytes of the longest name.
const NAME_BYTES_MAX: usize = 20;

/// Names that are understood without a semicolon, too.
const LEGACY: &[(&[u8], &str)] = &[
    (b"amp", "&"),
    (b"AMP", "&"),
    (b"lt", "<"),
    (b"LT", "<"),
    (b"gt", ">"),
    (b"GT", ">"),
    (b"quot", "\""),
    (b"QUOT", "\""),
    (b"nbsp", " "),
    (b"shy", ""),
];

/// Names that need one.
const NAMED: &[(&[u8], &str)] = &[
    (b"apos", "'"),
    (b"Tab", "\t"),
    (b"NewLine", "\n"),
    (b"excl", "!"),
    (b"num", "#"),
    (b"dollar", "$"),
    (b"percnt", "%"),
    (b"lpar", "("),
    (b"rpar", ")"),
    (b"ast", "*"),
    (b"midast", "*"),
    (b"plus", "+"),
    (b"comma", ","),
    (b"period", "."),
    (b"sol", "/"),
    (b"colon", ":"),
    (b"semi", ";"),
    (b"equals", "="),
    (b"quest", "?"),
    (b"commat", "@"),
    (b"lsqb", "["),
    (b"lbrack", "["),
    (b"bsol", "\\"),
    (b"rsqb", "]"),
    (b"rbrack", "]"),
    (b"Hat", "^"),
    (b"lowbar", "_"),
    (b"UnderBar", "_"),
    (b"grave", "`"),
    (b"DiacriticalGrave", "`"),
    (b"lcub", "{"),
    (b"lbrace", "{"),
    (b"verbar", "|"),
    (b"vert", "|"),
    (b"VerticalLine", "|"),
    (b"rcub", "}"),
    (b"rbrace", "}"),
    (b"NonBreakingSpace", " "),
    (b"ZeroWidthSpace", ""),
    (b"zwnj", ""),
    (b"zwj", ""),
];

/// Whether there was one.
pub(crate) fn decode(text: &[u8], out: &mut Vec<u8>) -> bool {
    let (mut rest, mut is_any) = (text, false);
    while let Some(at) = memchr::memchr(b'&', rest) {
        let (plain, reference) = rest.split_at_checked(at).unwrap_or_default();
        out.extend_from_slice(plain);
        match one(reference, out) {
            Some(behind) => {
                is_any = true;
                rest = behind;
            }
            None => {
                out.push(b'&');
                rest = reference.get(1..).unwrap_or_default();
            }
        }
    }
    out.extend_from_slice(rest);
    is_any
}

/// Decodes the reference that `text` begins with; what is left.
fn one<'a>(text: &'a [u8], out: &mut Vec<u8>) -> Option<&'a [u8]> {
    match text {
        [_, b'#', b'x' | b'X', rest @ ..] => number(rest, 16, out),
        [_, b'#', rest @ ..] => number(rest, 10, out),
        [_, rest @ ..] => named(rest, out),
        [] => None,
    }
}

fn number<'a>(text: &'a [u8], base: u32, out: &mut Vec<u8>) -> Option<&'a [u8]> {
    let digit = |it: u8| char::from(it).to_digit(base);
    let digits = text.iter().take(DIGITS_MAX).map_while(|it| digit(*it));
    let count = digits.clone().count();
    let code = digits.fold(0_u32, |sum, it| sum.saturating_mul(base).saturating_add(it));
    if count == 0 {
        return None;
    }
    super::escapes::push_character(code, out);
    let behind = text.get(count..)?;
    Some(behind.strip_prefix(b";").unwrap_or(behind))
}

fn named<'a>(text: &'a [u8], out: &mut Vec<u8>) -> Option<&'a [u8]> {
    let length = text.iter().take(NAME_BYTES_MAX).take_while(|it| it.is_ascii_alphabetic()).count();
    let name = text.get(..length).filter(|it| !it.is_empty())?;
    let behind = text.get(length..)?;
    if let Some(behind) = behind.strip_prefix(b";")
        && let Some(found) = LEGACY.iter().chain(NAMED).find(|it| it.0 == name)
    {
        out.extend_from_slice(found.1.as_bytes());
        return Some(behind);
    }
    let found = LEGACY.iter().find(|it| name.starts_with(it.0))?;
    out.extend_from_slice(found.1.as_bytes());
    text.get(found.0.len()..)
}
