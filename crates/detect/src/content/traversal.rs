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

use super::caseless;
use super::marks::Marks;
use super::sign::{Input, Sign, Signs, Strength};
use super::traversal_path::{Climb, climb};

/// Bytes that are read.
const READ_BYTES_MAX: usize = 4 * 1024;

/// Longest value that is a path and nothing else.
const PATH_BYTES_MAX: usize = 1024;

macro_rules! signs {
    ($($name:ident = $n:literal, $says:literal, $strength:ident;)*) => {
        $(const $name: usize = $n;)*
        pub(super) const SIGNS: &[Sign] = &[$(Sign::new($says, Strength::$strength),)*];
    };
}

signs! {
    CLIMB_TO_TARGET = 0, "climb to a target", Certain;
    ESCAPED_CLIMB = 1, "escaped climb", Certain;
    FAR_CLIMB = 2, "far climb", Certain;
    OUT_OF_ROOT = 3, "climb out of the root", Certain;
    ODD_CLIMB = 4, "odd separators in a climb", Certain;
    PARAMETER_CLIMB = 5, "climb with a parameter", Certain;
    DOTS = 6, "segments of dots", Certain;
    STAYS = 7, "many segments of one dot", Certain;
    WRAPPER = 8, "stream wrapper", Certain;
    BASE64 = 9, "climb in base64", Certain;
    CUT = 10, "path cut off by a null byte", Certain;
    CLIMB = 11, "climb of some levels", Likely;
    NULL = 12, "path with a null byte", Likely;
    USERS = 13, "file of users", Likely;
    WINDOWS = 14, "file of windows", Likely;
    PROCESS = 15, "file of a process", Likely;
    LOG = 16, "log of a server", Likely;
    CONFIGURATION = 17, "configuration of a server", Likely;
    SECRET = 18, "file of secrets", Likely;
    BACKUP = 19, "backup of a source", Likely;
    FILE_URL = 20, "file url", Likely;
    FILTER = 21, "filter of a stream", Likely;
    UNC = 22, "path of a network share", Hint;
    DOT_RUN = 23, "run of dots", Likely;
    CLIMB_IN_TEXT = 24, "climb in text", Hint;
    TARGET_IN_TEXT = 25, "target in text", Hint;
    SYSTEM = 26, "path of a system", Hint;
    HIDDEN = 27, "hidden file", Hint;
    SHARE_OF_HOST = 28, "share of a host", Hint;
    CLIMB_AT_END = 29, "climb and nothing else", Likely;
    OWN_PROCESS = 30, "file of the process that reads it", Certain;
    CUT_TARGET = 31, "known file and a null byte", Certain;
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
    let is_known =
        [USERS, WINDOWS, PROCESS, LOG, CONFIGURATION, SECRET].iter().any(|it| signs.has(*it));
    signs.note(CUT_TARGET, signs.has(NULL) && is_known);
    signs.note(BASE64, is_base64(text));
    signs.note(FILTER, caseless::starts_any(text, &["convert.iconv.", "convert.base64-"]));
    signs
}

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
    let is_worth = marks.has(Marks::DOT) && (has(b"..") || has(b"./.") || has(b".\\."))
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
    signs.note(ODD_CLIMB, is_out && found.is_mixed && found.ups > 1 && is_path);
    signs.note(PARAMETER_CLIMB, is_out && found.has_parameter && is_path);
    signs.note(DOTS, is_path && (found.dots >= 2 && begins || found.dots == 1 && has(b"....//")));
    signs.note(STAYS, found.stays >= STAYS_MIN && is_path);
    signs.note(CLIMB, is_out && is_path && begins && found.ups >= 2);
    signs.note(CLIMB_AT_END, is_out && is_path && text.len() <= 4);
    signs.note(CLIMB_IN_TEXT, found.ups > 0 || found.dots > 0);
    dot_run(signs, text);
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
    signs.note(CUT, is_file && (is_extension || raw.is_none() && after.is_empty()));
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
    let is_system = path.begins_with_system();
    if !is_system {
        return;
    }
    let ends = |names: &[&str]| names.iter().any(|it| path.ends_with(it.as_bytes()));
    let is_absolute = path.is_absolute;
    signs.note(USERS, is_absolute && path.contains(USERS_FILES));
    let is_short = text.len() < SHORT_BYTES;
    let is_command = ends(&["cmd.exe"]) && is_absolute;
    signs.note(WINDOWS, path.contains(WINDOWS_FILES) && (is_absolute || is_short) || is_command);
    signs.note(PROCESS, is_absolute && path.starts(PROCESS_PATHS));
    signs.note(OWN_PROCESS, is_absolute && path.starts(OWN_PATHS));
    let is_log = ends(LOG_ENDS) && path.contains(&["log"]) && path.contains(LOG_FOLDERS);
    signs.note(
        LOG,
        is_absolute && (is_log || path.starts(&["/var/adm/", "/var/log/", "/var/run/utmp"])),
    );
    signs.note(CONFIGURATION, is_absolute && (ends(CONFIGURATIONS) || path.starts(SERVER_PATHS)));
    signs.note(SYSTEM, is_absolute && path.starts(SYSTEM_PATHS));
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
    signs.note(UNC, has_share);
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

