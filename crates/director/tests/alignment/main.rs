//! Lyrics are laid over made-up songs whose every syllable is known: a bounded run of what `examples/align.rs` measures.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it is")]

mod score;

use mv_core::{CancelToken, SongAnalysis};
use mv_director::lyrics::{align, align_to_transcript, from_transcript, parse};
use mv_testing::song::sung::{SungSong, make_up};
use mv_testing::song::wave;
use score::{Errors, even, transcript};
use std::io::Cursor;
use std::sync::LazyLock;

/// None of these was used in training or tuning.
const SEEDS: [u64; 3] = [61, 62, 63];
const SECONDS: f64 = 75.0;

static SONGS: LazyLock<Vec<(SungSong, SongAnalysis)>> = LazyLock::new(|| {
    let song = |seed: u64| {
        let sung = make_up(seed, SECONDS);
        let file = Cursor::new(wave(&sung.sound));
        let heard = mv_audio::analyze(file, &mut |_| {}, &CancelToken::new()).unwrap();
        (sung, heard.analysis)
    };
    SEEDS.map(song).into()
});

#[test]
fn pasted_lyrics_find_the_singing() {
    let (mut laid, mut spread) = (Errors::default(), Errors::default());
    for (sung, song) in SONGS.iter() {
        let lyrics = parse(sung.text.as_bytes(), "lyrics.txt", song).unwrap().lyrics;
        laid.add(&sung.lines, &lyrics);
        spread.add(&sung.lines, &even(&sung.lines, song));
        assert_eq!(lyrics, parse(sung.text.as_bytes(), "lyrics.txt", song).unwrap().lyrics);
    }
    let ([.., within], [.., by_chance]) = (Errors::of(&laid.lines), Errors::of(&spread.lines));
    assert!(within > 0.6 && by_chance < 0.3, "lines within half a second: {within}, evenly {by_chance}");
    let [.., words] = Errors::of(&laid.words);
    assert!(words > 0.45, "words within half a second: {words}");
}

#[test]
fn a_transcript_with_a_fifth_of_its_words_wrong_is_better_still() {
    let mut laid = Errors::default();
    for (seed, (sung, song)) in (1..).zip(SONGS.iter()) {
        let lyrics = parse(sung.text.as_bytes(), "lyrics.txt", song).unwrap().lyrics;
        let heard = transcript(&sung.lines, 0.2, 0.15, seed);
        laid.add(&sung.lines, &align_to_transcript(&lyrics, &heard, song));
    }
    let ([_, _, lines, _], [_, _, words, _]) = (Errors::of(&laid.lines), Errors::of(&laid.words));
    assert!(lines > 0.85 && words > 0.8, "within 0.3 s: {lines} of lines, {words} of words");
}

#[test]
fn times_that_a_person_gave_are_kept() {
    let (sung, song) = &SONGS[0];
    let mut lyrics = parse(sung.text.as_bytes(), "lyrics.txt", song).unwrap().lyrics;
    let kept = lyrics.lines.len() / 2;
    let truth = &sung.lines[kept];
    (lyrics.lines[kept].start.0, lyrics.lines[kept].end.0) = (truth.start, truth.end);
    lyrics.lines[kept].confidence = None;
    for again in
        [align(&lyrics, song), align_to_transcript(&lyrics, &transcript(&sung.lines, 0.1, 0.1, 5), song)]
    {
        assert_eq!(again.lines.len(), lyrics.lines.len());
        let line = &again.lines[kept];
        assert_eq!(
            (line.start, line.end, line.confidence),
            (lyrics.lines[kept].start, lyrics.lines[kept].end, None)
        );
        for pair in again.lines.windows(2) {
            assert!(pair[0].end <= pair[1].start, "{pair:?}");
        }
    }
}

#[test]
fn what_was_heard_alone_is_marked() {
    let (sung, song) = &SONGS[1];
    let heard = from_transcript(&transcript(&sung.lines, 0.2, 0.3, 9), song);
    assert!(heard.lines.len() + 2 >= sung.lines.len());
    let marked =
        |line: &mv_core::lyrics::LyricLine| line.heard && line.confidence.is_some_and(|sure| sure <= 0.6);
    assert!(heard.lines.iter().all(marked));
    assert!(heard.lines.windows(2).all(|pair| pair[0].end <= pair[1].start));
}
