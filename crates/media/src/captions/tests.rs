use super::*;
use crate::{ToolSearch, Tools};
use mv_core::lyrics::{LyricLine, LyricWord};
use mv_core::{CancelToken, Rgb};
use std::sync::OnceLock;

fn line(start: f64, end: f64, text: &str) -> LyricLine {
    LyricLine { start: Seconds(start), end: Seconds(end), text: text.into(), ..LyricLine::default() }
}

fn sung(start: f64, words: &[&str], each: f64) -> LyricLine {
    let word = |(index, text): (usize, &&str)| LyricWord {
        start: Seconds(start + each * index as f64),
        end: Seconds(start + each * (index + 1) as f64),
        text: (*text).into(),
        ..LyricWord::default()
    };
    LyricLine {
        start: Seconds(start),
        end: Seconds(start + each * words.len() as f64),
        text: words.join(" "),
        words: words.iter().enumerate().map(word).collect(),
        ..LyricLine::default()
    }
}

/// The slice, wherever the fonts may be.
fn cut(lyrics: &Lyrics, frames: Range<u64>, settings: &CaptionSettings) -> Option<CaptionOverlay> {
    slice(lyrics, frames, settings, Path::new("fonts"))
}

fn settings(mode: CaptionStyle, look: &str) -> CaptionSettings {
    CaptionSettings {
        mode,
        look: CaptionLook::named(look).unwrap(),
        canvas: Canvas::new(1280, 720),
        rate: FrameRate::FILM,
        title_card: None,
    }
}

#[test]
fn a_slice_holds_only_what_shows_in_it() {
    let lyrics = Lyrics { lines: vec![line(1.0, 2.0, "first"), line(5.0, 6.0, "second")] };
    let settings = settings(CaptionStyle::Line, "clean");
    let overlay = cut(&lyrics, 0..60, &settings).unwrap();
    assert!(overlay.ass.contains("first") && !overlay.ass.contains("second"));
    let overlay = cut(&lyrics, 120..144, &settings).unwrap();
    assert!(overlay.ass.contains("0:00:04.88,0:00:06.35") && overlay.first_frame == 120, "{}", overlay.ass);
    assert_eq!(cut(&lyrics, 70..100, &settings), None);
    assert_eq!(cut(&lyrics, 0..0, &settings), None);
    assert_eq!(cut(&lyrics, 0..200, &CaptionSettings { mode: CaptionStyle::None, ..settings }), None);
}

#[test]
fn captions_in_turn_never_share_the_screen() {
    let lyrics = Lyrics { lines: vec![line(1.0, 2.0, "a"), line(2.0, 3.0, "b"), line(3.2, 4.0, "c")] };
    let captions = captions(&lyrics, &settings(CaptionStyle::Line, "clean"));
    let spans: Vec<_> = captions.iter().map(|c| (c.shown.start.0, c.shown.end.0)).collect();
    assert!((spans[0].1 - spans[1].0).abs() < 1e-9 && (spans[0].1 - 2.0).abs() < 1e-9, "{spans:?}");
    assert!(spans[1].1 <= spans[2].0 && spans[1].1 >= 3.0, "{spans:?}");
    assert!((spans[2].1 - 4.35).abs() < 1e-9);
}

#[test]
fn karaoke_words_sweep_at_their_own_times() {
    let lyrics = Lyrics { lines: vec![sung(2.0, &["빛나는", "밤에"], 0.5)] };
    let overlay = cut(&lyrics, 0..120, &settings(CaptionStyle::Karaoke, "clean")).unwrap();
    assert!(overlay.ass.contains(r"{\k40}{\kf50}빛나는{\k0} {\kf50}밤에"), "{}", overlay.ass);
}

#[test]
fn typed_lines_reveal_every_letter() {
    let lyrics = Lyrics { lines: vec![line(1.0, 3.0, "ab c")] };
    let overlay = cut(&lyrics, 0..120, &settings(CaptionStyle::Line, "typewriter")).unwrap();
    let letter =
        |from: u32, c: char| format!("{{\\alpha&HFF&\\t({from},{},\\1a&H00&\\3a&H33&)}}{c}", from + 1);
    let expected = format!("{}{} {}", letter(0, 'a'), letter(55, 'b'), letter(110, 'c'));
    assert!(overlay.ass.contains(&expected), "{}", overlay.ass);
}

#[test]
fn the_accent_colours_what_is_sung() {
    let look = CaptionLook::named("clean").unwrap().with_accent(Rgb(0x11, 0x22, 0x33));
    let lyrics = Lyrics { lines: vec![sung(2.0, &["a"], 0.5)] };
    let settings = CaptionSettings { look, ..settings(CaptionStyle::Karaoke, "clean") };
    assert!(cut(&lyrics, 0..120, &settings).unwrap().ass.contains("&H00332211"));
}

static TOOLS: OnceLock<Tools> = OnceLock::new();

