//! What a segment of a path looks like by itself: a name of the API, or somebody's name for something.
//!
//! Reads    one segment.
//! Misses   everything about its neighbours; see `collapse.rs`.

/// Words that people choose for operations and resources, in the singular and in order.
const VOCABULARY: &[&str] = &[
    "about",
    "access",
    "account",
    "action",
    "active",
    "activity",
    "add",
    "address",
    "admin",
    "agent",
    "agreement",
    "alert",
    "alias",
    "all",
    "analysis",
    "analytics",
    "answer",
    "api",
    "app",
    "application",
    "approval",
    "approve",
    "archive",
    "artifact",
    "asset",
    "assign",
    "assignee",
    "association",
    "attachment",
    "attempt",
    "attribute",
    "audience",
    "audio",
    "audit",
    "auth",
    "authenticate",
    "author",
    "authorization",
    "authorize",
    "availability",
    "available",
    "avatar",
    "backup",
    "balance",
    "bandwidth",
    "bank",
    "basic",
    "batch",
    "billing",
    "binding",
    "blob",
    "block",
    "board",
    "body",
    "bookmark",
    "bot",
    "branch",
    "brand",
    "bucket",
    "budget",
    "build",
    "bulk",
    "button",
    "by",
    "cache",
    "cached",
    "calendar",
    "call",
    "callback",
    "campaign",
    "cancel",
    "capability",
    "capture",
    "card",
    "cart",
    "case",
    "catalog",
    "category",
    "certificate",
    "change",
    "channel",
    "charge",
    "chart",
    "chat",
    "check",
    "checkout",
    "child",
    "claim",
    "class",
    "classification",
    "clear",
    "client",
    "clone",
    "close",
    "cluster",
    "code",
    "collaborator",
    "collection",
    "column",
    "command",
    "comment",
    "commit",
    "company",
    "compare",
    "complete",
    "completion",
    "component",
    "config",
    "configuration",
    "confirm",
    "connection",
    "consent",
    "contact",
    "container",
    "content",
    "context",
    "contract",
    "contributor",
    "control",
    "conversation",
    "convert",
    "copy",
    "count",
    "country",
    "coupon",
    "cover",
    "cpu",
    "create",
    "credential",
    "credit",
    "currency",
    "current",
    "custom",
    "customer",
    "dashboard",
    "data",
    "database",
    "dataset",
    "date",
    "deactivate",
    "decline",
    "default",
    "definition",
    "delete",
    "delivery",
    "deny",
    "dependency",
    "deploy",
    "deployment",
    "description",
    "detail",
    "device",
    "diff",
    "direction",
    "directory",
    "disable",
    "discount",
    "disk",
    "dispute",
    "distribution",
    "document",
    "domain",
    "download",
    "draft",
    "edit",
    "email",
    "embed",
    "employee",
    "enable",
    "endpoint",
    "enterprise",
    "entity",
    "entry",
    "environment",
    "error",
    "estimate",
    "eval",
    "event",
    "execute",
    "execution",
    "export",
    "extension",
    "external",
    "favorite",
    "feature",
    "feed",
    "feedback",
    "field",
    "file",
    "filesystem",
    "filter",
    "find",
    "folder",
    "follow",
    "follower",
    "fork",
    "form",
    "forward",
    "free",
    "friend",
    "from",
    "function",
    "generate",
    "get",
    "global",
    "grant",
    "graph",
    "graphql",
    "group",
    "health",
    "healthcheck",
    "hide",
    "history",
    "home",
    "hook",
    "host",
    "icon",
    "identity",
    "image",
    "import",
    "inbound",
    "inbox",
    "incident",
    "index",
    "info",
    "information",
    "input",
    "insight",
    "install",
    "installation",
    "instance",
    "integration",
    "interaction",
    "internal",
    "invitation",
    "invite",
    "invoice",
    "issue",
    "item",
    "job",
    "join",
    "key",
    "kick",
    "label",
    "language",
    "last",
    "latest",
    "layout",
    "lead",
    "leave",
    "level",
    "library",
    "license",
    "like",
    "limit",
    "line",
    "link",
    "list",
    "load",
    "location",
    "lock",
    "log",
    "login",
    "logo",
    "logout",
    "lookup",
    "machine",
    "mail",
    "manage",
    "map",
    "mapping",
    "mark",
    "market",
    "media",
    "member",
    "membership",
    "memory",
    "merge",
    "message",
    "metadata",
    "method",
    "metric",
    "migration",
    "milestone",
    "mine",
    "mode",
    "model",
    "moderation",
    "module",
    "monitor",
    "move",
    "mute",
    "my",
    "name",
    "namespace",
    "network",
    "new",
    "node",
    "note",
    "notification",
    "number",
    "oauth",
    "object",
    "offer",
    "open",
    "operation",
    "option",
    "order",
    "organization",
    "outbound",
    "output",
    "overview",
    "owner",
    "package",
    "page",
    "parent",
    "participant",
    "partner",
    "password",
    "path",
    "pause",
    "payment",
    "payout",
    "pending",
    "people",
    "permission",
    "person",
    "phone",
    "photo",
    "picture",
    "pin",
    "ping",
    "pipeline",
    "plan",
    "platform",
    "player",
    "playlist",
    "plugin",
    "policy",
    "poll",
    "pool",
    "port",
    "portal",
    "position",
    "post",
    "preference",
    "prepare",
    "preview",
    "price",
    "pricing",
    "print",
    "private",
    "process",
    "product",
    "profile",
    "program",
    "project",
    "promotion",
    "property",
    "provider",
    "proxy",
    "public",
    "publish",
    "pull",
    "purchase",
    "purge",
    "push",
    "query",
    "question",
    "queue",
    "quota",
    "quote",
    "random",
    "range",
    "rate",
    "rating",
    "raw",
    "reaction",
    "read",
    "ready",
    "rebuild",
    "receipt",
    "recent",
    "recipient",
    "recommendation",
    "record",
    "recover",
    "redirect",
    "refresh",
    "refund",
    "region",
    "register",
    "registration",
    "registry",
    "reject",
    "relation",
    "relationship",
    "release",
    "remove",
    "rename",
    "render",
    "reorder",
    "replace",
    "reply",
    "report",
    "repository",
    "request",
    "requirement",
    "reservation",
    "reset",
    "resolve",
    "resource",
    "response",
    "restart",
    "restore",
    "restrict",
    "restriction",
    "result",
    "resume",
    "retry",
    "return",
    "revert",
    "review",
    "reviewer",
    "revision",
    "revoke",
    "role",
    "room",
    "rotate",
    "route",
    "rule",
    "run",
    "runner",
    "sample",
    "save",
    "scale",
    "scan",
    "schedule",
    "schema",
    "scope",
    "score",
    "screen",
    "script",
    "search",
    "secret",
    "section",
    "security",
    "segment",
    "self",
    "send",
    "server",
    "service",
    "session",
    "set",
    "setting",
    "setup",
    "share",
    "shipment",
    "shipping",
    "shop",
    "sign",
    "signature",
    "site",
    "size",
    "skip",
    "snapshot",
    "snippet",
    "social",
    "sort",
    "source",
    "space",
    "spec",
    "stage",
    "standard",
    "star",
    "start",
    "stat",
    "state",
    "statement",
    "statistic",
    "status",
    "step",
    "stop",
    "storage",
    "store",
    "stream",
    "style",
    "subject",
    "submission",
    "submit",
    "subscribe",
    "subscriber",
    "subscription",
    "suggest",
    "suggestion",
    "summary",
    "support",
    "suspend",
    "sync",
    "system",
    "table",
    "tag",
    "target",
    "task",
    "tax",
    "team",
    "template",
    "tenant",
    "term",
    "test",
    "text",
    "theme",
    "thread",
    "threshold",
    "thumbnail",
    "ticket",
    "time",
    "timeline",
    "title",
    "toggle",
    "token",
    "tool",
    "topic",
    "total",
    "track",
    "traffic",
    "transaction",
    "transfer",
    "translation",
    "trash",
    "tree",
    "trigger",
    "trip",
    "type",
    "unarchive",
    "unblock",
    "unfollow",
    "unit",
    "unlock",
    "unmute",
    "unread",
    "unsubscribe",
    "unwatch",
    "update",
    "upload",
    "uptime",
    "url",
    "usage",
    "use",
    "used",
    "user",
    "username",
    "utility",
    "validate",
    "validation",
    "value",
    "variable",
    "variant",
    "vendor",
    "verification",
    "verify",
    "version",
    "video",
    "view",
    "viewer",
    "visibility",
    "volume",
    "vote",
    "vulnerability",
    "wallet",
    "warehouse",
    "watch",
    "watcher",
    "web",
    "webhook",
    "widget",
    "wiki",
    "window",
    "workflow",
    "workspace",
    "write",
    "zone",
];

