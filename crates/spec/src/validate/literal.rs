//! Values of `enum` and `const`.

use crate::document::{Node, NodeValue};

/// A value that others are compared with.
#[derive(Debug)]
pub(super) enum Literal {
    Null,
    Bool(bool),
    /// In the notation of JSON.
    Number(Box<str>),
    Text(Box<str>),
    List(Vec<Self>),
    /// Sorted by name.
    Map(Vec<(Box<str>, Self)>),
}

impl Literal {
    /// As deep as the document, which is bounded.
    pub(super) fn of(node: &Node) -> Self {
        match &node.value {
            NodeValue::Null => Self::Null,
            NodeValue::Bool(it) => Self::Bool(*it),
            NodeValue::Number(it) => Self::Number(it.to_string().into()),
            NodeValue::Text(it) => Self::Text(it.as_str().into()),
            NodeValue::List(items) => Self::List(items.iter().map(Self::of).collect()),
            NodeValue::Map(map) => {
                let members = map.entries().iter();
                let mut members: Vec<_> =
                    members.map(|it| (it.key.as_str().into(), Self::of(&it.node))).collect();
                members.sort_by(|one: &(Box<str>, Self), other| one.0.cmp(&other.0));
                Self::Map(members)
            }
        }
    }
}
