//! The director: a song's analysis, a template, a cast and lyrics in, a storyboard out; the same for the same seed.

use crate::acts::{Act, acts, edges};
use crate::blocking::{Blocking, Moment};
use crate::chance::Chance;
use crate::cutting::{Lengths, Shot, cut};
use crate::grid::Grid;
use crate::joining::Joiner;
use crate::stage::Stage;
use crate::template::Template;
use crate::wording::{Language, Wording};
use mv_core::storyboard::{Scene, SongRef, StoryboardError, Transition};
use mv_core::vocabulary::SectionKind;
use mv_core::{CastMember, FrameRate, Lyrics, Seconds, SongAnalysis, Storyboard};

/// What is directed. `title` and `artist` may be empty; `song_hash` is the BLAKE3 of the file, hex.
#[derive(Clone, Copy, Debug)]
pub struct DirectRequest<'a> {
    pub analysis: &'a SongAnalysis,
    pub template: &'a Template,
    pub cast: &'a [CastMember],
    pub lyrics: &'a Lyrics,
    pub title: &'a str,
    pub artist: &'a str,
    pub song_hash: &'a str,
    pub seed: u64,
    pub options: DirectOptions,
}

/// What bounds the edit whatever the template says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DirectOptions {
    /// Frames a second of the film: no scene is shorter than a few of them.
    pub rate: FrameRate,
    /// The longest clip that the clip maker offers, 2–60 s; longer scenes become two shots.
    pub longest_clip: Seconds,
    /// The shortest scene outside a burst, 0.5–10 s; never under a beat.
    pub shortest_scene: Seconds,
    /// More scenes than the template asks for (above 1) or fewer (below), 0.25–4.
    pub density: f64,
    /// Of titles and descriptions.
    pub language: Language,
}

impl Default for DirectOptions {
    fn default() -> Self {
        Self {
            rate: FrameRate::FILM,
            longest_clip: Seconds(10.0),
            shortest_scene: Seconds(1.5),
            density: 1.0,
            language: Language::default(),
        }
    }
}

/// Why a song cannot be directed.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum DirectError {
    #[error("the song lasts `{0}` seconds: a film needs at least {SHORTEST_SONG} s")]
    TooShort(f64),
    #[error("`{field}` is `{value}`: it must be between {low} and {high}")]
    Option { field: &'static str, value: f64, low: f64, high: f64 },
    #[error("the storyboard broke a rule of the plan format: {0}")]
    Storyboard(#[from] StoryboardError),
}

/// Seconds of music below which there is nothing to direct.
const SHORTEST_SONG: f64 = 0.5;
/// How long a title card stands over the film's beginning: seconds, but at most a share of the film.
const TITLE: f64 = 4.8;
const TITLE_SHARE: f64 = 0.2;
/// Room for the handles of transitions within the longest clip, in seconds.
const HANDLES: f64 = 0.5;

/// Directs a song. The result keeps [`crate::violations`] empty and passes [`Storyboard::validate`].
pub fn direct(request: &DirectRequest<'_>) -> Result<Storyboard, DirectError> {
    let options = request.options;
    check(request.analysis, &options)?;
    let analysis = request.analysis;
    let grid = Grid::of(analysis, &edges(analysis));
    let shortest_act = (2.0 * grid.beat).max(1.0);
    let acts = acts(analysis, &grid, shortest_act);
    let lengths = Lengths {
        shortest: options.shortest_scene.0.max(grid.beat).min(grid.duration),
        longest: (options.longest_clip.0 - HANDLES).max(options.shortest_scene.0),
        density: options.density,
    };
    let shots = cut(&acts, &grid, &request.template.cutting, lengths, request.seed);
    let shares: Vec<f64> = acts.iter().map(|act| grid.time(act.from) / grid.duration).collect();
    let director = Director {
        request,
        stage: Stage::set(request.template, &acts, &shots, &shares, request.seed),
        ids: request.cast.iter().map(|member| member.id.clone()).collect(),
        energy: EnergyRange::of(analysis),
        acts: &acts,
        shots: &shots,
        grid: &grid,
    };
    let mut scenes: Vec<Scene> = Vec::with_capacity(shots.len());
    for number in 0..shots.len() {
        let scene = director.scene(number, &scenes);
        scenes.push(scene);
    }
    let joiner = Joiner {
        template: request.template,
        acts: &acts,
        shots: &shots,
        grid: &grid,
        analysis,
        seed: request.seed,
    };
    joiner.join(&mut scenes, options.longest_clip.0);
    let tempo = analysis.tempo;
    let storyboard = Storyboard {
        version: Storyboard::VERSION,
        song: SongRef {
            title: request.title.to_owned(),
            artist: request.artist.to_owned(),
            hash: request.song_hash.to_owned(),
            duration: analysis.duration,
            tempo: if tempo.is_finite() && tempo > 0.0 { tempo } else { 60.0 / grid.beat },
        },
        template: request.template.id.clone(),
        seed: request.seed,
        look: request.template.look.clone(),
        cast: request.cast.to_vec(),
        lyrics: request.lyrics.clone(),
        scenes,
    };
    storyboard.validate()?;
    Ok(storyboard)
}

fn check(analysis: &SongAnalysis, options: &DirectOptions) -> Result<(), DirectError> {
    let duration = analysis.duration.0;
    if !(duration.is_finite() && duration >= SHORTEST_SONG) {
        return Err(DirectError::TooShort(duration));
    }
    for (field, value, low, high) in [
        ("longest_clip", options.longest_clip.0, 2.0, 60.0),
        ("shortest_scene", options.shortest_scene.0, 0.5, 10.0),
        ("density", options.density, 0.25, 4.0),
    ] {
        if !(low..=high).contains(&value) {
            return Err(DirectError::Option { field, value, low, high });
        }
    }
    Ok(())
}

struct Director<'a> {
    request: &'a DirectRequest<'a>,
    stage: Stage<'a>,
    ids: Vec<String>,
    energy: EnergyRange,
    acts: &'a [Act],
    shots: &'a [Shot],
    grid: &'a Grid,
}

