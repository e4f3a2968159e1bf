//! The form that Stripe reads: names with brackets, `true` and `false`, an empty text to unset.

use std::fmt::Display;

/// A request's parameters, in the order they were added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form(Vec<(String, String)>);

impl Form {
    pub fn new() -> Self {
        Self::default()
    }

    #[must_use]
    pub fn with(mut self, name: &str, value: impl Display) -> Self {
        self.0.push((name.to_owned(), value.to_string()));
        self
    }

    #[must_use]
    pub fn with_some(self, name: &str, value: Option<impl Display>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// `metadata[user_id]=…`, under `name`.
    #[must_use]
    pub fn with_metadata(mut self, name: &str, pairs: &[(&str, String)]) -> Self {
        for (key, value) in pairs {
            self.0.push((format!("{name}[{key}]"), value.clone()));
        }
        self
    }

    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }
}
