//! `melodyvision models`: who can make stills and clips.

use crate::output::Output;
use mv_providers::{ModelCard, ModelKind};
use std::fmt::Write;

pub(crate) fn run(output: Output) {
    let cards = mv_providers::animatic::LocalMaker::cards();
    output.answer(&cards, || table(&cards, output));
}

fn table(cards: &[ModelCard], output: Output) -> String {
    let mut text = String::new();
    for card in cards {
        let kind = match card.kind {
            ModelKind::Image => output.pick("스틸", "stills"),
            ModelKind::Edit => output.pick("그림 고치기", "edits"),
            ModelKind::Clip => output.pick("클립", "clips"),
            ModelKind::Vision => output.pick("사진 보기", "describing photos"),
            ModelKind::Text => output.pick("글", "writing"),
            ModelKind::Transcription => output.pick("가사 받아쓰기", "transcribing"),
        };
        let price = if card.price.is_free() {
            output.pick("무료", "free").to_owned()
        } else {
            format!("{} / {:?}", card.price.per_unit, card.price.unit)
        };
        let needs = match (card.needs_key, card.needs_network) {
            (true, _) => output.pick("키 필요", "needs a key"),
            (false, true) => output.pick("네트워크 필요", "needs the network"),
            (false, false) => output.pick("오프라인", "offline"),
        };
        let aspects: Vec<_> = card.aspects.iter().map(ToString::to_string).collect();
        let _ = writeln!(
            text,
            "{:<18} {:<8} {}, {}, {} {}, {}",
            card.id,
            kind,
            price,
            needs,
            output.pick("최대", "up to"),
            card.largest,
            aspects.join(" ")
        );
    }
    text
}
