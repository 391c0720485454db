//! SQL in a value: what breaks out of the place that the API put it into.
//!
//! Reads    one value; see [`super::sql_break_out`] for how far.
//! Memory   the tokens of one fragment.
//! Misses   see [`super::sql_break_out`].
//! Source   CWE-89; libinjection (Nick Galbreath, 2012), in its Rust port.

use super::marks::Marks;
use super::sign::{Input, Sign, Signs, Strength};
use super::sql_break_out::{Evidence, break_out};
use super::sql_tokens::{closing, tokens};
use super::sql_traits::Traits;
use Strength::{Against, Certain, Hint, Likely};
use libinjectionrs::{SqliFlags, SqliState};

/// Bytes that libinjection reads: from the front, since it judges by five tokens.
const SHAPE_BYTES_MAX: usize = 2 * 1024;

/// The place of the sign `shape`.
const SHAPE: usize = 5;

pub(super) const SIGNS: &[Sign] = &[
    Sign::new("tautology", Certain),
    Sign::new("break_union", Certain),
    Sign::new("break_stacked", Certain),
    Sign::new("break_probe", Certain),
    Sign::new("break_clause", Certain),
    Sign::new("shape", Hint),
    Sign::new("union", Likely),
    Sign::new("sub_select", Hint),
    Sign::new("waits", Likely),
    Sign::new("catalogue", Likely),
    Sign::new("probe", Hint),
    Sign::new("nested_probe", Hint),
    Sign::new("characters", Likely),
    Sign::new("nulls", Likely),
    Sign::new("ends_in_comment", Hint),
    Sign::new("ends_in_string", Hint),
    Sign::new("closes", Hint),
    Sign::new("sql", Hint),
    Sign::new("continues", Hint),
    Sign::new("constants", Likely),
    Sign::new("statement", Against),
    Sign::new("deed", Likely),
    Sign::new("order", Likely),
    Sign::new("case", Hint),
    Sign::new("prose", Against),
    Sign::new("joins", Hint),
    Sign::new("asks", Likely),
    Sign::new("stacked", Likely),
    Sign::new("marked_comment", Likely),
    Sign::new("comment_for_blank", Likely),
    Sign::new("quote_ends", Hint),
    Sign::new("hexadecimal", Hint),
];

pub(super) fn look(input: &Input<'_>) -> Signs {
    let mut signs = Signs::default();
    if !input.may_be_sql {
        return signs;
    }
    let text = input.text;
    let evidence = break_out(text);
    let all = [
        Evidence::Tautology,
        Evidence::Union,
        Evidence::Stacked,
        Evidence::Probe,
        Evidence::Clause,
    ];
    all.into_iter().enumerate().for_each(|(n, it)| signs.note(n, evidence == Some(it)));
    let read = text.get(..SHAPE_BYTES_MAX).unwrap_or(text);
    let behind =
        |quote: u8| text.get(closing(text, quote)? + 1..).map(|it| Traits::of(&tokens(it)));
    let (single, double) = (behind(b'\''), behind(b'"'));
    let whole = Traits::of(&tokens(text));
    let it = [single, double].into_iter().flatten().fold(whole, Traits::or);
    let has = |part: &[u8]| memchr::memmem::find(read, part).is_some();
    [
        it.union,
        it.sub_select,
        it.waits,
        it.catalogue || (it.is_sql && has(b"@@")),
        it.probe,
        it.nested_probe,
        it.characters,
        it.nulls,
        it.ends_in_comment,
        it.ends_in_string,
        it.closes,
        it.is_sql,
        it.continues,
        // A whole statement compares constants as examples do.
        it.constants && !whole.statement,
        it.statement,
        it.deed,
        it.order,
        it.case,
        it.prose,
        it.joins,
        it.asks,
        it.stacked && !whole.statement,
        has(b"/*!"),
        has(b"/**/"),
        single.or(double).is_some_and(|it| it.continues && it.is_sql),
        it.is_sql && has(b"0x"),
    ]
    .into_iter()
    .enumerate()
    .for_each(|(n, is_seen)| signs.note(6 + n, is_seen));
    // It takes longest, and says little alone.
    if !signs.is_empty() || input.marks.has_any(Marks::QUOTE.and(Marks::DOUBLE_QUOTE)) {
        signs.note(SHAPE, SqliState::new(read, SqliFlags::FLAG_NONE).detect());
    }
    signs
}
