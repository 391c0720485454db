//! Files that programs are configured with: what they hold is for nobody outside.
//!
//! Reads    the beginning of a text that is a list of settings from its first line on: `NAME=value`, `a.b=value`, sections in
//!          brackets; and the files in which Git keeps what a working copy is of.
//! Memory   nothing.
//! Errors   none: any bytes are read.
//! Misses   YAML, JSON and XML; files without a secret by a name of one; values that are no more than a placeholder, as
//!          examples have.
//! Source   CWE-538; the forms of `.env` files, Java properties, INI and Git, samples written for the tests.

use super::window::split_front;

/// Lines that are read.
const LINES_MAX: usize = 200;
/// Bytes of a line that are read.
const LINE_BYTES_MAX: usize = 512;
/// Settings that make a list.
const SETTINGS_MIN: usize = 2;
/// Bytes of a secret.
const SECRET_BYTES_MIN: usize = 4;

/// Ends of names of secrets, in lower case.
const SECRETS: &[&[u8]] = &[
    b"password",
    b"passwd",
    b"_pwd",
    b"secret",
    b"_key",
    b".key",
    b"apikey",
    b"token",
    b"_dsn",
    b"credentials",
    b"pass",
];

/// What stands where a secret goes.
const PLACEHOLDERS: &[&[u8]] = &[
    b"change",
    b"your",
    b"example",
    b"xxx",
    b"placeholder",
    b"todo",
    b"secret",
    b"password",
    b"null",
    b"none",
    b"***",
];

/// Whether a text is such a file.
pub(super) fn is(text: &[u8]) -> bool {
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
    if is_of_git(text) {
        return true;
    }
    let (mut settings, mut secrets) = (0, 0);
    for line in lines(text).take(LINES_MAX) {
        match line {
            Line::Section => {}
            Line::Setting(name, value) => {
                settings += 1;
                secrets += usize::from(is_secret(name, value));
            }
            Line::Other => return false,
        }
    }
    settings >= SETTINGS_MIN && secrets > 0
}

/// Whether a text that goes on may turn out to be one.
pub(super) fn may_become(text: &[u8]) -> bool {
    let is_text = |it: &u8| !it.is_ascii_control() || it.is_ascii_whitespace();
    let begun = text.get(..64).unwrap_or(text);
    let mut all = text.split(|it| *it == b'\n');
    // The last line may go on.
    let last = all.next_back().unwrap_or_default();
    let whole = text.get(..text.len() - last.len()).unwrap_or_default();
    let setting = last.trim_ascii_start();
    let setting = setting.strip_prefix(b"export ").unwrap_or(setting);
    let (name, rest) = split_front(setting, is_of_name);
    let may_go_on = match rest.trim_ascii_start().first() {
        None | Some(b'=') => name.len() < 64,
        Some(b'#' | b';' | b'[') => name.is_empty(),
        Some(_) => false,
    };
    begun.iter().all(is_text)
        && lines(whole).take(LINES_MAX).all(|it| it != Line::Other)
        && (may_go_on || b"ref: refs/".starts_with(last) || last.starts_with(b"ref: refs/"))
}

/// A line that says something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line<'a> {
    Section,
    Setting(&'a [u8], &'a [u8]),
    Other,
}

fn lines(text: &[u8]) -> impl Iterator<Item = Line<'_>> {
    let lines = text.split(|it| *it == b'\n').map(<[u8]>::trim_ascii);
    let said = lines.filter(|it| !matches!(it, [] | [b'#' | b';', ..]));
    said.map(|it| it.get(..LINE_BYTES_MAX).unwrap_or(it)).map(|it| {
        if matches!(it, [b'[', b'A'..=b'Z' | b'a'..=b'z' | b'_', .., b']']) {
            return Line::Section;
        }
        let it = it.strip_prefix(b"export ").unwrap_or(it);
        let (name, rest) = split_front(it, is_of_name);
        let value = rest.trim_ascii_start().strip_prefix(b"=");
        match value {
            Some(value) if name.first().is_some_and(u8::is_ascii_alphabetic) => {
                Line::Setting(name, value.trim_ascii())
            }
            Some(_) | None => Line::Other,
        }
    })
}

fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-')
}

fn is_secret(name: &[u8], value: &[u8]) -> bool {
    let value = match value {
        [b'"', inside @ .., b'"'] | [b'\'', inside @ .., b'\''] => inside,
        _ => value,
    };
    let (name, value) = (name.to_ascii_lowercase(), value.to_ascii_lowercase());
    let has_password = || {
        // `scheme://name:password@host`.
        let at =
            memchr::memmem::find(&value, b"://").map(|it| value.get(it + 3..).unwrap_or_default());
        at.is_some_and(|it| {
            let user = it.split(|it| *it == b'@').next().unwrap_or_default();
            user.len() < it.len()
                && memchr::memchr(b':', user).is_some_and(|at| at + 1 < user.len())
        })
    };
    let is_placeholder = matches!(value.first(), Some(b'<' | b'$' | b'{' | b'%'))
        || PLACEHOLDERS.iter().any(|it| value.starts_with(it));
    let is_named = SECRETS.iter().any(|it| name.ends_with(it));
    !is_placeholder && ((is_named && value.len() >= SECRET_BYTES_MIN) || has_password())
}

fn is_of_git(text: &[u8]) -> bool {
    let head = text.strip_prefix(b"ref: refs/").map(<[u8]>::trim_ascii_end);
    let is_head = head.is_some_and(|it| {
        (1..=256).contains(&it.len()) && it.iter().all(|it| it.is_ascii_graphic())
    });
    let config = text.strip_prefix(b"[core]").map(<[u8]>::trim_ascii_start);
    is_head || config.is_some_and(|it| it.starts_with(b"repositoryformatversion"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILES: &[&str] = &[
        "APP_NAME=Shop\nAPP_KEY=base64:Zm9vYmFyYmF6\nDB_HOST=127.0.0.1\nDB_PASSWORD=hunter22\n",
        "# The shop\nexport PORT=3000\nexport DATABASE_URL=\"postgres://shop:hunter22@db/shop\"\n",
        "server.port=8080\nspring.datasource.url=jdbc:mysql://db/shop\nspring.datasource.password=hunter22\n",
        "[client]\nuser = shop\npassword = hunter22\n",
        "[default]\r\naws_access_key_id = AKIA0000000000000000\r\naws_secret_access_key = wJalrXUtnFEMI\r\n",
        "[core]\n\trepositoryformatversion = 0\n\tbare = false\n",
        "ref: refs/heads/main\n",
    ];

    #[test]
    fn files_with_secrets_are_found() {
        for text in FILES {
            assert!(is(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn lists_without_secrets_are_none() {
        for text in [
            "status=ok\nversion=1.2.0\nuptime=77\n",
            "APP_KEY=\nDB_PASSWORD=changeme\nAPI_TOKEN=<your token>\n",
            "API_TOKEN=${TOKEN}\nPORT=1\n",
            "password=hunter22\n",
            "Your settings are:\nDB_HOST=127.0.0.1\nDB_PASSWORD=hunter22\n",
            "grant_type=password&username=a&password=hunter22",
            "URL=https://shop.example/a:b\nHOST=x\n",
            "ref: refs\n",
            "",
        ] {
            assert!(!is(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn the_beginning_of_one_may_become_one() {
        for text in FILES {
            for end in 0..text.len() {
                assert!(may_become(&text.as_bytes()[..end]), "{end} of {text}");
            }
        }
        for text in ["Hello, world", "A=1\nB=2\nno more", "\u{1}\u{2}", "[1,2]\n", "{\"a\":1}"] {
            assert!(!may_become(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn hostile_texts_take_linear_time() {
        for unit in ["A=1\n", "\n", "=", "[a]\n", "A=://a:b"] {
            let text: Vec<u8> = unit.bytes().cycle().take(64 * 1024).collect();
            let start = std::time::Instant::now();
            std::hint::black_box((is(&text), may_become(&text)));
            assert!(start.elapsed().as_millis() < 1_000, "{unit}");
        }
    }
}
