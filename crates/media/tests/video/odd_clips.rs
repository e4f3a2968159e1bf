//! Clips of every odd kind come out with the right frames, the right shape and the right colours.

use crate::film::*;
use mv_core::{CancelToken, Canvas, Seconds};
use mv_media::*;
use mv_testing::clips::{NumberedClip, number_of};
use std::path::Path;

const COLOUR: (u8, u8, u8) = (120, 90, 170);
/// Lossless enough to compare colours.
const X264: &str = "-c:v libx264 -preset ultrafast -crf 6 -pix_fmt yuv420p";
const BT709: &str = "-colorspace bt709 -color_primaries bt709 -color_trc bt709 -color_range tv";

fn clip(canvas: Canvas, frames: u64) -> NumberedClip {
    NumberedClip { canvas, first: 0, frames, colour: COLOUR }
}

/// Renders the first `frames` frames of a file and returns them.
fn rendered(path: &Path, frames: u64, fit: Fit) -> Vec<Vec<u8>> {
    let out = path.with_extension("out.mp4");
    let finish = Finish {
        encoder: Encoder { preset: "ultrafast", crf: 6, threads: 1, refinement: 0, lookahead: 10 },
        ..finish(SMALL)
    };
    encode(&segment(file(path, frames, fit), 0..frames, finish), &out).unwrap();
    decoded(&out, SMALL)
}

fn assert_colour(frame: &[u8], what: &str) {
    let (width, height) = (SMALL.width as usize, SMALL.height as usize);
    let mean = |samples: &[u8]| samples.iter().map(|s| f64::from(*s)).sum::<f64>() / samples.len() as f64;
    // The middle of the lower half, away from edges and bars.
    let middle = |plane: &[u8], width: usize, height: usize| {
        let rows = height * 5 / 8..height * 7 / 8;
        let line = width * 3 / 8..width * 5 / 8;
        mean(&rows.flat_map(|y| plane[y * width..][line.clone()].to_vec()).collect::<Vec<_>>())
    };
    let (luma, chroma) = frame.split_at(width * height);
    let (u, v) = chroma.split_at(width * height / 4);
    let found =
        [middle(luma, width, height), middle(u, width / 2, height / 2), middle(v, width / 2, height / 2)];
    let wanted = [COLOUR.0, COLOUR.1, COLOUR.2].map(f64::from);
    assert!(
        found.iter().zip(wanted).all(|(f, w)| (f - w).abs() <= 2.0),
        "{what}: {found:?} is not {wanted:?}"
    );
}

/// The numbers of all frames and the colour of the last.
fn read(frames: &[Vec<u8>], what: &str) -> Vec<u64> {
    assert_colour(frames.last().unwrap(), what);
    frames.iter().map(|frame| number_of(frame, SMALL)).collect()
}

#[test]
fn containers_codecs_and_pixels_of_every_kind_keep_their_frames_and_colours() {
    let folder = tempfile::tempdir().unwrap();
    let large = Canvas::new(256, 144);
    let to_601 = "-vf scale=in_color_matrix=bt709:out_color_matrix=bt601 -colorspace smpte170m";
    let untagged_601 = "-vf scale=in_color_matrix=bt709:out_color_matrix=bt601";
    let full =
        "-vf scale=in_range=tv:out_range=pc:in_color_matrix=bt709:out_color_matrix=bt709,format=yuvj420p";
    let rgb = "-vf scale=in_color_matrix=bt709,format=rgb24 -c:v png";
    let kinds = [
        ("plain.mp4", format!("{X264} {BT709}")),
        (
            "hevc10.mp4",
            format!(
                "-c:v libx265 -preset ultrafast -x265-params log-level=none:crf=6 -pix_fmt yuv420p10le {BT709}"
            ),
        ),
        ("vp9.webm", format!("-c:v libvpx-vp9 -cpu-used 8 -deadline realtime -crf 10 -b:v 0 {BT709}")),
        ("stream.ts", format!("{X264} {BT709}")),
        ("bt601.mp4", format!("{X264} {to_601}")),
        ("untagged.mp4", format!("{X264} {untagged_601}")),
        (
            "full.mp4",
            format!("{full} -c:v libx264 -preset ultrafast -crf 6 -colorspace bt709 -color_range pc"),
        ),
        ("rgb.mov", rgb.to_owned()),
        ("444.mkv", format!("-c:v ffv1 -pix_fmt yuv444p {BT709}")),
    ];
    for (name, words) in kinds {
        let path = make_clip(&clip(large, 48), "24", &words, &folder.path().join(name));
        assert_eq!(read(&rendered(&path, 48, Fit::Cover), name), (0..48).collect::<Vec<_>>(), "{name}");
    }
}

