//! Maps of a scenario as a schema has them: keys that are known, each with what it means, and no others.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

/// One key of a map.
#[derive(Clone, Debug)]
pub struct Key {
    name: &'static str,
    schema: Value,
    is_required: bool,
}

/// A key, what it means in a sentence or two, and what its value can be.
pub fn key(name: &'static str, about: impl Into<Cow<'static, str>>, value: Value) -> Key {
    let mut schema = value;
    schema["description"] = Value::String(about.into().into_owned());
    Key { name, schema, is_required: false }
}

impl Key {
    /// The same as a key that has to be there.
    #[must_use]
    pub fn required(self) -> Key {
        Key { is_required: true, ..self }
    }
}

/// A map of these keys and no others.
pub fn map(keys: &[Key]) -> Value {
    let properties: Map<String, Value> =
        keys.iter().map(|key| (key.name.to_string(), key.schema.clone())).collect();
    let required: Vec<&str> =
        keys.iter().filter(|key| key.is_required).map(|key| key.name).collect();
    let mut map =
        json!({"type": "object", "properties": properties, "additionalProperties": false});
    if !required.is_empty() {
        map["required"] = json!(required);
    }
    map
}

/// A map of one of several sets of keys, which what is required tells apart.
pub fn variants(of: impl IntoIterator<Item = Vec<Key>>) -> Value {
    let all: Vec<Value> = of.into_iter().map(|keys| map(&keys)).collect();
    json!({"type": "object", "oneOf": all})
}
