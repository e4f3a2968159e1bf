//! What services say may hold what PostgreSQL cannot: a NUL must not keep a paid result out of the ledger.

use serde_json::Value;

const INSTEAD: &str = "\u{fffd}";

/// The text without NULs.
pub(super) fn storable(text: &str) -> String {
    text.replace('\0', INSTEAD)
}

/// The value without NULs in its texts.
pub(super) fn storable_json(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(storable(text)),
        Value::Array(items) => Value::Array(items.iter().map(storable_json).collect()),
        Value::Object(fields) => {
            Value::Object(fields.iter().map(|(name, value)| (storable(name), storable_json(value))).collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn nuls_go_and_the_rest_stays() {
        let said = json!({"a\0": ["x\0y", 1, null, {"b": true}]});
        let kept = json!({"a\u{fffd}": ["x\u{fffd}y", 1, null, {"b": true}]});
        assert_eq!(storable_json(&said), kept);
        assert_eq!(storable_json(&kept), kept);
    }
}
