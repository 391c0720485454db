//! Programs and built-in commands of shells, by their names.
//!
//! Writes   how much a name says: some are words of English too, or names of fields and products.
//! Source   the Filesystem Hierarchy Standard and POSIX for names on Unix, Microsoft's command
//!          reference for Windows, and packages of Debian.

use super::caseless::{self, Words};

/// What a name is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Name {
    /// Not one of a program.
    Other,
    /// A program's, and an ordinary word.
    Word,
    /// A program's, and hardly anything else.
    Program,
}

/// What `name` is, without its folder.
pub(super) fn of(name: &[u8]) -> Name {
    if name.len() < 2 || name.len() > NAME_BYTES_MAX {
        return if matches!(name, b"w") { Name::Word } else { Name::Other };
    }
    // Methods of HTTP before a path.
    if matches!(name, b"HEAD" | b"PATCH") {
        return Name::Other;
    }
    let name = without_extension(name);
    match plain(name) {
        Name::Other => plain(without_version(name)),
        found @ (Name::Word | Name::Program) => found,
    }
}

fn plain(name: &[u8]) -> Name {
    if PROGRAMS.has(name) {
        Name::Program
    } else if !is_capitalised(name) && WORDS.has(name) {
        Name::Word
    } else {
        Name::Other
    }
}

/// Longest name that is looked up.
const NAME_BYTES_MAX: usize = 24;

/// `Date` begins a sentence; `date`, `DATE` and `DaTe` may be a command.
fn is_capitalised(name: &[u8]) -> bool {
    matches!(name, [first, rest @ ..] if first.is_ascii_uppercase() && !rest.iter().any(u8::is_ascii_uppercase))
}

fn without_extension(name: &[u8]) -> &[u8] {
    let is_program =
        [".exe", ".com", ".bat", ".cmd"].iter().any(|it| caseless::ends(name, it.as_bytes()));
    name.get(..name.len().saturating_sub(4)).filter(|_| is_program).unwrap_or(name)
}

/// `python3.10` is `python`.
fn without_version(name: &[u8]) -> &[u8] {
    let is_version = |it: &&u8| it.is_ascii_digit() || matches!(it, b'.' | b'-');
    let count = name.iter().rev().take_while(is_version).count();
    name.get(..name.len().saturating_sub(count)).filter(|it| it.len() >= 2).unwrap_or(name)
}

/// Whether a folder holds programs: `/bin`, `/usr/local/sbin`, `C:\Windows\System32`.
pub(super) fn is_program_folder(folder: &[u8]) -> bool {
    let folder = folder.trim_ascii();
    let is_end = ["bin", "system32", "syswow64", "v1.0"]
        .iter()
        .any(|it| caseless::ends(folder, it.as_bytes()));
    is_end && folder.len() <= 64
}

/// Whether `argument` makes a command of `name`, though it is a plain word: `net user`.
pub(super) fn takes(name: &[u8], argument: &[u8]) -> bool {
    let of = |names: &[&str]| names.iter().any(|it| argument.eq_ignore_ascii_case(it.as_bytes()));
    if name.eq_ignore_ascii_case(b"net") {
        return of(&[
            "user",
            "users",
            "view",
            "localgroup",
            "group",
            "share",
            "use",
            "session",
            "accounts",
        ]);
    }
    if name.eq_ignore_ascii_case(b"ip") {
        return of(&["a", "addr", "address", "link", "route", "r", "neigh"]);
    }
    if name.eq_ignore_ascii_case(b"reg") {
        return of(&["add", "query", "delete", "save", "export"]);
    }
    if name.eq_ignore_ascii_case(b"pip") {
        return of(&["install", "download", "uninstall"]);
    }
    if name.eq_ignore_ascii_case(b"netsh") {
        return of(&[
            "firewall",
            "advfirewall",
            "interface",
            "int",
            "wlan",
            "winhttp",
            "trace",
            "show",
        ]);
    }
    if name.eq_ignore_ascii_case(b"ps") {
        return of(&["aux", "auxw", "ef", "axu", "ax"]);
    }
    let runs_another = RUNNERS.has(name);
    runs_another && of_plain_program(argument)
}

fn of_plain_program(argument: &[u8]) -> bool {
    let name = argument.rsplit(|it| *it == b'/').next().unwrap_or_default();
    of(name) >= Name::Word
}

/// Commands whose argument is a command.
const RUNNERS: Words = Words::new(&[
    "builtin", "command", "doas", "env", "exec", "nice", "nohup", "setsid", "sudo", "time",
    "timeout", "watch", "whereis", "which", "xargs",
]);

