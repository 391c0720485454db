//! Lines that fit a terminal.

/// Characters of one line.
const COLUMNS: usize = 80;

/// `text` as lines of at most 80 characters, broken at spaces. What follows the first one is indented as its text is: behind the
/// number of a beat, if it has one. A word that is longer stays whole.
pub(crate) fn wrapped(text: &str) -> Vec<String> {
    let indent = indent(text);
    let mut lines = Vec::new();
    let mut line = String::new();
    for (n, word) in text.split(' ').enumerate() {
        let is_full = line.chars().count() + 1 + word.chars().count() > COLUMNS;
        if is_full && !line.trim().is_empty() {
            lines.push(std::mem::replace(&mut line, " ".repeat(indent)));
        } else if n > 0 {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}

/// Where the text of a line begins.
fn indent(text: &str) -> usize {
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    match text.get(digits..).is_some_and(|rest| digits > 0 && rest.starts_with(". ")) {
        true => digits + 2,
        false => text.chars().take_while(|it| *it == ' ').count(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_fits_is_left_alone() {
        let fits = "x ".repeat(39) + "xy";
        assert_eq!(wrapped(&fits), [fits.as_str()]);
        assert_eq!(wrapped(""), [""]);
        assert_eq!(wrapped("     two  spaces"), ["     two  spaces"]);
    }

    #[test]
    fn what_does_not_fit_stands_below_the_text() {
        let words = "word ".repeat(20);
        let check = |before: &str, indent: usize| {
            let lines = wrapped(&format!("{before}{}", words.trim()));
            assert_eq!(lines.len(), 2);
            assert!(lines.iter().all(|it| it.chars().count() <= COLUMNS));
            assert_eq!(lines[1].chars().take_while(|it| *it == ' ').count(), indent);
            let joined: Vec<_> = lines.iter().map(|it| it.trim()).collect();
            assert_eq!(joined.join(" "), format!("{before}{words}").trim());
        };
        check("", 0);
        check("     ", 5);
        check("7. ", 3);
        check("12. ", 4);
        check("2020 ", 0);
    }

    #[test]
    fn a_word_that_is_too_long_stays_whole() {
        let long = "x".repeat(90);
        assert_eq!(wrapped(&long), [long.as_str()]);
        assert_eq!(wrapped(&format!("   a {long}")), ["   a".to_owned(), format!("   {long}")]);
    }
}
