//! A small studio for the tests: clips, segments, films, and reading them back.

use mv_core::vocabulary::{Grade, TransitionKind};
use mv_core::{CancelToken, Canvas, FrameRate, Seconds};
use mv_media::process::Pipes;
use mv_media::*;
use mv_testing::clips::{NumberedClip, number_of};
use std::io::Write;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

pub(crate) const SMALL: Canvas = Canvas::new(128, 72);

pub(crate) fn tools() -> &'static Tools {
    static TOOLS: OnceLock<Tools> = OnceLock::new();
    TOOLS.get_or_init(|| Tools::locate(&ToolSearch::default()).unwrap())
}

pub(crate) fn finish(canvas: Canvas) -> Finish {
    Finish {
        canvas,
        rate: FrameRate::FILM,
        grade: Grade::None,
        watermark: None,
        encoder: Encoder { preset: "veryfast", crf: 21, threads: 1, refinement: 1, lookahead: 10 },
    }
}

/// A drawn clip whose frames carry the film's numbers from `film.start` on.
pub(crate) fn drawn(canvas: Canvas, film: Range<u64>, colour: (u8, u8, u8)) -> Clip {
    let frames = film.end - film.start;
    let source = Arc::new(NumberedClip { canvas, first: film.start, frames, colour });
    let identity = format!("{canvas} {film:?} {colour:?}");
    Clip { source: ClipSource::Drawn(DrawnClip { source, identity }), frames }
}

pub(crate) fn file(path: &Path, frames: u64, fit: Fit) -> Clip {
    let facts = probe::probe(tools(), path).unwrap();
    let source = ClipSource::File(FileClip {
        path: path.to_owned(),
        content: "test".into(),
        facts,
        from: Seconds::ZERO,
        fit,
        focus: Focus::CENTRE,
    });
    Clip { source, frames }
}

pub(crate) fn segment(clip: Clip, frames: Range<u64>, finish: Finish) -> SegmentSpec {
    SegmentSpec { clip, frames, finish, captions: None, tail: None }
}

pub(crate) fn encode(spec: &SegmentSpec, out: &Path) -> Result<(), MediaError> {
    segment::encode(tools(), spec, out, &CancelToken::new(), &mut |_| ())
}

/// A film of drawn scenes of these lengths, each boundary with a transition of so many frames (0 is a cut).
pub(crate) fn numbered_film(
    folder: &Path,
    canvas: Canvas,
    lengths: &[u64],
    seams: &[(TransitionKind, u64)],
) -> Vec<FilmSegment> {
    let (mut pieces, mut start) = (Vec::new(), 0);
    let half =
        |boundary: usize| if boundary == 0 { 0 } else { seams.get(boundary - 1).map_or(0, |s| s.1 / 2) };
    let colour = |scene: usize| (60 + (scene * 37 % 120) as u8, 100 + (scene * 11 % 50) as u8, 128);
    let clip = |scene: usize, start: u64| {
        let film = start - half(scene)..start + lengths[scene] + half(scene + 1);
        (film.start, drawn(canvas, film, colour(scene)))
    };
    for (scene, length) in lengths.iter().enumerate() {
        let (head, tail) = (half(scene), half(scene + 1));
        let (first, this) = clip(scene, start);
        if head > 0 {
            let path = folder.join(format!("seam{scene}.mp4"));
            let (before, outgoing) = clip(scene - 1, start - lengths[scene - 1]);
            let spec = SeamSpec {
                outgoing: Side { clip: outgoing, start: start - head - before, decoded: None },
                incoming: Side { clip: this.clone(), start: 0, decoded: None },
                frames: 2 * head,
                kind: seams[scene - 1].0,
                direction: Direction::Rightward,
                finish: finish(canvas),
                captions: None,
            };
            seam::encode(tools(), &spec, &path, &CancelToken::new(), &mut |_| ()).unwrap();
            pieces.push(FilmSegment { path, frames: 2 * head });
        }
        let body = start + head..start + length - tail;
        let path = folder.join(format!("scene{scene}.mp4"));
        encode(&segment(this, body.start - first..body.end - first, finish(canvas)), &path).unwrap();
        pieces.push(FilmSegment { path, frames: body.end - body.start });
        start += length;
    }
    pieces
}

/// Decodes every frame of a file, planar 4:2:0 at a canvas's size; frames are neither dropped nor doubled.
pub(crate) fn decoded(path: &Path, canvas: Canvas) -> Vec<Vec<u8>> {
    let bytes = (canvas.width * canvas.height * 3 / 2) as usize;
    let all = tools()
        .ffmpeg()
        .arg("-i")
        .arg(path)
        .words("-map 0:v:0 -fps_mode passthrough -f rawvideo -pix_fmt yuv420p pipe:1")
        .output(4 << 30, &CancelToken::new())
        .unwrap();
    assert_eq!(all.len() % bytes, 0);
    all.chunks_exact(bytes).map(<[u8]>::to_vec).collect()
}

pub(crate) fn numbers(path: &Path, canvas: Canvas) -> Vec<u64> {
    decoded(path, canvas).iter().map(|frame| number_of(frame, canvas)).collect()
}

/// What ffprobe says, as `key=value` lines.
pub(crate) fn ffprobe(path: &Path, entries: &str) -> String {
    let printed = tools()
        .ffprobe()
        .args(["-of", "default=noprint_wrappers=1", "-show_entries", entries])
        .arg(path)
        .output(1 << 24, &CancelToken::new())
        .unwrap();
    String::from_utf8(printed).unwrap()
}

/// Makes a file with FFmpeg from words and a name.
pub(crate) fn make(words: &str, out: &Path) -> PathBuf {
    tools().ffmpeg().words(words).arg(out).run(&CancelToken::new()).unwrap();
    out.to_owned()
}

/// Encodes a numbered clip with these FFmpeg output words.
pub(crate) fn make_clip(clip: &NumberedClip, rate: &str, words: &str, out: &Path) -> PathBuf {
    use mv_core::{FrameSource, YuvFrame};
    let input =
        format!("-f rawvideo -pix_fmt yuv420p -video_size {} -framerate {rate} -i pipe:0", clip.canvas);
    let command = tools().ffmpeg().words(&input).words(words).arg(out);
    let mut running = command.start(Pipes::Input, &CancelToken::new()).unwrap();
    let mut stdin = running.stdin().unwrap();
    let mut frame = YuvFrame::black(clip.canvas);
    for index in 0..clip.frames {
        clip.draw(index, &mut frame);
        for plane in [&frame.y, &frame.u, &frame.v] {
            stdin.write_all(plane).unwrap();
        }
    }
    drop(stdin);
    running.finish().unwrap();
    out.to_owned()
}