/// Raw luma frames of a grey film with an overlay over it.
fn draw(overlay: &CaptionOverlay, frames: u64, canvas: Canvas, folder: &Path) -> Vec<Vec<u8>> {
    let fonts = install_fonts(&folder.join("fonts")).unwrap();
    let script = folder.join("captions.ass");
    std::fs::write(&script, &overlay.ass).unwrap();
    let filter = overlay.filter(script.to_str().unwrap(), fonts.to_str().unwrap(), FrameRate::FILM);
    let size = (canvas.width * canvas.height) as usize;
    let pixels = TOOLS
        .get_or_init(|| Tools::locate(&ToolSearch::default()).unwrap())
        .ffmpeg()
        .args(["-f", "lavfi", "-i"])
        .arg(format!("color=gray:size={canvas}:rate=24,format=yuv420p"))
        .args(["-frames:v", &frames.to_string(), "-vf", &format!("settb=1/24,{filter},extractplanes=y")])
        .words("-f rawvideo pipe:1")
        .output(size * frames as usize + 1, &CancelToken::new())
        .unwrap();
    pixels.chunks_exact(size).map(<[u8]>::to_vec).collect()
}

#[test]
fn captions_go_on_over_a_border_exactly_as_in_one_long_render() {
    let lyrics = Lyrics {
        lines: vec![
            line(0.2, 1.37, "천천히 나타나는 첫 줄"),
            sung(1.51, &["빛나는", "이", "밤의", "주파수"], 0.413),
            line(3.4, 4.2, "end"),
        ],
    };
    let canvas = Canvas::new(320, 180);
    for look in ["clean", "typewriter", "neon"] {
        for mode in [CaptionStyle::Line, CaptionStyle::Karaoke] {
            let settings = CaptionSettings { canvas, ..settings(mode, look) };
            let folder = tempfile::tempdir().unwrap();
            let whole = draw(&cut(&lyrics, 0..110, &settings).unwrap(), 110, canvas, folder.path());
            assert!(whole[4] != whole[20], "{look}: the words come in");
            // Borders inside a fade in, a sweep, a hold and a fade out.
            for range in [0..8, 8..31, 31..47, 47..81, 81..103, 103..110] {
                let overlay = cut(&lyrics, range.clone(), &settings).unwrap();
                let part = draw(&overlay, range.end - range.start, canvas, folder.path());
                assert_eq!(part.len() as u64, range.end - range.start);
                for (frame, drawn) in range.clone().zip(&part) {
                    assert!(*drawn == whole[frame as usize], "{look} {mode:?}: frame {frame} of {range:?}");
                }
            }
        }
    }
}

#[test]
fn hostile_lyrics_are_drawn_as_they_are_written() {
    let lyrics = Lyrics { lines: vec![line(0.0, 3.0, r"{\alpha&HFF&}{\fs400}\N{\pos(0,0)}")] };
    let canvas = Canvas::new(640, 360);
    let settings = CaptionSettings { canvas, ..settings(CaptionStyle::Line, "clean") };
    let folder = tempfile::tempdir().unwrap();
    let frame = &draw(&cut(&lyrics, 0..30, &settings).unwrap(), 30, canvas, folder.path())[24];
    let lit =
        |rows: Range<usize>| frame[rows.start * 640..rows.end * 640].iter().filter(|y| **y > 200).count();
    assert!(lit(300..345) > 300, "the text stands at its place");
    assert_eq!(lit(0..290), 0, "and nowhere else");
}

#[test]
fn every_canvas_keeps_its_captions_inside_the_safe_zone() {
    let text = "우리가 함께 걷던 그 여름밤의 긴 거리와 불빛을 기억해 줄래";
    // The buttons of a phone's player lie over the lower fifth of a tall picture.
    for (canvas, high) in
        [(Canvas::new(640, 360), 0.94), (Canvas::new(360, 640), 0.78), (Canvas::new(360, 360), 0.93)]
    {
        let lyrics = Lyrics { lines: vec![line(0.0, 3.0, text)] };
        let settings = CaptionSettings { canvas, ..settings(CaptionStyle::Line, "bold") };
        let folder = tempfile::tempdir().unwrap();
        let frame = &draw(&cut(&lyrics, 0..30, &settings).unwrap(), 30, canvas, folder.path())[24];
        let width = canvas.width as usize;
        let (mut rows, mut columns) = ((usize::MAX, 0), (usize::MAX, 0));
        for (at, _) in frame.iter().enumerate().filter(|(_, y)| **y > 200) {
            rows = (rows.0.min(at / width), rows.1.max(at / width));
            columns = (columns.0.min(at % width), columns.1.max(at % width));
        }
        let bottom = rows.1 as f64 / f64::from(canvas.height);
        let area = area(canvas, &settings.look);
        assert!(bottom < high, "{canvas}: {bottom}");
        assert!(rows.0 as f64 > area[1] && (rows.1 as f64) < area[3], "{canvas}: {rows:?} not in {area:?}");
        let (left, right) = (columns.0 as f64 / width as f64, columns.1 as f64 / width as f64);
        assert!(left > 0.07 && right < 0.93 && (left + right - 1.0).abs() < 0.02, "{canvas}: {left} {right}");
    }
}
