//! Why something that was ordered could not be done, as programs and people read it.

use mv_core::failure::FailureCode;
use serde::Serialize;
use serde_json::Value;
use std::borrow::Cow;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, schema};
use utoipa::{PartialSchema, ToSchema};

/// The words of [`FailureCode`], for the document.
pub(crate) enum FailureWord {}

impl PartialSchema for FailureWord {
    fn schema() -> RefOr<Schema> {
        let words = FailureCode::ALL.map(FailureCode::word);
        let object = ObjectBuilder::new()
            .schema_type(schema::Type::String)
            .description(Some(
                "Why ordered work could not be done. Where an order is refused for the same reason, its problem has the \
                 same `code`; what a service did wrong is named by its kind.",
            ))
            .examples(["too_few_credits"])
            .enum_values(Some(words));
        object.build().into()
    }
}

impl ToSchema for FailureWord {
    fn name() -> Cow<'static, str> {
        "FailureCode".into()
    }
}

/// Why ordered work could not be done.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Failure {
    /// For programs.
    #[schema(value_type = FailureWord)]
    pub(crate) code: FailureCode,
    /// For people.
    #[schema(example = "this needs $0.42 of credits, and $0.10 are left")]
    pub(crate) message: Option<String>,
    /// What they can do about it.
    pub(crate) hint: Option<String>,
}

impl Default for Failure {
    fn default() -> Self {
        Self { code: FailureCode::Internal, message: None, hint: None }
    }
}

impl Failure {
    /// What the worker kept, less what is for admins alone.
    pub(crate) fn of(kept: &Value) -> Self {
        let text = |name: &str| kept.get(name).and_then(Value::as_str);
        Self {
            code: text("code").and_then(FailureCode::of).unwrap_or(FailureCode::Internal),
            message: text("message").map(str::to_owned),
            hint: text("hint").map(str::to_owned),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_for_admins_is_not_told() {
        let kept =
            json!({"code": "internal", "message": "try again", "detail": "password=secret", "hint": null});
        let told = serde_json::to_value(Failure::of(&kept)).unwrap();
        assert_eq!(told, json!({"code": "internal", "message": "try again", "hint": null}));
        assert_eq!(Failure::of(&json!({"code": "luck"})).code, FailureCode::Internal);
    }
}
