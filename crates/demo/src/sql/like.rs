//! `LIKE`: `%` stands for any text, `_` for any one character, and case is ignored.

/// Whether `text` matches `pattern`. At most their lengths multiplied in steps: only the last `%` is
/// ever tried again.
pub(super) fn like(text: &str, pattern: &str) -> bool {
    let text: Vec<char> = text.to_lowercase().chars().collect();
    let pattern: Vec<char> = pattern.to_lowercase().chars().collect();
    let (mut at, mut in_pattern) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while let Some(&have) = text.get(at) {
        match pattern.get(in_pattern) {
            Some('%') => {
                retry = Some((at, in_pattern));
                in_pattern += 1;
            }
            Some(&want) if want == '_' || want == have => {
                at += 1;
                in_pattern += 1;
            }
            Some(_) | None => {
                let Some((from, percent)) = retry else { return false };
                retry = Some((from + 1, percent));
                at = from + 1;
                in_pattern = percent + 1;
            }
        }
    }
    pattern.iter().skip(in_pattern).all(|&rest| rest == '%')
}

#[cfg(test)]
mod tests {
    use super::like;

    #[test]
    fn wildcards_stand_for_text_and_case_is_ignored() {
        for (text, pattern) in [
            ("", "%"),
            ("tea", "TEA"),
            ("Grüner Tee", "%GRÜN%"),
            ("abcabd", "%abd"),
            ("tea", "t_a"),
            ("a%b", "a%%b"),
        ] {
            assert!(like(text, pattern), "{text} LIKE {pattern}");
        }
        for (text, pattern) in [("", "_"), ("tea", "te"), ("tea", "t_"), ("abcabd", "%abc")] {
            assert!(!like(text, pattern), "{text} NOT LIKE {pattern}");
        }
    }
}