#[test]
fn light_coded_for_a_brighter_screen_comes_down_to_the_films() {
    let folder = tempfile::tempdir().unwrap();
    let to_hlg = "-vf setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv,zscale=t=linear:npl=203,format=gbrpf32le,zscale=p=2020:t=arib-std-b67:m=2020_ncl:r=tv,format=yuv420p10le";
    let words = format!(
        "{to_hlg} -c:v libx265 -preset ultrafast -x265-params log-level=none:crf=6 -color_trc arib-std-b67 -color_primaries bt2020 -colorspace bt2020nc -color_range tv"
    );
    let path = make_clip(&clip(SMALL, 24), "24", &words, &folder.path().join("hlg.mp4"));
    assert!(probe::probe(tools(), &path).unwrap().is_high_dynamic_range());
    let frames = rendered(&path, 24, Fit::Cover);
    assert_eq!(frames.iter().map(|f| number_of(f, SMALL)).collect::<Vec<_>>(), (0..24).collect::<Vec<_>>());
    // The colour keeps its kind; its lights are rolled off a little.
    let (y, v) = (frames[23][128 * 60 + 64], frames[23][128 * 72 * 5 / 4 + 64 * 30 + 32]);
    assert!((88..=126).contains(&y) && (152..=172).contains(&v), "{y} {v}");
}

#[test]
fn other_rates_become_the_films() {
    let folder = tempfile::tempdir().unwrap();
    let words = format!("{X264} {BT709}");
    for (rate, frames, per_frame) in
        [("60", 120, 2.5), ("30", 60, 1.25), ("25", 50, 25.0 / 24.0), ("12", 24, 0.5)]
    {
        let path = make_clip(&clip(SMALL, frames), rate, &words, &folder.path().join(format!("{rate}.mp4")));
        let found = read(&rendered(&path, 48, Fit::Cover), rate);
        assert_eq!(found.len(), 48);
        for (index, number) in found.iter().enumerate() {
            let ideal = index as f64 * per_frame;
            assert!((*number as f64 - ideal).abs() <= 1.0, "{rate}: frame {index} shows {number}");
        }
    }
    // Variable: from frame 24 on only every second frame is there.
    let vfr = format!("-vf select='lt(n\\,24)+not(mod(n\\,2))' -fps_mode vfr {words}");
    let path = make_clip(&clip(SMALL, 48), "24", &vfr, &folder.path().join("vfr.mp4"));
    let wanted: Vec<u64> = (0..48).map(|n| if n < 24 { n } else { n & !1 }).collect();
    assert_eq!(read(&rendered(&path, 48, Fit::Cover), "vfr"), wanted);
}

#[test]
fn every_shape_fits_the_canvas() {
    let folder = tempfile::tempdir().unwrap();
    let plain = format!("{X264} {BT709}");
    let at = |name: &str| folder.path().join(name);

    // Anamorphic PAL: 720x576 shown as 16:9, and a pixel aspect that is all but square.
    let pal = format!("-vf setsar=64/45 {plain}");
    let path = make_clip(&clip(Canvas::new(720, 576), 24), "24", &pal, &at("pal.mp4"));
    assert_eq!(read(&rendered(&path, 24, Fit::Contain), "pal"), (0..24).collect::<Vec<_>>());
    let nearly = format!("-vf setsar=14400/14399 {plain}");
    let path = make_clip(&clip(SMALL, 24), "24", &nearly, &at("nearly.mp4"));
    assert_eq!(read(&rendered(&path, 24, Fit::Contain), "nearly square"), (0..24).collect::<Vec<_>>());

    // Odd in both directions.
    let odd = format!("-vf scale=255:143:in_color_matrix=bt709 -c:v ffv1 -pix_fmt yuv420p {BT709}");
    let path = make_clip(&clip(Canvas::new(256, 144), 24), "24", &odd, &at("odd.mkv"));
    assert_eq!(read(&rendered(&path, 24, Fit::Cover), "odd"), (0..24).collect::<Vec<_>>());

    // A square picture between bars, and filling the canvas.
    let path = make_clip(&clip(Canvas::new(144, 144), 24), "24", &plain, &at("square.mp4"));
    let columns = |frame: &[u8]| [0, 20, 64, 107, 127].map(|x| frame[128 * 60 + x]);
    let barred = columns(&rendered(&path, 24, Fit::Contain)[23]);
    assert!(
        barred[0] <= 17 && barred[1] <= 17 && barred[2] > 110 && barred[3] <= 17 && barred[4] <= 17,
        "{barred:?}"
    );
    assert!(columns(&rendered(&path, 24, Fit::Cover)[23]).iter().all(|y| *y > 110));

    // A phone held upright, and upside down: stored turned, with a note to turn it back.
    for (degrees, turn, canvas) in [
        (90, "transpose=cclock", Canvas::new(256, 144)),
        (180, "hflip,vflip", SMALL),
        (270, "transpose=clock", SMALL),
    ] {
        let stored = make_clip(&clip(canvas, 24), "24", &format!("-vf {turn} {plain}"), &at("stored.mp4"));
        let turned = at(&format!("turned{degrees}.mp4"));
        let old = tools().versions().ffmpeg.starts_with("5.");
        let (before, after) = if old {
            (String::new(), format!("-metadata:s:v rotate={}", 360 - degrees))
        } else {
            (format!("-display_rotation {}", 360 - degrees), String::new())
        };
        make(&format!("{before} -i {} -c copy {after}", stored.display()), &turned);
        assert_eq!(probe::probe(tools(), &turned).unwrap().rotation, degrees);
        let found = read(&rendered(&turned, 24, Fit::Contain), &format!("turned by {degrees}"));
        assert_eq!(found, (0..24).collect::<Vec<_>>());
    }
}

