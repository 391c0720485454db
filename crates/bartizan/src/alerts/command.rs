//! `bartizan alerts test`: asks the instance in a data directory to send a test alert.

use super::SCHEMA;
use crate::cli::{self, Exit, Output};
use crate::commands::{fail, say};
use crate::config;
use crate::control::{self, Question};
use serde_json::{Value, json};
use std::path::Path;

/// Ends with 3 if any target did not take it.
pub fn run(dir: &Path, it: &cli::AlertsTest) -> Exit {
    let target = match it.target.as_deref().map(config::name) {
        Some(None) => return fail("--target: no target has such a name", Exit::Usage),
        Some(Some(name)) => Some(name),
        None => None,
    };
    let answer = match control::ask(dir, &Question::TestAlert(target)) {
        Ok(answer) => answer,
        Err(error) => {
            let text = format!("no bartizan runs in `{}`: {error}", dir.display());
            return fail(&text, Exit::Failed);
        }
    };
    if let Some(why) = answer.get("error").and_then(Value::as_str) {
        return fail(why, Exit::Failed);
    }
    let tested = answer.get("tested").and_then(Value::as_array).cloned().unwrap_or_default();
    let said = match it.asking.output {
        Output::Human => say(&tested.iter().map(line).collect::<String>()),
        Output::Json => say(&format!("{answer}\n")),
        Output::Ndjson => say(&tested.iter().map(schema_line).collect::<String>()),
    };
    let all = tested.iter().all(|it| it.get("delivered") == Some(&Value::Bool(true)));
    if all { said } else { Exit::Failed }
}

fn line(it: &Value) -> String {
    let text = |name: &str| it.get(name).and_then(Value::as_str).unwrap_or_default();
    let delivered = it.get("delivered") == Some(&Value::Bool(true));
    let word = if delivered { "delivered" } else { "NOT delivered" };
    format!("{}: {word}: {}\n", text("target"), text("detail"))
}

fn schema_line(it: &Value) -> String {
    let mut it = it.clone();
    if let Some(members) = it.as_object_mut() {
        members.insert("schema".to_owned(), json!(SCHEMA));
    }
    format!("{it}\n")
}
