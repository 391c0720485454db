//! Paths that leave the folder they were meant for, and files that are not the API's to give.
//!
//! Source code and configuration climb too (`../lib/x.js`), some levels at most, in a path that
//! begins with the climb. An attack does not know how deep it stands: it climbs out of the root, or
//! goes far, spells the climb as nobody would, or ends at a file that every system has.
//!
//! Reads    the first `READ_BYTES_MAX` bytes of a value.
//! Memory   none.
//! Misses   climbs of few levels to a file of the API itself; paths that are split over values, as
//!          the segments of a request's path are; absolute paths to files that nobody knows.
//! Source   CWE-22, CWE-36, CWE-98, CWE-158, CWE-530; see [`super::traversal_path`].

use super::caseless::{self, Words};
use super::marks::Marks;
use super::sign::{Input, Signs, signs};
use super::traversal_path::{Climb, climb};

/// Bytes that are read.
const READ_BYTES_MAX: usize = 4 * 1024;

/// Longest value that is a path and nothing else.
const PATH_BYTES_MAX: usize = 1024;

signs! {
    CLIMB_TO_TARGET = 0, "climb to a target", Certain;
    ESCAPED_CLIMB = 1, "escaped climb", Certain;
    FAR_CLIMB = 2, "far climb", Certain;
    OUT_OF_ROOT = 3, "climb out of the root", Certain;
    ODD_CLIMB = 4, "odd separators in a climb", Certain;
    SETTINGS = 5, "file that is the system's own", Likely;
    DOTS = 6, "segments of dots", Certain;
    FOREIGN = 7, "server that lists of files name", Likely;
    WRAPPER = 8, "stream wrapper", Certain;
    BASE64 = 9, "climb in base64", Certain;
    CUT = 10, "path cut off by a null byte", Certain;
    CLIMB = 11, "climb of some levels", Likely;
    NULL = 12, "path with a null byte", Likely;
    USERS = 13, "file of passwords", Certain;
    WINDOWS = 14, "file of windows", Likely;
    PROCESS = 15, "file of a process", Likely;
    LOG = 16, "log of a server", Likely;
    CONFIGURATION = 17, "configuration of a server", Likely;
    SECRET = 18, "file of secrets", Likely;
    BACKUP = 19, "backup of a source", Likely;
    FILE_URL = 20, "file url", Likely;
    FILTER = 21, "filter of a stream", Certain;
    BOTH_SLASHES = 22, "path with slashes of both kinds", Likely;
    DOT_RUN = 23, "run of dots", Likely;
    CLIMB_IN_TEXT = 24, "climb in text", Hint;
    TARGET_IN_TEXT = 25, "target in text", Hint;
    SYSTEM = 26, "path that a system has and no API", Hint;
    HIDDEN = 27, "hidden file", Hint;
    SHARE_OF_HOST = 28, "share of a host", Hint;
    CLIMB_AT_END = 29, "climb and nothing else", Likely;
    OWN_PROCESS = 30, "file of the process that reads it", Certain;
    SHARED = 31, "path of a system in its documentation", Against;
}

pub(super) fn look(input: &Input<'_>) -> Signs {
    let mut signs = Signs::default();
    let marks = input.marks;
    if !marks.has_any(NEEDED) || input.text.len() < 2 {
        return signs;
    }
    let text = input.text.get(..READ_BYTES_MAX).unwrap_or(input.text);
    let is_path = input.text.len() <= PATH_BYTES_MAX && !marks.has(Marks::LINE.and(Marks::SPACE));
    climbs(&mut signs, marks, text, is_path);
    if marks.has(Marks::COLON) {
        wrappers(&mut signs, text);
    }
    if marks.has(Marks::CONTROL) || marks.has(Marks::PERCENT) {
        nulls(&mut signs, text, is_path);
    }
    if marks.has_any(Marks::DOT.and(Marks::SLASH).and(Marks::BACKSLASH)) {
        targets(&mut signs, marks, text, is_path);
    }
    let is_known = KNOWN.iter().any(|it| signs.has(*it));
    signs.note(CUT, is_known && signs.has(NULL));
    signs.note(BASE64, is_base64(text));
    signs.note(FILTER, caseless::starts_any(text, &["convert.iconv.", "convert.base64-"]));
    signs
}

/// Whether it could be one.
pub(super) fn may_be(input: &Input<'_>) -> bool {
    let marks = input.marks;
    marks.has_any(NEEDED.without(Marks::DIGIT))
        || marks.has(Marks::COLON.and(Marks::DIGIT))
        // Without any of these it is encoded.
        || marks.has(Marks::DIGIT.and(Marks::LETTER))
            && (matches!(input.text.first(), Some(b'L' | b'Z')) || has_pair(input.text, *b"0x"))
}

/// Whether these two bytes stand one behind the other.
fn has_pair(text: &[u8], [first, second]: [u8; 2]) -> bool {
    memchr::memchr_iter(first, text).any(|at| text.get(at + 1) == Some(&second))
}

