//! MP4 files, whose boxes are read before a join.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = mv_media::mp4::parse(bytes);
});
