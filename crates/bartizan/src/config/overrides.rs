//! Values that win over the file: flags, then environment variables.
//!
//! They stay text here and are read by the same code as the file's values, so that one mistake
//! has one message wherever it is made.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use super::keys;
use super::origin::{Given, Origin};

/// The environment variables, and the key that each sets.
pub(super) const VARIABLES: [(&str, &str); 6] = [
    ("BARTIZAN_MODE", "mode"),
    ("BARTIZAN_CONTENT", "content"),
    ("BARTIZAN_LISTEN", "listen.address"),
    ("BARTIZAN_ADMIN", "admin.address"),
    ("BARTIZAN_DATA", "data.dir"),
    ("BARTIZAN_UPSTREAM", "upstream.url"),
];

/// Values from outside the file, and where each came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// `mode`.
    pub mode: Option<Given<OsString>>,
    /// `content`.
    pub content: Option<Given<OsString>>,
    /// `listen.address`.
    pub listen: Option<Given<OsString>>,
    /// `admin.address`.
    pub admin: Option<Given<OsString>>,
    /// `description`.
    pub description: Option<Given<OsString>>,
    /// The command that sets `listen.mirror`.
    pub mirror: Option<&'static str>,
    /// The flag that sets `lab`.
    pub lab: Option<&'static str>,
    /// The demo's guard: what is learnt counts after seconds. Nothing else sets it.
    pub is_demo: bool,
    /// `data.dir`.
    pub data: Option<Given<OsString>>,
    /// `upstream.url`.
    pub upstream: Option<Given<OsString>>,
    /// `trusted_proxies`, replacing the file's list unless empty.
    pub trusted_proxies: Vec<Given<OsString>>,
}

impl Overrides {
    /// Reads the environment through `lookup`, which is `std::env::var_os` outside tests.
    ///
    /// An empty variable counts as unset: container files cannot always leave one out.
    pub fn from_environment(lookup: impl Fn(&str) -> Option<OsString>) -> Self {
        let read = |name: &'static str| {
            let value = lookup(name).filter(|it| !it.is_empty())?;
            Some(Given { value, origin: Origin::Environment(name) })
        };
        Self {
            mode: read("BARTIZAN_MODE"),
            content: read("BARTIZAN_CONTENT"),
            listen: read("BARTIZAN_LISTEN"),
            description: None,
            mirror: None,
            lab: None,
            is_demo: false,
            admin: read("BARTIZAN_ADMIN"),
            data: read("BARTIZAN_DATA"),
            upstream: read("BARTIZAN_UPSTREAM"),
            trusted_proxies: Vec::new(),
        }
    }

    /// What the demo starts its guard with: everything on loopback, on free ports, enforcing, and
    /// learning within seconds.
    pub fn for_demo(upstream: SocketAddr, data: &Path) -> Self {
        let given = |value: OsString| Some(Given { value, origin: Origin::Flag("demo") });
        Self {
            mode: given("enforce".into()),
            content: None,
            listen: given("127.0.0.1:0".into()),
            description: None,
            mirror: None,
            lab: None,
            is_demo: true,
            admin: given("127.0.0.1:0".into()),
            data: given(data.into()),
            upstream: given(format!("http://{upstream}").into()),
            trusted_proxies: Vec::new(),
        }
    }

    /// These, and where they are silent, `weaker`.
    #[must_use]
    pub fn or(self, weaker: Self) -> Self {
        let is_silent = self.trusted_proxies.is_empty();
        Self {
            mode: self.mode.or(weaker.mode),
            content: self.content.or(weaker.content),
            listen: self.listen.or(weaker.listen),
            description: self.description.or(weaker.description),
            mirror: self.mirror.or(weaker.mirror),
            lab: self.lab.or(weaker.lab),
            is_demo: self.is_demo || weaker.is_demo,
            admin: self.admin.or(weaker.admin),
            data: self.data.or(weaker.data),
            upstream: self.upstream.or(weaker.upstream),
            trusted_proxies: if is_silent { weaker.trusted_proxies } else { self.trusted_proxies },
        }
    }
}

/// The data directory for commands that read no file: override, or default.
pub fn data_dir(overrides: &Overrides) -> PathBuf {
    match &overrides.data {
        Some(given) => PathBuf::from(&given.value),
        None => PathBuf::from(keys::DATA_DIR_DEFAULT),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Settings;
    use crate::tempo::Tempo;

    fn given(value: &str, origin: Origin) -> Option<Given<OsString>> {
        Some(Given { value: value.into(), origin })
    }

    #[test]
    fn only_the_demo_learns_within_seconds() {
        let demo = Overrides::for_demo(SocketAddr::from(([127, 0, 0, 1], 1)), Path::new("x"));
        let tempo = |it: &Overrides| Settings::for_guard(it).unwrap().settings.tempo;
        assert_eq!(tempo(&demo), Tempo::Demo);
        let lab = Overrides { is_demo: false, lab: Some("--lab"), ..demo.clone() };
        assert_eq!(tempo(&lab), Tempo::Lab);
        assert_eq!(tempo(&Overrides { lab: None, ..lab }), Tempo::Usual);
    }

    #[test]
    fn six_variables_are_read_and_empty_ones_are_unset() {
        let read = Overrides::from_environment(|name| match name {
            "BARTIZAN_MODE" => Some("enforce".into()),
            "BARTIZAN_LISTEN" => Some("".into()),
            "BARTIZAN_CONTENT" => Some("strict".into()),
            "BARTIZAN_ADMIN" | "BARTIZAN_DATA" | "BARTIZAN_UPSTREAM" => Some(name.into()),
            other => panic!("{other} is not documented"),
        });
        assert_eq!(read.mode, given("enforce", Origin::Environment("BARTIZAN_MODE")));
        assert_eq!(read.content, given("strict", Origin::Environment("BARTIZAN_CONTENT")));
        assert_eq!(read.listen, None);
        assert_eq!(read.data, given("BARTIZAN_DATA", Origin::Environment("BARTIZAN_DATA")));
        assert!(read.admin.is_some() && read.upstream.is_some());
    }

    #[test]
    fn exactly_the_documented_variables_are_read() {
        let asked = std::cell::RefCell::new(Vec::new());
        Overrides::from_environment(|name| {
            asked.borrow_mut().push(name.to_owned());
            None
        });
        assert_eq!(asked.into_inner(), VARIABLES.map(|(name, _)| name));
    }

    #[test]
    fn a_flag_wins_over_the_environment() {
        let flag = given("a", Origin::Flag("--data"));
        let environment = given("b", Origin::Environment("BARTIZAN_DATA"));
        let flags = Overrides { data: flag.clone(), ..Overrides::default() };
        let weaker = Overrides {
            data: environment,
            mode: given("enforce", Origin::Environment("BARTIZAN_MODE")),
            ..Overrides::default()
        };
        let both = flags.or(weaker.clone());
        assert_eq!((both.data, both.mode), (flag, weaker.mode));
    }

    #[test]
    fn commands_without_a_file_share_the_default_directory() {
        assert_eq!(data_dir(&Overrides::default()), PathBuf::from("./bartizan-data"));
        let data = given("/x", Origin::Flag("--data"));
        assert_eq!(data_dir(&Overrides { data, ..Overrides::default() }), PathBuf::from("/x"));
    }
}