#[test]
fn sound_of_any_length_and_interlacing_do_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    let path =
        make_clip(&clip(SMALL, 24), "24", &format!("{X264} {BT709}"), &folder.path().join("plain.mp4"));
    let loud = folder.path().join("loud.mov");
    let surround = "-f lavfi -i sine=duration=4 -map 1:a -map 0:v -c:v copy -c:a pcm_s16le -ac 6";
    make(&format!("-i {} {surround}", path.display()), &loud);
    assert!(probe::probe(tools(), &loud).unwrap().has_sound);
    assert_eq!(read(&rendered(&loud, 24, Fit::Cover), "5.1"), (0..24).collect::<Vec<_>>());

    let fields = format!("-vf tinterlace=interleave_top,setfield=tff -flags +ilme+ildct {X264} {BT709}");
    let path = make_clip(&clip(SMALL, 48), "48", &fields, &folder.path().join("fields.mp4"));
    assert!(probe::probe(tools(), &path).unwrap().interlaced);
    let found = read(&rendered(&path, 24, Fit::Cover), "interlaced");
    assert!(found.iter().zip(0..).all(|(number, frame)| number.abs_diff(frame * 2) <= 1), "{found:?}");
}

#[test]
fn a_clip_a_little_short_is_slowed_and_one_much_shorter_refused() {
    let folder = tempfile::tempdir().unwrap();
    let words = format!("{X264} {BT709}");
    let path = make_clip(&clip(SMALL, 44), "24", &words, &folder.path().join("short.mp4"));
    let found = read(&rendered(&path, 48, Fit::Cover), "short");
    assert_eq!((found.len(), found[0], found[47]), (48, 0, 43));
    assert!(found.windows(2).all(|pair| pair[1] - pair[0] <= 1), "{found:?}");
    // Two frames are held rather than two doubled somewhere inside.
    let held: Vec<u64> = (0..46).map(|n: u64| n.min(43)).collect();
    assert_eq!(read(&rendered(&path, 46, Fit::Cover), "held"), held);
    let spec = segment(file(&path, 49, Fit::Cover), 0..49, finish(SMALL));
    let out = folder.path().join("out.mp4");
    assert!(matches!(encode(&spec, &out), Err(MediaError::ClipTooShort { has: 44, needs: 49, .. })));
    // A longer one is cut, and any part of it is those frames.
    let long = make_clip(&clip(SMALL, 120), "24", &words, &folder.path().join("long.mp4"));
    encode(&segment(file(&long, 100, Fit::Cover), 30..70, finish(SMALL)), &out).unwrap();
    assert_eq!(numbers(&out, SMALL), (30..70).collect::<Vec<_>>());
}

