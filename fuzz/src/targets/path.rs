//! Request targets: one canonical spelling that stays, is no longer and has no way up; readings within their bound, of
//! which none is longer.

use bartizan_inspect::path::oddities;
use bartizan_inspect::path_readings::{READINGS_MAX, readings};
use bartizan_inspect::path_spelling::{canonical, has_prefix};
use bartizan_model::oddity::Oddity;

pub(super) fn run(data: &[u8]) {
    let (mut first, mut second) = (Vec::new(), Vec::new());
    let once = canonical(data, &mut first).to_vec();
    assert_eq!(canonical(&once, &mut second), once, "another spelling of the canonical one");
    // A loose percent sign may make an escape of a digit.
    assert!(once.len() <= 3 * data.len());
    if data.first() == Some(&b'/') {
        let path = once.split(|it| *it == b'?').next().unwrap();
        assert!(path.starts_with(b"/"));
        assert!(path[1..].split(|it| *it == b'/').all(|it| it != b".." && it != b"."), "a way up");
        assert!(!oddities(&once).contains(Oddity::DotSegment), "dots: {once:?}");
        assert!(has_prefix(&once, b"/") && has_prefix(&once, &once));
    }
    let path = data.split(|it| *it == b'?').next().unwrap();
    if let Some(all) = readings(path) {
        assert!(all.len() <= READINGS_MAX && all[0] == path);
        assert!(all.iter().all(|it| it.len() <= path.len()));
        // Each reading of a reading is one of the whole.
        for one in &all {
            let inner = readings(one).unwrap_or_default();
            assert!(inner.iter().all(|it| all.contains(it)), "{one:?}");
        }
    }
}
