//! One binary for all targets: `FUZZ_TARGET` names the one that libFuzzer drives.

#![no_main]

use bartizan_fuzz::all;
use bartizan_fuzz::targets::Target;
use libfuzzer_sys::fuzz_target;
use std::sync::OnceLock;

static CHOSEN: OnceLock<Target> = OnceLock::new();

fn chosen() -> Target {
    let name = std::env::var("FUZZ_TARGET").unwrap_or_default();
    let found = all().find(|it| it.0 == name);
    found.unwrap_or_else(|| panic!("FUZZ_TARGET names no target: {name:?}")).1
}

fuzz_target!(|data: &[u8]| {
    CHOSEN.get_or_init(chosen)(data);
});
