//! SOAP 1.1 and 1.2: the first child of the body is the operation.
//!
//! Reads    elements up to that child. Entities stay as they are, a document type ends the reading: SOAP
//!          forbids it.
//! Writes   the local name of the child; without a child, the last word of the action.
//! Memory   none; every byte is looked at a bounded number of times.
//! Misses   a `Body` in another prefix than its `Envelope`, which is [`super::OTHER`]; UTF-16; parts of MIME.
//!          The action of a message that has a child is not compared with it: most of them differ for good
//!          reasons.
//! Source   SOAP 1.1, sections 4 and 6.1.1; SOAP 1.2 part 1, section 5, and part 2, section 6.5.

use super::{Envelope, Head, Operation, identifier};

/// What the namespaces of the two versions hold.
const NAMESPACES: [&[u8]; 2] =
    [b"http://schemas.xmlsoap.org/soap/envelope/", b"http://www.w3.org/2003/05/soap-envelope"];

/// What was found in a body.
enum Found<'a> {
    /// The first child.
    Child(&'a [u8]),
    /// A body without a child.
    Empty,
    /// An envelope that does not show what is in it.
    Hidden,
}

/// The operation of an XML body, if it is an envelope and something says so: the media type, an action or
/// the namespace.
pub(super) fn operation(head: &Head<'_>, media: &[u8], body: &[u8]) -> Option<Operation> {
    let mut xml = Xml { rest: body };
    let root = xml.element();
    let is_envelope = matches!(&root, Some(Piece::Open(tag)) if tag.local() == b"Envelope");
    let is_soap = media == b"application/soap+xml" || head.soap_action.is_some();
    let found = match root {
        Some(Piece::Open(tag)) if is_envelope && (is_soap || tag.has_namespace()) => {
            if tag.is_empty { Found::Hidden } else { child(&mut xml, tag.prefix()) }
        }
        Some(Piece::Doctype) if is_soap => Found::Hidden,
        Some(Piece::Open(_) | Piece::Close | Piece::Doctype) | None => return None,
    };
    let name = match found {
        Found::Child(name) => identifier(name),
        Found::Empty => action(head).and_then(identifier),
        Found::Hidden => None,
    };
    Some(Operation::new(Envelope::Soap, name.map(str::to_owned)))
}

/// The first child of the body, below an open envelope with this prefix.
fn child<'a>(xml: &mut Xml<'a>, prefix: &[u8]) -> Found<'a> {
    let mut depth = 0_usize;
    while let Some(piece) = xml.element() {
        match piece {
            Piece::Doctype => return Found::Hidden,
            Piece::Close => match depth.checked_sub(1) {
                Some(above) => depth = above,
                None => return Found::Hidden,
            },
            Piece::Open(tag) if depth == 0 && tag.local() == b"Body" => {
                return match (tag.prefix() == prefix, tag.is_empty) {
                    (false, _) => Found::Hidden,
                    (true, true) => Found::Empty,
                    (true, false) => match xml.element() {
                        Some(Piece::Open(tag)) => Found::Child(tag.local()),
                        Some(Piece::Close) => Found::Empty,
                        Some(Piece::Doctype) | None => Found::Hidden,
                    },
                };
            }
            Piece::Open(tag) => depth += usize::from(!tag.is_empty),
        }
    }
    Found::Hidden
}

/// The last word of the action: `urn:shop#GetOrder`, `"http://shop.test/IShop/GetOrder"`.
fn action<'a>(head: &Head<'a>) -> Option<&'a [u8]> {
    let quoted = |it: &'a [u8]| {
        let it = it.trim_ascii();
        let inner = it.strip_prefix(b"\"").and_then(|it| it.strip_suffix(b"\""));
        inner.unwrap_or(it)
    };
    let parameter = head.content_type.into_iter().flat_map(|it| it.split(|&b| b == b';'));
    let mut parameter = parameter.filter_map(|it| {
        let (name, value) = it.trim_ascii().split_at_checked(7)?;
        name.eq_ignore_ascii_case(b"action=").then_some(value)
    });
    let action = quoted(head.soap_action.or_else(|| parameter.next())?);
    action.rsplit(|b| b"/#:".contains(b)).find(|it| !it.is_empty())
}

/// The start of an element.
struct Tag<'a> {
    name: &'a [u8],
    attributes: &'a [u8],
    is_empty: bool,
}

impl<'a> Tag<'a> {
    fn local(&self) -> &'a [u8] {
        self.name.rsplit(|&b| b == b':').next().unwrap_or_default()
    }

    fn prefix(&self) -> &'a [u8] {
        let colon = memchr::memchr(b':', self.name).unwrap_or(0);
        self.name.get(..colon).unwrap_or_default()
    }

    fn has_namespace(&self) -> bool {
        NAMESPACES.iter().any(|it| memchr::memmem::find(self.attributes, it).is_some())
    }
}

/// What matters of a document.
enum Piece<'a> {
    Open(Tag<'a>),
    Close,
    Doctype,
}

/// An XML text, read on from where it stands.
struct Xml<'a> {
    rest: &'a [u8],
}

impl<'a> Xml<'a> {
    /// The next start or end of an element; `None` where the text ends or breaks.
    fn element(&mut self) -> Option<Piece<'a>> {
        loop {
            let opens = memchr::memchr(b'<', self.rest)?;
            self.rest = self.rest.get(opens + 1..)?;
            let closing: &[u8] = match self.rest {
                [b'!', b'-', b'-', ..] => b"-->",
                [b'!', b'[', ..] => b"]]>",
                [b'!', ..] => return Some(Piece::Doctype),
                [b'?', ..] => b"?>",
                [b'/', ..] => {
                    self.skip_past(b">")?;
                    return Some(Piece::Close);
                }
                _ => return self.tag().map(Piece::Open),
            };
            self.skip_past(closing)?;
        }
    }

    fn skip_past(&mut self, text: &[u8]) -> Option<()> {
        let at = memchr::memmem::find(self.rest, text)?;
        self.rest = self.rest.get(at + text.len()..)?;
        Some(())
    }

    fn tag(&mut self) -> Option<Tag<'a>> {
        let all = self.rest;
        let end = end_of_tag(all)?;
        self.rest = all.get(end + 1..)?;
        let inner = all.get(..end)?;
        let (inner, is_empty) = inner.strip_suffix(b"/").map_or((inner, false), |it| (it, true));
        let ends = |b: &u8| b.is_ascii_whitespace();
        let name_end = inner.iter().position(ends).unwrap_or(inner.len());
        let (name, attributes) = inner.split_at(name_end);
        Some(Tag { name, attributes, is_empty })
    }
}

/// Where the `>` of a start tag is: the first one outside of quotes.
fn end_of_tag(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        let rest = text.get(at..)?;
        let found = memchr::memchr3(b'>', b'"', b'\'', rest)?;
        let byte = *rest.get(found)?;
        at += found;
        if byte == b'>' {
            return Some(at);
        }
        at += 2 + memchr::memchr(byte, rest.get(found + 1..)?)?;
    }
}
