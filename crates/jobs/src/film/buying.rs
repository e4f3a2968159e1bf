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
        sources.push(SceneSource { footage, still, still_maker: still_maker.clone(), clip_maker });
    }
    Ok(sources)
}
