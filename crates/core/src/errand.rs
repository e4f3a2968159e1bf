//! What is bought beside a film, as it is kept with its task: a picture changed, a song written down, scenes put into words.

use crate::edit::{Change, Region};
use crate::ids::SceneId;
use crate::units::MicroUsd;
use serde::{Deserialize, Serialize};

/// Whom to ask, and what it may cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bid {
    /// The model that was chosen, then those to ask when it cannot; never empty.
    pub models: Vec<String>,
    /// The most that the errand may spend, all its calls together.
    pub cap: MicroUsd,
}

/// `tasks.payload` of `edit_image`: a chain of changes to a scene's picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImageEdit {
    pub scene: SceneId,
    #[serde(flatten)]
    pub bid: Bid,
    /// Object key of the picture that the first change is made to.
    pub picture: String,
    pub links: Vec<EditLink>,
    pub seed: u64,
}

/// One change of a chain, made to what the one before it left.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EditLink {
    pub change: Change,
    /// Object key of a picture: white may change, black may not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mask: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
}

/// `tasks.payload` of `transcribe`: the song is listened to, and its lyrics get their times, or are written down where
/// nobody gave any.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transcribing {
    #[serde(flatten)]
    pub bid: Bid,
    /// A BCP 47 tag where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Move lines, too, whose times a person or a file gave.
    #[serde(default)]
    pub all: bool,
}

/// `tasks.payload` of `write_scenes`: scenes put into words by a text model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Writing {
    #[serde(flatten)]
    pub bid: Bid,
    /// The scenes to write; all that are not locked when there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scenes: Vec<SceneId>,
    /// Only say what they would become: nothing is changed.
    #[serde(default)]
    pub propose: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::{Focus, TextEdit};

    #[test]
    fn an_edit_survives_its_task() {
        let sign = TextEdit { from: "OPEN".into(), to: "여름".into(), keep_font: true };
        let edit = ImageEdit {
            scene: SceneId(uuid::Uuid::from_u128(7)),
            bid: Bid { models: vec!["qwen".into(), "nano-banana".into()], cap: MicroUsd(120_000) },
            picture: "artifacts/still/1.png".into(),
            links: vec![
                EditLink {
                    change: Change::Instruction {
                        text: "rain".into(),
                        focus: Focus::Semantic,
                        keep_layout: true,
                    },
                    mask: Some("stills/1".into()),
                    region: Some(Region { x: 0.0, y: 0.5, width: 1.0, height: 0.5 }),
                },
                EditLink { change: Change::Text(vec![sign]), mask: None, region: None },
            ],
            seed: 3,
        };
        let kept = serde_json::to_value(&edit).unwrap();
        assert_eq!(kept["models"][0], "qwen");
        assert_eq!(serde_json::from_value::<ImageEdit>(kept).unwrap(), edit);
    }

    #[test]
    fn a_region_is_inside_its_picture() {
        let region = |x, width| Region { x, y: 0.0, width, height: 1.0 };
        assert!(region(0.5, 0.5).is_inside());
        for (x, width) in [(0.8, 0.5), (-0.1, 0.5), (0.5, 0.0), (f64::NAN, 0.5)] {
            assert!(!region(x, width).is_inside(), "{x} {width}");
        }
    }
}
