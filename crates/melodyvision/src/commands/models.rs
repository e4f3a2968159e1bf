//! `melodyvision models`: who can make stills and clips, at what price, and whose keys work.

use crate::args::ModelsArgs;
use crate::failure::{Class, Failure};
use crate::output::Output;
use crate::services;
use mv_providers::animatic::LocalMaker;
use mv_providers::{ModelCard, ModelKind, PriceUnit, Registry};
use serde::Serialize;
use std::fmt::Write;

/// A model and whether it can be used here and now.
#[derive(Serialize)]
struct Row<'a> {
    #[serde(flatten)]
    card: &'a ModelCard,
    ready: bool,
}

/// What a service said of its key.
#[derive(Serialize)]
struct Checked {
    event: &'static str,
    provider: String,
    works: bool,
    detail: Option<String>,
}

pub(crate) fn run(args: &ModelsArgs, output: Output) -> Result<(), Failure> {
    let catalogue = services::catalogue(args.models.as_deref())?;
    let registry = services::registry(&catalogue)?;
    let built_in = LocalMaker::cards();
    let cards = built_in.iter().chain(catalogue.cards());
    let ready =
        |card: &ModelCard| registry.cards().any(|other| other.kind == card.kind && other.id == card.id);
    let rows: Vec<Row<'_>> = cards.map(|card| Row { card, ready: ready(card) }).collect();
    output.answer(&rows, || table(&rows, output));
    if args.check {
        return check(&registry, &catalogue, output);
    }
    Ok(())
}

fn table(rows: &[Row<'_>], output: Output) -> String {
    let mut text = String::new();
    for Row { card, ready } in rows {
        let kind = match card.kind {
            ModelKind::Image => output.pick("스틸", "stills"),
            ModelKind::Edit => output.pick("그림 고치기", "edits"),
            ModelKind::Clip => output.pick("클립", "clips"),
            ModelKind::Vision => output.pick("사진 보기", "describing photos"),
            ModelKind::Text => output.pick("글", "writing"),
            ModelKind::Transcription => output.pick("가사 받아쓰기", "transcribing"),
        };
        let needs = match (ready, card.needs_key, card.needs_network) {
            (true, false, false) => output.pick("오프라인", "offline").to_owned(),
            (true, ..) => output.pick("준비됨", "ready").to_owned(),
            (false, true, _) => {
                format!("MV_KEY_{}", card.provider.to_ascii_uppercase().replace('-', "_"))
            }
            (false, false, _) => output.pick("설정 필요", "not set up").to_owned(),
        };
        let lengths: Vec<String> = card.clip_seconds.iter().map(|seconds| format!("{seconds}")).collect();
        let lengths = if lengths.is_empty() { String::new() } else { format!(", {} s", lengths.join("/")) };
        let region = card.region.as_ref().map_or_else(String::new, |region| format!(", {region}"));
        let _ = writeln!(
            text,
            "{:<20} {:<18} {:<24} {}, {} {}{lengths}{region}",
            card.id,
            kind,
            price(card, output),
            needs,
            output.pick("최대", "up to"),
            card.largest,
        );
    }
    text
}

fn price(card: &ModelCard, output: Output) -> String {
    if card.price.is_free() {
        return output.pick("무료", "free").to_owned();
    }
    let unit = match card.price.unit {
        PriceUnit::Image => output.pick("장", "still"),
        PriceUnit::Second => output.pick("초", "second"),
        PriceUnit::Clip => output.pick("클립", "clip"),
        PriceUnit::MillionTokens => output.pick("토큰 백만 개", "million tokens"),
    };
    format!("{} / {unit}", card.price.per_unit)
}

/// Tries every key with a call that costs nothing.
fn check(registry: &Registry, catalogue: &mv_providers::Catalogue, output: Output) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(Failure::unexpected)?;
    let mut refused = Vec::new();
    for name in catalogue.providers.keys() {
        let Some(service) = registry.service(name) else { continue };
        let answer = runtime.block_on(service.check_key());
        let checked = Checked {
            event: "key",
            provider: name.clone(),
            works: answer.is_ok(),
            detail: answer.as_ref().err().map(ToString::to_string),
        };
        output.answer(&checked, || match &checked.detail {
            None => format!("{name}: {}", output.pick("키가 맞아요", "the key works")),
            Some(detail) => format!("{name}: {detail}"),
        });
        refused.extend(answer.is_err().then(|| name.clone()));
    }
    let (missing, _) = runtime.block_on(registry.check_models(catalogue));
    for card in missing {
        output.warn(
            &format!("`{}`에 모델 `{}`이(가) 더는 없어요", card.provider, card.model),
            &format!("`{}` no longer offers `{}`", card.provider, card.model),
        );
    }
    if refused.is_empty() {
        return Ok(());
    }
    Err(Failure::new(Class::Input, format!("these keys do not work: {}", refused.join(", ")))
        .hint("copy them again from the services' own pages"))
}
