//! What `make` and `plan` share: taking in photos, lyrics and a template, and planning the storyboard.

use crate::args::{DirectArgs, NamedPhoto};
use crate::commands::{analyze, templates};
use crate::failure::{Class, Failure};
use crate::korean;
use crate::output::Output;
use crate::words::Heard;
use mv_animatic::portrait::PortraitError;
use mv_core::lyrics::LyricLine;
use mv_core::storyboard::Storyboard;
use mv_core::{CastMember, FrameRate, Lyrics, SongAnalysis};
use mv_director::lyrics::{LyricFile, LyricsError};
use mv_director::planfile::{self, PlanError};
use mv_director::template::Template;
use mv_director::{DirectOptions, DirectRequest, Language};
use mv_production::{Materials, SceneSource};
use mv_providers::animatic::LocalMaker;
use std::fs;
use std::path::Path;

/// A photo is never larger: the drawing looks at a few megapixels.
const LARGEST_PHOTO: u64 = 64 * 1024 * 1024;
/// More photos of one person say nothing new.
const PHOTOS_A_PERSON: usize = 5;

/// Takes the photos in: each is looked at before any work begins.
pub(crate) fn cast(
    args: &DirectArgs,
    materials: &mut Materials,
    output: Output,
) -> Result<Vec<CastMember>, Failure> {
    let mut cast: Vec<CastMember> = Vec::new();
    for photo in &args.photos {
        look_at(photo, args.any_face, output)?;
        let hash = take_in(&photo.path, materials)?;
        let name = photo.name.clone().unwrap_or_else(|| analyze::song_title(&photo.path));
        let id = CastMember::id_of(&name);
        match cast.iter_mut().find(|member| member.id == id) {
            Some(member) if member.photos.len() == PHOTOS_A_PERSON => {
                let message = format!("more than {PHOTOS_A_PERSON} photos of `{name}`");
                return Err(
                    Failure::new(Class::Usage, message).hint("give the best ones, face to the camera")
                );
            }
            Some(member) => member.photos.push(hash),
            None => cast.push(CastMember { name, photos: vec![hash], ..CastMember::unknown(id) }),
        }
    }
    if cast.is_empty() && !args.no_people {
        cast.push(CastMember::somebody());
    }
    Ok(cast)
}

fn look_at(photo: &NamedPhoto, any_face: bool, output: Output) -> Result<(), Failure> {
    let path = &photo.path;
    let size = fs::metadata(path).map_err(|error| Failure::reading(path, &error))?.len();
    if size > LARGEST_PHOTO {
        let message = format!("`{}` has {} MiB", path.display(), size >> 20);
        return Err(Failure::new(Class::Input, message)
            .hint(format!("give a photo of at most {} MiB", LARGEST_PHOTO >> 20)));
    }
    let bytes = fs::read(path).map_err(|error| Failure::reading(path, &error))?;
    match LocalMaker::check_photo(&bytes) {
        Ok(()) => Ok(()),
        Err(PortraitError::NoFace) if any_face => {
            output.warn(
                &format!("`{}`에서 얼굴을 찾지 못해 사진 그대로 써요", path.display()),
                &format!("no face was found in `{}`: it is used as it is", path.display()),
            );
            Ok(())
        }
        Err(error) => {
            let (said, way_out) = korean::portrait(&error);
            let failure = Failure::new(Class::Input, format!("`{}`: {error}", path.display()))
                .korean((format!("`{}`: {said}", path.display()), way_out));
            Err(match error {
                PortraitError::NoFace => failure.hint(
                    "choose a photo with one face seen from the front, or add --any-face to go on without one",
                ),
                other => failure.hint(other.hint()),
            })
        }
    }
}

/// Hashes a file that the film is made from.
pub(crate) fn take_in(path: &Path, materials: &mut Materials) -> Result<String, Failure> {
    materials.add(path).map_err(|error| Failure::reading(path, &error))
}

/// Reads the lyrics that were given for a song that was heard; none where none were.
pub(crate) fn lyrics(args: &DirectArgs, song: &SongAnalysis, output: Output) -> Result<LyricFile, Failure> {
    let Some(path) = &args.lyrics else { return Ok(LyricFile::default()) };
    let file = mv_director::lyrics::load(path, song)?;
    if file.lyrics.lines.is_empty() {
        output.warn(
            &format!("`{}`에 노래하는 줄이 없어요", path.display()),
            &format!("`{}` has no sung lines", path.display()),
        );
    }
    Ok(file)
}

/// Says how many lines have unsure times.
pub(crate) fn warn_of_unsure(lyrics: &Lyrics, output: Output) {
    let unsure = |line: &&LyricLine| line.confidence.is_some_and(|sure| sure < analyze::UNSURE);
    let (unsure, all) = (lyrics.lines.iter().filter(unsure).count(), lyrics.lines.len());
    if unsure > 0 {
        output.warn(
            &format!("가사 {all}줄 가운데 {unsure}줄의 시각이 확실하지 않아요. 계획에서 확인하거나 LRC로 주세요"),
            &format!("the times of {unsure} of {all} lyric lines are unsure: look at them in the plan, or give an LRC"),
        );
    }
}

