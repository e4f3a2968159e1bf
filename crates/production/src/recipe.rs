//! From a storyboard to a graph: one step a scene body, one a seam, the sound track, the join, the report.

use crate::error::ProductionError;
use crate::inputs::{
    BoughtClip, BoughtStill, CaptionInput, ChapterInput, ClipInput, ClipPart, DrawnClip, FilmInput, FilmPart,
    Finish, FootageClip, Maker, PosterInput, ReportInput, SeamInput, SegmentInput, SoundtrackInput,
    SpritesInput, StillInput, StillSource, ToolVersions, WatermarkInput,
};
use crate::step::{Graph, StepInput, StepKey, StepKind};
use mv_core::mention;
use mv_core::storyboard::Transition;
use mv_core::timeline::{SceneSpan, Stretch};
use mv_core::vocabulary::CameraMove;
use mv_core::{CastMember, FilmSettings, FrameIndex, Scene, Seconds, SongAnalysis, Storyboard, Timeline};
use mv_media::Direction;
use mv_media::captions::{CaptionLook, CaptionSettings, TitleCard};
use mv_providers::ModelCard;
use mv_providers::animatic::LightTrack;
use std::collections::BTreeMap;
use std::ops::Range;

/// A film about to be made: the plan, how it is to look, and the hashes of what it is made from.
#[derive(Debug)]
pub struct Recipe<'a> {
    pub analysis: &'a SongAnalysis,
    pub storyboard: &'a Storyboard,
    pub settings: &'a FilmSettings,
    pub watermark: Option<WatermarkInput>,
    /// How captions and the title card look.
    pub captions: &'a CaptionSettings,
    /// For each scene, what its picture comes from; the built-in maker draws those that are not here.
    pub scenes: &'a [SceneSource],
    pub tools: ToolVersions,
}

/// What a scene's picture comes from, besides the plan.
#[derive(Clone, Debug, Default)]
pub struct SceneSource {
    /// Hash of the person's own footage.
    pub footage: Option<String>,
    /// Hash of the person's own picture.
    pub still: Option<String>,
    /// The models that make what the person did not give; `None` is the built-in maker.
    pub still_maker: Option<ModelCard>,
    pub clip_maker: Option<ModelCard>,
    /// What was bought for the scene already, when its film is shown in another shape: it is used as it is.
    pub bought: Option<Bought>,
}

/// A step that bought something, by the key that it had then.
#[derive(Clone, Debug)]
pub struct Bought {
    pub key: StepKey,
    /// Of a still or a clip.
    pub input: StepInput,
}

/// A still or a clip that an outside service is to make.
#[derive(Clone, Debug, PartialEq)]
pub struct Purchase {
    pub key: StepKey,
    /// A still or a clip.
    pub kind: StepKind,
    /// Number of the first scene that needs it, from 1.
    pub scene: usize,
    /// The product's name of the model.
    pub model: String,
    /// Length of the clip as it is asked for; 0 for a still.
    pub seconds: f64,
}

/// A scene's clip, and the steps that must be done before its frames are there.
struct SceneClip {
    input: ClipInput,
    needs: Vec<usize>,
}

/// How captions look on a storyboard's film; `titled` opens it with the song's title, when it has one.
pub fn caption_settings(
    storyboard: &Storyboard,
    settings: &FilmSettings,
    look: CaptionLook,
    titled: bool,
) -> CaptionSettings {
    let song = &storyboard.song;
    CaptionSettings {
        mode: settings.captions,
        look: match storyboard.look.accents.first() {
            Some(accent) => look.with_accent(*accent),
            None => look,
        },
        canvas: settings.canvas,
        rate: settings.frame_rate,
        title_card: (titled && !song.title.is_empty())
            .then(|| TitleCard::opening(&song.title, &song.artist, song.duration)),
    }
}

/// A film's graph and the steps that people ask for by name.
#[derive(Debug)]
pub struct FilmGraph {
    pub graph: Graph,
    pub timeline: Timeline,
    pub film: usize,
    pub report: usize,
    pub poster: usize,
    pub sprites: usize,
}

