//! What is really sent: held to the services' own specifications where they publish one, and kept as snapshots.

use crate::spec::Spec;
use crate::subject::{Ground, Subject, edit};
use mv_core::CancelToken;
use mv_providers::ModelKind::{Clip, Edit, Image, Text, Transcription, Vision};
use mv_providers::{Change, EditRequest, TextEdit, Ticket};
use mv_testing::vendor::Language::{Comfyui, Fal, Gemini, Kling, Openai, Runway, Together};
use mv_testing::vendor::{Language, Plot, Seen};
use serde_json::Value;

const ALL: &[(Language, mv_providers::ModelKind, &str)] = &[
    (Gemini, Image, "nano-banana"),
    (Gemini, Edit, "nano-banana-pro"),
    (Gemini, Vision, "gemini-flash"),
    (Gemini, Text, "gemini-flash"),
    (Together, Image, "flux-2-pro"),
    (Together, Edit, "flux-2-pro"),
    (Together, Clip, "wan"),
    (Kling, Clip, "kling-standard"),
    (Kling, Clip, "kling-1.6"),
    (Kling, Clip, "kling-3-turbo"),
    (Fal, Clip, "pika"),
    (Fal, Clip, "kling-master-fal"),
    (Fal, Edit, "qwen"),
    (Runway, Clip, "runway"),
    (Runway, Clip, "runway-4.5"),
    (Runway, Image, "gen4-image"),
    (Comfyui, Image, "comfyui-still"),
    (Comfyui, Clip, "comfyui-clip"),
    (Comfyui, Edit, "comfyui-edit"),
    (Openai, Image, "local-image"),
    (Openai, Edit, "paid-image"),
    (Openai, Vision, "local-text"),
    (Openai, Text, "local-text"),
    (Openai, Transcription, "local-whisper"),
];

/// Every call is one that the service has, with a body that it takes; and the fakes answer as the services do.
#[tokio::test]
async fn calls_and_answers_keep_to_the_specifications() {
    for (language, kind, model) in ALL {
        let Some(spec) = Spec::of(*language) else { continue };
        for plot in [Plot::Success, Plot::Slow, Plot::Fails, Plot::RefusedLate] {
            let ground = Ground::of(Subject::at_once(*language, *kind, model)).await;
            ground.fake.play(plot.clone());
            let _ = ground.maker.make("request-0001", &mut Vec::new()).await;
            for seen in ground.fake.seen().iter().filter(|seen| !seen.path.starts_with("/files/")) {
                // The document of OpenAI's media has no chat.
                let Some(complaints) = spec.request(seen) else {
                    assert!(
                        seen.path.ends_with("/chat/completions"),
                        "{model}: {} {}",
                        seen.method,
                        seen.path
                    );
                    continue;
                };
                assert!(
                    complaints.is_empty(),
                    "{model}: {} {}\n{}",
                    seen.method,
                    seen.path,
                    complaints.join("\n")
                );
            }
            for spoken in ground.fake.spoken() {
                let complaints = spec.answer(&spoken);
                assert!(complaints.is_empty(), "{plot:?}: {}\n{}", spoken.asked.path, complaints.join("\n"));
            }
        }
    }
}

/// The body of the call that starts the work, with pictures cut short.
fn shown(seen: &Seen) -> String {
    let mut body = seen.json();
    if body.is_null() {
        let form: Vec<String> = seen.form().iter().map(|(name, value)| format!("{name} = {value}")).collect();
        return format!("{} {}\n{}", seen.method, seen.path, form.join("\n"));
    }
    shorten(&mut body);
    format!("{} {}\n{}", seen.method, seen.path, serde_json::to_string_pretty(&body).unwrap())
}

fn shorten(value: &mut Value) {
    match value {
        Value::String(text) if text.len() > 1500 && !text.contains(' ') => {
            *text = format!("{}…", &text[..text.len().min(24)]);
        }
        Value::Array(items) => items.iter_mut().for_each(shorten),
        Value::Object(fields) => fields.values_mut().for_each(shorten),
        _ => {}
    }
}

#[tokio::test]
async fn requests_are_these() {
    for (language, kind, model) in ALL {
        let ground = Ground::of(Subject::at_once(*language, *kind, model)).await;
        ground.maker.make("request-0001", &mut Vec::new()).await.unwrap();
        let seen = ground.fake.seen();
        let starts = |seen: &&Seen| seen.method == "POST" && !seen.path.starts_with("/upload");
        let start = seen.iter().find(starts).unwrap();
        insta::assert_snapshot!(format!("{model}-{kind:?}").to_lowercase(), shown(start));
    }
}

/// Qwen's three uses: an instruction for the whole picture, for a part of it, and new text.
#[tokio::test]
async fn qwen_is_asked_in_three_ways() {
    let ground = Ground::of(Subject::queued(Fal, Edit, "qwen")).await;
    let model = ground.registry.edit("qwen").unwrap();
    let cancel = CancelToken::new();
    let whole = EditRequest { region: None, ..edit() };
    let text = EditRequest {
        region: None,
        cast: vec![],
        change: Change::Text(vec![TextEdit { from: "OPEN".into(), to: "HOPE".into(), keep_font: true }]),
        ..edit()
    };
    for request in [&whole, &edit(), &text] {
        model.submit(request, &Ticket::new("edit-0001", &cancel)).await.unwrap();
    }
    let asked: Vec<String> = ground.fake.seen().iter().map(shown).collect();
    insta::assert_snapshot!(asked.join("\n\n"));
}