/// Plans a storyboard for a song that was heard.
pub(crate) fn direct(
    args: &DirectArgs,
    heard: Heard<'_>,
    cast: &[CastMember],
    rate: FrameRate,
    lyrics: LyricFile,
    output: Output,
) -> Result<(Storyboard, Template), Failure> {
    let template = templates::load(&args.template)?;
    let title = args.title.clone().or(lyrics.title).unwrap_or_else(|| analyze::song_title(heard.song));
    let artist = args.artist.clone().or(lyrics.artist).unwrap_or_default();
    let language = Language::of_tag(output.pick("ko", "en"));
    let request = DirectRequest {
        analysis: heard.analysis,
        template: &template,
        cast,
        lyrics: &lyrics.lyrics,
        seed: args.seed,
        title: &title,
        artist: &artist,
        song_hash: heard.hash,
        options: DirectOptions { rate, language, ..DirectOptions::default() },
    };
    let storyboard =
        mv_director::direct(&request).map_err(|error| Failure::new(Class::Input, error.to_string()))?;
    Ok((storyboard, template))
}

/// Reads a plan that a person may have edited, and checks that it is for this song.
pub(crate) fn read_plan(path: &Path, song_hash: &str) -> Result<Storyboard, Failure> {
    let plan = planfile::load(path)?;
    planfile::check_song(&plan, song_hash)?;
    Ok(plan)
}

/// Takes in the photos that a plan's cast names by hash, from those that were given again. Whoever was given and is named
/// in the words of a scene (`@name`) joins the cast.
pub(crate) fn recast(plan: &mut Storyboard, given: &[CastMember]) -> Result<(), Failure> {
    for member in &mut plan.cast {
        if let Some(other) = given.iter().find(|other| other.id == member.id) {
            member.photos.clone_from(&other.photos);
        }
    }
    let planned: Vec<String> = plan.cast.iter().map(|member| member.id.clone()).collect();
    plan.cast.extend(given.iter().filter(|one| !planned.contains(&one.id)).cloned());
    plan.keep_mentions().map_err(|error| {
        let file = "plan".to_owned();
        let failure = Failure::from(PlanError::Rule { file, error });
        failure.hint("name people as the plan's cast has them, or give them: --photo NAME=FILE")
    })?;
    let seen: Vec<String> = plan.scenes.iter().flat_map(|scene| scene.cast.clone()).collect();
    plan.cast.retain(|member| planned.contains(&member.id) || seen.contains(&member.id));
    Ok(())
}

/// Takes in what the person gave for a plan's scenes; paths count from the plan's folder.
pub(crate) fn given(
    plan: &Storyboard,
    folder: &Path,
    materials: &mut Materials,
) -> Result<Vec<SceneSource>, Failure> {
    let mut sources = Vec::with_capacity(plan.scenes.len());
    for scene in &plan.scenes {
        let mut one =
            |file: Option<&String>| file.map(|file| take_in(&folder.join(file), materials)).transpose();
        sources.push(SceneSource {
            footage: one(scene.footage.as_ref().map(|footage| &footage.file))?,
            still: one(scene.still.as_ref())?,
            ..SceneSource::default()
        });
    }
    Ok(sources)
}

impl Failure {
    /// A file that a person named and that cannot be read.
    pub(crate) fn reading(path: &Path, error: &std::io::Error) -> Self {
        let failure = Self::new(Class::Input, format!("`{}` cannot be read: {error}", path.display()))
            .korean((
                format!("`{}`을(를) 읽을 수 없어요: {error}", path.display()),
                Some("이름과 폴더, 권한을 확인해 주세요".into()),
            ));
        match error.kind() {
            std::io::ErrorKind::NotFound => failure.hint("check the name and the folder"),
            std::io::ErrorKind::PermissionDenied => failure.hint("make it readable for yourself"),
            _ => failure,
        }
    }
}

impl From<LyricsError> for Failure {
    fn from(error: LyricsError) -> Self {
        Self::new(Class::Input, error.to_string())
            .korean(korean::lyrics(&error))
            .hint("give the lyrics as .lrc, .srt or plain .txt, in UTF-8")
    }
}

impl From<PlanError> for Failure {
    fn from(error: PlanError) -> Self {
        let failure = Self::new(Class::Input, error.to_string()).korean(korean::plan(&error));
        match error {
            PlanError::OtherSong { .. } => {
                failure.hint("give the song it was made for, or make a new plan with `melodyvision plan`")
            }
            _ => failure.hint("mend the plan, or make a new one with `melodyvision plan`"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_ids() {
        assert_eq!(CastMember::id_of("Harin Kim"), "harin-kim");
        assert_eq!(CastMember::id_of(" 하린 "), "하린");
    }
}