/// Signs of files that attackers know.
const KNOWN: [usize; 10] =
    [USERS, WINDOWS, PROCESS, LOG, CONFIGURATION, SECRET, SETTINGS, SYSTEM, FOREIGN, SHARED];

/// What paths are made of.
pub(super) const NEEDED: Marks = Marks::DOT
    .and(Marks::SLASH)
    .and(Marks::BACKSLASH)
    .and(Marks::PERCENT)
    .and(Marks::CONTROL)
    .and(Marks::HIGH)
    .and(Marks::DIGIT);

fn climbs(signs: &mut Signs, marks: Marks, text: &[u8], is_path: bool) {
    let has = |it: &[u8]| memchr::memmem::find(text, it).is_some();
    let is_worth = marks.has(Marks::DOT) && has_dots(text)
        || marks.has(Marks::PERCENT)
        || marks.has(Marks::HIGH)
            && (memchr::memchr2(0xC0, 0xC1, text).is_some() || has(b"\xEF\xBC\x8E\xEF\xBC\x8E"))
        || marks.has(Marks::DIGIT.and(Marks::LETTER)) && has(b"0x2e");
    if !is_worth {
        return;
    }
    let found = climb(text);
    if found == Climb::default() {
        dot_run(signs, text);
        return;
    }
    let begins = found.from <= LEAD_BYTES_MAX;
    let is_binary =
        marks.has(Marks::HIGH) && std::str::from_utf8(text).is_err() && !found.is_escaped;
    if is_binary {
        return;
    }
    let is_out = found.out > 0;
    let after = text.get(found.from..).unwrap_or_default();
    signs.note(CLIMB_TO_TARGET, is_out && is_path && has_target(after));
    signs.note(
        ESCAPED_CLIMB,
        is_out && found.is_escaped && is_path && (found.ups > 1 || !has(b"..2")),
    );
    signs.note(FAR_CLIMB, found.out >= FAR_MIN && is_path && begins);
    signs.note(OUT_OF_ROOT, found.is_out_of_root && is_path && begins && !has(b"://"));
    let is_odd = found.is_mixed && found.ups > 1 || found.has_parameter;
    signs.note(ODD_CLIMB, is_out && is_odd && is_path);
    let is_dots = found.dots >= 2 && begins || found.dots == 1 && has(b"....//");
    signs.note(DOTS, is_path && (is_dots || found.stays >= STAYS_MIN));
    signs.note(CLIMB, is_out && is_path && begins && found.ups >= 2);
    let is_bare = text.iter().all(|it| matches!(it, b'.' | b'/' | b'\\'));
    signs.note(CLIMB_AT_END, is_out && is_path && is_bare);
    signs.note(CLIMB_IN_TEXT, found.ups > 0 || found.dots > 0);
    dot_run(signs, text);
}

/// Whether a dot stands behind another, or behind another and a slash.
fn has_dots(text: &[u8]) -> bool {
    memchr::memchr_iter(b'.', text)
        .any(|at| matches!(text.get(at + 1..), Some([b'.', ..] | [b'/' | b'\\', b'.', ..])))
}

/// Levels that no source tree has above a file.
const FAR_MIN: u32 = 6;

/// Segments of one dot that nobody writes one behind the other.
const STAYS_MIN: u32 = 4;

/// Longest text before a climb.
const LEAD_BYTES_MAX: usize = 64;

/// `/..........`: a path and dots.
fn dot_run(signs: &mut Signs, text: &[u8]) {
    let begins = text.iter().take_while(|it| matches!(it, b'/' | b'\\')).count();
    let dots = text.iter().skip(begins).take_while(|it| **it == b'.').count();
    let goes_on = text.get(begins + dots).is_some();
    signs.note(
        DOTS,
        dots >= 8 && begins > 0 && matches!(text.get(begins + dots), Some(b'/' | b'\\')),
    );
    signs.note(DOT_RUN, (dots >= 3 && begins == 1 || dots >= 8) && goes_on);
}

fn wrappers(signs: &mut Signs, text: &[u8]) {
    let text = text.trim_ascii_start();
    let Some(at) = memchr::memchr(b':', text.get(..LEAD_BYTES_MAX).unwrap_or(text)) else { return };
    let (scheme, rest) = text.split_at_checked(at).unwrap_or_default();
    let rest = rest.get(1..).unwrap_or_default();
    // Behind a parameter or another wrapper.
    let scheme = scheme.rsplit(|it| matches!(it, b'=' | b'/' | b'|')).next().unwrap_or_default();
    let is = |names: &[&str]| names.iter().any(|it| scheme.eq_ignore_ascii_case(it.as_bytes()));
    let has_authority = rest.starts_with(b"//") || caseless::starts(rest, b"%2f");
    let is_stream = is(&[
        "php",
        "expect",
        "phar",
        "compress.zlib",
        "compress.bzip2",
        "glob",
        "ogg",
        "zlib",
        "rar",
    ]) && has_authority;
    let is_archive =
        is(&["zip"]) && has_authority && (rest.contains(&b'#') || caseless::contains(rest, b"%23"));
    let is_data = is(&["data"])
        && (has_authority
            || memchr::memmem::find(rest, b"<?").is_some()
            || memchr::memmem::find(rest, b"base64,PD9").is_some());
    signs.note(WRAPPER, is_stream || is_archive || is_data);
    signs.note(FILE_URL, is(&["file", "netdoc"]) && (has_authority || rest.starts_with(b"/")));
    signs.note(
        FILTER,
        caseless::contains_any(
            text,
            &["convert.base64-", "convert.iconv.", "string.rot13", "/resource="],
        ) && is_stream,
    );
}

