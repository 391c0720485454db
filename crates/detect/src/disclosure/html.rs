//! The tags and texts of a page, one after the other.
//!
//! Reads    HTML of any quality, also cut off; what stands in scripts, styles, text fields and comments is passed over.
//! Memory   nothing: the parts are those of the page.
//! Misses   a `>` within an attribute, which ends the tag here; a tag that is longer than [`TAG_BYTES_MAX`], which is text.

/// Longest tag.
const TAG_BYTES_MAX: usize = 2 * 1024;

/// Elements whose content is no markup that is shown.
const RAW: &[&[u8]] = &[b"script", b"style", b"textarea", b"template", b"svg", b"xmp"];

/// A part of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part<'a> {
    /// Between two tags, with its entities.
    Text(&'a [u8]),
    /// What stands in the brackets of a tag that opens: a name, and attributes.
    Open(&'a [u8]),
    /// What stands in those of one that closes, without the slash.
    Close(&'a [u8]),
}

/// The parts of a page.
pub(super) struct Parts<'a> {
    left: &'a [u8],
}

impl<'a> Parts<'a> {
    pub(super) fn of(page: &'a [u8]) -> Self {
        Self { left: page }
    }

    fn skip(&mut self, bytes: usize) -> &'a [u8] {
        let (skipped, left) = self.left.split_at_checked(bytes).unwrap_or((self.left, b""));
        self.left = left;
        skipped
    }

    /// Passes over what is no markup behind the tag of this name.
    fn skip_raw(&mut self, tag: &[u8]) {
        let Some(name) = RAW.iter().find(|it| is_named(tag, it)).filter(|_| !tag.ends_with(b"/"))
        else {
            return;
        };
        let closes = |at: &usize| {
            let rest = self.left.get(at + 2..).unwrap_or_default();
            rest.get(..name.len()).is_some_and(|it| it.eq_ignore_ascii_case(name))
        };
        let end = memchr::memmem::find_iter(self.left, b"</").find(closes);
        self.skip(end.unwrap_or(self.left.len()));
    }
}

impl<'a> Iterator for Parts<'a> {
    type Item = Part<'a>;

    fn next(&mut self) -> Option<Part<'a>> {
        loop {
            if self.left.is_empty() {
                return None;
            }
            if self.left.starts_with(b"<!--") {
                let end = memchr::memmem::find(self.left, b"-->");
                self.skip(end.map_or(self.left.len(), |it| it + 3));
                continue;
            }
            let is_tag = matches!(self.left, [b'<', b'/' | b'!' | b'?', ..])
                || matches!(self.left, [b'<', it, ..] if it.is_ascii_alphabetic());
            let near = self.left.get(..TAG_BYTES_MAX).unwrap_or(self.left);
            match memchr::memchr(b'>', near).filter(|_| is_tag) {
                Some(end) => {
                    let tag = self.skip(end + 1).get(1..end).unwrap_or_default();
                    match tag {
                        [b'/', name @ ..] => return Some(Part::Close(name)),
                        [b'!' | b'?', ..] => {}
                        _ => {
                            self.skip_raw(tag);
                            return Some(Part::Open(tag));
                        }
                    }
                }
                None => {
                    let rest = self.left.get(1..).unwrap_or_default();
                    let end = memchr::memchr(b'<', rest).map_or(self.left.len(), |it| it + 1);
                    return Some(Part::Text(self.skip(end)));
                }
            }
        }
    }
}

/// Whether the name of a tag is this one, in any case.
pub(super) fn is_named(tag: &[u8], name: &[u8]) -> bool {
    tag.split_at_checked(name.len()).is_some_and(|(head, rest)| {
        head.eq_ignore_ascii_case(name)
            && rest.first().is_none_or(|it| it.is_ascii_whitespace() || *it == b'/')
    })
}

/// The value of an attribute of a tag, with its entities.
pub(super) fn attribute<'a>(tag: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let mut from = 0;
    while let Some(at) = memchr::memchr(b'=', tag.get(from..)?) {
        let (before, value) = tag.split_at_checked(from + at)?;
        let value = value.get(1..)?;
        let is_it = before.trim_ascii_end().len().checked_sub(name.len()).is_some_and(|start| {
            let (head, tail) = before.trim_ascii_end().split_at_checked(start).unwrap_or_default();
            tail.eq_ignore_ascii_case(name) && head.last().is_some_and(u8::is_ascii_whitespace)
        });
        if is_it {
            let value = value.trim_ascii_start();
            let quoted = value.split_first().filter(|(it, _)| matches!(it, b'"' | b'\''));
            return match quoted {
                Some((mark, rest)) => rest.get(..memchr::memchr(*mark, rest)?),
                None => value.split(u8::is_ascii_whitespace).next(),
            };
        }
        from += at + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(page: &str) -> Vec<String> {
        let text = |it: &[u8]| String::from_utf8_lossy(it).into_owned();
        let all = Parts::of(page.as_bytes()).map(|it| match it {
            Part::Text(it) => text(it),
            Part::Open(it) => format!("<{}", text(it)),
            Part::Close(it) => format!("</{}", text(it)),
        });
        all.collect()
    }

    #[test]
    fn tags_and_texts_come_in_order_and_scripts_do_not() {
        assert_eq!(
            parts("<!doctype html><!-- <b> --><p class=a>x &lt; 3 < y</P><script>a<b></script>z"),
            ["<p class=a", "x &lt; 3 ", "< y", "</P", "<script", "</script", "z"]
        );
        assert_eq!(parts("<style>a"), ["<style"]);
        assert_eq!(parts("a <b"), ["a ", "<b"]);
        assert_eq!(parts("<svg/>a"), ["<svg/", "a"]);
    }

    #[test]
    fn attributes_are_found_however_they_are_quoted() {
        let tag = b"A data-href=\"no\" HREF = 'a b' title=c";
        assert_eq!(attribute(tag, b"href"), Some(&b"a b"[..]));
        assert_eq!(attribute(tag, b"title"), Some(&b"c"[..]));
        assert_eq!(attribute(b"a href=\"x", b"href"), None);
        assert_eq!(attribute(b"a href", b"href"), None);
        assert!(is_named(tag, b"a") && !is_named(b"address", b"a"));
    }
}