#[test]
fn a_seam_of_files_blends_the_frames_it_was_told_to() {
    let folder = tempfile::tempdir().unwrap();
    let words = format!("{X264} {BT709}");
    let one = make_clip(&clip(SMALL, 60), "24", &words, &folder.path().join("one.mp4"));
    // The second file carries the numbers that the first one has at its end.
    let two = NumberedClip { canvas: Canvas::new(256, 144), first: 48, frames: 60, colour: COLOUR };
    let two = make_clip(&two, "24", &words, &folder.path().join("two.mp4"));
    let spec = SeamSpec {
        outgoing: Side { clip: file(&one, 60, Fit::Cover), start: 48, decoded: None },
        incoming: Side { clip: file(&two, 60, Fit::Cover), start: 0, decoded: None },
        frames: 12,
        kind: mv_core::vocabulary::TransitionKind::Crossfade,
        direction: Direction::Rightward,
        finish: finish(SMALL),
        captions: None,
    };
    let out = folder.path().join("seam.mp4");
    let mut heard = Vec::new();
    seam::encode(tools(), &spec, &out, &CancelToken::new(), &mut |done| heard.push(done)).unwrap();
    assert_eq!(heard, (1..=12).collect::<Vec<_>>());
    assert_eq!(read(&decoded(&out, SMALL), "seam"), (48..60).collect::<Vec<_>>());

    // The segment before it can leave it those frames, and it comes out the same.
    let tail = folder.path().join("tail.yuv");
    let body = segment(file(&one, 60, Fit::Cover), 12..48, finish(SMALL));
    let alone = folder.path().join("alone.mp4");
    encode(&body, &alone).unwrap();
    let leaving = folder.path().join("leaving.mp4");
    encode(&SegmentSpec { tail: Some(tail.clone()), ..body }, &leaving).unwrap();
    assert_eq!(std::fs::read(&leaving).unwrap(), std::fs::read(&alone).unwrap());
    let mut given = spec.clone();
    given.outgoing.decoded = Some(tail.clone());
    let again = folder.path().join("again.mp4");
    seam::encode(tools(), &given, &again, &CancelToken::new(), &mut |_| ()).unwrap();
    assert_eq!(std::fs::read(&again).unwrap(), std::fs::read(&out).unwrap());

    // Half of them are not taken for all.
    let half = std::fs::metadata(&tail).unwrap().len() / 2;
    std::fs::File::options().write(true).open(&tail).unwrap().set_len(half).unwrap();
    let broken = seam::encode(tools(), &given, &again, &CancelToken::new(), &mut |_| ());
    assert!(matches!(broken, Err(MediaError::Broken { .. })), "{broken:?}");
}

#[test]
fn a_clip_may_begin_deep_in_its_file_and_joins_with_drawn_ones() {
    let folder = tempfile::tempdir().unwrap();
    let words = format!("-c:v libx264 -preset ultrafast -crf 12 -g 100 -pix_fmt yuv420p {BT709}");
    let path = make_clip(&clip(SMALL, 1200), "24", &words, &folder.path().join("long.mp4"));
    let mut pieces = Vec::new();
    for (index, from) in [0.0, 1.25, 40.0].into_iter().enumerate() {
        let mut footage = file(&path, 48, Fit::Cover);
        let ClipSource::File(source) = &mut footage.source else { panic!("footage is a file") };
        source.from = Seconds(from);
        let out = folder.path().join(format!("{index}.mp4"));
        encode(&segment(footage, 0..48, finish(SMALL)), &out).unwrap();
        let first = (from * 24.0) as u64;
        assert_eq!(numbers(&out, SMALL), (first..first + 48).collect::<Vec<_>>(), "from {from}");
        pieces.push(FilmSegment { path: out, frames: 48 });
    }
    // Footage, drawing and stretched pixels have the same parameters in the end.
    let out = folder.path().join("drawn.mp4");
    encode(&segment(drawn(SMALL, 0..24, COLOUR), 0..24, finish(SMALL)), &out).unwrap();
    pieces.push(FilmSegment { path: out, frames: 24 });
    let words =
        format!("-vf setsar=4/3 {X264} -color_range tv -colorspace smpte170m -chroma_sample_location center");
    let path = make_clip(&clip(Canvas::new(96, 72), 24), "24", &words, &folder.path().join("stretched.mp4"));
    let out = folder.path().join("made.mp4");
    encode(&segment(file(&path, 24, Fit::Cover), 0..24, finish(SMALL)), &out).unwrap();
    pieces.push(FilmSegment { path: out, frames: 24 });
    let spec = FilmSpec {
        segments: &pieces,
        soundtrack: None,
        rate: finish(SMALL).rate,
        chapters: &[],
        metadata: &Metadata::default(),
    };
    join::film(tools(), &spec, &folder.path().join("film.mp4"), &CancelToken::new()).unwrap();
}