/// A byte that ends names for C behind a path.
fn nulls(signs: &mut Signs, text: &[u8], is_path: bool) {
    let raw = memchr::memchr(0, text);
    let at = raw
        .or_else(|| memchr::memmem::find(text, b"%00"))
        .or_else(|| memchr::memmem::find(text, b"\\x00"));
    let Some(at) = at.filter(|_| is_path) else { return };
    let (path, after) = text.split_at_checked(at).unwrap_or_default();
    let after = after.get(if raw.is_some() { 1 } else { 3 }..).unwrap_or_default();
    let is_url = memchr::memmem::find(path, b"://").is_some();
    let is_name = path.iter().all(|it| (b'!'..=b'~').contains(it) || *it == b' ');
    let has_slash = path.iter().any(|it| matches!(it, b'/' | b'\\'));
    let has_extension = path.iter().rev().take(6).any(|it| *it == b'.');
    let is_file = is_name && !is_url && (has_slash || has_extension) && path.len() > 2;
    let is_extension = matches!(after, [b'.', rest @ ..] if (2..=5).contains(&rest.len()) && rest.iter().all(u8::is_ascii_alphanumeric))
        || caseless::starts_any(after, &["index.", "html"]);
    let is_known =
        CONFIGURATIONS.iter().chain(&SERVER_LOGS).any(|it| caseless::ends(path, it.as_bytes()));
    let is_escape_at_end = raw.is_none() && after.is_empty();
    signs.note(CUT, is_file && (is_extension || is_escape_at_end || is_known && after.is_empty()));
    signs.note(NULL, is_file && (after.len() <= 16));
}

fn targets(signs: &mut Signs, marks: Marks, text: &[u8], is_path: bool) {
    let has_slash = marks.has_any(Marks::SLASH.and(Marks::BACKSLASH));
    let path = Whole::of(text);
    if !is_path || !path.is_one {
        signs.note(TARGET_IN_TEXT, has_slash && told_target(text));
    }
    if !is_path || !path.is_one || !has_slash && text.len() > NAME_BYTES_MAX {
        return;
    }
    signs.note(SECRET, path.has_secret());
    signs.note(BACKUP, marks.has(Marks::DOT) && path.is_backup());
    signs.note(HIDDEN, path.has_hidden());
    share(signs, text);
    if !path.begins_with_system() {
        return;
    }
    let ends = |names: &[&str]| names.iter().any(|it| path.ends_with(it.as_bytes()));
    let is_absolute = path.is_absolute;
    let is_short = text.len() < SHORT_BYTES;
    let is_command = ends(&["cmd.exe"]) && is_absolute;
    signs.note(WINDOWS, path.contains(WINDOWS_FILES) && (is_absolute || is_short) || is_command);
    if !is_absolute {
        return;
    }
    // What every guide to a system names is no reason to think of an attack.
    if path.starts(SHARED_PATHS) || ends(SHARED_FILES) {
        signs.note(SHARED, true);
        return;
    }
    signs.note(USERS, path.contains(PASSWORD_FILES));
    signs.note(PROCESS, path.starts(PROCESS_PATHS));
    signs.note(OWN_PROCESS, path.starts(OWN_PATHS));
    let is_log = ends(LOG_ENDS) && path.contains(&["log"]) && path.contains(LOG_FOLDERS);
    signs.note(LOG, is_log || path.starts(&["/var/adm/", "/var/log/", "/var/run/utmp"]));
    signs.note(CONFIGURATION, ends(CONFIGURATIONS) || path.starts(SERVER_PATHS));
    signs.note(FOREIGN, path.has_foreign());
    signs.note(
        BOTH_SLASHES,
        memchr::memchr(b'/', text).is_some() && memchr::memchr(b'\\', text).is_some(),
    );
    signs.note(SYSTEM, path.is_system());
    let is_known = KNOWN.iter().any(|it| *it != SYSTEM && *it != FOREIGN && signs.has(*it));
    signs.note(SETTINGS, !is_known && path.starts(SETTINGS_PATHS));
}

/// Longest name of a file without a folder.
const NAME_BYTES_MAX: usize = 48;

/// A value that is little more than the name of a file.
const SHORT_BYTES: usize = 16;

