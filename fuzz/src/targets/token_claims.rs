//! Claims of tokens: within their bounds, and a payload that is JSON says what serde_json reads in it.

use super::reference::base64;
use bartizan_inspect::token_claims::{bearer, claims, has, identifying, kinds, told};
use serde_json::Value;

pub(super) fn run(data: &[u8]) {
    look(data);
    let token = [b"eyJhbGciOiJub25lIn0.", base64::encoded(data).as_slice(), b".c2ln"].concat();
    look(&token);
    assert_eq!(bearer(&[b"bEarer ", token.as_slice()].concat()), Some(token.as_slice()));
    let Some(found) = claims(&token) else { return };
    let payload: Value = serde_json::from_slice(data).expect("claims of what is no JSON");
    let text =
        |name: &str| payload.get(name).map(|it| it.as_str().map_or(it.to_string(), str::to_owned));
    let sub = text("sub").unwrap_or_default();
    assert_eq!(String::from_utf8_lossy(&found.sub), sub);
    assert!(has(&token, "sub", &found.sub));
    assert!(told(&token).is_some_and(|it| it.is_unsigned));
}

fn look(token: &[u8]) {
    assert!(identifying(token).iter().all(|it| it.1.len() <= 64) && identifying(token).len() <= 12);
    assert_eq!(claims(token), claims(token));
    assert!(kinds(token).len() <= 256);
    if let Some(found) = told(token) {
        assert_eq!(told(token), Some(found));
    }
}
