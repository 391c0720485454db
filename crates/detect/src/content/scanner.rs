//! Fingerprints of scanners and exploit kits.
//!
//! A tool names itself as software does: a name, a slash, a version. The hosts that tell a scanner
//! of a blind hit stand for nothing else, and always with a label of their own before them.
//!
//! Reads    `TEXT_BYTES_MAX` bytes from the front.
//! Memory   none.
//! Misses   tools that borrow a browser's name; hosts that a scanner rents.
//! Source   documentation of the tools named.

use super::caseless::{find, starts};
use super::marks::Marks;
use super::part::{from, head};
use super::sign::{Input, Signs, signs};

signs! {
    HOST = 0, "host", Certain;
    TOOL = 1, "tool", Likely;
    PLACEHOLDER = 2, "placeholder", Likely;
    COLLECTOR = 3, "collector", Hint;
    NAMES_ITSELF = 4, "names-itself", Certain;
    BESIDE_BROWSER = 5, "beside-browser", Likely;
}

/// Bytes that are read.
const TEXT_BYTES_MAX: usize = 1024;

/// Longest line in which a client names itself.
const SELF_BYTES_MAX: usize = 160;

/// Words of a line that are looked at.
const WORDS_MAX: usize = 40;

/// Places that are looked at.
const PLACES_MAX: usize = 128;

pub(super) fn look(input: &Input<'_>) -> Signs {
    let mut signs = Signs::default();
    if !may_be(input) {
        return signs;
    }
    let text = head(input.text, TEXT_BYTES_MAX);
    if input.marks.has(Marks::DOT) {
        signs.note(HOST, names_host(text, HOSTS, HOST_LETTERS));
        signs.note(COLLECTOR, names_host(text, COLLECTORS, COLLECTOR_LETTERS));
    }
    if input.marks.has(Marks::SLASH) {
        let tool = names_tool(text);
        signs.note(TOOL, tool.is_some());
        // A client that says nothing but the name of a tool that has no other use.
        let is_own = tool.is_some_and(|it| OWN.iter().any(|own| it.eq_ignore_ascii_case(own)));
        signs.note(NAMES_ITSELF, is_own && text.len() <= SELF_BYTES_MAX);
    }
    look_at_words(text, &mut signs);
    if input.marks.has_any(Marks::SPACE.and(Marks::SLASH)) && SELF_LETTERS.begin(text) {
        let is_own = SELF.iter().any(|it| starts(text, it));
        signs.note(TOOL, is_own);
        signs.note(NAMES_ITSELF, is_own && text.len() <= SELF_BYTES_MAX);
    }
    if input.marks.has(Marks::DASH) {
        signs.note(PLACEHOLDER, find(text, b"burp-collaborator-").is_some());
    }
    signs
}

/// Whether it could name one.
pub(super) fn may_be(input: &Input<'_>) -> bool {
    let (text, marks) = (input.text, input.marks);
    if input.is_name || text.len() < 6 || !marks.has(Marks::LETTER) {
        return false;
    }
    let names_itself = || OWN_LETTERS.begin(text) || SELF_LETTERS.begin(text);
    marks.has_any(Marks::DOT.and(Marks::SLASH).and(Marks::DASH))
        || marks.has(Marks::SPACE) && names_itself()
}

/// The name of a tool at the front, or behind that of a browser.
fn look_at_words(text: &[u8], signs: &mut Signs) {
    let length = text.iter().take(20).take_while(|it| it.is_ascii_alphanumeric()).count();
    let (first, rest) = text.split_at_checked(length).unwrap_or_default();
    if is_own(first) {
        let is_version =
            matches!(rest, [b'-' | b' ', b'0'..=b'9', ..] | [b'-' | b' ', b'v', b'0'..=b'9', ..]);
        signs.note(NAMES_ITSELF, is_version && text.len() <= SELF_BYTES_MAX);
        signs.note(TOOL, is_version);
    }
    if first.eq_ignore_ascii_case(b"mozilla") && rest.starts_with(b"/") {
        let words = rest.split(|it| !it.is_ascii_alphanumeric()).filter(|it| it.len() >= 4);
        let names = words.take(WORDS_MAX).any(is_own);
        signs.note(TOOL, names);
        signs.note(BESIDE_BROWSER, names);
    }
}

fn is_own(word: &[u8]) -> bool {
    OWN_LETTERS.begin(word) && OWN.iter().any(|it| word.eq_ignore_ascii_case(it))
}