/// `\\host\share`.
fn share(signs: &mut Signs, text: &[u8]) {
    let [b'\\', b'\\', rest @ ..] = text else { return };
    let host = rest.split(|it| *it == b'\\').next().unwrap_or_default();
    let has_share = host.len() > 1 && host.len() < rest.len();
    let is_part = |it: &u8| it.is_ascii_alphanumeric() || matches!(it, b'.' | b'-' | b'@' | b':');
    signs.note(SHARE_OF_HOST, has_share && host.contains(&b'.') && host.iter().all(is_part));
}

/// What a text tells of, in the spelling that people use.
fn told_target(text: &[u8]) -> bool {
    ["etc/passwd", "etc/shadow", "boot.ini", "win.ini", "/proc/self"]
        .iter()
        .any(|it| memchr::memmem::find(text, it.as_bytes()).is_some())
}

const PROCESS_PATHS: &[&str] = &["/proc/", "proc/self/", "/sys/class", "/dev/fd/", "/dev/stdin"];

const OWN_PATHS: &[&str] = &[
    "/proc/self/environ",
    "/proc/self/fd/",
    "/proc/self/cmdline",
    "/proc/self/maps",
    "/proc/self/mem",
    "/proc/self/root",
];

const LOG_FOLDERS: &[&str] = &[
    "/var/", "apache", "httpd", "nginx", "xampp", "/logs/", "\\logs\\", "lampp", "/www/", "/log/",
    "\\log\\", "iis", "mysql", "ftp",
];

const SERVER_PATHS: &[&str] = &[
    "/etc/apache",
    "/etc/httpd",
    "/etc/nginx",
    "/etc/php",
    "/etc/proftp",
    "/etc/pure-ftpd",
    "/etc/mysql",
    "/etc/security/",
];

/// Where a system keeps what is its own. Source trees, homes and shared folders are elsewhere.
const SYSTEM_PATHS: &[&str] = &[
    "/apache",
    "/bin/",
    "/boot/",
    "/dev/",
    "/etc/",
    "/httpd",
    "/inetpub",
    "/lampp/",
    "/log/",
    "/logs/",
    "/mysql/",
    "/nginx/",
    "/opt/apache",
    "/opt/httpd",
    "/opt/lampp",
    "/opt/nginx",
    "/opt/xampp",
    "/php",
    "/private/etc",
    "/proc/",
    "/program files",
    "/programfiles",
    "/root/",
    "/sys/",
    "/system32",
    "/usr/adm/",
    "/usr/etc/",
    "/usr/local/apache",
    "/usr/local/cpanel",
    "/usr/local/etc/",
    "/usr/local/httpd",
    "/usr/local/nginx",
    "/usr/local/php",
    "/usr/local/pureftpd",
    "/usr/local/pure-ftpd",
    "/usr/local/www/logs",
    "/usr/local/zend/etc",
    "/usr/pkg",
    "/usr/ports/",
    "/usr/spool/",
    "/var/adm/",
    "/var/apache",
    "/var/cpanel",
    "/var/lib/",
    "/var/local/",
    "/var/log",
    "/var/lp",
    "/var/mail/",
    "/var/mysql",
    "/var/nm2/",
    "/var/run/",
    "/var/saf/",
    "/var/spool/",
    "/var/www/",
    "/var/cron/",
    "/volumes/macintosh_hd",
    "/volumes/webbackup",
    "/windows/",
    "/winnt/",
    "/www/",
    "/xampp/",
    "/appserv",
    "/wamp",
    "/php",
    "/opt/tomcat",
    "/system volume information",
    "/documents and settings",
    "file:",
];

/// Settings, mail and queues of the system as a whole.
const SETTINGS_PATHS: &[&str] = &[
    "/boot/",
    "/etc/",
    "/etc%2f",
    "/private/etc/",
    "/root/",
    "/usr/adm/",
    "/usr/etc/",
    "/usr/local/etc/",
    "/usr/spool/",
    "/var/cron/",
    "/var/lib/mlocate",
    "/var/lib/mysql/",
    "/var/lp/",
    "/var/mail/",
    "/var/saf/",
    "/var/spool/",
];

/// Beginnings of paths of which people write: of services that somebody sets up, certificates, time zones.
const SHARED_PATHS: &[&str] = &[
    "/etc/systemd/",
    "/etc/ssl/",
    "/etc/letsencrypt/",
    "/etc/kubernetes/",
    "/etc/docker/",
    "/etc/localtime",
    "/etc/timezone",
    "/etc/os-release",
    "/dev/null",
    "/dev/sd",
    "/dev/nvme",
    "/dev/disk/",
    "/dev/tty",
    "/var/run/docker.sock",
    "/var/lib/docker",
    "/var/lib/kubelet",
    "/var/lib/postgresql",
];

/// The whole path of a file of which people write.
const SHARED_FILES: &[&str] = &["/etc/hosts", "/etc/nginx/nginx.conf", "/var/log/syslog"];

