//! What a film would buy, for whoever only wants to know: the same steps with the same keys as when it is made.

use crate::error::JobError;
use crate::film::layout;
use crate::film::studio::hash_of_file;
use mv_core::{SongAnalysis, Storyboard, VideoConfig};
use mv_production::SceneSource;
use mv_production::inputs::ToolVersions;
use mv_production::recipe::Purchase;
use mv_providers::animatic::BUILT_IN;
use mv_providers::{Catalogue, ModelCard, ModelKind};

/// What services are asked for to make this film, in its order; scenes that look the same share a still.
///
/// # Errors
/// [`JobError::NoModel`] when the order names a model that is not in the catalogue, [`JobError::Production`] when the
/// storyboard breaks a rule or a scene is longer than its model's clips.
pub fn purchases(
    catalogue: &Catalogue,
    plan: &Storyboard,
    analysis: &SongAnalysis,
    config: &VideoConfig,
) -> Result<Vec<Purchase>, JobError> {
    let given: Vec<_> = plan
        .scenes
        .iter()
        .map(|scene| {
            let footage = scene.footage.as_ref().and_then(|footage| hash_of_file(&footage.file));
            (footage, scene.still.as_deref().and_then(hash_of_file))
        })
        .collect();
    let sources = sources(catalogue, config, given)?;
    // No purchase depends on this machine's tools.
    let tools = ToolVersions { ffmpeg: String::new(), x264: String::new(), graph: 0 };
    layout::with_recipe(plan, analysis, config, &sources, tools, |recipe| Ok(recipe.purchases()?))
}

/// Who makes each scene's picture, given the hashes of what the person gave for it: footage and still.
pub(super) fn sources(
    catalogue: &Catalogue,
    config: &VideoConfig,
    given: Vec<(Option<String>, Option<String>)>,
) -> Result<Vec<SceneSource>, JobError> {
    let maker = |kind: ModelKind, id: Option<&str>| -> Result<Option<ModelCard>, JobError> {
        let Some(id) = id.filter(|id| !BUILT_IN.contains(id)) else { return Ok(None) };
        let card = catalogue.card(kind, id).cloned();
        card.map(Some).ok_or_else(|| JobError::NoModel(id.to_owned()))
    };
    let still_maker = maker(ModelKind::Image, config.image_model.as_deref())?;
    let mut sources = Vec::with_capacity(given.len());
    for (index, (footage, still)) in given.into_iter().enumerate() {
        let number = u32::try_from(index + 1).unwrap_or(u32::MAX);
        let clip_maker = maker(ModelKind::Clip, config.clip_model(number))?;
        let still_maker = still_maker.clone();
        sources.push(SceneSource { footage, still, still_maker, clip_maker, ..SceneSource::default() });
    }
    Ok(sources)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::collections::BTreeSet;

    fn plan() -> Storyboard {
        let scene = |start: f64, seed: u64| {
            json!({
                "start": start, "section": "verse", "section_number": 1, "title": "Scene", "description": "It rains.",
                "place": "rooftop", "time_of_day": "night", "weather": "clear", "lighting": "neon", "framing": "wide",
                "camera": "push-in", "action": "stand", "intensity": 0.3, "image_prompt": "", "motion_prompt": "",
                "seed": seed,
            })
        };
        serde_json::from_value(json!({
            "version": 1, "template": "urban-night", "seed": 1,
            "song": {"title": "Song", "artist": "", "hash": "0".repeat(64), "duration": 12.0, "tempo": 120.0},
            "look": {"shadows": "#0a0a14", "midtones": "#3c325a", "highlights": "#ffb478", "accents": ["#ff50a0"],
                "tint": 0.35, "saturation": 1.0, "contrast": 1.0, "haze": 0.4, "bloom": 0.4, "grain": 0.1,
                "vignette": 0.2},
            "scenes": [scene(0.0, 1), scene(4.0, 2), scene(8.0, 1)],
        }))
        .unwrap()
    }

    fn song() -> SongAnalysis {
        serde_json::from_value(json!({
            "version": 1, "duration": 12.0, "sample_rate": 44100, "channels": 2, "tempo": 120.0, "key": "C major",
            "keys": [], "time_signature": "4/4", "tuning_hz": 440.0, "beats": [0.0, 0.5], "downbeats": [0.0],
            "sections": [], "energy": 0.5, "valence": 0.5, "energy_curve": {"rate_hz": 10.0, "values": []},
            "loudness_lufs": null,
            "confidence": {"tempo": 1.0, "beats": 1.0, "downbeats": 1.0, "time_signature": 1.0, "key": 1.0,
                "sections": 1.0, "energy": 1.0, "valence": 1.0},
        }))
        .unwrap()
    }

    fn keys(plan: &Storyboard, config: &VideoConfig) -> BTreeSet<String> {
        let catalogue = Catalogue::built_in().unwrap();
        let bought = purchases(&catalogue, plan, &song(), config).unwrap();
        bought.into_iter().map(|one| format!("{} {}", one.kind.word(), one.key)).collect()
    }

    #[test]
    fn a_change_asks_for_what_it_changes_and_for_no_more() {
        let named = |name: &str| Some(name.to_owned());
        let config = VideoConfig {
            image_model: named("nano-banana"),
            video_model: named("kling-standard"),
            ..VideoConfig::default()
        };
        let whole = keys(&plan(), &config);
        assert_eq!(whole.len(), 4, "the third scene looks like the first: {whole:?}");
        let new = |change: &dyn Fn(&mut Storyboard)| -> Vec<String> {
            let mut changed = plan();
            change(&mut changed);
            let words = keys(&changed, &config).difference(&whole).cloned().collect::<Vec<_>>();
            words.iter().map(|key| key.split(' ').next().unwrap_or_default().to_owned()).collect()
        };
        assert_eq!(new(&|plan| plan.scenes[1].motion = Some(0.2)), ["clip"]);
        assert_eq!(new(&|plan| plan.scenes[1].clip_take = 1), ["clip"]);
        assert_eq!(new(&|plan| plan.scenes[1].seed = 9), ["clip", "still"]);
        assert_eq!(new(&|plan| plan.scenes[1].title = "Another".into()), [""; 0]);
        // Half a second more is covered by the five seconds that were bought.
        assert_eq!(new(&|plan| plan.scenes[2].start = mv_core::Seconds(8.5)), [""; 0]);
        assert_eq!(new(&|plan| plan.scenes[1].still = Some("photos/x/abc.jpg".into())), ["clip"]);
        let drawn = VideoConfig { video_model: named("animatic"), ..VideoConfig::default() };
        assert_eq!(keys(&plan(), &drawn), BTreeSet::new());
        let unknown = VideoConfig { video_model: named("none-such"), ..VideoConfig::default() };
        let catalogue = Catalogue::built_in().unwrap();
        assert!(matches!(purchases(&catalogue, &plan(), &song(), &unknown), Err(JobError::NoModel(_))));
    }
}
