//! Graphs: a file of nodes in ComfyUI's API format in which `{{name}}` stands for what a scene needs.
//!
//! A value that is one slot and nothing else becomes what it stands for, a number where it is a number; inside a longer
//! text it is spelled out. `{{name|else}}` has a default for what nobody sets.

use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

const STILL: &str = include_str!("still.json");
const CLIP: &str = include_str!("clip.json");
const EDIT: &str = include_str!("edit.json");
/// Nobody's graph is longer.
const LONGEST: usize = 4 * 1024 * 1024;

#[derive(Clone, Debug)]
pub(crate) struct Graph {
    nodes: Map<String, Value>,
}

/// Values by slot.
pub(crate) type Slots = BTreeMap<&'static str, Value>;

impl Graph {
    /// A graph that comes with this version: `still`, `clip` or `edit`.
    pub(crate) fn built_in(name: &str) -> Option<&'static str> {
        match name {
            "still" => Some(STILL),
            "clip" => Some(CLIP),
            "edit" => Some(EDIT),
            _ => None,
        }
    }

    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if text.len() > LONGEST {
            return Err(format!("the graph is longer than {LONGEST} bytes"));
        }
        let nodes: Map<String, Value> =
            serde_json::from_str(text).map_err(|error| format!("the graph: {error}"))?;
        if nodes.contains_key("nodes") && nodes.contains_key("links") {
            return Err("the graph is the editor's own file: save it with Export (API)".to_owned());
        }
        if nodes.is_empty() {
            return Err("the graph has no nodes".to_owned());
        }
        for (id, node) in &nodes {
            if node["class_type"].as_str().is_none_or(str::is_empty) || !node["inputs"].is_object() {
                return Err(format!("node `{id}` of the graph lacks `class_type` or `inputs`"));
            }
        }
        let graph = Self { nodes };
        // A slot that nobody knows would go to the server as it is written.
        for slot in graph.slots() {
            if !super::SLOTS.contains(&slot.as_str()) && !graph.has_default(&slot) {
                let known = super::SLOTS.join(", ");
                return Err(format!("the graph has a slot `{slot}` without a default; known are {known}"));
            }
        }
        Ok(graph)
    }

    /// The kinds of nodes it needs.
    pub(crate) fn classes(&self) -> BTreeSet<String> {
        self.nodes.values().filter_map(|node| node["class_type"].as_str()).map(str::to_owned).collect()
    }

    /// The names of its slots.
    pub(crate) fn slots(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        self.texts(&mut |text| {
            for (name, _) in slots_in(text) {
                found.insert(name.to_owned());
            }
        });
        found
    }

    fn has_default(&self, slot: &str) -> bool {
        let mut found = false;
        self.texts(&mut |text| {
            found |= slots_in(text).any(|(name, default)| name == slot && default.is_some());
        });
        found
    }

    fn texts(&self, look: &mut dyn FnMut(&str)) {
        fn walk(value: &Value, look: &mut dyn FnMut(&str)) {
            match value {
                Value::String(text) => look(text),
                Value::Array(items) => items.iter().for_each(|item| walk(item, look)),
                Value::Object(fields) => fields.values().for_each(|field| walk(field, look)),
                Value::Null | Value::Bool(_) | Value::Number(_) => {}
            }
        }
        self.nodes.values().for_each(|node| walk(node, look));
    }

    /// The graph with its slots filled. `own` are values a person set for slots of their own.
    pub(crate) fn filled(&self, slots: &Slots, own: &toml::Table) -> Result<Map<String, Value>, String> {
        let value_of = |name: &str, default: Option<&str>| -> Result<Value, String> {
            if let Some(value) = slots.get(name) {
                return Ok(value.clone());
            }
            if let Some(value) = own.get(name) {
                return serde_json::to_value(value)
                    .map_err(|error| format!("the value of `{name}`: {error}"));
            }
            default.map(scalar).ok_or_else(|| format!("the graph needs `{name}`, which this scene has not"))
        };
        let fill = |text: &str| -> Result<Value, String> {
            let mut all = slots_in(text);
            if let Some((name, default)) = all.next()
                && all.next().is_none()
                && text.starts_with("{{")
                && text.ends_with("}}")
            {
                return value_of(name, default);
            }
            let mut result = String::new();
            let mut rest = text;
            while let Some((before, slot, after)) = next_slot(rest) {
                result.push_str(before);
                let (name, default) = name_and_default(slot);
                match value_of(name, default)? {
                    Value::String(text) => result.push_str(&text),
                    other => result.push_str(&other.to_string()),
                }
                rest = after;
            }
            result.push_str(rest);
            Ok(Value::String(result))
        };
        self.nodes.iter().map(|(id, node)| Ok((id.clone(), walk(node, &fill)?))).collect()
    }
}

