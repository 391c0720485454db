//! What is to be written: values whose members have an order.

use bartizan_model::api::{Number, Value};

use crate::document::{Node, NodeValue};

/// A value, with members in the order of writing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Tree {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Self>),
    Map(Members),
}

/// Members of a mapping. What is absent, empty or `false` is left out by the calls that say so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Members(pub(crate) Vec<(String, Tree)>);

impl Members {
    pub(crate) fn put(&mut self, key: impl Into<String>, value: impl Into<Tree>) {
        self.0.push((key.into(), value.into()));
    }

    /// Puts a value that is there.
    pub(crate) fn put_some(&mut self, key: &str, value: Option<impl Into<Tree>>) {
        if let Some(value) = value {
            self.put(key, value);
        }
    }

    /// Puts `true` and leaves `false` out.
    pub(crate) fn put_if(&mut self, key: impl Into<String>, value: bool) {
        if value {
            self.put(key, true);
        }
    }

    /// Puts a list or mapping that is not empty.
    pub(crate) fn put_full(&mut self, key: impl Into<String>, value: impl Into<Tree>) {
        let value = value.into();
        let is_empty = match &value {
            Tree::List(items) => items.is_empty(),
            Tree::Map(members) => members.0.is_empty(),
            Tree::Null | Tree::Bool(_) | Tree::Number(_) | Tree::Text(_) => false,
        };
        if !is_empty {
            self.put(key, value);
        }
    }
}

impl From<bool> for Tree {
    fn from(it: bool) -> Self {
        Self::Bool(it)
    }
}

impl From<u64> for Tree {
    fn from(it: u64) -> Self {
        Self::Number(it.into())
    }
}

impl From<&Number> for Tree {
    fn from(it: &Number) -> Self {
        Self::Number(it.clone())
    }
}

impl From<&str> for Tree {
    fn from(it: &str) -> Self {
        Self::Text(it.to_owned())
    }
}

impl From<&String> for Tree {
    fn from(it: &String) -> Self {
        Self::Text(it.clone())
    }
}

impl From<String> for Tree {
    fn from(it: String) -> Self {
        Self::Text(it)
    }
}

impl From<Members> for Tree {
    fn from(it: Members) -> Self {
        Self::Map(it)
    }
}

impl<T: Into<Self>> From<Vec<T>> for Tree {
    fn from(it: Vec<T>) -> Self {
        Self::List(it.into_iter().map(Into::into).collect())
    }
}

impl From<&Value> for Tree {
    fn from(it: &Value) -> Self {
        match it {
            Value::Null => Self::Null,
            Value::Bool(it) => Self::Bool(*it),
            Value::Number(number) => Self::Number(number.clone()),
            Value::Text(text) => Self::Text(text.clone()),
            Value::List(items) => Self::List(items.iter().map(Self::from).collect()),
            Value::Map(map) => {
                Self::Map(Members(map.iter().map(|it| (it.0.clone(), it.1.into())).collect()))
            }
        }
    }
}

impl From<&Node> for Tree {
    fn from(it: &Node) -> Self {
        match &it.value {
            NodeValue::Null => Self::Null,
            NodeValue::Bool(it) => Self::Bool(*it),
            NodeValue::Number(number) => Self::Number(number.clone()),
            NodeValue::Text(text) => Self::Text(text.clone()),
            NodeValue::List(items) => Self::List(items.iter().map(Self::from).collect()),
            NodeValue::Map(map) => {
                let members = map.entries().iter().map(|it| (it.key.clone(), (&it.node).into()));
                Self::Map(Members(members.collect()))
            }
        }
    }
}