/// Servers of another age or of a bundle, as folders or beginnings of names. What logs and settings they have is known
/// from lists of files, sorted.
const FOREIGN_NAMES: &[&str] = &[
    "appserv",
    "apache",
    "cpanel",
    "ftpd",
    "httpd",
    "lampp",
    "lighttpd",
    "mysql",
    "nginx",
    "php",
    "proftpd",
    "pure-ftpd",
    "pureftpd",
    "thttpd",
    "vsftpd",
    "wamp",
    "webmin",
    "xampp",
    "xferlog",
    "zeus",
];

/// First folders, or names, of paths that no API has, sorted.
const SYSTEM_FOLDERS: Words = Words::new(&[
    "%systemroot%",
    "%windir%",
    "admin",
    "apache",
    "apache2",
    "appserv",
    "bin",
    "boot",
    "boot.ini",
    "dev",
    "documents and settings",
    "etc",
    "global.asa",
    "home",
    "home2",
    "httpd",
    "inetpub",
    "inetsrv",
    "lampp",
    "log",
    "logs",
    "mysql",
    "nginx",
    "opt",
    "php",
    "php4",
    "php5",
    "private",
    "proc",
    "program files",
    "programfiles",
    "root",
    "sys",
    "system.ini",
    "system32",
    "unattend.xml",
    "usr",
    "var",
    "volumes",
    "wamp",
    "web-inf",
    "web.config",
    "win.ini",
    "windows",
    "winnt",
    "www",
    "xampp",
]);

/// A value as a path.
#[derive(Clone, Copy, Debug)]
struct Whole<'a> {
    text: &'a [u8],
    /// It is one path and nothing else.
    is_one: bool,
    /// It is, and begins at a root.
    is_absolute: bool,
}

impl<'a> Whole<'a> {
    fn of(text: &'a [u8]) -> Self {
        let text = text.trim_ascii();
        let text = ["%00", "%0a", "\0"]
            .iter()
            .find_map(|it| text.strip_prefix(it.as_bytes()))
            .unwrap_or(text);
        let is_mark = |it: &u8| *it == 0;
        let text = text
            .get(
                ..text.len().saturating_sub(text.iter().rev().take_while(|it| is_mark(it)).count()),
            )
            .unwrap_or_default();
        let text = text.strip_suffix(b"%00").unwrap_or(text);
        let blanks = text.iter().filter(|it| **it == b' ').count();
        let is_foreign =
            |it: &u8| matches!(it, b'\n' | b'<' | b'>' | b'"' | b'(' | b'=' | b',' | b'`' | b'?');
        let is_root = matches!(text, [b'/' | b'\\', ..] | [b'a'..=b'z' | b'A'..=b'Z', b':', ..] | [b'%', b'2', b'f' | b'F', ..])
            && !text.starts_with(b"//")
            || caseless::starts_any(
                text,
                &[
                    "file:",
                    "etc/",
                    "etc\\",
                    "%windir%",
                    "%systemroot%",
                    "%systemdrive%",
                    "proc/",
                    "./etc/",
                    "././",
                    ">/",
                ],
            );
        let is_one = blanks <= 2 && !text.iter().any(is_foreign);
        Self { text, is_one, is_absolute: is_one && is_root }
    }

    fn contains(&self, words: &[&str]) -> bool {
        caseless::contains_any(self.text, words)
    }

    fn starts(&self, words: &[&str]) -> bool {
        let text = self.text.strip_prefix(b">").unwrap_or(self.text);
        caseless::starts_any(text, words)
    }

    fn ends_with(&self, word: &[u8]) -> bool {
        caseless::ends(self.text, word)
    }