impl Director<'_> {
    fn scene(&self, number: usize, before: &[Scene]) -> Scene {
        let request = self.request;
        let Shot { act, from, to, .. } = self.shots[number];
        let act = &self.acts[act];
        let (start, end) = (self.grid.seconds(from), self.grid.seconds(to));
        let lyric = request.lyrics.sung_in(start, end);
        let spot = self.stage.spot(number, before);
        let moment = Moment {
            number,
            place: spot.place,
            rhymes_with: spot.rhymes_with.filter(|_| number + 1 < self.shots.len()).map(|twin| &before[twin]),
            sung: lyric.is_some() || request.lyrics.lines.is_empty() && act.kind == SectionKind::Chorus,
            titled: start.0 < TITLE.min(TITLE_SHARE * self.grid.duration),
            before,
        };
        let blocking = Blocking {
            template: request.template,
            acts: self.acts,
            shots: self.shots,
            cast: &self.ids,
            seed: request.seed,
        };
        let (framing, camera) = blocking.shot(&moment);
        let people = blocking.people(&moment, framing);
        let action = blocking.action(&moment, framing, camera, &people);
        let twin_intensity = moment.rhymes_with.map_or(0.0, |twin| (twin.intensity + 0.05).min(1.0));
        let mut scene = Scene {
            start,
            transition: Transition::CUT,
            section: act.kind,
            section_number: act.number,
            title: String::new(),
            description: String::new(),
            place: spot.place,
            time_of_day: self.stage.hour(number),
            weather: self.stage.weather(number, spot.place),
            lighting: self.stage.lighting(number, spot.place, framing, !people.is_empty()),
            framing,
            camera,
            action,
            footage: None,
            still: None,
            clip_take: 0,
            motion: None,
            intensity: self.intensity(act, start, end).max(twin_intensity),
            image_prompt: String::new(),
            motion_prompt: String::new(),
            lyric,
            seed: spot.seed,
            rhymes_with: spot.rhymes_with,
            cast: people,
        };
        let language = request.options.language;
        write_words(&mut scene, request.cast, request.template, request.seed, number, language);
        scene
    }

    /// The energy while the scene lasts, within this song's own range, with a share of its section's level; in steps
    /// of 1/100, so that the last bits of a curve change nothing.
    fn intensity(&self, act: &Act, start: Seconds, end: Seconds) -> f64 {
        let now = self.energy.relative(self.request.analysis, start, end);
        let peak = if act.peak { 0.08 } else { 0.0 };
        let level = 0.06 + 0.9 * (0.45 * now + 0.55 * act.level) + peak;
        (level.clamp(0.0, 1.0) * 100.0).round() / 100.0
    }
}

/// Fills in title, description and prompts from what the scene already says.
pub(crate) fn write_words(
    scene: &mut Scene,
    cast: &[CastMember],
    template: &Template,
    seed: u64,
    number: usize,
    language: Language,
) {
    let people = scene.cast.iter().filter_map(|id| cast.iter().find(|member| &member.id == id)).collect();
    let pattern = Chance::of(seed, "pattern", number).picture_seed();
    let wording = Wording { scene, people, prompts: &template.prompts, pattern, language };
    let words = (wording.title(), wording.description(), wording.image_prompt(), wording.motion_prompt());
    (scene.title, scene.description, scene.image_prompt, scene.motion_prompt) = words;
}

/// The song's quiet and loud tenths, between which everything else is placed.
struct EnergyRange {
    low: f64,
    high: f64,
}

impl EnergyRange {
    fn of(analysis: &SongAnalysis) -> Self {
        let mut values: Vec<f32> =
            analysis.energy_curve.values.iter().copied().filter(|value| value.is_finite()).collect();
        values.sort_by(f32::total_cmp);
        let at = |share: f64| {
            let index = (share * values.len() as f64) as usize;
            values.get(index.min(values.len().saturating_sub(1))).copied().map_or(0.5, f64::from)
        };
        Self { low: at(0.1), high: at(0.9) }
    }

    fn relative(&self, analysis: &SongAnalysis, start: Seconds, end: Seconds) -> f64 {
        let spread = self.high - self.low;
        let mean = analysis.energy_curve.mean(start, end);
        if spread < 0.02 || !mean.is_finite() {
            return 0.5;
        }
        ((mean - self.low) / spread).clamp(0.0, 1.0)
    }
}
