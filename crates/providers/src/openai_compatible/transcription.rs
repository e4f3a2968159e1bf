//! What is sung, with the time of each word where the server has it, else of each line.

use super::{Openai, effect};
use crate::capability::{Answer, TranscriptionModel};
use crate::card::ModelCard;
use crate::error::ProviderError;
use crate::http::sniff::FileKind;
use crate::wire::openai::{Segment, Transcription, Word};
use async_trait::async_trait;
use mv_core::Seconds;
use mv_core::lyrics::{LyricLine, LyricWord, Lyrics};
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde::Deserialize;

/// A pause that ends a line where the server names no lines.
const PAUSE_SECONDS: f64 = 0.9;
const MOST_WORDS_A_LINE: usize = 10;

/// `options` of a model that listens.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct TranscriptionOptions {
    /// The largest file it takes: OpenAI's own 26214400 (25 MB), Together's 80 MB.
    song_bytes: Option<usize>,
}

#[derive(Debug)]
pub(crate) struct OpenaiTranscription {
    openai: Openai,
    card: ModelCard,
    options: TranscriptionOptions,
}

impl OpenaiTranscription {
    pub(crate) fn new(openai: Openai, card: ModelCard, options: TranscriptionOptions) -> Self {
        Self { openai, card, options }
    }
}

#[async_trait]
impl TranscriptionModel for OpenaiTranscription {
    fn card(&self) -> &ModelCard {
        &self.card
    }

    async fn transcribe(&self, song: &[u8], language: Option<&str>) -> Result<Answer<Lyrics>, ProviderError> {
        let line = &self.openai.line;
        if let Some(most) = self.options.song_bytes
            && song.len() > most
        {
            return Err(line.invalid(&format!("the song has {} bytes, it takes {most}", song.len())));
        }
        let kind = FileKind::of(song).ok_or_else(|| line.invalid("the song is of no kind that it knows"))?;
        // Servers go by the name's ending.
        let part = Part::bytes(song.to_vec()).file_name(format!("song.{}", kind.extension()));
        let part = part.mime_str(kind.mime()).map_err(|error| line.invalid(&error.to_string()))?;
        let mut form = Form::new()
            .part("file", part)
            .text("model", self.card.model.clone())
            .text("response_format", "verbose_json")
            .text("timestamp_granularities[]", "word")
            .text("timestamp_granularities[]", "segment");
        let language = language.and_then(|tag| tag.split(['-', '_']).next()).filter(|tag| tag.len() == 2);
        if let Some(language) = language {
            form = form.text("language", language.to_ascii_lowercase());
        }
        let effect = effect(&self.card);
        let call = self.openai.call(Method::POST, "audio/transcriptions").multipart(form);
        let reply = self.openai.answer(call, effect).await?;
        let heard: Transcription = line.read(&reply, effect)?;
        let cost = heard.duration.map(|seconds| self.card.estimate(seconds));
        if heard.words.is_none() && heard.segments.is_none() && !heard.text.trim().is_empty() {
            return Err(line.failed("it wrote words down without any times"));
        }
        Ok(Answer { made: lyrics(heard), cost })
    }
}

fn lyrics(heard: Transcription) -> Lyrics {
    let words = heard.words.unwrap_or_default();
    let segments = heard.segments.unwrap_or_default();
    let mut lines = if segments.is_empty() { by_pauses(words) } else { by_segments(segments, words) };
    lines.retain(|line| !line.text.is_empty());
    Lyrics { lines: in_order(lines) }
}

/// Each word goes to the segment that its middle is in, or to the nearest.
fn by_segments(segments: Vec<Segment>, words: Vec<Word>) -> Vec<LyricLine> {
    let mut of_segment: Vec<Vec<Word>> =
        segments.iter().map(|segment| segment.words.clone().unwrap_or_default()).collect();
    if of_segment.iter().all(Vec::is_empty) {
        for word in words {
            let middle = f64::midpoint(word.start, word.end);
            let away = |segment: &Segment| (segment.start - middle).max(middle - segment.end).max(0.0);
            let nearest =
                (0..segments.len()).min_by(|a, b| away(&segments[*a]).total_cmp(&away(&segments[*b])));
            if let Some(nearest) = nearest {
                of_segment[nearest].push(word);
            }
        }
    }
    segments
        .into_iter()
        .zip(of_segment)
        .map(|(segment, words)| line(segment.start, segment.end, &segment.text, words))
        .collect()
}

