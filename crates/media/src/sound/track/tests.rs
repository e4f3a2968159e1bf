use super::*;
use crate::{ToolSearch, Tools};
use std::sync::OnceLock;

fn tools() -> &'static Tools {
    static TOOLS: OnceLock<Tools> = OnceLock::new();
    TOOLS.get_or_init(|| Tools::locate(&ToolSearch::default()).unwrap())
}

/// A song made by FFmpeg: inputs and filters, then the file's name with its encoder's options.
fn song(folder: &Path, graph: &str, name: &str, options: &str) -> PathBuf {
    let path = folder.join(name);
    let command = tools().ffmpeg().words("-f lavfi -i").arg(graph).words(options).arg(&path);
    command.run(&CancelToken::new()).unwrap();
    path
}

fn make(spec: &SoundSpec, out: &Path) -> SoundReport {
    let mut shares = Vec::new();
    let report = encode(tools(), spec, out, &CancelToken::new(), &mut |share| shares.push(share)).unwrap();
    assert!(shares.is_sorted() && shares.ends_with(&[1.0]), "progress runs to the end");
    report
}

fn decode(path: &Path) -> Vec<f32> {
    let mut reader = PcmReader::open(tools(), path, &CancelToken::new()).unwrap();
    let (mut all, mut frames) = (Vec::new(), Vec::new());
    loop {
        reader.read(&mut frames).unwrap();
        if frames.is_empty() {
            return all;
        }
        all.extend_from_slice(&frames);
    }
}

/// Samples that the container gives the track.
fn duration_ts(path: &Path) -> usize {
    let words = "-select_streams a:0 -show_entries stream=duration_ts -of csv=p=0";
    let printed = tools().ffprobe().words(words).arg(path).output(100, &CancelToken::new()).unwrap();
    String::from_utf8(printed).unwrap().trim().parse().unwrap()
}

/// Loudness and true peak as FFmpeg's own meter reads them.
fn ffmpeg_meter(path: &Path) -> (f64, f64) {
    let filter = "ebur128=peak=true:metadata=1,ametadata=mode=print:file=-";
    let printed = tools()
        .ffmpeg()
        .arg("-i")
        .arg(path)
        .args(["-af", filter])
        .words("-f null /dev/null")
        .output(1 << 26, &CancelToken::new())
        .unwrap();
    let printed = String::from_utf8(printed).unwrap();
    let last = |key: &str| -> f64 {
        let line = printed.lines().rfind(|line| line.contains(key)).unwrap();
        line.rsplit('=').next().unwrap().parse().unwrap()
    };
    let peak = last("true_peaks_ch0").max(last("true_peaks_ch1"));
    (last("r128.I="), 20.0 * peak.log10())
}

/// A beat with a pad: dynamic, its peaks far above its loudness.
const BEAT: &str = "aevalsrc='0.6*sin(2*PI*55*t)*exp(-12*mod(t,0.5))+0.2*random(0)*exp(-60*mod(t+0.25,0.5))\
+0.1*sin(2*PI*440*t)|0.6*sin(2*PI*55*t)*exp(-12*mod(t,0.5))+0.2*random(1)*exp(-60*mod(t+0.25,0.5))\
+0.1*sin(2*PI*554*t)':s=44100:d=12";

#[test]
fn a_song_is_brought_to_its_loudness_under_its_peak() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("track.m4a");
    let cases = [
        ("loud.mp3", "volume=6dB", "-b:a 192k"),
        ("quiet.flac", "volume=-24dB", "-c:a flac"),
        ("plain.ogg", "anull", "-c:a libvorbis"),
    ];
    for (name, level, options) in cases {
        let path = song(folder.path(), &format!("{BEAT},{level}"), name, options);
        let report = make(&SoundSpec::of(&path, 288, FrameRate::FILM), &out);
        let (lufs, peak) = ffmpeg_meter(&out);
        assert!((lufs + 14.0).abs() <= 0.3, "{name}: {lufs} LUFS, {report:?}");
        assert!(peak <= -0.95, "{name}: {peak} dBTP, {report:?}");
        let ours = report.delivered;
        assert!((ours.integrated_lufs.unwrap() - lufs).abs() <= 0.1, "{ours:?} against {lufs}");
        assert!((ours.true_peak_dbtp.unwrap() - peak).abs() <= 0.1, "{ours:?} against {peak}");
        assert!(ours.true_peak_dbtp.unwrap() <= -1.0);
    }
}

#[test]
fn sound_too_dynamic_for_the_loudness_stays_quieter() {
    let folder = tempfile::tempdir().unwrap();
    let graph = "aevalsrc='0.9*lt(mod(t,1),0.002)+0.0005*sin(2*PI*440*t)':s=48000:d=8";
    let path = song(folder.path(), graph, "clicks.wav", "-c:a pcm_f32le");
    let report = make(&SoundSpec::of(&path, 192, FrameRate::FILM), &folder.path().join("track.m4a"));
    assert!(report.delivered.true_peak_dbtp.unwrap() <= -1.0, "{report:?}");
    assert!(report.limited_db <= MOST_LIMITING_DB + 0.5, "{report:?}");
    assert!(report.delivered.integrated_lufs.unwrap() < -16.0, "{report:?}");
}

