//! The bounds a film must keep, and the verdict on each.

use super::{CutReport, SyncPlan, SyncReport};
use mv_core::vocabulary::TransitionKind;
use serde::Serialize;

/// The bounds, each with its reason.
pub mod bounds {
    /// A planned cut is on its beat to the frame: rounding to a whole frame moves it by at most half of one.
    pub const PLANNED_FROM_BEAT_FRAMES: f64 = 0.51;
    /// A cut in the film is where the plan has it, to the frame.
    pub const CUT_FROM_PLAN_FRAMES: f64 = 0.5;
    /// The middle of a transition can be seen to about a frame or two: the pictures move meanwhile.
    pub const SEAM_FROM_PLAN_FRAMES: f64 = 2.5;
    /// ... and of a long one to a part of its length.
    pub const SEAM_FROM_PLAN_SHARE: f64 = 0.15;
    /// A zoom resembles neither picture in its middle: to a quarter of its length.
    pub const ZOOM_FROM_PLAN_SHARE: f64 = 0.25;
    /// Share of the boundaries whose change cannot be seen: neighbours may look alike, but not many of them.
    pub const UNSEEN_SHARE: f64 = 0.25;
    /// What drift may add up to over the whole film.
    pub const DRIFT_FRAMES: f64 = 1.0;
    /// Distance from the loudness that was asked for, or that the sound track was delivered at.
    pub const LOUDNESS_LU: f64 = 0.5;
    /// What two meters of true peak may differ by.
    pub const TRUE_PEAK_DB: f64 = 0.05;
    /// Picture and sound end, and lie beside one another, within a frame.
    pub const SOUND_FRAMES: f64 = 1.0;
    /// A chapter's place in the file is rounded to a millisecond.
    pub const CHAPTER_MS: f64 = 2.0;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    Pass,
    Fail,
    /// There is nothing to measure: a film without sound, a song without beats.
    NotApplicable,
}

/// One thing that was measured.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Metric {
    pub id: &'static str,
    pub name: &'static str,
    pub name_ko: &'static str,
    /// What was found, in words.
    pub found: String,
    pub found_ko: String,
    /// What it must be, in words.
    pub bound: String,
    pub bound_ko: String,
    pub verdict: Verdict,
}

/// A text in both languages, or one that both read alike.
struct Words {
    en: String,
    ko: String,
}

fn said(en: impl Into<String>, ko: impl Into<String>) -> Words {
    Words { en: en.into(), ko: ko.into() }
}

fn alike(text: impl Into<String>) -> Words {
    let text = text.into();
    Words { ko: text.clone(), en: text }
}

/// Judges a report whose metrics are not there yet.
pub(super) fn judge(report: &SyncReport, plan: &SyncPlan<'_>) -> Vec<Metric> {
    let mut bench = Bench::default();
    judge_frames(&mut bench, report);
    judge_cuts(&mut bench, report);
    judge_sound(&mut bench, report, plan);
    judge_container(&mut bench, report, plan);
    bench.metrics
}

#[derive(Default)]
struct Bench {
    metrics: Vec<Metric>,
}

