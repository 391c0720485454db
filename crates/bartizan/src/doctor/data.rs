//! Whether the data directory can be used, and by nobody else.

use super::Finding;
use crate::key;
use std::fs::{self, OpenOptions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

const KEY: &str = "data.dir";
/// Permissions of those who are not the owner.
const OTHERS: u32 = 0o077;

pub(super) fn examine(dir: &Path) -> Vec<Finding> {
    let shown = dir.display();
    match fs::metadata(dir) {
        Ok(it) if !it.is_dir() => {
            let mend = "remove what is there, or set another `data.dir`";
            vec![Finding::problem(KEY, format!("`{shown}` is not a directory"), mend)]
        }
        Ok(it) => vec![usable(dir, it.permissions().mode()), secret(dir)],
        Err(error) if error.kind() == io::ErrorKind::NotFound => vec![missing(dir)],
        Err(error) => {
            let mend = "let the user of bartizan enter it, or set another `data.dir`";
            vec![Finding::problem(KEY, format!("`{shown}` cannot be looked at: {error}"), mend)]
        }
    }
}

fn usable(dir: &Path, mode: u32) -> Finding {
    let shown = dir.display();
    if let Err(error) = write(dir) {
        let mend = format!("give it to the user of bartizan: chown USER '{shown}'");
        return Finding::problem(KEY, format!("`{shown}` cannot be written to: {error}"), mend);
    }
    if mode & OTHERS != 0 {
        let says = format!("`{shown}` is open to other users (mode {:04o})", mode & 0o7777);
        return Finding::warning(KEY, says, format!("chmod 700 '{shown}'"));
    }
    Finding::good(KEY, format!("`{shown}` can be written to, and is private"))
}

/// It is made at the start, so that its nearest ancestor must take it.
fn missing(dir: &Path) -> Finding {
    let shown = dir.display();
    // The parent of `data` is the empty path, which is no directory to any call.
    let here = |it: &Path| if it.as_os_str().is_empty() { ".".into() } else { it.to_path_buf() };
    let ancestors = dir.ancestors().skip(1).map(here);
    let Some(parent) = ancestors.into_iter().find(|it| it.exists()) else {
        return Finding::problem(KEY, format!("`{shown}` is nowhere"), "set another `data.dir`");
    };
    match write(&parent) {
        Ok(()) => Finding::good(KEY, format!("`{shown}` does not exist and can be made")),
        Err(error) => Finding::problem(
            KEY,
            format!("`{shown}` cannot be made in `{}`: {error}", parent.display()),
            format!("make it for the user of bartizan: install -d -m 700 -o USER '{shown}'"),
        ),
    }
}

/// Whoever has the key can find out which values were recorded.
fn secret(dir: &Path) -> Finding {
    let path = dir.join(key::FILE);
    let shown = path.display();
    match fs::metadata(&path) {
        Ok(it) if it.permissions().mode() & OTHERS != 0 => {
            let says = format!("other users can read `{shown}`, and so test what was recorded");
            Finding::problem(KEY, says, format!("chmod 600 '{shown}'"))
        }
        Ok(_) => Finding::good(KEY, format!("`{shown}` is private")),
        Err(_) => Finding::good(KEY, format!("`{shown}` is made at the first start")),
    }
}

fn write(dir: &Path) -> io::Result<()> {
    let path = dir.join(format!(".bartizan-doctor-{}", std::process::id()));
    OpenOptions::new().write(true).create_new(true).open(&path)?;
    fs::remove_file(path)
}

#[cfg(test)]
mod tests {
    use super::super::Level;
    use super::*;
    use std::path::PathBuf;

    struct Home(PathBuf);

    impl Home {
        fn new(name: &str, mode: u32) -> Self {
            let name = format!("bartizan-doctor-{name}-{}", std::process::id());
            let path = std::env::temp_dir().join(name);
            fs::create_dir_all(&path).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            Self(path)
        }

        fn put(&self, name: &str, mode: u32) {
            fs::write(self.0.join(name), "").unwrap();
            let mode = fs::Permissions::from_mode(mode);
            fs::set_permissions(self.0.join(name), mode).unwrap();
        }
    }

    impl Drop for Home {
        fn drop(&mut self) {
            drop(fs::remove_dir_all(&self.0));
        }
    }

    #[track_caller]
    fn check(dir: &Path, expected: &[(Level, &str)]) {
        let findings = examine(dir);
        assert_eq!(findings.len(), expected.len(), "{findings:?}");
        for (finding, (level, says)) in findings.iter().zip(expected) {
            assert_eq!(finding.level, *level, "{finding}");
            assert!(finding.to_string().contains(says), "{finding}");
        }
    }

    #[test]
    fn a_directory_of_ones_own_is_fine_and_left_as_it_was() {
        let home = Home::new("own", 0o700);
        check(&home.0, &[(Level::Good, "is private"), (Level::Good, "at the first start")]);
        assert_eq!(fs::read_dir(&home.0).unwrap().count(), 0);
    }

    #[test]
    fn a_directory_that_others_enter_is_doubtful() {
        let home = Home::new("open", 0o750);
        check(&home.0, &[(Level::Warning, "mode 0750"), (Level::Good, "")]);
    }

    #[test]
    fn a_key_that_others_read_is_a_problem() {
        let home = Home::new("key", 0o700);
        home.put(key::FILE, 0o640);
        check(&home.0, &[(Level::Good, ""), (Level::Problem, "chmod 600")]);
        home.put(key::FILE, 0o600);
        check(&home.0, &[(Level::Good, ""), (Level::Good, "hash.key` is private")]);
    }

    #[test]
    fn a_directory_that_is_not_there_can_be_made_or_not() {
        let home = Home::new("missing", 0o700);
        check(&home.0.join("a/b"), &[(Level::Good, "does not exist and can be made")]);
        assert_eq!(fs::read_dir(&home.0).unwrap().count(), 0);
        check(Path::new("/proc/nowhere/data"), &[(Level::Problem, "cannot be made in `/proc`")]);
    }

    #[test]
    fn a_file_is_no_directory() {
        let home = Home::new("file", 0o700);
        home.put("data", 0o600);
        check(&home.0.join("data"), &[(Level::Problem, "is not a directory")]);
    }
}