impl Recipe<'_> {
    /// Lays out every step of the film.
    pub fn film(&self) -> Result<FilmGraph, ProductionError> {
        self.storyboard.validate()?;
        let timeline = Timeline::of(self.storyboard, self.settings.frame_rate);
        let mut graph = Graph::default();
        let mut clips = Vec::with_capacity(timeline.scenes.len());
        for scene in 0..timeline.scenes.len() {
            clips.push(self.clip(&mut graph, scene, &timeline)?);
        }
        let soundtrack = graph.add(
            StepInput::Soundtrack(SoundtrackInput {
                song: self.storyboard.song.hash.clone(),
                frames: timeline.total(),
                rate: timeline.rate,
                loudness: self.settings.loudness,
                tools: self.tools.clone(),
            }),
            "sound track",
            &[],
            timeline.total().0 as f64 * 0.05,
        )?;
        let mut needs = vec![soundtrack];
        let mut parts = BTreeMap::new();
        for stretch in in_order_of_work(timeline.stretches()) {
            let frames = timeline.frames(stretch);
            let length = frames.end - frames.start;
            let (input, label, before) = self.stretch(stretch, &timeline, &clips);
            let kind = input.kind();
            let index = graph.add(input, label, &before, length as f64)?;
            graph.set_scene(index, 1 + Self::scene_of(stretch, &timeline));
            parts.insert(frames.start, FilmPart { kind, key: graph.key(index), frames: length });
            needs.push(index);
        }
        let film = graph.add(
            StepInput::Film(FilmInput {
                segments: parts.into_values().collect(),
                soundtrack: graph.key(soundtrack),
                rate: timeline.rate,
                chapters: self.chapters(&timeline),
                title: self.storyboard.song.title.clone(),
                artist: self.storyboard.song.artist.clone(),
            }),
            "joining",
            &needs,
            timeline.total().0 as f64 * 0.02,
        )?;
        let report = graph.add(
            StepInput::Report(Box::new(self.report(graph.key(film), graph.key(soundtrack), &timeline))),
            "sync report",
            &[soundtrack, film],
            timeline.total().0 as f64 * 0.08,
        )?;
        let poster = graph.add(
            StepInput::Poster(PosterInput {
                film: graph.key(film),
                frame: self.poster_frame(&timeline),
                rate: timeline.rate,
            }),
            "poster",
            &[film],
            1.0,
        )?;
        let sprites = graph.add(
            StepInput::Sprites(self.sprites(graph.key(film), &timeline)),
            "sprites",
            &[film],
            timeline.total().0 as f64 * 0.01,
        )?;
        Ok(FilmGraph { graph, timeline, film, report, poster, sprites })
    }

    /// One still a scene, for a contact sheet; scenes that look the same share a step. Also says which step each
    /// scene's is.
    pub fn stills(&self) -> Result<(Graph, Vec<usize>), ProductionError> {
        self.storyboard.validate()?;
        let timeline = Timeline::of(self.storyboard, self.settings.frame_rate);
        let mut graph = Graph::default();
        let mut scenes = Vec::with_capacity(timeline.scenes.len());
        for scene in 0..timeline.scenes.len() {
            scenes.push(self.still(&mut graph, scene, &timeline)?);
        }
        Ok((graph, scenes))
    }

    /// What outside services are asked for, in the order of the film.
    pub fn purchases(&self) -> Result<Vec<Purchase>, ProductionError> {
        self.storyboard.validate()?;
        let timeline = Timeline::of(self.storyboard, self.settings.frame_rate);
        let mut graph = Graph::default();
        for scene in 0..timeline.scenes.len() {
            self.clip(&mut graph, scene, &timeline)?;
        }
        let rate = f64::from(self.settings.frame_rate.get());
        let bought = graph.steps().iter().filter_map(|step| {
            let (maker, seconds) = match &step.input {
                StepInput::Still(still) => match &**still {
                    StillInput::Bought(still) => (&still.maker, 0.0),
                    StillInput::Drawn(_) => return None,
                },
                StepInput::Clip(clip) => (&clip.maker, clip.frames as f64 / rate),
                _ => return None,
            };
            let (kind, model) = (step.input.kind(), maker.id.clone());
            Some(Purchase { key: step.key, kind, scene: step.scene?, model, seconds })
        });
        Ok(bought.collect())
    }

    fn report(&self, film: StepKey, soundtrack: StepKey, timeline: &Timeline) -> ReportInput {
        let scenes = self.storyboard.scenes.iter().zip(&timeline.scenes);
        ReportInput {
            film,
            soundtrack,
            title: self.storyboard.song.title.clone(),
            artist: self.storyboard.song.artist.clone(),
            canvas: self.settings.canvas,
            timeline: timeline.clone(),
            beats: self.analysis.beats.clone(),
            downbeats: self.analysis.downbeats.clone(),
            chapters: self.chapters(timeline),
            loudness: self.settings.loudness,
            footage: scenes
                .filter(|(scene, _)| scene.footage.is_some())
                .map(|(_, span)| span.clip())
                .collect(),
        }
    }

    /// The sheet of small pictures that players show over their timeline.
    pub(crate) fn sprites(&self, film: StepKey, timeline: &Timeline) -> SpritesInput {
        SpritesInput { film, frames: timeline.total(), rate: timeline.rate, canvas: self.settings.canvas }
    }

    fn label(&self, scene: usize) -> String {
        format!("scene {} of {}", scene + 1, self.storyboard.scenes.len())
    }

    /// A scene's clip; the steps that buy it, or the still it begins with, are added to the graph.
    fn clip(
        &self,
        graph: &mut Graph,
        scene: usize,
        timeline: &Timeline,
    ) -> Result<SceneClip, ProductionError> {
        let span = &timeline.scenes[scene];
        let source = self.source(scene);
        if let (Some(hash), Some(footage)) = (&source.footage, &self.storyboard.scenes[scene].footage) {
            let (file, from, frames) = (hash.clone(), footage.from, span.clip());
            let input = ClipInput::Footage(FootageClip { file, from, frames });
            return Ok(SceneClip { input, needs: Vec::new() });
        }
        let bought = source.bought.as_ref().map(|bought| {
            let step = graph.add_made(bought.key, bought.input.clone(), self.label(scene));
            graph.set_scene(step, scene + 1);
            step
        });
        if let (Some(step), Some(Bought { key, input: StepInput::Clip(_) })) = (bought, &source.bought) {
            let frames = span.clip().end - span.clip().start;
            let input = ClipInput::Bought(ClipPart { clip: *key, frames });
            return Ok(SceneClip { input, needs: vec![step] });
        }
        let (still, needs) = match (&source.still, bought) {
            (_, Some(step)) => (Some(StillSource::Made(graph.key(step))), vec![step]),
            (Some(hash), None) => (Some(StillSource::Given(hash.clone())), Vec::new()),
            (None, None) if source.still_maker.is_some() || source.clip_maker.is_some() => {
                let still = self.still(graph, scene, timeline)?;
                (Some(StillSource::Made(graph.key(still))), vec![still])
            }
            (None, None) => (None, Vec::new()),
        };
        let (Some(card), Some(first)) = (&source.clip_maker, &still) else {
            let input = ClipInput::Drawn(Box::new(DrawnClip { still, ..self.drawn(scene, span) }));
            return Ok(SceneClip { input, needs });
        };
        let frames = span.clip().end - span.clip().start;
        let bought = self.bought_clip(scene, card, first.clone(), frames)?;
        let clip =
            graph.add(StepInput::Clip(Box::new(bought)), self.label(scene), &needs, frames as f64 * 0.5)?;
        graph.set_scene(clip, scene + 1);
        let input = ClipInput::Bought(ClipPart { clip: graph.key(clip), frames });
        Ok(SceneClip { input, needs: vec![clip] })
    }

    /// The step that makes a scene's still.
    fn still(&self, graph: &mut Graph, scene: usize, timeline: &Timeline) -> Result<usize, ProductionError> {
        let input = match &self.source(scene).still_maker {
            Some(card) => StillInput::Bought(BoughtStill {
                maker: Maker::from(card),
                scene: Scene {
                    motion_prompt: String::new(),
                    camera: CameraMove::Static,
                    ..self.spoken(scene)
                },
                look: self.storyboard.look.clone(),
                cast: self.cast(scene),
                canvas: self.settings.canvas,
            }),
            None => StillInput::Drawn(self.drawn(scene, &timeline.scenes[scene])),
        };
        let index = graph.add(StepInput::Still(Box::new(input)), self.label(scene), &[], 1.0)?;
        graph.set_scene(index, scene + 1);
        Ok(index)
    }

    fn bought_clip(
        &self,
        scene: usize,
        card: &ModelCard,
        still: StillSource,
        frames: u64,
    ) -> Result<BoughtClip, ProductionError> {
        let rate = self.settings.frame_rate;
        let seconds = frames as f64 / f64::from(rate.get());
        let asked = if card.clip_seconds.is_empty() {
            seconds.ceil()
        } else {
            card.clip_length_for(seconds).ok_or_else(|| ProductionError::TooLong {
                scene: scene + 1,
                seconds,
                model: card.id.clone(),
                longest: card.longest_clip(),
            })?
        };
        let Scene { clip_take, motion, .. } = self.storyboard.scenes[scene];
        Ok(BoughtClip {
            maker: Maker::from(card),
            still,
            scene: Scene { image_prompt: String::new(), clip_take, motion, ..self.spoken(scene) },
            look: self.storyboard.look.clone(),
            cast: self.cast(scene),
            canvas: self.settings.canvas,
            rate,
            frames: Seconds(asked).to_frame(rate).0,
        })
    }

    fn source(&self, scene: usize) -> &SceneSource {
        const DRAWN: &SceneSource =
            &SceneSource { footage: None, still: None, still_maker: None, clip_maker: None, bought: None };
        self.scenes.get(scene).unwrap_or(DRAWN)
    }

    /// A scene without its place in the film, its people called by their names.
    fn spoken(&self, index: usize) -> Scene {
        let mut scene = bare(&self.storyboard.scenes[index]);
        let cast = &self.storyboard.cast;
        let name_of = |id: &str| cast.iter().find(|one| one.id == id).map(|one| one.name.as_str());
        mention::speak_scene(&mut scene, name_of);
        scene
    }

    /// Who is in a scene.
    fn cast(&self, scene: usize) -> Vec<CastMember> {
        let ids = self.storyboard.scenes[scene].cast.iter();
        let members = ids.filter_map(|id| self.storyboard.cast.iter().find(|member| &member.id == id));
        // Where else they are kept is nothing that a picture depends on.
        members.map(|member| CastMember { character: None, ..member.clone() }).collect()
    }

    fn drawn(&self, index: usize, span: &SceneSpan) -> DrawnClip {
        let scene = &self.storyboard.scenes[index];
        let nameless = |member| CastMember { name: String::new(), description: String::new(), ..member };
        let cast = self.cast(index).into_iter().map(nameless).collect();
        DrawnClip {
            maker: mv_providers::animatic::VERSION,
            scene: without_words(scene),
            look: self.storyboard.look.clone(),
            cast,
            canvas: self.settings.canvas,
            rate: self.settings.frame_rate,
            frames: span.clip(),
            body: span.start..span.end,
            light: LightTrack::of(self.analysis, span.clip(), self.settings.frame_rate),
            still: None,
        }
    }

    /// The scene that a stretch shows, or that comes in with it.
    fn scene_of(stretch: Stretch, timeline: &Timeline) -> usize {
        match stretch {
            Stretch::Body(scene) => scene,
            Stretch::Seam(seam) => timeline.seams[seam].scene,
        }
    }

    /// The step of a stretch, what a person sees of it, and the steps that come before it.
    fn stretch(
        &self,
        stretch: Stretch,
        timeline: &Timeline,
        clips: &[SceneClip],
    ) -> (StepInput, String, Vec<usize>) {
        let frames = timeline.frames(stretch);
        let finish = self.finish(&frames);
        match stretch {
            Stretch::Body(scene) => {
                let first = frames.start - timeline.scenes[scene].clip().start;
                let input = SegmentInput {
                    clip: clips[scene].input.clone(),
                    frames: first..first + (frames.end - frames.start),
                    finish,
                };
                (StepInput::Segment(Box::new(input)), self.label(scene), clips[scene].needs.clone())
            }
            Stretch::Seam(seam) => {
                let seam = &timeline.seams[seam];
                let from = |scene: usize| seam.start - timeline.scenes[scene].clip().start;
                let input = SeamInput {
                    outgoing: clips[seam.scene - 1].input.clone(),
                    outgoing_from: from(seam.scene - 1),
                    incoming: clips[seam.scene].input.clone(),
                    incoming_from: from(seam.scene),
                    kind: seam.kind,
                    direction: travel(self.storyboard.scenes[seam.scene].camera),
                    frames: seam.end - seam.start,
                    finish,
                };
                let before = [&clips[seam.scene - 1].needs[..], &clips[seam.scene].needs[..]].concat();
                (StepInput::Seam(Box::new(input)), format!("into {}", self.label(seam.scene)), before)
            }
        }
    }

    fn finish(&self, frames: &Range<u64>) -> Finish {
        // The fonts' folder is no part of a step's input: the studio that performs it has its own.
        let nowhere = std::path::Path::new("");
        let overlay =
            mv_media::captions::slice(&self.storyboard.lyrics, frames.clone(), self.captions, nowhere);
        let captions = overlay.map(|overlay| CaptionInput {
            ass: overlay.ass,
            first_frame: overlay.first_frame,
            fonts_hash: overlay.fonts_hash,
        });
        Finish {
            canvas: self.settings.canvas,
            rate: self.settings.frame_rate,
            quality: self.settings.quality,
            grade: self.settings.grade,
            captions,
            watermark: self.watermark.clone(),
            tools: self.tools.clone(),
        }
    }

    /// One chapter a section, as it changes along the scenes.
    fn chapters(&self, timeline: &Timeline) -> Vec<ChapterInput> {
        let mut chapters: Vec<ChapterInput> = Vec::new();
        let mut current = None;
        for (scene, span) in self.storyboard.scenes.iter().zip(&timeline.scenes) {
            let section = (scene.section, scene.section_number);
            match chapters.last_mut() {
                Some(last) if current == Some(section) => last.end = FrameIndex(span.end),
                _ => chapters.push(ChapterInput {
                    start: FrameIndex(span.start),
                    end: FrameIndex(span.end),
                    title: self.chapter_title(scene),
                }),
            }
            current = Some(section);
        }
        chapters
    }

    fn chapter_title(&self, scene: &Scene) -> String {
        let word = scene.section.word();
        let mut letters = word.chars();
        let capital = letters.next().map(|first| first.to_ascii_uppercase().to_string()).unwrap_or_default();
        let repeated = self
            .storyboard
            .scenes
            .iter()
            .any(|other| other.section == scene.section && other.section_number != scene.section_number);
        let number = if repeated { format!(" {}", scene.section_number) } else { String::new() };
        format!("{capital}{}{number}", letters.as_str())
    }

    /// The middle of the strongest scene that shows a person, or of the strongest at all.
    fn poster_frame(&self, timeline: &Timeline) -> FrameIndex {
        let score = |scene: &Scene| scene.intensity + if scene.cast.is_empty() { 0.0 } else { 1.0 };
        let best = self
            .storyboard
            .scenes
            .iter()
            .zip(&timeline.scenes)
            .max_by(|(a, _), (b, _)| score(a).total_cmp(&score(b)));
        best.map_or(FrameIndex(0), |(_, span)| FrameIndex(span.start.midpoint(span.end)))
    }
}