    fn segments(&self) -> impl Iterator<Item = &'a [u8]> {
        self.text.split(|it| matches!(it, b'/' | b'\\'))
    }

    /// One of its folders or its name is known to hold secrets.
    fn has_secret(&self) -> bool {
        let is_worth = |it: &&[u8]| {
            it.len() > 3
                && matches!(
                    it,
                    [
                        b'.' | b'i'
                            | b'I'
                            | b'a'
                            | b'A'
                            | b'w'
                            | b'W'
                            | b'm'
                            | b'M'
                            | b's'
                            | b'S'
                            | b'k'
                            | b'K'
                            | b't'
                            | b'T',
                        ..
                    ]
                )
        };
        self.segments().filter(is_worth).any(|it| SECRETS.has(it))
    }

    /// It begins in a folder of a system, on a drive, or with a climb.
    fn begins_with_system(&self) -> bool {
        let text = self.text.strip_prefix(b">").unwrap_or(self.text);
        if matches!(text, [_, b':', ..] | [b'/', _, b':', ..])
            || text.starts_with(b"..")
            || caseless::starts(text, b"file:")
            || text.starts_with(b"%")
        {
            return true;
        }
        let is_name = |it: &&[u8]| !it.is_empty() && *it != b".";
        let first = text.split(|it| matches!(it, b'/' | b'\\')).find(is_name).unwrap_or_default();
        SYSTEM_FOLDERS.has(first)
    }

    /// It stands where a system keeps what is its own; a drive and the direction of slashes do not matter.
    fn is_system(&self) -> bool {
        let text = self.text.strip_prefix(b">").unwrap_or(self.text);
        let text = match text {
            [b'/' | b'\\', drive, b':', rest @ ..] | [drive, b':', rest @ ..]
                if drive.is_ascii_alphabetic() =>
            {
                rest
            }
            _ => text,
        };
        let same = |at: usize, it: u8| {
            let is =
                text.get(at).map(|it| if *it == b'\\' { b'/' } else { it.to_ascii_lowercase() });
            is == Some(it)
        };
        SYSTEM_PATHS.iter().any(|path| path.bytes().enumerate().all(|(at, it)| same(at, it)))
    }

    /// One of its folders or its name is of a server.
    fn has_foreign(&self) -> bool {
        self.segments().any(|it| caseless::starts_any(it, FOREIGN_NAMES))
    }

    fn has_hidden(&self) -> bool {
        self.segments().any(|it| matches!(it, [b'.', b'a'..=b'z' | b'A'..=b'Z', ..]))
    }

    /// `config.php.bak`, `index.php~`, `backup.sql.zip`.
    fn is_backup(&self) -> bool {
        let Some(name) = self.segments().last() else { return false };
        let plain = ["~", ".bak", ".old", ".orig", ".save", ".swp", ".swo"].iter().find_map(|it| {
            let has = caseless::ends(name, it.as_bytes());
            name.get(..name.len().saturating_sub(it.len())).filter(|_| has)
        });
        let is_source = plain.is_some_and(|it| {
            [".php", ".asp", ".aspx", ".jsp", ".config", ".conf", ".env", ".yml", ".sql", ".inc"]
                .iter()
                .any(|end| caseless::ends(it, end.as_bytes()))
        });
        let is_dump = [".sql.zip", ".sql.gz", ".sql.tar", ".sql.bak", ".sql.tar.gz", ".sql.bz2"]
            .iter()
            .any(|it| caseless::ends(name, it.as_bytes()));
        is_source || is_dump
    }
}

fn has_target(text: &[u8]) -> bool {
    caseless::contains_any(text, USERS_FILES)
        || caseless::contains_any(text, WINDOWS_FILES)
        || caseless::contains_any(text, OTHER_TARGETS)
}

/// Nobody names them alone but to read them.
const PASSWORD_FILES: &[&str] = &[
    "etc/passwd",
    "etc/shadow",
    "etc/master.passwd",
    "etc/security/passwd",
    "etc/gshadow",
    "etc/sudoers",
    "etc\\passwd",
    "etc\\shadow",
    "etc2fpasswd",
    "etc2fshadow",
    "etc%2fpasswd",
    "etc%2fshadow",
    "etc//passwd",
    "etc/./passwd",
];

const USERS_FILES: &[&str] = &[
    "etc/passwd",
    "etc/shadow",
    "etc/master.passwd",
    "etc/group",
    "etc/hosts",
    "etc/issue",
    "etc/sudoers",
    "etc/security/passwd",
    "etc/gshadow",
    "etc/subuid",
    "etc/subgid",
    "etc\\passwd",
    "etc\\shadow",
    "etc2fpasswd",
    "etc2fshadow",
    "etc%2fpasswd",
    "etc//passwd",
    "etc/./passwd",
];

const WINDOWS_FILES: &[&str] = &[
    "boot.ini",
    "win.ini",
    "system.ini",
    "config\\sam",
    "config/sam",
    "repair\\sam",
    "repair/sam",
    "inetpub",
    "global.asa",
    "unattend.xml",
    "unattended.xml",
    "unattend.txt",
    "sysprep.inf",
    "sysprep.xml",
    "ntuser.dat",
    "drivers\\etc\\",
    "drivers/etc/",
    "config\\regback",
    "config/regback",
    "config\\system.sav",
    "windows\\php.ini",
    "windows/php.ini",
    "winnt\\php.ini",
    "winnt/php.ini",
    "windows\\debug\\",
    "windows/debug/",
    "%windir%",
    "%systemroot%",
    "%systemdrive%",
];

const OTHER_TARGETS: &[&str] = &[
    "/proc/self",
    "proc/version",
    "/proc/cpuinfo",
    "web-inf",
    "cmd.exe",
    "httpd.conf",
    "php.ini",
    "access.log",
    "access_log",
    "error.log",
    "error_log",
    ".ssh/",
    "id_rsa",
    ".htpasswd",
    "system32",
    "/var/log/",
    "/var/www",
    "windows/",
    "winnt/",
    "windows\\",
    "winnt\\",
    "/bin/id",
    "/bin/ls",
    "config.php",
];

const SERVER_LOGS: [&str; 7] =
    ["access.log", "access_log", "error.log", "error_log", "ftpd.log", "ftpd.pdb", "xferlog"];

const LOG_ENDS: &[&str] =
    &["log", "logs", "log/", "logs/", "_log", ".gz", ".err", "log.1", "log.2", "log.3"];

