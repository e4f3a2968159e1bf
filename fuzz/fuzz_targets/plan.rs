//! Plan files: people edit them by hand.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mv_core::{FrameRate, Timeline};

fuzz_target!(|text: &str| {
    if let Ok(plan) = mv_director::planfile::parse(text, "fuzz") {
        // A plan that was accepted can be laid out, frame by frame, without gap or overlap.
        let timeline = Timeline::of(&plan, FrameRate::FILM);
        let mut at = 0;
        for stretch in timeline.stretches() {
            let frames = timeline.frames(stretch);
            assert_eq!(frames.start, at);
            at = frames.end;
        }
        assert_eq!(at, timeline.total().0);
    }
});
