//! Films assembled from numbered frames and read back frame by frame.

use crate::film::*;
use mv_core::vocabulary::TransitionKind::{Crossfade, Dip, Dissolve, Flash, Wipe, Zoom};
use mv_core::{CancelToken, Canvas, FrameRate};
use mv_media::mp4::Movie;
use mv_media::*;

#[test]
fn every_frame_is_in_the_film_once_and_in_its_place() {
    let folder = tempfile::tempdir().unwrap();
    // Scenes from six frames up, seams from two frames up, bodies shorter than the encoder's reordering.
    let lengths = [30, 6, 48, 7, 100, 6, 6, 60];
    let seams =
        [(Crossfade, 2), (Dissolve, 2), (Wipe, 2), (Crossfade, 2), (Dissolve, 2), (Crossfade, 2), (Wipe, 2)];
    let pieces = numbered_film(folder.path(), SMALL, &lengths, &seams);
    let sound =
        make("-f lavfi -i sine=frequency=440:duration=10.9583333 -c:a aac", &folder.path().join("s.m4a"));
    let out = folder.path().join("film.mp4");
    let chapters = [
        Chapter { frames: 0..36, title: "Intro".into() },
        Chapter { frames: 36..263, title: "Verse 1; loud = yes".into() },
    ];
    let metadata = Metadata { title: "별빛".into(), artist: "A \\ B".into(), ..Metadata::default() };
    let spec = FilmSpec {
        segments: &pieces,
        soundtrack: Some(&sound),
        rate: FrameRate::FILM,
        chapters: &chapters,
        metadata: &metadata,
    };
    join::film(tools(), &spec, &out, &CancelToken::new()).unwrap();
    assert_eq!(numbers(&out, SMALL), (0..263).collect::<Vec<_>>());

    let said = ffprobe(
        &out,
        "stream=profile,pix_fmt,color_space,color_range,color_transfer:format_tags=title,artist",
    );
    for line in
        ["profile=High", "pix_fmt=yuv420p", "color_space=bt709", "color_range=tv", "color_transfer=bt709"]
    {
        assert!(said.lines().any(|l| l == line), "{line} in {said}");
    }
    assert!(said.contains("TAG:title=별빛") && said.contains("TAG:artist=A \\ B"), "{said}");
    let said = ffprobe(&out, "chapter=start_time,end_time:chapter_tags=title");
    assert!(said.contains("start_time=1.500000") && said.contains("TAG:title=Verse 1; loud = yes"), "{said}");
    // Nothing but the film and its pieces is left.
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), pieces.len() + 2);

    // The same again is the same file.
    let again = folder.path().join("again.mp4");
    join::film(tools(), &spec, &again, &CancelToken::new()).unwrap();
    assert_eq!(std::fs::read(&out).unwrap(), std::fs::read(&again).unwrap());
}

#[test]
fn seams_of_every_kind_keep_the_count_and_the_pieces_repeat_to_the_byte() {
    let folder = tempfile::tempdir().unwrap();
    let again = tempfile::tempdir().unwrap();
    let lengths = [40, 40, 40, 40];
    let seams = [(Flash, 6), (Dip, 12), (Zoom, 12)];
    let pieces = numbered_film(folder.path(), SMALL, &lengths, &seams);
    for (one, two) in pieces.iter().zip(numbered_film(again.path(), SMALL, &lengths, &seams)) {
        assert!(
            std::fs::read(&one.path).unwrap() == std::fs::read(&two.path).unwrap(),
            "{}",
            one.path.display()
        );
    }
    let out = folder.path().join("film.mp4");
    let spec = FilmSpec {
        segments: &pieces,
        soundtrack: None,
        rate: FrameRate::FILM,
        chapters: &[],
        metadata: &Metadata::default(),
    };
    join::film(tools(), &spec, &out, &CancelToken::new()).unwrap();
    let frames = decoded(&out, SMALL);
    assert_eq!(frames.len(), 160);
    // The flash is white on its boundary, the dip dark on both sides of its own.
    let luma =
        |frame: usize| frames[frame][..128 * 72].iter().map(|y| u32::from(*y)).sum::<u32>() / (128 * 72);
    assert!(luma(40) > 230 && luma(38) < 220, "{} {}", luma(40), luma(38));
    assert!(luma(79) < 24 && luma(80) < 24 && luma(70) > 40, "{} {}", luma(79), luma(80));
}

