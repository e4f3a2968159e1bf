//! The report as a page: what was measured, a plot of the whole film, every cut. Self-contained, light and dark.

use super::verdicts::Verdict;
use super::{CutReport, SyncReport};
use mv_core::Seconds;
use std::fmt::Write as _;

const STYLE: &str = include_str!("page.css");

/// The plot, in its own units.
const WIDTH: f64 = 1200.0;
const WAVE_TOP: f64 = 34.0;
const WAVE_HEIGHT: f64 = 120.0;
const OFFSET_MIDDLE: f64 = 236.0;
const OFFSET_HALF: f64 = 52.0;
const HEIGHT: f64 = 312.0;
/// Quietest and loudest that is drawn, in LUFS.
const FLOOR_LUFS: f64 = -36.0;
const TOP_LUFS: f64 = -6.0;

const LEGEND: &str = "<p class=\"note\">Above: loudness, sections and cuts; ticks are beats, long ones downbeats. \
                      Below: each cut's distance from its beat as the film shows it; rings are transitions, whose \
                      middle can be seen to a frame or two. <span lang=\"ko\">위: 음량·구간·컷과 박자. 아래: 실제 \
                      영상에서 잰 컷과 박자의 거리(고리는 전환).</span></p>";

pub(super) fn html(report: &SyncReport) -> String {
    let title = if report.title.is_empty() { "Untitled" } else { &report.title };
    let name = escape(title);
    let artist =
        if report.artist.is_empty() { String::new() } else { format!(" · {}", escape(&report.artist)) };
    let broken = report.violations().count();
    let (class, verdict, korean) = if broken == 0 {
        ("pass", "Every bound kept".to_owned(), "모든 기준을 지켰습니다")
    } else {
        (
            "fail",
            format!("{broken} of {} bounds broken", report.metrics.len()),
            "기준을 벗어난 항목이 있습니다",
        )
    };
    let length = Seconds(report.video_seconds);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Sync report: {name}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n\
         <header>\n<p class=\"kind\">Sync report <span lang=\"ko\">싱크 리포트</span></p>\n<h1>{name}{artist}</h1>\n\
         <p class=\"facts\">{length} · {} frames · {} fps · {} cuts</p>\n\
         <p class=\"verdict {class}\">{verdict} <span lang=\"ko\">{korean}</span></p>\n</header>\n\
         <section>\n<h2>The film <span lang=\"ko\">전체 보기</span></h2>\n{}\n</section>\n\
         <section>\n<h2>Bounds <span lang=\"ko\">측정 항목</span></h2>\n{}\n</section>\n\
         <section>\n<h2>Cuts <span lang=\"ko\">컷</span></h2>\n{}\n</section>\n</main>\n</body>\n</html>\n",
        report.frames_found,
        report.rate,
        report.cuts.len(),
        plot(report),
        metrics(report),
        cuts(report)
    )
}

fn metrics(report: &SyncReport) -> String {
    let mut rows = String::new();
    for metric in &report.metrics {
        let (class, mark) = match metric.verdict {
            Verdict::Pass => ("pass", "✓ kept"),
            Verdict::Fail => ("fail", "✗ broken"),
            Verdict::NotApplicable => ("none", "–"),
        };
        // Writing to a string cannot fail.
        let _ = writeln!(
            rows,
            "<tr class=\"{class}\"><th scope=\"row\">{} <span lang=\"ko\">{}</span></th><td>{}</td><td>{}</td>\
             <td class=\"mark\">{mark}</td></tr>",
            metric.name,
            metric.name_ko,
            escape(&metric.found),
            escape(&metric.bound)
        );
    }
    format!(
        "<div class=\"scroll\"><table>\n<thead><tr><th>Metric</th><th>Found</th><th>Bound</th><th></th></tr></thead>\n\
         <tbody>\n{rows}</tbody>\n</table></div>"
    )
}

fn cuts(report: &SyncReport) -> String {
    let mut rows = String::new();
    for cut in &report.cuts {
        let frames = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |v| format!("{v:+.2}"));
        let _ = writeln!(
            rows,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            cut.scene,
            cut.kind,
            cut.planned_time,
            cut.planned_frame,
            cut.beat
                .map_or_else(|| "–".to_owned(), |b| format!("{b}{}", if cut.downbeat { " ↓" } else { "" })),
            frames(cut.planned_offset_frames),
            frames(cut.measured_offset_frames),
            cut.from_plan_frames.map_or_else(|| "not seen".to_owned(), |v| format!("{v:+.2}")),
        );
    }
    format!(
        "<p class=\"note\">Distances are in frames; ↓ marks a downbeat. <span lang=\"ko\">단위는 프레임, ↓ 는 마디의 첫 박.</span></p>\n\
         <div class=\"scroll\"><table class=\"cuts\">\n<thead><tr><th>Scene</th><th>Transition</th><th>Time</th><th>Frame</th>\
         <th>Beat</th><th>Plan − beat</th><th>Film − beat</th><th>Film − plan</th></tr></thead>\n<tbody>\n{rows}</tbody>\n\
         </table></div>"
    )
}