fn by_pauses(words: Vec<Word>) -> Vec<LyricLine> {
    let mut lines: Vec<Vec<Word>> = Vec::new();
    for word in words {
        match lines.last_mut() {
            Some(line)
                if line.len() < MOST_WORDS_A_LINE
                    && line.last().is_some_and(|last| word.start - last.end < PAUSE_SECONDS) =>
            {
                line.push(word);
            }
            _ => lines.push(vec![word]),
        }
    }
    let ends = |words: &[Word]| Some((words.first()?.start, words.last()?.end));
    lines
        .into_iter()
        .filter_map(|words| ends(&words).map(|(start, end)| line(start, end, "", words)))
        .collect()
}

/// A line of words, or of a text alone.
fn line(start: f64, end: f64, text: &str, words: Vec<Word>) -> LyricLine {
    let words: Vec<LyricWord> = words
        .into_iter()
        .filter(|word| word.start.is_finite() && word.end.is_finite())
        .map(|word| LyricWord {
            start: Seconds(word.start),
            end: Seconds(word.end),
            text: word.text.trim().to_owned(),
            ..LyricWord::default()
        })
        .filter(|word| !word.text.is_empty())
        .collect();
    let spelled: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    let text = if words.is_empty() { text.trim().to_owned() } else { spelled.join(" ") };
    let start = words.first().map_or(start, |word| word.start.0.min(start));
    let end = words.last().map_or(end, |word| word.end.0.max(end));
    LyricLine { start: Seconds(start), end: Seconds(end), text, words, ..LyricLine::default() }
}

/// Sorted, and no line or word begins before the one before it ends: what servers send overlaps by hairs.
fn in_order(mut lines: Vec<LyricLine>) -> Vec<LyricLine> {
    lines.retain(|line| line.start.0.is_finite() && line.end.0.is_finite());
    lines.sort_by(|a, b| a.start.total_cmp(&b.start));
    let mut from = 0.0_f64;
    for line in &mut lines {
        line.words.sort_by(|a, b| a.start.total_cmp(&b.start));
        let mut at = line.start.0.max(from);
        line.start = Seconds(at);
        for word in &mut line.words {
            word.start = Seconds(word.start.0.max(at));
            word.end = Seconds(word.end.0.max(word.start.0));
            at = word.end.0;
        }
        line.end = Seconds(line.end.0.max(at));
        from = line.end.0;
        let spelled: Vec<&str> = line.words.iter().map(|word| word.text.as_str()).collect();
        if !spelled.is_empty() {
            line.text = spelled.join(" ");
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(answer: serde_json::Value) -> Vec<(f64, f64, String, usize)> {
        let lyrics = lyrics(serde_json::from_value(answer).unwrap());
        lyrics.lines.into_iter().map(|l| (l.start.0, l.end.0, l.text, l.words.len())).collect()
    }

    #[test]
    fn words_find_their_lines_wherever_the_server_puts_them() {
        let top = read(json!({
            "text": "City lights are calling",
            "words": [{"word": " City", "start": 12.3, "end": 12.6}, {"word": "lights", "start": 12.6, "end": 13.0},
                      {"word": "calling", "start": 15.0, "end": 15.5}],
            "segments": [{"start": 12.3, "end": 13.2, "text": " City lights"}, {"start": 14.9, "end": 15.6, "text": "calling"}]
        }));
        assert_eq!(top, [(12.3, 13.2, "City lights".into(), 2), (14.9, 15.6, "calling".into(), 1)]);
        let nested = read(json!({"text": "a b", "duration": "3.5", "segments": [
            {"start": 1, "end": 2, "text": "a b", "words": [{"word": "a", "start": 1, "end": 1.5, "probability": 0.9},
             {"word": "b", "start": 1.4, "end": 2.1}]}]}));
        assert_eq!(nested, [(1.0, 2.1, "a b".into(), 2)]);
    }

    #[test]
    fn without_lines_pauses_make_them_and_without_words_lines_stay() {
        let word = |text: &str, start: f64| json!({"word": text, "start": start, "end": start + 0.3});
        let paused =
            read(json!({"text": "", "words": [word("하나", 1.0), word("둘", 1.4), word("셋", 5.0)]}));
        assert_eq!(paused.iter().map(|l| l.2.as_str()).collect::<Vec<_>>(), ["하나 둘", "셋"]);
        let lines = read(
            json!({"text": "x", "segments": [{"start": 3, "end": 4, "text": " later "}, {"start": 1, "end": 3.2, "text": "first"}]}),
        );
        assert_eq!(lines, [(1.0, 3.2, "first".into(), 0), (3.2, 4.0, "later".into(), 0)]);
        assert!(read(json!({"text": ""})).is_empty());
    }
}