#[test]
fn ten_minutes_end_with_sound_and_picture_together() {
    let canvas = Canvas::new(64, 36);
    let folder = tempfile::tempdir().unwrap();
    let lengths = vec![600; 24];
    let pieces = numbered_film(folder.path(), canvas, &lengths, &[(Crossfade, 12); 23]);
    // Silence with one click of ten milliseconds at 599.5 s.
    let click = "-f lavfi -i aevalsrc=exprs=0.8*sin(6000*t)*between(t\\,599.5\\,599.51):s=48000:d=600";
    let sound = make(&format!("{click} -c:a aac -b:a 192k"), &folder.path().join("s.m4a"));
    let out = folder.path().join("film.mp4");
    let spec = FilmSpec {
        segments: &pieces,
        soundtrack: Some(&sound),
        rate: FrameRate::FILM,
        chapters: &[],
        metadata: &Metadata::default(),
    };
    join::film(tools(), &spec, &out, &CancelToken::new()).unwrap();
    assert_eq!(numbers(&out, canvas), (0..14_400).collect::<Vec<_>>());
    // Both tracks start at 0 and last as long as each other; the click is where it was.
    let movie = Movie::read(&out).unwrap();
    let seconds = |kind| movie.track(kind).map(|t| t.duration as f64 / f64::from(t.timescale)).unwrap();
    assert!((seconds(b"vide") - 600.0).abs() < 0.001 && (seconds(b"soun") - 600.0).abs() < 1.0 / 24.0);
    let samples = tools()
        .ffmpeg()
        .arg("-i")
        .arg(&out)
        .words("-map 0:a -f s16le -ac 1 -ar 8000 pipe:1")
        .output(1 << 30, &CancelToken::new())
        .unwrap();
    let loud = samples.chunks_exact(2).position(|s| i16::from_le_bytes([s[0], s[1]]).abs() > 8000).unwrap();
    let at = loud as f64 / 8000.0;
    assert!((at - 599.5).abs() < 0.005, "the click is at {at}");
}

#[test]
fn what_is_not_as_planned_is_not_joined() {
    let folder = tempfile::tempdir().unwrap();
    let encode_as = |name: &str, finish: Finish| {
        let path = folder.path().join(name);
        encode(&segment(drawn(finish.canvas, 0..24, (90, 128, 128)), 0..24, finish), &path).unwrap();
        FilmSegment { path, frames: 24 }
    };
    let good = encode_as("good.mp4", finish(SMALL));
    let other = Finish {
        encoder: Encoder { preset: "medium", crf: 23, threads: 1, refinement: 7, lookahead: 10 },
        ..finish(SMALL)
    };
    let other = encode_as("other.mp4", other);
    let large = encode_as("large.mp4", finish(Canvas::new(256, 144)));
    let out = folder.path().join("film.mp4");
    let joined = |segments: &[FilmSegment], soundtrack| {
        let metadata = Metadata::default();
        let spec =
            FilmSpec { segments, soundtrack, rate: FrameRate::FILM, chapters: &[], metadata: &metadata };
        join::film(tools(), &spec, &out, &CancelToken::new())
    };
    let lost = FilmSegment { frames: 25, ..good.clone() };
    assert!(matches!(
        joined(&[good.clone(), lost], None),
        Err(MediaError::FrameCount { found: 24, expected: 25, .. })
    ));
    assert!(matches!(joined(&[good.clone(), other], None), Err(MediaError::Unjoinable { .. })));
    assert!(matches!(joined(&[good.clone(), large], None), Err(MediaError::Unjoinable { .. })));
    assert!(matches!(joined(&[], None), Err(MediaError::Spec(_))));
    let long = make("-f lavfi -i sine=duration=3 -c:a aac", &folder.path().join("long.m4a"));
    assert!(matches!(joined(std::slice::from_ref(&good), Some(&long)), Err(MediaError::Broken { .. })));
    let cut = folder.path().join("cut.mp4");
    let bytes = std::fs::read(&good.path).unwrap();
    std::fs::write(&cut, &bytes[..bytes.len() - 100]).unwrap();
    assert!(matches!(joined(&[FilmSegment { path: cut, frames: 24 }], None), Err(MediaError::Read { .. })));
    assert!(!out.exists());
    joined(&[good], None).unwrap();
}
