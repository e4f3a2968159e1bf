//! The rules of every storyboard, over random songs, templates, casts and seeds.

use mv_core::analysis::{Confidence, Curve, Key, KeySpan, Mode, Section, SongAnalysis, TimeSignature, Voice};
use mv_core::lyrics::LyricLine;
use mv_core::vocabulary::{CameraMove, Framing, SectionKind};
use mv_core::{CastMember, FrameRate, Lyrics, Seconds, Storyboard, Timeline};
use mv_director::template::builtins;
use mv_director::{DirectError, DirectOptions, DirectRequest, Template, direct, violations};
use proptest::prelude::*;
use std::sync::LazyLock;

static TEMPLATES: LazyLock<Vec<Template>> = LazyLock::new(|| builtins().unwrap_or_default());

/// A song as the hearing might hand it over: any tempo and metre, any form, beats that wander.
#[derive(Clone, Debug)]
struct Song {
    tempo: f64,
    metre: (u8, u8),
    first_beat: f64,
    form: Vec<(SectionKind, usize, f32)>,
    wander: Vec<f64>,
    certain: bool,
}

fn songs() -> impl Strategy<Value = Song> {
    let section = (prop::sample::select(SectionKind::ALL.to_vec()), 1usize..24, 0.0f32..1.0);
    (
        50.0f64..210.0,
        prop::sample::select(vec![(4u8, 4u8), (3, 4), (6, 8), (5, 4), (2, 4)]),
        0.0f64..3.0,
        prop::collection::vec(section, 1..12),
        prop::collection::vec(-0.02f64..0.02, 64),
        prop::bool::weighted(0.85),
    )
        .prop_map(|(tempo, metre, first_beat, form, wander, certain)| Song {
            tempo,
            metre,
            first_beat,
            form,
            wander,
            certain,
        })
}

impl Song {
    fn analysis(&self) -> SongAnalysis {
        let time_signature = TimeSignature { numerator: self.metre.0, denominator: self.metre.1 };
        let per_bar = usize::from(time_signature.beats_per_bar());
        let beat = 60.0 / self.tempo;
        let bars: usize = self.form.iter().map(|(_, bars, _)| bars).sum();
        let time = |index: usize| {
            self.first_beat + beat * index as f64 + self.wander[index % self.wander.len()] * beat
        };
        let beats: Vec<Seconds> = (0..bars * per_bar).map(|index| Seconds(time(index))).collect();
        let duration = Seconds(self.first_beat + beat * (bars * per_bar) as f64 + 0.3);
        let mut sections = Vec::new();
        let mut curve = Vec::new();
        let (mut at, mut start) = (0, 0.0);
        for (index, (kind, bars, energy)) in self.form.iter().enumerate() {
            at += bars;
            let last = index + 1 == self.form.len();
            let end = if last { duration.0 } else { time(at * per_bar) };
            curve.resize((end * 10.0) as usize, *energy);
            sections.push(Section {
                kind: *kind,
                start: Seconds(start),
                end: Seconds(end),
                label: kind.word().to_owned(),
                energy: f64::from(*energy),
                confidence: 0.8,
            });
            start = end;
        }
        let sure = if self.certain { 0.9 } else { 0.1 };
        SongAnalysis {
            version: 1,
            duration,
            sample_rate: 44_100,
            channels: 2,
            tempo: self.tempo,
            key: Key::new(0, Mode::Major),
            keys: vec![KeySpan { start: Seconds::ZERO, end: duration, key: Key::new(0, Mode::Major) }],
            time_signature,
            tuning_hz: 440.0,
            downbeats: beats.iter().step_by(per_bar).copied().collect(),
            beats,
            sections,
            energy: 0.5,
            valence: 0.5,
            energy_curve: Curve { rate_hz: 10.0, values: curve },
            voice: Voice::default(),
            loudness_lufs: None,
            confidence: Confidence { beats: sure, downbeats: sure, ..Confidence::default() },
        }
    }
}

fn cast(count: usize) -> Vec<CastMember> {
    (0..count)
        .map(|index| CastMember {
            id: format!("p{index}"),
            name: format!("Person {index}"),
            description: "a person".into(),
            photos: vec![],
            character: None,
        })
        .collect()
}

fn lyrics(duration: Seconds) -> Lyrics {
    let line = |index: usize| LyricLine {
        start: Seconds(index as f64 * 4.0),
        end: Seconds(index as f64 * 4.0 + 3.5),
        text: format!("line {index}"),
        ..LyricLine::default()
    };
    Lyrics { lines: (0..(duration.0 / 4.0) as usize).map(line).collect() }
}