/// Film order, but each seam after the body it leads into: the body before it is then likely done, and has left the
/// seam its last frames.
fn in_order_of_work(mut stretches: Vec<Stretch>) -> Vec<Stretch> {
    let mut at = 1;
    while at < stretches.len() {
        if matches!(stretches[at - 1], Stretch::Seam(_)) {
            stretches.swap(at - 1, at);
            at += 1;
        }
        at += 1;
    }
    stretches
}

/// A wipe follows the camera that comes in: what is panned to the left enters from the left.
fn travel(camera: CameraMove) -> Direction {
    match camera {
        CameraMove::PanLeft | CameraMove::TrackLeft => Direction::Rightward,
        CameraMove::PanRight | CameraMove::TrackRight => Direction::Leftward,
        CameraMove::Static
        | CameraMove::PushIn
        | CameraMove::PullOut
        | CameraMove::TiltUp
        | CameraMove::TiltDown
        | CameraMove::Orbit
        | CameraMove::CraneUp
        | CameraMove::Handheld => Direction::default(),
    }
}

/// The part of a scene that the picture of a maker who draws depends on.
fn without_words(scene: &Scene) -> Scene {
    Scene {
        description: String::new(),
        image_prompt: String::new(),
        motion_prompt: String::new(),
        ..bare(scene)
    }
}

/// A scene without its place in the film.
fn bare(scene: &Scene) -> Scene {
    Scene {
        start: Seconds::ZERO,
        transition: Transition::CUT,
        title: String::new(),
        lyric: None,
        rhymes_with: None,
        footage: None,
        still: None,
        clip_take: 0,
        motion: None,
        section_number: 1,
        ..scene.clone()
    }
}
