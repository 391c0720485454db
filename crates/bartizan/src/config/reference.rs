//! The reference of the configuration, written from the table that the reader uses.

use super::clause;
use super::keys::{self, ALL, CLAUSES, EXCEPTIONS, Key, Row, SECTIONS};
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
in a row saw the same; SIGHUP takes it over at once. A file with a mistake changes nothing, is said
on standard error, and shows as `reload_fault` in `bartizan status`. `listen.address`,
`listen.workers`, `admin.address` and `data` change with the next start.

For editors and pipelines there is a [JSON Schema](configuration.schema.json), which
`bartizan config schema` prints too. `bartizan check` knows more than it.

";

const EXCEPTION_EXAMPLE: &str = "
```yaml
exceptions:
  - clause: content.sqli
    endpoint: POST /reviews
    field: body $.comment
    reason: reviewers quote SQL
    expires: 2027-01-31
```
";

/// The text of `docs/configuration.md`.
pub fn reference() -> String {
    let mut text = INTRODUCTION.to_owned();
    text.push_str(&variables());
    text.push_str(&units());
    for (section, says) in SECTIONS {
        text.push_str(&heading(section, says));
        for row in rows(section) {
            text.push_str(&line(&row));
        }
    }
    text.push_str(EXCEPTION_EXAMPLE);
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

fn heading(section: &str, says: &str) -> String {
    let name = if section.is_empty() { "Top level" } else { section };
    let says = if section.is_empty() { String::new() } else { format!("{says}\n\n") };
    let mut text = format!("\n## {name}\n\n{says}");
    if section == EXCEPTIONS {
        text.push_str(&format!("At most {} items.\n\n", keys::EXCEPTIONS_MAX));
    }
    text.push_str("| key | type | default | bounds | |\n|---|---|---|---|---|\n");
    text
}

fn rows(section: &str) -> Vec<Row> {
    if section == CLAUSES {
        return clause::configurable().map(|it| keys::clause(it).row()).collect();
    }
    ALL.iter().map(|it| it.row()).filter(|it| it.name.section == section).collect()
}

fn line(row: &Row) -> String {
    let Row { name, form, default, bounds } = row;
    format!("| `{}` | {form} | {default} | {bounds} | {} |\n", name.key, name.says)
}
