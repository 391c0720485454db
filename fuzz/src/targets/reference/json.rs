//! The leaves of a JSON text in their order, as serde_json reads it.

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, Value};
use std::fmt;

/// What has no members with a value.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) enum Leaf {
    Key(String),
    Text(String),
    Number(Number),
    Bool(bool),
    Null,
    EmptyList,
    EmptyObject,
}

impl Leaf {
    /// The leaf that is a number, `true`, `false` or `null`.
    pub(in super::super) fn of(value: Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(it) => Self::Bool(it),
            Value::Number(it) => Self::Number(it),
            Value::String(it) => Self::Text(it),
            Value::Array(_) => Self::EmptyList,
            Value::Object(_) => Self::EmptyObject,
        }
    }
}

/// All leaves, or why it is no JSON.
pub(in super::super) fn leaves(text: &[u8]) -> Result<Vec<Leaf>, String> {
    serde_json::from_slice::<Leaves>(text).map(|it| it.0).map_err(|it| it.to_string())
}

struct Leaves(Vec<Leaf>);

impl<'de> Deserialize<'de> for Leaves {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Reader).map(Self)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Vec<Leaf>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, it: bool) -> Result<Self::Value, E> {
        Ok(vec![Leaf::Bool(it)])
    }

    fn visit_i64<E>(self, it: i64) -> Result<Self::Value, E> {
        Ok(vec![Leaf::Number(it.into())])
    }

    fn visit_u64<E>(self, it: u64) -> Result<Self::Value, E> {
        Ok(vec![Leaf::Number(it.into())])
    }

    fn visit_f64<E>(self, it: f64) -> Result<Self::Value, E> {
        Ok(vec![Number::from_f64(it).map_or(Leaf::Null, Leaf::Number)])
    }

    fn visit_str<E>(self, it: &str) -> Result<Self::Value, E> {
        Ok(vec![Leaf::Text(it.to_owned())])
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(vec![Leaf::Null])
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut all = Vec::new();
        while let Some(Leaves(inner)) = list.next_element()? {
            all.extend(inner);
        }
        Ok(if all.is_empty() { vec![Leaf::EmptyList] } else { all })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut all = Vec::new();
        while let Some((key, Leaves(inner))) = map.next_entry::<String, Leaves>()? {
            all.push(Leaf::Key(key));
            all.extend(inner);
        }
        Ok(if all.is_empty() { vec![Leaf::EmptyObject] } else { all })
    }
}