fn plot(report: &SyncReport) -> String {
    let length =
        (report.frames_planned as f64 / f64::from(report.rate.get())).max(report.video_seconds).max(0.1);
    let x = |seconds: f64| seconds / length * WIDTH;
    let mut svg = format!(
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"Loudness, beats and cuts over the film\">\n"
    );
    let base = WAVE_TOP + WAVE_HEIGHT;
    if let Some(sound) = report.sound.as_ref().filter(|sound| !sound.curve.is_empty()) {
        let mut path = format!("M0 {base}");
        // About one point a pixel, the loudest of its span.
        let step = (sound.curve.len() / 1000).max(1);
        for (index, span) in sound.curve.chunks(step).enumerate() {
            let loudest = span.iter().copied().fold(FLOOR_LUFS, f64::max).min(TOP_LUFS);
            let y = base - (loudest - FLOOR_LUFS) / (TOP_LUFS - FLOOR_LUFS) * WAVE_HEIGHT;
            let at = (index * step) as f64 * 0.1;
            let _ = write!(path, "L{:.1} {y:.1}", x(at));
        }
        let _ = writeln!(
            svg,
            "<path class=\"wave\" d=\"{path}L{:.1} {base}Z\"/>",
            x(sound.curve.len() as f64 * 0.1)
        );
    }
    for (start, title) in &report.plot.chapters {
        let at = x(*start);
        let _ =
            writeln!(svg, "<line class=\"chapter\" x1=\"{at:.1}\" x2=\"{at:.1}\" y1=\"6\" y2=\"{base}\"/>");
        let _ =
            writeln!(svg, "<text class=\"chapter\" x=\"{:.1}\" y=\"20\">{}</text>", at + 5.0, escape(title));
    }
    let mut ticks = (String::new(), String::new());
    for beat in &report.plot.beats {
        let strong = report.plot.downbeats.iter().any(|d| (d.0 - beat.0).abs() < 1e-6);
        let (path, tall) = if strong { (&mut ticks.1, 12) } else { (&mut ticks.0, 6) };
        let _ = write!(path, "M{:.1} {}v{tall}", x(beat.0), base + 4.0);
    }
    let _ =
        writeln!(svg, "<path class=\"beat\" d=\"{}\"/><path class=\"downbeat\" d=\"{}\"/>", ticks.0, ticks.1);
    svg.push_str(&offsets(&report.cuts, x));
    for run in report.black_unplanned.iter().chain(&report.frozen) {
        let rate = f64::from(report.rate.get());
        let (from, to) = (x(run.start as f64 / rate), x(run.end as f64 / rate));
        let wide = (to - from).max(2.0);
        let _ = writeln!(
            svg,
            "<rect class=\"defect\" x=\"{from:.1}\" y=\"{WAVE_TOP}\" width=\"{wide:.1}\" height=\"{WAVE_HEIGHT}\"/>"
        );
    }
    let minutes = time_marks(length, x);
    let _ = write!(svg, "{minutes}</svg>\n{LEGEND}");
    svg
}

/// Each cut's distance from its beat: a line down from the song, and a dot at its offset.
fn offsets(cuts: &[CutReport], x: impl Fn(f64) -> f64) -> String {
    let mut svg = format!(
        "<line class=\"axis\" x1=\"0\" x2=\"{WIDTH}\" y1=\"{OFFSET_MIDDLE}\" y2=\"{OFFSET_MIDDLE}\"/>\n"
    );
    // One frame is half the height; what lies farther stands at the edge.
    let half = OFFSET_HALF / 2.0;
    for sign in [-1.0, 1.0] {
        let y = OFFSET_MIDDLE + sign * half;
        let _ = writeln!(svg, "<line class=\"frame\" x1=\"0\" x2=\"{WIDTH}\" y1=\"{y}\" y2=\"{y}\"/>");
        let label = if sign < 0.0 { "1 frame late" } else { "1 frame early" };
        let _ =
            writeln!(svg, "<text class=\"axis\" x=\"{}\" y=\"{:.1}\">{label}</text>", WIDTH - 4.0, y - 4.0);
    }
    for cut in cuts {
        let offset = cut.measured_offset_frames.or(cut.from_plan_frames);
        let at = x(cut.planned_time.0);
        let top = WAVE_TOP;
        let place = match offset {
            None => "unseen",
            Some(_) if cut.in_place() => "on",
            Some(_) => "off",
        };
        let class = if cut.transition_frames > 0 { format!("{place} soft") } else { place.to_owned() };
        let y = OFFSET_MIDDLE - (offset.unwrap_or(0.0) * half).clamp(-OFFSET_HALF, OFFSET_HALF);
        let _ = writeln!(
            svg,
            "<g class=\"cut {class}\"><line x1=\"{at:.1}\" x2=\"{at:.1}\" y1=\"{top}\" y2=\"{:.1}\"/>\
             <circle cx=\"{at:.1}\" cy=\"{y:.1}\" r=\"4\"><title>Scene {}: {} at {}, {}</title></circle></g>",
            WAVE_TOP + WAVE_HEIGHT,
            cut.scene,
            cut.kind,
            cut.planned_time,
            offset.map_or_else(|| "not seen".to_owned(), |o| format!("{o:+.2} frames"))
        );
    }
    svg
}

fn time_marks(length: f64, x: impl Fn(f64) -> f64) -> String {
    let step = [1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0];
    let step = step.into_iter().find(|step| length / step <= 14.0).unwrap_or(600.0);
    let mut svg = String::new();
    let mut at = 0.0;
    while at < length {
        let seconds = at as u64;
        let _ = writeln!(
            svg,
            "<text class=\"time\" x=\"{:.1}\" y=\"{}\">{}:{:02}</text>",
            x(at),
            HEIGHT - 4.0,
            seconds / 60,
            seconds % 60
        );
        at += step;
    }
    svg
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