fn storyboard(
    song: &SongAnalysis,
    template: &Template,
    people: usize,
    seed: u64,
) -> Result<Storyboard, DirectError> {
    direct(&DirectRequest {
        analysis: song,
        template,
        cast: &cast(people),
        lyrics: &lyrics(song.duration),
        title: "Song",
        artist: "Somebody",
        song_hash: "00",
        seed,
        options: DirectOptions::default(),
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_storyboard_keeps_the_rules(
        song in songs(),
        template in 0..TEMPLATES.len(),
        people in 0usize..4,
        seed in any::<u64>(),
        rate in prop::sample::select(vec![24u32, 30, 60]),
    ) {
        let analysis = song.analysis();
        let template = &TEMPLATES[template];
        let plan = storyboard(&analysis, template, people, seed).map_err(|e| TestCaseError::fail(e.to_string()))?;
        let again = storyboard(&analysis, template, people, seed);
        prop_assert_eq!(Ok(&plan), again.as_ref(), "not deterministic");
        prop_assert_eq!(plan.validate(), Ok(()));
        prop_assert_eq!(violations(&plan, template.cutting.same_place_run), vec![]);

        let rate = FrameRate::try_from(rate).unwrap();
        let timeline = Timeline::of(&plan, rate);
        prop_assert_eq!(timeline.total(), analysis.duration.to_frame(rate));
        let beat = if song.certain { 60.0 / song.tempo } else { 1.0 };
        let half_frame = 0.5 / f64::from(rate.get());
        for index in 0..plan.scenes.len() {
            let (start, end) = plan.span(index);
            let length = end.0 - start.0;
            let alone = plan.scenes.len() == 1;
            prop_assert!(alone || length >= beat * 0.9, "scene {} lasts {length} s", index + 1);
            prop_assert!(length <= 10.0, "scene {} lasts {length} s", index + 1);
            let clip = timeline.scenes[index].clip();
            prop_assert!((clip.end - clip.start) as f64 / f64::from(rate.get()) <= 10.0 + 2.0 * half_frame);
            // Before the first beat and after the last there is nothing to be on.
            let heard = song.certain
                && start.0 > song.first_beat - beat
                && start.0 < analysis.beats[analysis.beats.len() - 1].0 + beat * 0.5;
            if index > 0 && heard && analysis.beats.len() >= 4 {
                let off = analysis.beats.iter().map(|b| (b.0 - start.0).abs()).fold(f64::MAX, f64::min);
                prop_assert!(off <= half_frame, "scene {} is {off} s off the beat", index + 1);
            }
        }
        for pair in analysis.sections.windows(2) {
            let edge = pair[1].start.0;
            let roomy = |section: &Section| section.end.0 - section.start.0 > 3.0 * beat + 1.0;
            if pair.iter().all(roomy) && analysis.sections.iter().all(roomy) {
                let off = plan.scenes.iter().map(|s| (s.start.0 - edge).abs()).fold(f64::MAX, f64::min);
                prop_assert!(off <= beat * 0.5, "no cut at the section change at {edge}");
            }
        }
        let first = &plan.scenes[0];
        prop_assert!(matches!(first.framing, Framing::ExtremeWide | Framing::Wide));
        if let [.., _, last] = plan.scenes.as_slice() {
            prop_assert!(matches!(last.camera, CameraMove::PullOut | CameraMove::CraneUp));
        }
        for scene in &plan.scenes {
            prop_assert!(scene.cast.len() <= 3);
            let titled = scene.start.0 < 4.8_f64.min(0.2 * analysis.duration.0);
            let near = matches!(scene.framing, Framing::Medium | Framing::CloseUp);
            prop_assert!(!(titled && near && !scene.cast.is_empty()), "the title covers a face");
            for text in [&scene.title, &scene.description, &scene.image_prompt, &scene.motion_prompt] {
                let whole = !text.trim().is_empty() && !text.contains(['{', '}']) && !text.contains("  ");
                prop_assert!(whole, "scene words: `{text}`");
            }
            if let Some(twin) = scene.rhymes_with {
                prop_assert_eq!(scene.seed, plan.scenes[twin].seed);
                prop_assert_eq!(scene.place, plan.scenes[twin].place);
            }
        }
    }
}

#[test]
fn another_seed_makes_another_film() {
    let song = Song {
        tempo: 120.0,
        metre: (4, 4),
        first_beat: 0.0,
        form: vec![
            (SectionKind::Intro, 4, 0.3),
            (SectionKind::Verse, 16, 0.5),
            (SectionKind::Chorus, 16, 0.9),
            (SectionKind::Verse, 16, 0.5),
            (SectionKind::Chorus, 16, 0.95),
            (SectionKind::Outro, 4, 0.3),
        ],
        wander: vec![0.0],
        certain: true,
    }
    .analysis();
    let films: Vec<Storyboard> =
        (0..4).map(|seed| storyboard(&song, &TEMPLATES[0], 2, seed).unwrap()).collect();
    for pair in films.windows(2) {
        assert_ne!(pair[0].scenes, pair[1].scenes);
    }
    for film in &films {
        let early = film.scenes.iter().take_while(|scene| scene.start.0 < 15.0);
        let face = |framing| matches!(framing, Framing::Medium | Framing::CloseUp);
        assert!(early.clone().any(|scene| face(scene.framing) && !scene.cast.is_empty()));
        let rhymes = film.scenes.iter().filter(|scene| scene.rhymes_with.is_some_and(|twin| twin > 0));
        assert!(rhymes.clone().count() >= 3, "the second chorus returns to the first");
        for scene in rhymes {
            let twin = &film.scenes[scene.rhymes_with.unwrap()];
            assert!(scene.intensity >= twin.intensity);
            assert!(scene.framing != twin.framing, "it repeats where it should rhyme: {}", scene.description);
        }
    }
}