/// A label, a dot, the host, and then the end of the name.
fn names_host(text: &[u8], hosts: &[&[u8]], first: FirstLetters) -> bool {
    memchr::memchr_iter(b'.', text).take(PLACES_MAX).any(|at| {
        let after = from(text, at + 1);
        if !first.begin(after) {
            return false;
        }
        let is_labelled = at.checked_sub(1).and_then(|it| text.get(it)).is_some_and(|it| {
            it.is_ascii_alphanumeric() || matches!(it, b'}' | b'"' | b'\'' | b'`' | b')')
        });
        is_labelled
            && hosts.iter().any(|host| {
                starts(after, host)
                    && from(after, host.len())
                        .first()
                        .is_none_or(|it| !it.is_ascii_alphanumeric() && !matches!(it, b'-' | b'_'))
            })
    })
}

/// The name of a tool before a slash and a version.
fn names_tool(text: &[u8]) -> Option<&[u8]> {
    memchr::memchr_iter(b'/', text).take(PLACES_MAX).find_map(|at| {
        let is_version =
            matches!(from(text, at + 1), [b'0'..=b'9', ..] | [b'v' | b'V', b'0'..=b'9', ..]);
        if !is_version {
            return None;
        }
        let before = head(text, at);
        let word = before
            .iter()
            .rev()
            .take(20)
            .take_while(|it| it.is_ascii_alphanumeric() || **it == b'-')
            .count();
        let name = from(before, before.len() - word);
        if !TOOL_LETTERS.begin(name) {
            return None;
        }
        let is_start = before
            .len()
            .checked_sub(word + 1)
            .and_then(|it| before.get(it))
            .is_none_or(|it| matches!(it, b' ' | b'(' | b';'));
        let is_tool = TOOLS.iter().chain(OWN).any(|it| name.eq_ignore_ascii_case(it));
        (is_start && is_tool).then_some(name)
    })
}

/// Which second letters follow which first ones in a list of words: what lets other words pass.
#[derive(Clone, Copy, Debug)]
struct FirstLetters([u32; 26]);

impl FirstLetters {
    const fn of(words: &[&[u8]]) -> Self {
        let mut first = [0; 26];
        let mut rest = words;
        while let [word, others @ ..] = rest {
            if let [one @ b'a'..=b'z', two, ..] = *word {
                #[expect(clippy::indexing_slicing, reason = "a letter is within 26 entries")]
                {
                    first[(*one - b'a') as usize] |= Self::bit(*two);
                }
            }
            rest = others;
        }
        Self(first)
    }

    const fn with(self, other: Self) -> Self {
        let mut both = self.0;
        let mut n = 0;
        while n < both.len() {
            #[expect(clippy::indexing_slicing, reason = "both have as many entries")]
            {
                both[n] |= other.0[n];
            }
            n += 1;
        }
        Self(both)
    }

    const fn bit(byte: u8) -> u32 {
        match byte {
            b'a'..=b'z' => 1 << (byte - b'a'),
            _ => 1 << 26,
        }
    }

    fn begin(&self, text: &[u8]) -> bool {
        let [one, two, ..] = text else { return false };
        let Some(one) = one.to_ascii_lowercase().checked_sub(b'a') else { return false };
        let seconds = self.0.get(usize::from(one)).copied().unwrap_or(0);
        seconds & Self::bit(two.to_ascii_lowercase()) != 0
    }
}

const TOOL_LETTERS: FirstLetters = FirstLetters::of(TOOLS).with(FirstLetters::of(OWN));
const OWN_LETTERS: FirstLetters = FirstLetters::of(OWN);
const HOST_LETTERS: FirstLetters = FirstLetters::of(HOSTS);
const COLLECTOR_LETTERS: FirstLetters = FirstLetters::of(COLLECTORS);

const SELF_LETTERS: FirstLetters = FirstLetters::of(SELF);

/// Lines in which tools name themselves.
const SELF: &[&[u8]] = &[
    b"nmap scripting engine",
    b"nuclei - open-source",
    b"mozilla/5.0 (compatible; nmap scripting engine",
    b"fuzz faster u fool",
    b"openvas",
    b"masscan/",
];