const CONFIGURATIONS: &[&str] = &[
    "httpd.conf",
    "apache2.conf",
    "apache.conf",
    "php.ini",
    "my.cnf",
    "my.ini",
    "nginx.conf",
    "vsftpd.conf",
    "proftpd.conf",
    "pure-ftpd.conf",
    "pureftpd.passwd",
    "pureftpd.pdb",
    "httpd.conf.php",
    "httpd.conf.default",
    "vhosts.conf",
    "httpd-vhosts.conf",
    "web-inf/web.xml",
    "web-inf\\web.xml",
    "web.config",
    "tomcat-users.xml",
    "server.xml",
    "ftpusers",
    "ftphosts",
    "ftpaccess",
    "proftp.conf",
    "config.inc.php",
    "wp-config.php",
    "settings.inc.php",
    ".htaccess",
    ".htpasswd",
    "mercury.ini",
    "webdav.txt",
    "php.ini.default",
    "postgresql.conf",
    "sshd_config",
    "crontab",
    "fstab",
    "nsswitch.conf",
    "resolv.conf",
    "motd",
    "mtab",
    "inetd.conf",
    "syslog.conf",
    "logrotate.conf",
    "lighttpd.conf",
    "pg_hba.conf",
    "global.asa",
    "hosts.allow",
    "hosts.deny",
];

/// Files and folders that hold secrets or sources, by one segment, sorted.
const SECRETS: Words = Words::new(&[
    ".aws",
    ".azure",
    ".bash_history",
    ".bash_logout",
    ".bash_profile",
    ".bashrc",
    ".boto",
    ".bzr",
    ".cshrc",
    ".curlrc",
    ".docker",
    ".dockercfg",
    ".ds_store",
    ".env",
    ".env.backup",
    ".env.bak",
    ".env.dev",
    ".env.development",
    ".env.local",
    ".env.old",
    ".env.production",
    ".env.staging",
    ".env.test",
    ".forward",
    ".gcloud",
    ".git",
    ".git-credentials",
    ".gitconfig",
    ".gnupg",
    ".hg",
    ".history",
    ".htaccess",
    ".htgroup",
    ".htpasswd",
    ".htusers",
    ".ksh_history",
    ".kshrc",
    ".kube",
    ".lesshst",
    ".login",
    ".logout",
    ".my.cnf",
    ".mysql_history",
    ".netrc",
    ".npmrc",
    ".passwd",
    ".pgpass",
    ".profile",
    ".psql_history",
    ".pypirc",
    ".python_history",
    ".rediscli_history",
    ".rhosts",
    ".s3cfg",
    ".sh_history",
    ".shosts",
    ".sqlite_history",
    ".ssh",
    ".subversion",
    ".svn",
    ".tcshrc",
    ".terraform",
    ".tfstate",
    ".user.ini",
    ".vault-token",
    ".viminfo",
    ".wgetrc",
    ".xauthority",
    ".zsh_history",
    ".zshrc",
    "authorized_keys",
    "id_dsa",
    "id_ecdsa",
    "id_ed25519",
    "id_rsa",
    "known_hosts",
    "meta-inf",
    "secrets.env",
    "tomcat-users.xml",
    "web-inf",
    "wp-config.php",
]);

/// `../` or an absolute path, as base64 writes them.
fn is_base64(text: &[u8]) -> bool {
    text.starts_with(b"Li4vLi4v")
        || text.starts_with(b"L2V0Yy9wYXNzd2")
        || text.starts_with(b"L2V0Yy9zaGFkb3")
        || text.starts_with(b"L2V0Yy9tYXN0ZXI")
        || text.starts_with(b"ZXRjL3Bhc3N3")
        || text.starts_with(b"ZXRjL3NoYWRv")
}

#[cfg(test)]
mod tests {
    use super::super::sign::{self, Strength};
    use super::*;

    #[track_caller]
    fn check(expected: Option<Strength>, values: &[&str]) {
        sign::check(SIGNS, look, false, expected, values);
    }

    #[test]
    fn tables_are_sorted() {
        assert!(SECRETS.is_sorted() && SYSTEM_FOLDERS.is_sorted());
    }

    #[test]
    fn a_climb_that_is_nothing_else_is_certain() {
        check(
            Some(Strength::Certain),
            &[
                "../../etc/passwd",
                "../../ETC/Passwd",
                "..\\..\\boot.ini",
                "../../../../../../x",
                "/../../x",
                "file/../../../x",
                "....//....//x",
                ".../.../x",
                "..\\/..\\/x",
                "..//..//x",
                "..;/..;/x",
                "..;/manager/html",
                "%2e%2e%2fx",
                "%252e%252e%252fx",
                "..%c0%af..%c0%afx",
                "..%5c..%5cx",
                "0x2e0x2e/0x2e0x2e/x",
                "%uff0e%uff0e%u2215x",
                "..2f..2fetc2fpasswd",
                "/././././x",
                "https://x/y?f=../../../etc/passwd",
            ],
        );
    }