const SYSTEM_PATHS: &[&str] = &[
    "/etc/",
    "/root/",
    "/usr/",
    "/opt/",
    "/var/",
    "/private/etc",
    "/volumes/",
    "c:\\windows",
    "c:/windows",
    "c:\\winnt",
    "/windows/",
    "\\windows\\",
    "c:\\xampp",
    "\\xampp\\",
    "\\apache",
    "c:\\apache",
    "/home/",
    "c:\\program files",
    "c:\\programfiles",
    "c:\\inetpub",
    "c:\\php",
    "c:\\mysql",
    "c:\\system32",
];

/// First folders, or names, of paths that no API has, sorted.
const SYSTEM_FOLDERS: &[&str] = &[
    "admin",
    "apache",
    "apache2",
    "bin",
    "boot.ini",
    "dev",
    "etc",
    "global.asa",
    "home",
    "home2",
    "httpd",
    "inetpub",
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
    "web-inf",
    "web.config",
    "win.ini",
    "windows",
    "winnt",
    "www",
    "xampp",
];

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
            || caseless::starts_any(text, &["file:", "etc/", "proc/", "./etc/", "././", ">/"]);
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
                        b'.' | b'i' | b'I' | b'a' | b'A' | b'w' | b'W' | b'm' | b'M' | b's' | b'S',
                        ..
                    ]
                )
        };
        self.segments().filter(is_worth).any(|it| caseless::is_among(it, SECRETS))
    }

    /// It begins in a folder of a system, on a drive, or with a climb.
    fn begins_with_system(&self) -> bool {
        let text = self.text.strip_prefix(b">").unwrap_or(self.text);
        if matches!(text, [_, b':', ..])
            || text.starts_with(b"..")
            || caseless::starts(text, b"file:")
            || text.starts_with(b"%")
        {
            return true;
        }
        let is_name = |it: &&[u8]| !it.is_empty() && *it != b".";
        let first = text.split(|it| matches!(it, b'/' | b'\\')).find(is_name).unwrap_or_default();
        caseless::is_among(first, SYSTEM_FOLDERS)
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
const SECRETS: &[&str] = &[
    ".aws",
    ".bash_history",
    ".bashrc",
    ".bzr",
    ".docker",
    ".dockercfg",
    ".ds_store",
    ".env",
    ".env.backup",
    ".env.local",
    ".env.production",
    ".git",
    ".git-credentials",
    ".gitconfig",
    ".gnupg",
    ".hg",
    ".history",
    ".htaccess",
    ".htpasswd",
    ".kube",
    ".mysql_history",
    ".netrc",
    ".npmrc",
    ".pgpass",
    ".profile",
    ".pypirc",
    ".rhosts",
    ".sh_history",
    ".shosts",
    ".ssh",
    ".svn",
    ".vault-token",
    ".viminfo",
    ".zsh_history",
    "authorized_keys",
    "id_dsa",
    "id_ecdsa",
    "id_ed25519",
    "id_rsa",
    "meta-inf",
    "secrets.env",
    "web-inf",
    "wp-config.php",
];

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
    use super::*;

    #[track_caller]
    fn check(expected: Option<Strength>, values: &[&str]) {
        for value in values {
            let found = look(&Input::of(value.as_bytes(), false));
            let names: Vec<_> =
                (0..SIGNS.len()).filter(|it| found.has(*it)).map(|it| SIGNS[it].name).collect();
            assert_eq!(found.strength(SIGNS), expected, "{value}: {names:?}");
        }
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
            ],
        );
    }

    #[test]
    fn a_known_file_alone_is_likely() {
        check(
            Some(Strength::Likely),
            &[
                "/etc/passwd",
                "/ETC/shadow",
                "C:\\boot.ini",
                "/proc/version",
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
            ],
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
