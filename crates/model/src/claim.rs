//! Claims of tokens that say what somebody is, rather than who: a role, a group, a scope, a plan.
//!
//! Misses   claims of other names; what a claim means to the API.

/// What such claims are called, folded.
const KINDS: &[&str] = &[
    "role",
    "roles",
    "scope",
    "scopes",
    "scp",
    "permission",
    "permissions",
    "group",
    "groups",
    "authorities",
    "entitlements",
    "type",
    "usertype",
    "accounttype",
    "userrole",
    "userroles",
    "plan",
    "tier",
    "level",
    "kind",
];
/// Values of these are words with spaces between (RFC 8693 section 4.2).
const LISTS: &[&str] = &["scope", "scp"];

/// Whether a claim says what somebody is: by the last step of its name, so that `realm_access.roles`, `cognito:groups` and
/// `https://shop.example/role` do.
pub fn says_kind(claim: &str) -> bool {
    KINDS.iter().any(|it| folded(claim).eq(it.bytes()))
}

/// Whether its value may be several words.
pub fn is_of_words(claim: &str) -> bool {
    LISTS.iter().any(|it| folded(claim).eq(it.bytes()))
}

/// The last step of a name, without case, hyphens and underscores.
fn folded(claim: &str) -> impl Iterator<Item = u8> {
    let last = claim.rsplit(['.', '/', ':']).next().unwrap_or_default();
    let letters = last.bytes().filter(|it| !matches!(it, b'_' | b'-'));
    letters.map(|it| it.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_says_what_somebody_is_by_the_last_step_of_its_name() {
        for name in ["role", "realm_access.roles", "cognito:groups", "https://a.example/userRole"] {
            assert!(says_kind(name), "{name}");
        }
        for name in ["sub", "tenant", "roles.id", "role_id", "typ", "azp", ""] {
            assert!(!says_kind(name), "{name}");
        }
        assert!(is_of_words("scope") && !is_of_words("role"));
    }
}