#[test]
fn every_kind_of_file_becomes_the_same_kind_of_track() {
    let folder = tempfile::tempdir().unwrap();
    let tone = |rate: u32| format!("sine=frequency=440:sample_rate={rate}:duration=3,volume=0.5");
    let surround = "aevalsrc='0.2*sin(440*t*6.283)|0.2*sin(550*t*6.283)|0.3*sin(660*t*6.283)|0|0.1*sin(880*t*6.283)\
                    |0.1*sin(990*t*6.283)':c=5.1:s=48000:d=3";
    let cases = [
        ("mono.wav", tone(44_100), "-ac 1", &[(72, 24), (45, 30), (61, 60), (120, 24)][..]),
        ("telephone.wav", tone(8000), "-ac 1 -c:a pcm_mulaw", &[(45, 30)]),
        ("studio.wav", tone(192_000), "-ac 2 -c:a pcm_f64le", &[(61, 60)]),
        ("surround.flac", surround.to_owned(), "-c:a flac", &[(100, 24)]),
        ("delayed.m4a", tone(44_100), "-c:a aac", &[(72, 24)]),
    ];
    for (name, graph, options, lengths) in cases {
        let path = song(folder.path(), &graph, name, options);
        let out = folder.path().join("track.m4a");
        for &(frames, rate) in lengths {
            let rate = FrameRate::try_from(rate).unwrap();
            let report = make(&SoundSpec::of(&path, frames, rate), &out);
            let samples = decode(&out).len() / CHANNELS;
            let wanted = frames as usize * (48_000 / rate.get() as usize);
            // The last block of AAC is whole; the container says where the track ends.
            assert!((wanted..wanted + 1024).contains(&samples), "{name} {frames} {rate}: {samples}");
            assert_eq!(duration_ts(&out), wanted, "{name} {frames} {rate}");
            assert!(report.delivered.true_peak_dbtp.unwrap() <= -1.0, "{name} {report:?}");
        }
    }
}

#[test]
fn a_click_stays_where_it_was() {
    let folder = tempfile::tempdir().unwrap();
    // A millisecond of sound at 1.000 s and at 3.217 s over a quiet bed.
    let graph =
        "aevalsrc='0.5*between(t,1,1.001)+0.5*between(t,3.217,3.218)+0.01*sin(2*PI*200*t)':s=44100:d=4";
    let out = folder.path().join("track.m4a");
    let onset = |samples: &[f32], from: f64| {
        let first = (from * 48_000.0) as usize;
        let span = &samples[2 * first..2 * (first + 24_000)];
        let loudest = span.iter().fold(0.0f32, |most, s| most.max(s.abs()));
        first as f64 / 48_000.0
            + (span.iter().position(|s| s.abs() > loudest / 2.0).unwrap() / 2) as f64 / 48_000.0
    };
    for (name, options) in
        [("click.wav", ""), ("click.mp3", "-b:a 256k"), ("click.m4a", "-c:a aac -b:a 256k")]
    {
        let path = song(folder.path(), graph, name, options);
        make(&SoundSpec::of(&path, 96, FrameRate::FILM), &out);
        let track = decode(&out);
        for time in [1.0, 3.217] {
            let heard = onset(&track, time - 0.25);
            assert!((heard - time).abs() <= 0.001, "{name}: {time} is heard at {heard}");
        }
        // Half a second in, cut at 3.4: the clicks move to the left and what follows is silent.
        let spec = SoundSpec {
            start: Seconds(0.5),
            end: Some(Seconds(3.4)),
            fade_out: Seconds(0.1),
            ..SoundSpec::of(&path, 96, FrameRate::FILM)
        };
        make(&spec, &out);
        let track = decode(&out);
        let heard = onset(&track, 2.5);
        assert!((heard - 2.717).abs() <= 0.001, "{name}: trimmed, heard at {heard}");
        assert!(track[2 * 48_000 * 3..].iter().all(|s| s.abs() < 1e-3), "{name}: silence after the end");
    }
}

#[test]
fn silence_stays_silent_and_bad_files_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("track.m4a");
    let silent = song(folder.path(), "anullsrc=d=2", "silent.wav", "");
    let report = make(&SoundSpec::of(&silent, 48, FrameRate::FILM), &out);
    assert_eq!((report.gain_db, report.delivered), (0.0, Loudness::default()));
    std::fs::remove_file(&out).unwrap();

    let text = folder.path().join("notes.mp3");
    std::fs::write(&text, "this is not a song".repeat(50)).unwrap();
    let picture = song(folder.path(), "color=size=64x64:rate=24:duration=1", "mute.mp4", "");
    for path in [text, picture, folder.path().join("absent.wav")] {
        let spec = SoundSpec::of(&path, 48, FrameRate::FILM);
        let error = encode(tools(), &spec, &out, &CancelToken::new(), &mut |_| ()).unwrap_err();
        assert!(matches!(&error, MediaError::Read { path: named, .. } if *named == path), "{error}");
    }
    let error =
        encode(tools(), &SoundSpec::of(&silent, 0, FrameRate::FILM), &out, &CancelToken::new(), &mut |_| ());
    assert!(matches!(error, Err(MediaError::Spec(_))));
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left.len(), 3, "nothing half-written is left: {left:?}");
}

#[test]
fn cancelling_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = song(folder.path(), BEAT, "song.wav", "");
    let out = folder.path().join("track.m4a");
    let cancel = CancelToken::new();
    let cancel_at = |share: f64| {
        if share > 0.5 {
            cancel.cancel();
        }
    };
    let spec = SoundSpec::of(&path, 288, FrameRate::FILM);
    let error = encode(tools(), &spec, &out, &cancel, &mut { cancel_at }).unwrap_err();
    assert!(matches!(error, MediaError::Cancelled), "{error}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn the_same_song_gives_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let path = song(folder.path(), BEAT, "song.flac", "-c:a flac");
    let bytes = |name: &str| {
        let out = folder.path().join(name);
        make(&SoundSpec::of(&path, 288, FrameRate::FILM), &out);
        std::fs::read(out).unwrap()
    };
    assert!(bytes("a.m4a") == bytes("b.m4a"));
}
