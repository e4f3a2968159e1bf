//! Whatever goes wrong, no key, no prompt and no photo is in the log.

use crate::subject::{Ground, KEY, Subject, still};
use mv_providers::ModelKind::{Clip, Edit, Image};
use mv_testing::vendor::Language::{Comfyui, Fal, Gemini, Kling, Openai, Runway, Together};
use mv_testing::vendor::Plot;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use tracing_subscriber::fmt::MakeWriter;

#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Kept {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// On one thread, whose log is kept.
#[tokio::test]
async fn the_log_holds_no_secret_and_nothing_private() {
    let kept = Kept::default();
    let log = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(kept.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(log);
    let scene = still().scene;
    let private =
        [KEY, &scene.image_prompt[..30], &scene.motion_prompt[..30], "silver jacket", "iVBORw0KGgo"];
    for (language, kind, model) in [
        (Gemini, Image, "nano-banana"),
        (Together, Clip, "wan"),
        (Kling, Clip, "kling-standard"),
        (Fal, Edit, "qwen"),
        (Runway, Clip, "runway"),
        (Comfyui, Image, "comfyui-still"),
        (Openai, Image, "paid-image"),
    ] {
        for plot in [Plot::Success, Plot::Unauthorized, Plot::Cut, Plot::NotJson, Plot::RefusedAtOnce] {
            let ground = Ground::of(Subject::at_once(language, kind, model)).await;
            ground.fake.play(plot);
            let told =
                format!("{:?}", ground.maker.make("still-0001", &mut Vec::new()).await.map(|made| made.cost));
            for private in private {
                assert!(!told.contains(private), "{model}: {told}");
            }
        }
    }
    let log = String::from_utf8_lossy(&kept.0.lock().unwrap()).into_owned();
    assert!(log.contains("called a service") && log.contains("http.status=200"), "nothing was logged");
    for private in private {
        assert!(!log.contains(private), "`{private}` is in the log");
    }
}