/// Names that are ordinary words as well, sorted.
const WORDS: Words = Words::new(&[
    "alias",
    "apt",
    "ar",
    "arch",
    "as",
    "ash",
    "assoc",
    "at",
    "base64",
    "batch",
    "bc",
    "bind",
    "break",
    "builtin",
    "cal",
    "cancel",
    "cat",
    "cd",
    "chef",
    "cls",
    "cmp",
    "column",
    "comm",
    "command",
    "compact",
    "copy",
    "cp",
    "csplit",
    "cut",
    "dash",
    "date",
    "dc",
    "dd",
    "declare",
    "del",
    "df",
    "dialog",
    "diff",
    "dig",
    "dir",
    "disown",
    "du",
    "echo",
    "ed",
    "emacs",
    "env",
    "erase",
    "eval",
    "ex",
    "exec",
    "exit",
    "expand",
    "export",
    "expr",
    "factor",
    "false",
    "fc",
    "fdisk",
    "file",
    "find",
    "finger",
    "fish",
    "fmt",
    "fold",
    "format",
    "free",
    "gem",
    "getent",
    "git",
    "go",
    "grep",
    "groups",
    "hash",
    "head",
    "help",
    "history",
    "host",
    "hostname",
    "iconv",
    "id",
    "install",
    "ip",
    "java",
    "jobs",
    "join",
    "jq",
    "jrunscript",
    "kill",
    "last",
    "ld",
    "less",
    "link",
    "ll",
    "ln",
    "local",
    "locale",
    "locate",
    "look",
    "lp",
    "ls",
    "mail",
    "mailx",
    "make",
    "man",
    "md",
    "mode",
    "more",
    "mount",
    "move",
    "msg",
    "mv",
    "mysql",
    "nano",
    "nc",
    "net",
    "nice",
    "nl",
    "node",
    "npm",
    "open",
    "paste",
    "patch",
    "pause",
    "perl",
    "pg",
    "php",
    "pico",
    "ping",
    "pip",
    "pr",
    "print",
    "printf",
    "pry",
    "ps",
    "puppet",
    "pwd",
    "python",
    "rake",
    "rc",
    "read",
    "red",
    "reg",
    "ren",
    "rename",
    "replace",
    "reset",
    "restic",
    "rev",
    "rm",
    "route",
    "ruby",
    "run",
    "sash",
    "sc",
    "screen",
    "script",
    "sed",
    "service",
    "set",
    "sh",
    "shuf",
    "shutdown",
    "sleep",
    "socket",
    "soelim",
    "sort",
    "source",
    "split",
    "ss",
    "start",
    "stat",
    "strings",
    "su",
    "sudo",
    "sum",
    "swift",
    "sync",
    "tac",
    "tail",
    "tar",
    "task",
    "tee",
    "test",
    "tic",
    "time",
    "timeout",
    "top",
    "touch",
    "tr",
    "trap",
    "tree",
    "true",
    "type",
    "ul",
    "uniq",
    "update",
    "uptime",
    "users",
    "ver",
    "vi",
    "view",
    "vol",
    "wait",
    "wall",
    "watch",
    "wc",
    "whereis",
    "which",
    "who",
    "whois",
    "write",
    "xargs",
    "xz",
    "yes",
    "zip",
    "zsh",
]);

