//! From a storyboard to a graph: one step a scene body, one a seam, the sound track, the join, the report.

use crate::error::ProductionError;
use crate::inputs::{
    CaptionInput, ChapterInput, ClipInput, DrawnClip, FilmInput, FilmPart, Finish, FootageClip, PosterInput,
    ReportInput, SeamInput, SegmentInput, SoundtrackInput, SpritesInput, StillInput, ToolVersions,
    WatermarkInput,
};
use crate::step::{Graph, StepInput, StepKey};
use mv_core::storyboard::Transition;
use mv_core::timeline::{SceneSpan, Stretch};
use mv_core::vocabulary::CameraMove;
use mv_core::{CastMember, FilmSettings, FrameIndex, Scene, Seconds, SongAnalysis, Storyboard, Timeline};
use mv_media::Direction;
use mv_media::captions::{CaptionLook, CaptionSettings, TitleCard};
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
    /// For each scene, the hash of its footage.
    pub footage: &'a [Option<String>],
    pub tools: ToolVersions,
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
        let clips: Vec<ClipInput> =
            (0..timeline.scenes.len()).map(|scene| self.clip(scene, &timeline)).collect();
        let mut graph = Graph::default();
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
            let (input, label) = self.stretch(stretch, &timeline, &clips);
            let kind = input.kind();
            let index = graph.add(input, label, &[], length as f64)?;
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
            let clip = self.drawn(scene, &timeline.scenes[scene]);
            let input = StepInput::Still(Box::new(StillInput { clip }));
            scenes.push(graph.add(input, self.label(scene), &[], 1.0)?);
        }
        Ok((graph, scenes))
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

    fn clip(&self, scene: usize, timeline: &Timeline) -> ClipInput {
        let span = &timeline.scenes[scene];
        let footage = self.footage.get(scene).and_then(Option::as_ref);
        match (footage, &self.storyboard.scenes[scene].footage) {
            (Some(hash), Some(footage)) => ClipInput::Footage(FootageClip {
                file: hash.clone(),
                from: footage.from,
                frames: span.clip(),
            }),
            _ => ClipInput::Drawn(Box::new(self.drawn(scene, span))),
        }
    }

    fn drawn(&self, index: usize, span: &SceneSpan) -> DrawnClip {
        let scene = &self.storyboard.scenes[index];
        let cast = scene
            .cast
            .iter()
            .filter_map(|id| self.storyboard.cast.iter().find(|member| &member.id == id))
            .map(|member| CastMember {
                name: String::new(),
                description: String::new(),
                id: member.id.clone(),
                photos: member.photos.clone(),
            })
            .collect();
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
        }
    }

    /// The scene that a stretch shows, or that comes in with it.
    fn scene_of(stretch: Stretch, timeline: &Timeline) -> usize {
        match stretch {
            Stretch::Body(scene) => scene,
            Stretch::Seam(seam) => timeline.seams[seam].scene,
        }
    }

    fn stretch(&self, stretch: Stretch, timeline: &Timeline, clips: &[ClipInput]) -> (StepInput, String) {
        let frames = timeline.frames(stretch);
        let finish = self.finish(&frames);
        match stretch {
            Stretch::Body(scene) => {
                let first = frames.start - timeline.scenes[scene].clip().start;
                let input = SegmentInput {
                    clip: clips[scene].clone(),
                    frames: first..first + (frames.end - frames.start),
                    finish,
                };
                (StepInput::Segment(Box::new(input)), self.label(scene))
            }
            Stretch::Seam(seam) => {
                let seam = &timeline.seams[seam];
                let from = |scene: usize| seam.start - timeline.scenes[scene].clip().start;
                let input = SeamInput {
                    outgoing: clips[seam.scene - 1].clone(),
                    outgoing_from: from(seam.scene - 1),
                    incoming: clips[seam.scene].clone(),
                    incoming_from: from(seam.scene),
                    kind: seam.kind,
                    direction: travel(self.storyboard.scenes[seam.scene].camera),
                    frames: seam.end - seam.start,
                    finish,
                };
                (StepInput::Seam(Box::new(input)), format!("into {}", self.label(seam.scene)))
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

/// The part of a scene that its picture depends on.
fn without_words(scene: &Scene) -> Scene {
    Scene {
        start: Seconds::ZERO,
        transition: Transition::CUT,
        title: String::new(),
        description: String::new(),
        image_prompt: String::new(),
        motion_prompt: String::new(),
        lyric: None,
        rhymes_with: None,
        footage: None,
        section_number: 1,
        ..scene.clone()
    }
}