    #[test]
    fn wrappers_and_cut_paths_are_certain() {
        check(
            Some(Strength::Certain),
            &[
                "php://filter/convert.base64-encode/resource=index",
                "PHP://input",
                "expect://id",
                "phar://x.phar/y",
                "zip://x.zip#y.php",
                "data://text/plain,x",
                "data:text/plain;base64,PD9waHA=",
                "../x.php%00",
                "/x/y\0.png",
                "/var/log/syslog\0",
                "Li4vLi4vZXRjL3Bhc3N3ZA==",
                "/proc/self/environ",
                "/etc/passwd",
                "/ETC/Shadow",
                "file:///etc/passwd",
                "etc/master.passwd",
                "httpd.conf\0",
                "logs/access_log\0",
                "convert.iconv.UTF8.CSISO2022KR",
            ],
        );
    }

    #[test]
    fn a_known_file_alone_is_likely() {
        check(
            Some(Strength::Likely),
            &[
                "C:\\boot.ini",
                "/proc/version",
                "/etc/crontab",
                "/etc/hostname.hme0",
                "/ETC/Hosts.Equiv",
                "/private/etc/ttys",
                "/root/anaconda-ks.cfg",
                "/boot/grub/grub.cfg",
                "/var/mail/root",
                "/var/adm/sulog",
                "/var/spool/cron/crontabs/root",
                "D:\\apps\\xampp\\php\\php.ini",
                "/home2\\bin\\stable\\apache\\php.ini",
                "C:/Windows/System32/drivers/etc/hosts",
                "c:\\windows\\panther\\unattend.xml",
                "%WINDIR%\\win.ini",
                "C:\\Documents and Settings\\Administrator\\NTUSER.DAT",
                "/opt/lampp/etc/httpd.conf",
                "/usr/local/apache2/conf/extra/httpd-ssl.conf",
                "../../",
                "/.bash_profile",
                "/var/log/apache2/access.log",
                "C:\\xampp\\apache\\logs\\error.log",
                "/etc/php5/apache2/php.ini",
                "/WEB-INF/web.xml",
                ".env",
                "/home/a/.ssh/id_rsa",
                ".git/config",
                "config.php.bak",
                "index.php~",
                "backup.sql.zip",
                "file:///x",
                "../../../x.js",
                "/..../x",
                "x.conf\0",
            ],
        );
    }

    #[test]
    fn what_people_write_has_no_certain_sign() {
        let values = [
            "import x from '../../../lib/x.js'",
            "../lib/x.js",
            "[readme](../../README.md)",
            "a/b/../c",
            "/usr/local/bin/node",
            "wait... what/why",
            "and/or...",
            "1.../2",
            "C:\\Users\\me\\notes.txt",
            "\\\\server\\share\\x.doc",
            "how does ../../etc/passwd get through a filter of file names?\nI tried to read it and failed.",
            "data:image/png;base64,iVBORw0KGgo=",
            "data:;base64,=",
            "http://www.example.com\0",
            "https://example.com/a/../b",
            "git@github.com:a/b.git",
            "100%",
            "50%2f",
            "v1..v2",
            "a..b/c",
            "/blog/...",
            "see file:///x/y for more",
            "../../tsconfig.json",
            "./a/./b",
            "\u{ff0e}\u{ff0e}\u{3002}",
            "/etc/hosts",
            "/etc/nginx/nginx.conf",
            "/etc/systemd/system/app.service",
            "/etc/ssl/certs/ca.pem",
            "/var/run/docker.sock",
            "/dev/sda1",
            "C:\\Windows\\System32\\svchost.exe",
            "/var/www/html/index.html",
            "what does /etc/passwd hold?",
        ];
        for value in values {
            let found = look(&Input::of(value.as_bytes(), false)).strength(SIGNS);
            assert!(found.is_none_or(|it| it < Strength::Certain), "{value}");
        }
        check(
            None,
            &[
                "",
                "alice",
                "1.5",
                "a.b",
                "/api/v1/users",
                "https://example.com/a?b=c",
                "image/png",
                "x/y/z.txt",
                "2026/01/31",
                "100%",
                "Wait...",
                "C:\\Users\\me\\notes.txt",
                "/usr/lib/python3.11/ast.py",
                "/usr/share/doc/x/readme.txt",
                "/opt/app/bin/run",
                "/home/ann/notes.txt",
                "/log-in",
            ],
        );
        check(
            Some(Strength::Against),
            &["/etc/hosts", "/etc/systemd/system/app.service", "/dev/null", "/var/log/syslog"],
        );
    }

    #[test]
    fn hostile_values_take_bounded_time() {
        for unit in ["../", "%25", "..;", "%c0", "0x2e", ".", "/", "\\", "%u", "./", "etc/passw"] {
            let text: Vec<u8> = unit.bytes().cycle().take(64 * 1024).collect();
            let start = std::time::Instant::now();
            look(&Input::of(&text, false));
            assert!(start.elapsed().as_millis() < 500, "{unit}: {:?}", start.elapsed());
        }
    }
}