impl Bench {
    /// `kept` is `None` when there is nothing to measure.
    fn put(
        &mut self,
        id: &'static str,
        names: [&'static str; 2],
        found: Words,
        bound: Words,
        kept: Option<bool>,
    ) {
        let verdict = match kept {
            Some(true) => Verdict::Pass,
            Some(false) => Verdict::Fail,
            None => Verdict::NotApplicable,
        };
        let [name, name_ko] = names;
        self.metrics.push(Metric {
            id,
            name,
            name_ko,
            found: found.en,
            found_ko: found.ko,
            bound: bound.en,
            bound_ko: bound.ko,
            verdict,
        });
    }
}

fn judge_frames(bench: &mut Bench, report: &SyncReport) {
    let (found, planned) = (report.frames_found, report.frames_planned);
    let count = found == planned;
    bench.put(
        "frames",
        ["Frames", "프레임 수"],
        alike(found.to_string()),
        alike(planned.to_string()),
        Some(count),
    );
    let rate = format!("{} fps", report.rate);
    let constant = || said(format!("constant {rate}"), format!("일정한 {rate}"));
    let (even, uneven) = (report.uneven.is_empty(), report.uneven.len());
    let steps = if even {
        constant()
    } else {
        said(format!("{uneven} uneven"), format!("{uneven}곳이 고르지 않음"))
    };
    bench.put("frame-rate", ["Frame rate", "프레임 간격"], steps, constant(), Some(even));
    let total = |runs: &[std::ops::Range<u64>]| runs.iter().map(|run| run.end - run.start).sum::<u64>();
    let black = total(&report.black_unplanned);
    bench.put(
        "black",
        ["Black frames", "검은 화면"],
        said(format!("{black} frames"), format!("{black}프레임")),
        said("0 beyond the plan", "계획에 없는 것 0"),
        Some(report.black_unplanned.is_empty()),
    );
    let (spans, frozen) = (report.frozen.len(), total(&report.frozen));
    bench.put(
        "frozen",
        ["Frozen picture", "멈춘 화면"],
        said(format!("{spans} spans, {frozen} frames"), format!("{spans}구간, {frozen}프레임")),
        said("none of 0.5 s or more", "0.5초 이상 없음"),
        Some(report.frozen.is_empty()),
    );
    let doubled = report.duplicates.len();
    let kept = Some(doubled == 0);
    bench.put(
        "duplicates",
        ["Duplicate frames", "중복 프레임"],
        alike(doubled.to_string()),
        alike("0"),
        kept,
    );
}

impl CutReport {
    /// Whether it is where the plan has it, as near as its kind can be seen. What was not seen is counted elsewhere.
    pub(super) fn in_place(&self) -> bool {
        let most = match self.kind {
            TransitionKind::Cut => bounds::CUT_FROM_PLAN_FRAMES,
            TransitionKind::Zoom => bounds::SEAM_FROM_PLAN_FRAMES
                .max(bounds::ZOOM_FROM_PLAN_SHARE * self.transition_frames as f64),
            TransitionKind::Crossfade
            | TransitionKind::Dissolve
            | TransitionKind::Flash
            | TransitionKind::Dip
            | TransitionKind::Wipe => bounds::SEAM_FROM_PLAN_FRAMES
                .max(bounds::SEAM_FROM_PLAN_SHARE * self.transition_frames as f64),
        };
        self.from_plan_frames.is_none_or(|away| away.abs() <= most)
    }
}

fn judge_cuts(bench: &mut Bench, report: &SyncReport) {
    let farthest = |offsets: &mut dyn Iterator<Item = f64>| {
        offsets.map(f64::abs).fold(None, |most: Option<f64>, v| Some(most.map_or(v, |m| m.max(v))))
    };
    let frames = |value: Option<f64>| {
        value.map_or_else(
            || alike("–"),
            |v| said(format!("{v:.2} frames at most"), format!("최대 {v:.2}프레임")),
        )
    };
    let planned = farthest(&mut report.cuts.iter().filter_map(|cut| cut.planned_offset_frames));
    bench.put(
        "planned-on-beat",
        ["Planned cuts from the beat", "계획된 컷과 박자"],
        frames(planned),
        said("half a frame", "반 프레임 이내"),
        planned.map(|p| p <= bounds::PLANNED_FROM_BEAT_FRAMES),
    );
    let is_cut = |kind: TransitionKind| kind == TransitionKind::Cut;
    let hard =
        farthest(&mut report.cuts.iter().filter(|c| is_cut(c.kind)).filter_map(|cut| cut.from_plan_frames));
    bench.put(
        "cuts-on-plan",
        ["Cuts from their frame", "컷 위치"],
        frames(hard),
        said("on the frame", "프레임까지 정확히"),
        hard.map(|h| h <= bounds::CUT_FROM_PLAN_FRAMES),
    );
    let soft: Vec<&CutReport> = report.cuts.iter().filter(|cut| !is_cut(cut.kind)).collect();
    let most = farthest(&mut soft.iter().filter_map(|cut| cut.from_plan_frames));
    bench.put(
        "transitions-on-plan",
        ["Transitions from their centre", "전환 위치"],
        frames(most),
        said(
            "2.5 frames, or 15 % of its length (25 % of a zoom's)",
            "2.5프레임 또는 길이의 15% 이내(줌은 25%)",
        ),
        most.map(|_| soft.iter().all(|cut| cut.in_place())),
    );
    let (seen, all) = (report.cuts.iter().filter(|c| c.measured_time.is_some()).count(), report.cuts.len());
    let kept = (all > 0).then(|| (all - seen) as f64 <= bounds::UNSEEN_SHARE * all as f64);
    bench.put(
        "cuts-seen",
        ["Cuts seen in the film", "확인된 컷"],
        said(format!("{seen} of {all}"), format!("{all}개 중 {seen}개")),
        said("three in four", "4분의 3 이상"),
        kept,
    );
    let minutes = report.frames_planned as f64 / f64::from(report.rate.get()) / 60.0;
    let drift = report.drift_frames_per_minute;
    bench.put(
        "drift",
        ["Drift", "누적 밀림"],
        drift.map_or_else(
            || alike("–"),
            |d| {
                let whole = d * minutes;
                said(
                    format!("{d:+.2} frames a minute, {whole:+.2} in all"),
                    format!("1분에 {d:+.2}프레임, 모두 {whole:+.2}프레임"),
                )
            },
        ),
        said("1 frame in all", "모두 1프레임 이내"),
        drift.map(|d| (d * minutes).abs() <= bounds::DRIFT_FRAMES),
    );
}

fn judge_sound(bench: &mut Bench, report: &SyncReport, plan: &SyncPlan<'_>) {
    let frame_ms = 1000.0 / f64::from(report.rate.get());
    let expected = plan.sound.is_some();
    let present = report.sound.is_some();
    let word = |present: bool| if present { said("there", "있음") } else { said("none", "없음") };
    bench.put("sound", ["Sound", "소리"], word(present), word(expected), Some(present == expected));
    let (Some(sound), Some(wished)) = (&report.sound, plan.sound) else { return };
    let silence = || said("silence", "무음");
    let one_frame = || said("1 frame", "1프레임 이내");
    let lufs = sound.loudness.integrated_lufs;
    let aim = wished.delivered_lufs.unwrap_or(wished.target.integrated_lufs);
    bench.put(
        "loudness",
        ["Loudness", "음량"],
        lufs.map_or_else(silence, |l| {
            let range = sound.loudness.range_lu;
            said(format!("{l:.1} LUFS (range {range:.1} LU)"), format!("{l:.1} LUFS (범위 {range:.1} LU)"))
        }),
        alike(format!("{aim:.1} ± {} LUFS", bounds::LOUDNESS_LU)),
        lufs.map(|l| (l - aim).abs() <= bounds::LOUDNESS_LU),
    );
    let limit = wished.target.true_peak_dbtp;
    let peak = sound.loudness.true_peak_dbtp;
    bench.put(
        "true-peak",
        ["True peak", "트루 피크"],
        peak.map_or_else(silence, |p| alike(format!("{p:.2} dBTP"))),
        said(format!("{limit:.1} dBTP"), format!("{limit:.1} dBTP 이하")),
        peak.map(|p| p <= limit + bounds::TRUE_PEAK_DB),
    );
    let clipped = sound.clipped_runs;
    let places = said(format!("{clipped} places"), format!("{clipped}곳"));
    bench.put("clipping", ["Clipping", "클리핑"], places, alike("0"), Some(clipped == 0));
    let apart = report.audio_seconds.map(|audio| (audio - report.video_seconds) * 1000.0);
    bench.put(
        "length",
        ["Sound longer than picture", "소리와 화면 길이 차"],
        alike(apart.map_or_else(|| "–".to_owned(), |a| format!("{a:+.1} ms"))),
        one_frame(),
        apart.map(|a| a.abs() <= bounds::SOUND_FRAMES * frame_ms),
    );
    let offsets = [sound.offset_start_ms, sound.offset_end_ms];
    let say = |offset: Option<f64>, unlike: &str| {
        offset.map_or_else(|| unlike.to_owned(), |o| format!("{o:+.1} ms"))
    };
    bench.put(
        "sound-offset",
        ["Sound from its place", "소리 위치"],
        said(
            format!("{} at the start, {} at the end", say(offsets[0], "unlike"), say(offsets[1], "unlike")),
            format!("처음 {}, 끝 {}", say(offsets[0], "다름"), say(offsets[1], "다름")),
        ),
        one_frame(),
        // Silence has no place.
        lufs.map(|_| offsets.iter().all(|o| o.is_some_and(|o| o.abs() <= bounds::SOUND_FRAMES * frame_ms))),
    );
}

fn judge_container(bench: &mut Bench, report: &SyncReport, plan: &SyncPlan<'_>) {
    let container = &report.container;
    let mut faults = container.faults();
    let (width, height) = (plan.canvas.width, plan.canvas.height);
    if (container.video.width, container.video.height) != (width, height) {
        faults.push(format!("{}x{} (not {})", container.video.width, container.video.height, plan.canvas));
    }
    let found =
        if faults.is_empty() { said("as they should be", "맞음") } else { alike(faults.join(", ")) };
    let wished = alike("H.264 High, 4:2:0, BT.709, AAC 48 kHz");
    bench.put("format", ["Format and tags", "형식과 태그"], found, wished, Some(faults.is_empty()));
    let start = || said("at the start", "파일 앞");
    let found = if container.faststart { start() } else { said("at the end", "파일 끝") };
    bench.put("faststart", ["Header", "헤더 위치"], found, start(), Some(container.faststart));
    let rate = f64::from(report.rate.get());
    let in_place = container.chapters.len() == plan.chapters.len()
        && container.chapters.iter().zip(plan.chapters).all(|((start, _), chapter)| {
            (start - chapter.frames.start as f64 / rate).abs() * 1000.0 <= bounds::CHAPTER_MS
        });
    let nothing = plan.chapters.is_empty() && container.chapters.is_empty();
    bench.put(
        "chapters",
        ["Chapters", "챕터"],
        alike(container.chapters.len().to_string()),
        said(format!("{} in place", plan.chapters.len()), format!("제자리에 {}개", plan.chapters.len())),
        (!nothing).then_some(in_place),
    );
}