/// Words that stand for an object, and answer as it does: they are names whatever is around them.
const BESIDE_IDS: &[&str] = &[
    "me", "self", "mine", "my", "current", "latest", "new", "all", "default", "login", "logout",
    "graphql", "rpc",
];

/// What speaks for a value (above 0) or for a name of the API (below), in bits.
pub(super) fn likeness(segment: &str) -> f32 {
    if segment.bytes().all(|it| it.is_ascii_digit()) {
        // It stands where versions do. Many of them are none.
        return 0.0;
    }
    if is_beside_ids(segment) || is_version(segment) {
        return -6.0;
    }
    let (parts, known) = parts(segment);
    let has = |f: fn(&u8) -> bool| segment.bytes().any(|it| f(&it));
    if parts > 0 && known == parts {
        // `oauth2` and `orders_2`: a digit makes it less certain.
        return if has(u8::is_ascii_digit) { -0.5 } else { -2.5 };
    }
    if is_file(segment) {
        return 2.0;
    }
    let letters_only = |it: &u8| !it.is_ascii_digit() && *it != b'%';
    if parts > 1 && segment.contains('.') && segment.bytes().all(|it| letters_only(&it)) {
        // `chat.postMessage`
        return -1.5 - known as f32 / parts as f32;
    }
    let mut bits = 0.0;
    if has(u8::is_ascii_digit) {
        bits += 1.5;
    }
    if segment.contains('%')
        || segment.contains('@')
        || segment.contains(':')
        || segment.contains('~')
    {
        bits += 1.5;
    }
    if parts > 1 && known == 0 {
        bits += 0.7;
    }
    if segment.len() <= 2 || (segment.len() == 5 && segment.as_bytes().get(2) == Some(&b'-')) {
        // Countries, locales.
        bits += 1.0;
    }
    if is_camel_case(segment) {
        bits -= 1.0;
    }
    bits - 1.5 * known as f32 / parts.max(1) as f32
}

