//! What goes wrong says so, and leaves nothing behind.

use crate::film::*;
use mv_core::{CancelToken, Canvas, FrameSource, Seconds, YuvFrame};
use mv_media::process::Invocation;
use mv_media::*;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};

fn names(folder: &Path) -> Vec<String> {
    std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn what_is_no_video_is_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let probed = |path: &Path| probe::probe(tools(), path).unwrap_err();
    assert!(matches!(probed(&at("absent.mp4")), MediaError::Read { .. }));
    std::fs::write(at("text.mp4"), "This is not a video.\n".repeat(100)).unwrap();
    assert!(matches!(probed(&at("text.mp4")), MediaError::Undecodable { .. }));
    std::fs::write(at("empty.mp4"), "").unwrap();
    let error = probed(&at("empty.mp4"));
    assert!(matches!(error, MediaError::Undecodable { .. }) && error.hint().is_some());
    make("-f lavfi -i sine=duration=1", &at("song.mp3"));
    assert!(matches!(probed(&at("song.mp3")), MediaError::NoPicture { .. } | MediaError::Undecodable { .. }));
    make("-f lavfi -i sine=duration=1 -c:a aac", &at("song.mp4"));
    assert!(matches!(probed(&at("song.mp4")), MediaError::NoPicture { .. }));
    // A playlist that names another file is not followed.
    make("-f lavfi -i testsrc=duration=1 -f mpegts", &at("other.ts"));
    std::fs::write(
        at("list.mp4"),
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nother.ts\n#EXT-X-ENDLIST\n",
    )
    .unwrap();
    assert!(matches!(probed(&at("list.mp4")), MediaError::Undecodable { .. }));
}

#[test]
fn a_clip_that_was_cut_off_is_undecodable() {
    let folder = tempfile::tempdir().unwrap();
    let whole = folder.path().join("whole.mp4");
    make("-f lavfi -i testsrc2=size=128x72:rate=24:duration=6 -c:v libx264 -movflags +faststart", &whole);
    let facts = probe::probe(tools(), &whole).unwrap();
    let bytes = std::fs::read(&whole).unwrap();
    let cut = folder.path().join("cut.mp4");
    std::fs::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
    // Probed after the cut it is too short; cut after it was probed, its frames run out.
    let clip = file(&cut, 144, Fit::Cover);
    let out = folder.path().join("out.mp4");
    assert!(matches!(
        encode(&segment(clip, 0..144, finish(SMALL)), &out),
        Err(MediaError::ClipTooShort { .. })
    ));
    let source = FileClip {
        path: cut,
        content: "test".into(),
        facts,
        from: Seconds::ZERO,
        fit: Fit::Cover,
        focus: Focus::CENTRE,
    };
    let clip = Clip { source: ClipSource::File(source), frames: 144 };
    let error = encode(&segment(clip.clone(), 0..144, finish(SMALL)), &out).unwrap_err();
    assert!(matches!(error, MediaError::Undecodable { .. }), "{error}");
    let side = Side { clip, start: 130, decoded: None };
    let spec = SeamSpec {
        outgoing: side.clone(),
        incoming: side,
        frames: 12,
        kind: mv_core::vocabulary::TransitionKind::Crossfade,
        direction: Direction::Rightward,
        finish: finish(SMALL),
        captions: None,
    };
    let error = seam::encode(tools(), &spec, &out, &CancelToken::new(), &mut |_| ()).unwrap_err();
    assert!(matches!(error, MediaError::Undecodable { .. }), "{error}");
    assert_eq!(names(folder.path()).len(), 2);
}

/// Says when it was asked for a frame.
struct Signalling(Canvas, SyncSender<u64>);

impl FrameSource for Signalling {
    fn canvas(&self) -> Canvas {
        self.0
    }
    fn frames(&self) -> u64 {
        1_000_000
    }
    fn draw(&self, index: u64, _: &mut YuvFrame) {
        assert!(index < 900_000, "planted");
        self.1.try_send(index).ok();
    }
}

