//! What ffprobe prints about a file of unknown origin.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(facts) = mv_media::probe::parse(bytes) {
        assert!(facts.duration.0 > 0.0 && facts.frames >= 2);
    }
});
