//! Templates: people write their own.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mv_director::template::Template;

fuzz_target!(|text: &str| {
    let _ = Template::parse(text, "fuzz");
});
