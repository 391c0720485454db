//! The reference of the configuration, written from the table that the reader uses.

use super::clause;
use super::keys::{self, CLAUSES, Key, Row, SECTIONS, Section};
use super::overrides::VARIABLES;
use super::source::FILE_BYTES_MAX;
use super::unit::Unit;

const INTRODUCTION: &str = "# Configuration

<!-- Written by `config::reference` from the table of keys: change that, not this file. -->

`bartizan run -c bartizan.yaml` reads one YAML file. Unknown keys, duplicate keys, wrong types and
impossible values stop the start; `bartizan check` reports all of them at once. Aliases, tags and
several documents in one file are not read.

The shortest file:

```yaml
version: 1
upstream:
  url: http://127.0.0.1:3000
```

**Precedence.** Flags, then environment variables, then the file, then defaults. Values that are
overridden are checked all the same. `bartizan config show --origin` prints what is in force and
where each value came from.

**Reload.** `bartizan run` looks at its file once a second and takes a change over when two looks
in a row saw the same; SIGHUP takes it over at once. Certificates, keys and CAs in files are followed
in the same way: a renewed one is shown to the next client. A file with a mistake changes nothing, is
logged ([log.md](log.md)), and shows as `reload_fault` in `bartizan status`. `listen.address`,
`listen.workers`, `admin.address` and `data` change with the next start.

**Keys and certificates** are referred to and never stand in the file: `file:PATH`, a plain path,
or `env:NAME` for an environment variable that holds the PEM text. Relative paths are relative to
the working directory. `bartizan check` reads none of them.

For editors and pipelines there is a [JSON Schema](configuration.schema.json), which
`bartizan config schema` prints too. `bartizan check` knows more than it.

";

/// The text of `docs/configuration.md`.
pub fn reference() -> String {
    let mut text = INTRODUCTION.to_owned();
    text.push_str(&variables());
    text.push_str(&units());
    for section in &SECTIONS {
        text.push_str(&heading(section));
        for row in rows(section.name) {
            text.push_str(&line(&row));
        }
        if !section.example.is_empty() {
            text.push_str(&format!("\n```yaml\n{}```\n", section.example));
        }
    }
    text
}

fn variables() -> String {
    let mut text = "| variable | sets |\n|---|---|\n".to_owned();
    for (name, key) in VARIABLES {
        text.push_str(&format!("| `{name}` | `{key}` |\n"));
    }
    text.push_str("\nAn empty variable counts as unset.\n");
    text
}

fn units() -> String {
    let mut text = "\n**Units.**\n\n".to_owned();
    for unit in [Unit::Count, Unit::Bytes, Unit::Milliseconds] {
        text.push_str(&format!("- {}: {}\n", unit.noun(), unit.form()));
    }
    let file = Unit::Bytes.show(u64::try_from(FILE_BYTES_MAX).unwrap_or(u64::MAX));
    text.push_str(&format!("\nThe file itself may have {file}.\n"));
    text
}

fn heading(section: &Section) -> String {
    let is_top = section.name.is_empty();
    let name = if is_top { "Top level" } else { section.name };
    let says = if is_top { String::new() } else { format!("{}\n\n", section.says) };
    let mut text = format!("\n## {name}\n\n{says}");
    if let Some(items_max) = section.items_max {
        text.push_str(&format!("At most {items_max} items.\n\n"));
    }
    text.push_str("| key | type | default | bounds | |\n|---|---|---|---|---|\n");
    text
}

fn rows(section: &str) -> Vec<Row> {
    if section == CLAUSES {
        return clause::configurable().map(|it| keys::clause(it).row()).collect();
    }
    keys::all().filter(|it| it.name().section == section).map(Key::row).collect()
}

fn line(row: &Row) -> String {
    let Row { name, form, default, bounds } = row;
    format!("| `{}` | {form} | {default} | {bounds} | {} |\n", name.key, name.says)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Overrides, Settings, Source};

    #[test]
    fn every_example_is_a_configuration() {
        for example in SECTIONS.iter().map(|it| it.example).filter(|it| !it.is_empty()) {
            let has_upstream = example.contains("routes:");
            let upstream = if has_upstream { "" } else { "upstream: {url: 'http://a'}\n" };
            let routes = if example.contains("upstreams:") && !has_upstream {
                "routes: [{name: a, upstream: default}, {name: b, path: /b, upstream: orders}]\n"
            } else {
                ""
            };
            let text = format!("version: 1\n{upstream}{example}{routes}");
            let source = Source { name: String::new(), bytes: text.clone().into_bytes() };
            let accepted = Settings::read(&source, &Overrides::default(), 0);
            assert!(accepted.is_ok_and(|it| it.warnings.is_empty()), "{text}");
        }
    }
}