#[test]
fn cancelling_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.mp4");
    let (sender, drawn) = sync_channel(100);
    let source = DrawnClip { source: Arc::new(Signalling(SMALL, sender)), identity: "endless".into() };
    let clip = Clip { source: ClipSource::Drawn(source), frames: 1_000_000 };
    let spec = segment(clip.clone(), 0..800_000, finish(SMALL));
    let cancel = CancelToken::new();
    let canceller = std::thread::spawn({
        let cancel = cancel.clone();
        move || {
            while drawn.recv().unwrap() < 50 {}
            cancel.cancel();
        }
    });
    let error = segment::encode(tools(), &spec, &out, &cancel, &mut |_| ()).unwrap_err();
    canceller.join().unwrap();
    assert!(matches!(error, MediaError::Cancelled), "{error}");
    assert_eq!(names(folder.path()), [""; 0]);

    // A drawing that panics is an error, not the end of the program.
    let error = encode(&segment(clip, 899_990..900_010, finish(SMALL)), &out).unwrap_err();
    assert!(matches!(error, MediaError::Drawing { frame: 900_000 }), "{error}");
    assert_eq!(names(folder.path()), [""; 0]);

    // A file's segment, cancelled at its first word of progress.
    let long =
        make("-f lavfi -i testsrc2=size=640x360:rate=24:duration=60 -c:v libx264 -preset ultrafast", &out);
    let target = folder.path().join("segment.mp4");
    let cancel = CancelToken::new();
    let spec = segment(file(&long, 1440, Fit::Cover), 0..1440, finish(Canvas::new(1280, 720)));
    let result = segment::encode(tools(), &spec, &target, &cancel, &mut |_| cancel.cancel());
    assert!(matches!(result, Err(MediaError::Cancelled)));
    assert_eq!(names(folder.path()), ["out.mp4"]);
}

#[test]
fn a_full_disk_is_named() {
    // FFmpeg's own words about a device that is always full.
    let source = "-f lavfi -i testsrc2=size=640x360:duration=2 -c:v libx264";
    for kind in ["-f mp4", "-f mpegts"] {
        let path = Path::new("/dev/full");
        let command = tools().ffmpeg().words(source).words(kind).arg(path).writing(path);
        let error = command.run(&CancelToken::new()).unwrap_err();
        assert!(matches!(error, MediaError::DiskFull { .. }) && error.hint().is_some(), "{kind}: {error}");
    }
    // A whole segment on a disk of 64 KiB, where this may be made.
    let folder = tempfile::tempdir().unwrap();
    let mount = Invocation::new("mount").words("-t tmpfs -o size=64k tmpfs").arg(folder.path());
    if mount.run(&CancelToken::new()).is_ok() {
        let noise = make(
            "-f lavfi -i testsrc2=size=640x360:rate=24:duration=2 -c:v libx264 -qp 5",
            &tempfile::tempdir().unwrap().keep().join("noise.mp4"),
        );
        let out = folder.path().join("out.mp4");
        let spec = segment(file(&noise, 48, Fit::Cover), 0..48, finish(Canvas::new(640, 360)));
        let result = encode(&spec, &out);
        let left = names(folder.path());
        Invocation::new("umount").arg(folder.path()).run(&CancelToken::new()).unwrap();
        std::fs::remove_dir_all(noise.parent().unwrap()).unwrap();
        assert!(matches!(result, Err(MediaError::DiskFull { .. })), "{result:?}");
        assert_eq!(left, [""; 0]);
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let spec = segment(drawn(SMALL, 0..24, (90, 128, 128)), 0..24, finish(SMALL));
    // A file where a folder should be stops even root, whom permissions do not.
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let error = encode(&spec, &file.join("out.mp4")).unwrap_err();
    assert!(matches!(error, MediaError::Write { .. }) && error.hint().is_some(), "{error}");
    std::fs::set_permissions(folder.path(), Permissions::from_mode(0o555)).unwrap();
    let result = encode(&spec, &folder.path().join("out.mp4"));
    std::fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    assert!(matches!(result, Ok(()) | Err(MediaError::Write { .. })), "{result:?}");
}

#[test]
fn impossible_wishes_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.mp4");
    let clip = drawn(SMALL, 0..24, (90, 128, 128));
    for (frames, canvas) in
        [(0..25, SMALL), (5..5, SMALL), (0..24, Canvas::new(256, 144)), (0..24, Canvas::new(127, 71))]
    {
        let result = encode(&segment(clip.clone(), frames, finish(canvas)), &out);
        assert!(matches!(result, Err(MediaError::Spec(_))), "{result:?}");
    }
    assert_eq!(names(folder.path()), [""; 0]);
}
