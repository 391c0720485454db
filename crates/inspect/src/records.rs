//! How many records a JSON answer holds, counted while it passes.
//!
//! Reads    pieces of a JSON text, cut anywhere.
//! Writes   the objects that are items of a list, each list that stands in none of them: `{"items": [{...}, {...}]}` holds two. An answer
//!          that is one object holds one.
//! Memory   a few words.
//! Misses   lists of texts or numbers; objects by their identifier (`{"17": {...}}`), which are one; lists in more than 60 others. What is
//!          no sound JSON is counted as far as it looks like it.

/// Lists and objects in each other that are told apart.
const DEPTH_MAX: u32 = 60;

/// A text, as far as it has passed.
#[derive(Clone, Debug, Default)]
pub struct Records {
    /// Which of the open containers are lists, the innermost last.
    lists: u64,
    depth: u32,
    /// The depth of the record that is open.
    record: Option<u32>,
    is_in_string: bool,
    is_escaped: bool,
    is_object: bool,
    count: u64,
}

impl Records {
    /// Takes a piece; how many records began in it.
    pub fn push(&mut self, piece: &[u8]) -> u64 {
        let before = self.count;
        let mut rest = piece;
        while let Some((&byte, behind)) = rest.split_first() {
            rest = behind;
            if self.is_in_string {
                rest = self.string(byte, behind);
                continue;
            }
            match byte {
                b'"' => self.is_in_string = true,
                b'{' => self.open(false),
                b'[' => self.open(true),
                b'}' | b']' => self.close(),
                _ => {}
            }
        }
        self.count - before
    }

    /// At the end: what counts besides.
    pub fn end(&mut self) -> u64 {
        let is_one = self.is_object && self.count == 0;
        self.count += u64::from(is_one);
        u64::from(is_one)
    }

    /// Within a string; what is behind the part of it that was passed over.
    fn string<'a>(&mut self, byte: u8, behind: &'a [u8]) -> &'a [u8] {
        match byte {
            _ if self.is_escaped => self.is_escaped = false,
            b'\\' => self.is_escaped = true,
            b'"' => self.is_in_string = false,
            _ => {
                let next = memchr::memchr2(b'"', b'\\', behind).unwrap_or(behind.len());
                return behind.get(next..).unwrap_or_default();
            }
        }
        behind
    }

    fn open(&mut self, is_list: bool) {
        let is_item = self.depth > 0 && self.depth <= DEPTH_MAX && self.lists & 1 == 1;
        self.is_object |= self.depth == 0 && !is_list;
        self.depth = self.depth.saturating_add(1);
        if self.depth <= DEPTH_MAX {
            self.lists = self.lists << 1 | u64::from(is_list);
        }
        if is_item && !is_list && self.record.is_none() {
            self.record = Some(self.depth);
            self.count += 1;
        }
    }

    fn close(&mut self) {
        if self.record == Some(self.depth) {
            self.record = None;
        }
        if self.depth <= DEPTH_MAX {
            self.lists >>= 1;
        }
        self.depth = self.depth.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: u64) {
        for pieces in [1, 2, 7, text.len().max(1)] {
            let mut it = Records::default();
            let count: u64 = text.as_bytes().chunks(pieces).map(|piece| it.push(piece)).sum();
            assert_eq!(count + it.end(), expected, "{text} in pieces of {pieces}");
        }
    }

    #[test]
    fn records_are_the_objects_of_lists() {
        check(r#"[{"id":1},{"id":2,"lines":[{"n":1},{"n":2}]}]"#, 2);
        check(r#"{"items":[{"a":1},{"a":2}],"total":2,"more":[{"b":1}]}"#, 3);
        check(r#"{"data":{"orders":{"edges":[{"node":{"id":1}},{"node":{"id":2}}]}}}"#, 2);
        check(r#"[[{"a":1}],[{"a":2}]]"#, 2);
        check(r#"{"id":17,"lines":[]}"#, 1);
        check(r#"{"id":17}"#, 1);
        check("[]", 0);
        check(r#"["a","b"]"#, 0);
        check("17", 0);
        check("", 0);
    }

    #[test]
    fn texts_hide_and_invent_nothing() {
        check(r#"[{"a":"[{\"x\":1},{"},{"b":"\\"},{"c":"]}"}]"#, 3);
        check(r#"[{"a":"\u007b\\\"{"}]"#, 1);
    }

    #[test]
    fn deep_and_broken_texts_are_bounded() {
        check(&format!("{}{{}}{}", "[".repeat(59), "]".repeat(59)), 1);
        check(&"[".repeat(100_000), 0);
        check(&"]".repeat(1_000), 0);
        check(&format!("{}{}[{{}}]", "[".repeat(80), "]".repeat(80)), 1);
    }
}
