//! A path with variables: `/orders/{id}/items`.
//!
//! Reads    the templates of descriptions, and of ours.
//! Memory   the text and its segments.
//! Errors   [`TemplateError`]; text after the path (`?`, `#`) is part of its segment.
//! Source   OpenAPI Specification 3.2.0, section 4.8.2 (grammar of path templates).

use std::fmt;

/// Bytes of a template.
const TEMPLATE_BYTES_MAX: usize = 4_096;
/// Segments of a template.
const SEGMENTS_MAX: usize = 128;

/// A path with variables. Ordered as text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PathTemplate {
    text: String,
    segments: Vec<Segment>,
}

/// What stands between two slashes of a template.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Segment {
    /// A fixed text; empty behind a last slash.
    Literal(String),
    /// A variable, by its name.
    Variable(String),
    /// Both: `{id}.json`, `items:cancel` is a literal. At least two parts, of which one is a variable.
    Mixed(Vec<Part>),
}

/// A piece of a mixed segment.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// A fixed text.
    Literal(String),
    /// A variable, by its name.
    Variable(String),
}

/// Why a text is no path template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TemplateError {
    /// It does not begin with a slash.
    NoSlash,
    /// A brace that opens or closes nothing, or stands in another pair.
    Brace,
    /// `{}`
    EmptyName,
    /// A variable occurs twice.
    SameName,
    /// More than 4,096 bytes or 128 segments.
    TooLong,
}

impl PathTemplate {
    /// Reads a template. A control character is kept: it is the description's fault, and matches nothing.
    ///
    /// # Errors
    ///
    /// [`TemplateError`] for the first fault.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let rest = text.strip_prefix('/').ok_or(TemplateError::NoSlash)?;
        if text.len() > TEMPLATE_BYTES_MAX || rest.split('/').count() > SEGMENTS_MAX {
            return Err(TemplateError::TooLong);
        }
        let segments = rest.split('/').map(segment).collect::<Result<Vec<_>, _>>()?;
        let template = Self { text: text.to_owned(), segments };
        let mut names: Vec<_> = template.variables().collect();
        names.sort_unstable();
        if names.windows(2).any(|it| it.first() == it.last()) {
            return Err(TemplateError::SameName);
        }
        Ok(template)
    }

    /// The template as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What stands between the slashes; `/` has one empty literal.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The names of its variables, in order.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().flat_map(Segment::variables)
    }

    /// The template with every name left out: two with the same shape match the same paths.
    pub fn shape(&self) -> String {
        let mut shape = String::with_capacity(self.text.len());
        for segment in &self.segments {
            shape.push('/');
            match segment {
                Segment::Literal(text) => shape.push_str(text),
                Segment::Variable(_) => shape.push_str("{}"),
                Segment::Mixed(parts) => parts.iter().for_each(|part| match part {
                    Part::Literal(text) => shape.push_str(text),
                    Part::Variable(_) => shape.push_str("{}"),
                }),
            }
        }
        shape
    }
}

impl Segment {
    fn variables(&self) -> impl Iterator<Item = &str> {
        let (whole, parts) = match self {
            Self::Literal(_) => (None, [].as_slice()),
            Self::Variable(name) => (Some(name.as_str()), [].as_slice()),
            Self::Mixed(parts) => (None, parts.as_slice()),
        };
        let parts = parts.iter().filter_map(|it| match it {
            Part::Literal(_) => None,
            Part::Variable(name) => Some(name.as_str()),
        });
        whole.into_iter().chain(parts)
    }
}

fn segment(text: &str) -> Result<Segment, TemplateError> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((literal, tail)) = rest.split_once('{') {
        let (name, tail) = tail.split_once('}').ok_or(TemplateError::Brace)?;
        if literal.contains('}') || name.contains('{') {
            return Err(TemplateError::Brace);
        }
        if name.is_empty() {
            return Err(TemplateError::EmptyName);
        }
        if !literal.is_empty() {
            parts.push(Part::Literal(literal.to_owned()));
        }
        parts.push(Part::Variable(name.to_owned()));
        rest = tail;
    }
    if rest.contains('}') {
        return Err(TemplateError::Brace);
    }
    if parts.is_empty() {
        return Ok(Segment::Literal(rest.to_owned()));
    }
    if !rest.is_empty() {
        parts.push(Part::Literal(rest.to_owned()));
    }
    Ok(match <[Part; 1]>::try_from(parts) {
        Ok([Part::Variable(name)]) => Segment::Variable(name),
        Ok([Part::Literal(text)]) => Segment::Literal(text),
        Err(parts) => Segment::Mixed(parts),
    })
}

impl Default for PathTemplate {
    /// `/`
    fn default() -> Self {
        Self { text: "/".to_owned(), segments: vec![Segment::Literal(String::new())] }
    }
}

impl fmt::Display for PathTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoSlash => "the path does not begin with a slash",
            Self::Brace => "the path has a brace without its partner",
            Self::EmptyName => "the path has a variable without a name",
            Self::SameName => "the path has two variables of one name",
            Self::TooLong => "the path is too long",
        })
    }
}

impl std::error::Error for TemplateError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, shape: Result<&str, TemplateError>, variables: &[&str]) {
        let template = PathTemplate::parse(text);
        assert_eq!(template.clone().map(|it| it.shape()), shape.map(str::to_owned));
        if let Ok(template) = template {
            assert_eq!(template.variables().collect::<Vec<_>>(), variables);
            assert_eq!(template.to_string(), text);
        }
    }

    #[test]
    fn a_template_is_literals_variables_and_mixtures() {
        check("/", Ok("/"), &[]);
        check("/orders/{id}/items", Ok("/orders/{}/items"), &["id"]);
        check("/a/{b}.{c}", Ok("/a/{}.{}"), &["b", "c"]);
        check("/items:cancel/", Ok("/items:cancel/"), &[]);
        let template = PathTemplate::parse("/{id}.json/{x}/").unwrap();
        let mixed = vec![Part::Variable("id".to_owned()), Part::Literal(".json".to_owned())];
        let expected = [
            Segment::Mixed(mixed),
            Segment::Variable("x".to_owned()),
            Segment::Literal(String::new()),
        ];
        assert_eq!(template.segments(), expected);
    }

    #[test]
    fn a_broken_template_says_why() {
        check("orders", Err(TemplateError::NoSlash), &[]);
        check("", Err(TemplateError::NoSlash), &[]);
        check("/{a", Err(TemplateError::Brace), &[]);
        check("/a}", Err(TemplateError::Brace), &[]);
        check("/{{a}}", Err(TemplateError::Brace), &[]);
        check("/{a/b}", Err(TemplateError::Brace), &[]);
        check("/{}", Err(TemplateError::EmptyName), &[]);
        check("/{a}/{a}", Err(TemplateError::SameName), &[]);
        check(&format!("/{}", "a".repeat(TEMPLATE_BYTES_MAX)), Err(TemplateError::TooLong), &[]);
        check(&"/".repeat(SEGMENTS_MAX + 1), Err(TemplateError::TooLong), &[]);
        assert!(PathTemplate::parse(&"/".repeat(SEGMENTS_MAX)).is_ok());
    }
}