/// `getStatistics`: programs are written so, and people seldom write what they name.
fn is_camel_case(segment: &str) -> bool {
    let mut letters = segment.bytes();
    letters.next().is_some_and(|it| it.is_ascii_lowercase())
        && segment.bytes().all(|it| it.is_ascii_alphabetic())
        && letters.any(|it| it.is_ascii_uppercase())
}

/// `report.pdf` is somebody's file.
fn is_file(segment: &str) -> bool {
    const ENDS: &[&str] = &[
        "pdf", "png", "jpg", "jpeg", "gif", "svg", "webp", "txt", "md", "csv", "zip", "gz", "tgz",
        "docx", "xlsx", "pptx", "mp3", "mp4", "js", "css", "diff", "patch", "rs", "py", "yml",
        "yaml", "toml",
    ];
    segment.rsplit_once('.').is_some_and(|(name, end)| !name.is_empty() && ENDS.contains(&end))
}

/// Whether it stays a name beside ids.
pub(super) fn is_beside_ids(segment: &str) -> bool {
    BESIDE_IDS.iter().any(|it| it.eq_ignore_ascii_case(segment))
}

/// `v2`, `v1.41`, `v1beta1`, `2.0`.
pub(super) fn is_version(segment: &str) -> bool {
    // Nearly all others at once.
    let begins = segment.strip_prefix('v').unwrap_or(segment).bytes().next();
    if !begins.is_some_and(|it| it.is_ascii_digit()) {
        return false;
    }
    let stage = ["alpha", "beta", "rc", "preview"].iter().find_map(|it| segment.split_once(it));
    if let Some((version, number)) = stage {
        return is_version(version) && number.bytes().all(|it| it.is_ascii_digit());
    }
    let digits = segment.strip_prefix('v').unwrap_or(segment);
    digits.len() < segment.len().max(2)
        && digits.bytes().next().is_some_and(|it| it.is_ascii_digit())
        && digits.bytes().all(|it| it.is_ascii_digit() || it == b'.')
}