/// Tools that look for holes and do nothing else.
const OWN: &[&[u8]] = &[
    b"sqlmap",
    b"nikto",
    b"nuclei",
    b"acunetix",
    b"nessus",
    b"openvas",
    b"w3af",
    b"wpscan",
    b"dirbuster",
    b"gobuster",
    b"feroxbuster",
    b"masscan",
    b"zgrab",
    b"arachni",
    b"havij",
    b"zaproxy",
    b"whatweb",
    b"skipfish",
    b"xsstrike",
    b"dalfox",
    b"joomscan",
    b"netsparker",
    b"webinspect",
    b"dirsearch",
    b"wfuzz",
    b"sqlninja",
    b"burpsuite",
    b"wafw00f",
    b"detectify",
    b"grendel-scan",
    b"ghauri",
    b"libredtail-http",
    b"l9explore",
    b"l9tcpid",
    b"ffuf",
];

/// Tools that share their name with others, or do more.
const TOOLS: &[&[u8]] = &[
    b"zap",
    b"commix",
    b"jaeles",
    b"invicti",
    b"appscan",
    b"paros",
    b"metasploit",
    b"hydra",
    b"rustbuster",
    b"vega",
    b"burp",
    b"nmap",
    b"whatwaf",
    b"fimap",
    b"katana",
    b"httpx-toolkit",
    b"crawlergo",
    b"xray",
    b"goby",
    b"fscan",
];

/// Hosts that tell a scanner of a blind hit.
const HOSTS: &[&[u8]] = &[
    b"oast.fun",
    b"oast.pro",
    b"oast.live",
    b"oast.site",
    b"oast.online",
    b"oast.me",
    b"interact.sh",
    b"interactsh.com",
    b"burpcollaborator.net",
    b"oastify.com",
    b"bxss.me",
    b"bxss.in",
    b"xss.ht",
    b"dnslog.cn",
    b"ceye.io",
    b"eyes.sh",
    b"r87.me",
    b"r87.com",
    b"requestrepo.com",
    b"dnslog.link",
    b"dnslog.pw",
    b"dns.outbound.watchtowr.com",
    b"xss.report",
    b"pingb.in",
    b"dnsbin.zhack.ca",
    b"callback.red",
    b"tunshell.com",
    b"splunk.oast",
];

/// Hosts that collect what is sent to them, for developers too.
const COLLECTORS: &[&[u8]] = &[
    b"pipedream.net",
    b"requestbin.net",
    b"requestcatcher.com",
    b"ngrok.io",
    b"ngrok-free.app",
    b"serveo.net",
    b"canarytokens.com",
    b"beeceptor.com",
];

#[cfg(test)]
mod tests {
    use super::super::sign::{self, Strength};
    use super::*;

    #[track_caller]
    fn check(strength: Option<Strength>, values: &[&str]) {
        sign::check(SIGNS, look, false, strength, values);
    }

    #[test]
    fn hosts_of_scanners_are_certain() {
        check(
            Some(Strength::Certain),
            &[
                "http://c59hx.OAST.fun/x",
                "${jndi:ldap://a.burpcollaborator.net/a}",
                "x.oastify.com",
                "\"}.interact.sh:80",
            ],
        );
    }

    #[test]
    fn tools_that_name_themselves_are_certain() {
        check(
            Some(Strength::Likely),
            &[
                "burp/2.1",
                "Mozilla/5.0 Hydra/9.5",
                "Mozilla/4.0 (compatible; MSIE 7.0) Havij",
                "Mozilla/5.0 (compatible; Nessus)",
                "nmap/7.94",
            ],
        );
        check(None, &["nessus", "SQLmap", "we ran sqlmap"]);
        check(
            Some(Strength::Certain),
            &[
                "Arachni/0.2.1",
                "Mozilla/5.0 zgrab/0.x",
                "DirBuster-1.0-RC1",
                "WPScan v3.8.25 (https://wpscan.com)",
                "sqlmap/1.7.2#stable (https://sqlmap.org)",
                "Mozilla/5.00 (Nikto/2.1.6) (Evasions:None)",
                "Nuclei - Open-source project (github.com)",
                "Mozilla/5.0 (compatible; Nmap Scripting Engine; https://nmap.org/book/nse.html)",
                "gobuster/3.6",
                "masscan/1.3 (https://github.com/x)",
            ],
        );
    }

    #[test]
    fn talk_about_tools_says_nothing() {
        check(
            None,
            &[
                "we ran sqlmap and nikto/burp last week",
                "see https://interact.sh/docs",
                "https://sqlmap.org/",
                "Mozilla/5.0 (X11; Linux x86_64) Firefox/120.0",
                "/opt/nmap/scripts",
                "coast.fun",
                "a.toast.fun.example",
                "alice@oastify.community",
                "zap/ab",
            ],
        );
        check(Some(Strength::Hint), &["https://x.ngrok.io/hook"]);
    }
}