/// Names that are hardly anything else, sorted.
const PROGRAMS: Words = Words::new(&[
    "aa-exec",
    "adduser",
    "ansible",
    "ansible-config",
    "ansible-console",
    "ansible-doc",
    "ansible-galaxy",
    "ansible-inventory",
    "ansible-playbook",
    "ansible-pull",
    "ansible-vault",
    "apk",
    "apt-get",
    "aptitude",
    "arp",
    "arping",
    "attrib",
    "awk",
    "base32",
    "basename",
    "bash",
    "bcdboot",
    "bcdedit",
    "bitsadmin",
    "bpftrace",
    "bsdtar",
    "bunzip2",
    "busybox",
    "bzcat",
    "bzip2",
    "c89",
    "c99",
    "cacls",
    "capsh",
    "certutil",
    "chattr",
    "chef-client",
    "chef-run",
    "chef-shell",
    "chef-vault",
    "chgrp",
    "chmod",
    "chown",
    "chroot",
    "cipher",
    "cmd",
    "cobc",
    "composer",
    "cpan",
    "cpio",
    "cpulimit",
    "cron",
    "crontab",
    "cscli",
    "cscript",
    "csh",
    "csvtool",
    "curl",
    "dircolors",
    "dmesg",
    "dmsetup",
    "dnf",
    "docker",
    "dosbox",
    "dpkg",
    "driverquery",
    "dsquery",
    "dvips",
    "easy_install",
    "egrep",
    "eqn",
    "esentutl",
    "facter",
    "fetch",
    "fgrep",
    "flock",
    "fping",
    "fsutil",
    "ftp",
    "gawk",
    "gcc",
    "gcore",
    "gdb",
    "getcap",
    "getfacl",
    "getfattr",
    "getmac",
    "gimp",
    "gpg",
    "gpresult",
    "gunzip",
    "gzip",
    "hexdump",
    "hostnamectl",
    "hping3",
    "htop",
    "icacls",
    "iex",
    "ifconfig",
    "iftop",
    "ionice",
    "ipconfig",
    "iptables",
    "irb",
    "irm",
    "iwmi",
    "iwr",
    "jjs",
    "journalctl",
    "knife",
    "ksh",
    "ksshell",
    "kubectl",
    "lastlog",
    "lastlogin",
    "ldconfig",
    "lftp",
    "lftpget",
    "loginctl",
    "lsblk",
    "lsof",
    "ltrace",
    "lua",
    "lualatex",
    "luatex",
    "lwp-download",
    "lwp-request",
    "lynx",
    "mawk",
    "mkdir",
    "mkfifo",
    "mknod",
    "mktemp",
    "mlocate",
    "msbuild",
    "msfconsole",
    "msgattrib",
    "msgcat",
    "msgconv",
    "msgfilter",
    "msgmerge",
    "msguniq",
    "mshta",
    "msiexec",
    "mtr",
    "mysqldump",
    "nasm",
    "nawk",
    "nbtstat",
    "ncat",
    "netcat",
    "netsh",
    "netstat",
    "nginx",
    "nid",
    "nmap",
    "nohup",
    "nroff",
    "nsenter",
    "nslookup",
    "octave",
    "openssl",
    "openvpn",
    "passwd",
    "pathping",
    "pdflatex",
    "pdksh",
    "perf",
    "perl5",
    "pftp",
    "pgrep",
    "php-cgi",
    "php5",
    "php7",
    "phpinfo",
    "pidstat",
    "ping6",
    "pip3",
    "pipx",
    "pkexec",
    "pkginfo",
    "pkill",
    "powershell",
    "printenv",
    "psexec",
    "psftp",
    "psql",
    "ptx",
    "pushd",
    "pwsh",
    "python2",
    "python3",
    "rbash",
    "rcp",
    "readelf",
    "readlink",
    "realpath",
    "redcarpet",
    "regsvr32",
    "rlogin",
    "rlwrap",
    "rmdir",
    "rmt",
    "robocopy",
    "rpm",
    "rpmquery",
    "rsh",
    "rsync",
    "ruby2",
    "rundll32",
    "rvim",
    "schtasks",
    "scp",
    "setfacl",
    "sftp",
    "sha1sum",
    "sha256sum",
    "showmount",
    "shred",
    "smbclient",
    "socat",
    "sqlite3",
    "ssh",
    "ssh-copy-id",
    "ssh-keygen",
    "ssh-keyscan",
    "start-bitstransfer",
    "stdbuf",
    "strace",
    "sysctl",
    "sysinfo",
    "systemctl",
    "systeminfo",
    "taskkill",
    "tasklist",
    "tcpdump",
    "tcpflow",
    "tcping",
    "tcptraceroute",
    "tcsh",
    "telnet",
    "tftp",
    "timedatectl",
    "tmux",
    "tput",
    "traceroute",
    "tracert",
    "tshark",
    "uconv",
    "ulimit",
    "umask",
    "umount",
    "uname",
    "unlzma",
    "unrar",
    "unshare",
    "unxz",
    "unzip",
    "uptime",
    "useradd",
    "userdel",
    "usermod",
    "uudecode",
    "uuencode",
    "valgrind",
    "vim",
    "vimdiff",
    "visudo",
    "vssadmin",
    "wevtutil",
    "wget",
    "whiptail",
    "whoami",
    "wmic",
    "wscript",
    "xcopy",
    "xelatex",
    "xetex",
    "xmodmap",
    "xmore",
    "xpad",
    "xterm",
    "xxd",
    "yarn",
    "yum",
    "zcat",
    "zegrep",
    "zfgrep",
    "zgrep",
    "zless",
    "zmore",
    "zsoelim",
    "zstd",
    "zstdcat",
    "zypper",
]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted() {
        assert!(WORDS.is_sorted() && PROGRAMS.is_sorted() && RUNNERS.is_sorted());
    }

    #[test]
    fn a_program_is_known_by_its_name() {
        for (name, expected) in [
            ("whoami", Name::Program),
            ("WHOAMI", Name::Program),
            ("ping.exe", Name::Word),
            ("python3.10", Name::Word),
            ("gcc10.1", Name::Program),
            ("id", Name::Word),
            ("Date", Name::Other),
            ("DATE", Name::Word),
            ("identity", Name::Other),
            ("", Name::Other),
            ("x", Name::Other),
        ] {
            assert_eq!(of(name.as_bytes()), expected, "{name}");
        }
    }

    #[test]
    fn some_words_make_a_command_of_a_name() {
        assert!(takes(b"net", b"user") && takes(b"sudo", b"/bin/ls") && !takes(b"net", b"result"));
    }
}