fn walk(value: &Value, fill: &dyn Fn(&str) -> Result<Value, String>) -> Result<Value, String> {
    Ok(match value {
        Value::String(text) => fill(text)?,
        Value::Array(items) => {
            Value::Array(items.iter().map(|item| walk(item, fill)).collect::<Result<_, _>>()?)
        }
        Value::Object(fields) => Value::Object(
            fields
                .iter()
                .map(|(name, field)| Ok((name.clone(), walk(field, fill)?)))
                .collect::<Result<_, String>>()?,
        ),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    })
}

/// A default is a number where it reads as one.
fn scalar(text: &str) -> Value {
    match serde_json::from_str(text) {
        Ok(value @ (Value::Number(_) | Value::Bool(_))) => value,
        _ => Value::String(text.to_owned()),
    }
}

/// Text before the first slot, what stands in it, text after it.
fn next_slot(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once("{{")?;
    let (slot, after) = rest.split_once("}}")?;
    Some((before, slot, after))
}

fn name_and_default(slot: &str) -> (&str, Option<&str>) {
    match slot.split_once('|') {
        Some((name, default)) => (name.trim(), Some(default.trim())),
        None => (slot.trim(), None),
    }
}

fn slots_in(text: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (_, slot, after) = next_slot(rest)?;
        rest = after;
        Some(name_and_default(slot))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn graph(inputs: &Value) -> Result<Graph, String> {
        Graph::parse(&json!({"1": {"class_type": "X", "inputs": inputs}}).to_string())
    }

    #[test]
    fn slots_become_what_they_stand_for() {
        let graph = graph(&json!({
            "seed": "{{seed}}", "text": "a {{prompt}} at {{width}}", "steps": "{{steps|20}}", "link": ["4", 0],
            "file": "{{checkpoint|base.safetensors}}"
        }));
        let slots =
            Slots::from([("seed", json!(7)), ("prompt", json!("roof {{seed}} \"x\"")), ("width", json!(64))]);
        let own: toml::Table = toml::from_str("checkpoint = \"mine.safetensors\"").unwrap();
        let filled = graph.unwrap().filled(&slots, &own).unwrap();
        assert_eq!(
            filled["1"]["inputs"],
            json!({
                // What a prompt says is never a slot.
                "seed": 7, "text": "a roof {{seed}} \"x\" at 64", "steps": 20, "link": ["4", 0],
                "file": "mine.safetensors"
            })
        );
    }

    #[test]
    fn a_graph_that_cannot_work_is_refused_when_it_is_read() {
        assert!(graph(&json!({"x": "{{promised}}"})).unwrap_err().contains("`promised`"));
        assert!(Graph::parse("{}").unwrap_err().contains("no nodes"));
        assert!(Graph::parse("[1]").is_err());
        assert!(Graph::parse(r#"{"1": {"inputs": {}}}"#).unwrap_err().contains("node `1`"));
        assert!(Graph::parse(r#"{"nodes": [], "links": []}"#).unwrap_err().contains("Export (API)"));
        let needs = graph(&json!({"x": "{{picture}}"})).unwrap().filled(&Slots::new(), &toml::Table::new());
        assert!(needs.unwrap_err().contains("`picture`"));
    }

    #[test]
    fn the_graphs_that_come_along_can_be_read() {
        for (name, node) in
            [("still", "KSampler"), ("clip", "SaveVideo"), ("edit", "TextEncodeQwenImageEdit")]
        {
            let graph = Graph::parse(Graph::built_in(name).unwrap()).unwrap();
            assert!(graph.classes().contains(node), "{name}");
            assert!(graph.slots().contains("seed"), "{name}");
        }
    }
}