/// How many words a segment has, parted at joints and humps, and how many of them are known.
fn parts(segment: &str) -> (usize, usize) {
    let (mut parts, mut known) = (0, 0);
    let mut word = Word::default();
    let mut before = b' ';
    // No byte of a letter beyond ASCII is one of ASCII.
    for letter in segment.bytes() {
        let ends = !letter.is_ascii_alphabetic()
            || (letter.is_ascii_uppercase() && before.is_ascii_lowercase());
        if ends && word.bytes > 0 {
            parts += 1;
            known += usize::from(word.is_known());
            word.bytes = 0;
        }
        if letter.is_ascii_alphabetic() {
            word.push(letter.to_ascii_lowercase());
        }
        before = letter;
    }
    if word.bytes > 0 {
        parts += 1;
        known += usize::from(word.is_known());
    }
    (parts, known)
}

/// Letters of a word that may be known, with its ending.
const WORD_BYTES_MAX: usize = 24;

/// One word of a segment, in small letters.
#[derive(Default)]
struct Word {
    letters: [u8; WORD_BYTES_MAX],
    bytes: usize,
}

impl Word {
    fn push(&mut self, letter: u8) {
        if let Some(it) = self.letters.get_mut(self.bytes) {
            *it = letter;
        }
        self.bytes += 1;
    }

    fn is_known(&self) -> bool {
        let word = self.letters.get(..self.bytes).unwrap_or_default();
        is_known(str::from_utf8(word).unwrap_or_default())
    }
}

fn is_known(word: &str) -> bool {
    if word.len() < 2 {
        return false;
    }
    let ((one, end), root) = (one(word), root(word));
    is_listed(word)
        || match end {
            "" => one.len() < word.len() && is_listed(one),
            _ => is_listed(&format!("{one}{end}")),
        }
        || root.len() < word.len() && is_listed(root)
}

fn is_listed(word: &str) -> bool {
    VOCABULARY.binary_search(&word).is_ok()
}

/// `published` is from `publish`.
fn root(word: &str) -> &str {
    word.strip_suffix("ed").or(word.strip_suffix("ing")).or(word.strip_suffix('d')).unwrap_or(word)
}

/// One of what the word names: `categories` becomes `category`.
pub(crate) fn singular(word: &str) -> String {
    let (word, end) = one(word);
    format!("{word}{end}")
}

/// The same, in two parts.
fn one(word: &str) -> (&str, &'static str) {
    if let Some(it) = word.strip_suffix("ies").filter(|it| it.len() > 1) {
        return (it, "y");
    }
    for (many, kept) in [("sses", 2), ("ches", 2), ("shes", 2), ("xes", 1), ("uses", 2), ("ses", 1)]
    {
        if let Some(it) = word.strip_suffix(many) {
            let bytes = it.len() + kept + usize::from(many == "ses");
            return (word.get(..bytes).unwrap_or(word), "");
        }
    }
    if word.ends_with("ss") || word.ends_with("us") || word.ends_with("is") {
        return (word, "");
    }
    (word.strip_suffix('s').filter(|it| it.len() > 1).unwrap_or(word), "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_the_api_and_values_differ() {
        for name in
            ["users", "me", "v2", "chat.postMessage", "pull_requests", "addresses", "published"]
        {
            assert!(likeness(name) < -2.0, "{name} {}", likeness(name));
        }
        for value in ["jane-doe", "a1b2", "de-CH", "caf%C3%A9"] {
            assert!(likeness(value) > 0.0, "{value} {}", likeness(value));
        }
    }

    #[test]
    fn the_vocabulary_is_in_order() {
        assert!(VOCABULARY.is_sorted());
        let longest = VOCABULARY.iter().map(|it| it.len()).max();
        assert!(longest.is_some_and(|it| it + "ing".len() <= WORD_BYTES_MAX), "{longest:?}");
    }

    #[test]
    fn one_of_many() {
        let pairs = [
            ("orders", "order"),
            ("categories", "category"),
            ("addresses", "address"),
            ("boxes", "box"),
            ("status", "status"),
            ("branches", "branch"),
            ("cases", "case"),
            ("analysis", "analysis"),
            ("data", "data"),
        ];
        for (many, one) in pairs {
            assert_eq!(singular(many), one);
        }
    }
}
