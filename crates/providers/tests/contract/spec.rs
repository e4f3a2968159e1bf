//! The services' own specifications, and whether calls and answers keep to them.

use jsonschema::Validator;
use mv_testing::vendor::{Language, Seen, Spoken};
use serde_json::{Map, Value, json};

pub(crate) struct Spec {
    document: Value,
    /// What stands before the specification's paths in ours.
    prefixes: &'static [&'static str],
}

impl Spec {
    /// `None` for services that publish none.
    pub(crate) fn of(language: Language) -> Option<Self> {
        let (text, prefixes): (&str, &'static [&'static str]) = match language {
            Language::Gemini => (include_str!("../specs/gemini.v1beta.trimmed.json"), &[""]),
            Language::Together => {
                (include_str!("../specs/together.2026-04-28.trimmed.json"), &["/v2", "/v1"])
            }
            Language::Runway => (include_str!("../specs/runway.2024-11-06.trimmed.json"), &[""]),
            Language::Openai => (include_str!("../specs/openai-media.2026-08-21.trimmed.json"), &["/v1"]),
            Language::Kling => (include_str!("../specs/kling.json"), &[""]),
            Language::Fal => (include_str!("../specs/fal.apps.json"), &[""]),
            Language::Comfyui => return None,
        };
        let mut document: Value = serde_json::from_str(text).unwrap();
        if language == Language::Together {
            mend_together(&mut document);
        }
        if language == Language::Openai {
            // Of the three shapes of a transcription the plainest fits the others too.
            let at = "/paths/~1audio~1transcriptions/post/responses/200/content/application~1json/schema";
            let shapes = document.pointer_mut(at).and_then(Value::as_object_mut).unwrap();
            let either = shapes.remove("oneOf").unwrap();
            shapes.insert("anyOf".into(), either);
        }
        Some(Self { document, prefixes })
    }

    /// The specification's own path for one of ours.
    fn path(&self, seen: &Seen) -> Option<String> {
        let paths = self.document["paths"].as_object()?;
        let ours = self.prefixes.iter().filter_map(|prefix| seen.path.strip_prefix(prefix));
        for ours in ours {
            let fits = |template: &&String| {
                let (a, b): (Vec<_>, Vec<_>) = (template.split('/').collect(), ours.split('/').collect());
                a.len() == b.len()
                    && a.iter().zip(&b).all(|(theirs, ours)| match (theirs.find('{'), theirs.find('}')) {
                        (Some(open), Some(close)) => {
                            ours.starts_with(&theirs[..open]) && ours.ends_with(&theirs[close + 1..])
                        }
                        _ => theirs == ours,
                    })
            };
            let method = seen.method.to_lowercase();
            if let Some((path, _)) =
                paths.iter().find(|(path, item)| fits(path) && item.get(&method).is_some())
            {
                return Some(path.clone());
            }
        }
        None
    }

    fn validator(&self, pointer: &str) -> Option<Validator> {
        self.document.pointer(pointer)?;
        let mut root = self.document.clone();
        root["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
        root["$ref"] = json!(format!("#{}", pointer.replace('{', "%7B").replace('}', "%7D")));
        Some(jsonschema::validator_for(&root).unwrap_or_else(|error| panic!("{pointer}: {error}")))
    }

    /// Whether the specification knows the call; what it has against it.
    pub(crate) fn request(&self, seen: &Seen) -> Option<Vec<String>> {
        let path = self.path(seen)?;
        if seen.method == "GET" || seen.method == "DELETE" {
            return Some(Vec::new());
        }
        let form = seen.header("content-type").is_some_and(|kind| kind.starts_with("multipart/"));
        let kind = if form { "multipart~1form-data" } else { "application~1json" };
        let at = format!(
            "/paths/{}/{}/requestBody/content/{kind}/schema",
            escaped(&path),
            seen.method.to_lowercase()
        );
        let body = if form { form_as_json(seen) } else { seen.json() };
        Some(complaints(&self.validator(&at)?, &body))
    }

    /// What the specification has against a fake's answer.
    pub(crate) fn answer(&self, spoken: &Spoken) -> Vec<String> {
        let Some(path) = self.path(&spoken.asked) else { return Vec::new() };
        let method = spoken.asked.method.to_lowercase();
        let at = format!(
            "/paths/{}/{method}/responses/{}/content/application~1json/schema",
            escaped(&path),
            spoken.status
        );
        self.validator(&at).map(|validator| complaints(&validator, &spoken.answer)).unwrap_or_default()
    }
}

/// Where the guides and real answers say more than the document.
fn mend_together(document: &mut Value) {
    let schemas = &mut document["components"]["schemas"];
    if let Some(states) = schemas["VideoStatus"]["enum"].as_array_mut() {
        states.extend([json!("queued"), json!("cancelled")]);
    }
    for pointer in ["/VideoJob/properties/outputs/properties/cost/type"] {
        if let Some(kind) = schemas.pointer_mut(pointer) {
            *kind = json!("number");
        }
    }
}

fn escaped(path: &str) -> String {
    path.replace('~', "~0").replace('/', "~1")
}

fn complaints(validator: &Validator, value: &Value) -> Vec<String> {
    let told = |error: jsonschema::ValidationError<'_>| {
        let mut words = format!("{}: {error}", error.instance_path());
        words.truncate(words.char_indices().nth(400).map_or(words.len(), |(at, _)| at));
        words
    };
    validator.iter_errors(value).map(told).collect()
}

/// A form as the object that it spells.
fn form_as_json(seen: &Seen) -> Value {
    let mut fields = Map::new();
    for (name, value) in seen.form() {
        let value = match (name.as_str(), value.parse::<i64>()) {
            ("n", Ok(number)) => json!(number),
            _ => json!(value),
        };
        match name.strip_suffix("[]") {
            Some(name) => match fields.entry(name.to_owned()).or_insert_with(|| json!([])) {
                Value::Array(items) => items.push(value),
                _ => panic!("`{name}` is a field and a list"),
            },
            None => {
                fields.insert(name, value);
            }
        }
    }
    Value::Object(fields)
}
