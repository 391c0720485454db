//! All codes and clauses: the reference `docs/codes.md`, and what `bartizan codes` lists.

use crate::cli::Output;
use bartizan_model::clause::{ClauseName, DefaultMode};
use bartizan_model::code::Code;
use serde_json::{Value, json};

/// Name and version of the JSON form.
pub const SCHEMA: &str = "bartizan.codes/v1";

/// All codes, as `bartizan codes` prints them.
pub fn listed(output: Output) -> String {
    match output {
        Output::Human => Code::ALL.iter().map(|it| line(*it)).collect(),
        Output::Json => {
            let codes: Vec<_> = Code::ALL.iter().map(|it| as_json(*it)).collect();
            format!("{}\n", json!({ "schema": SCHEMA, "codes": codes }))
        }
        Output::Ndjson => Code::ALL.iter().map(|it| format!("{}\n", with_schema(*it))).collect(),
    }
}

fn line(code: Code) -> String {
    let entry = code.entry();
    format!("{:<32} {:>3}  {:<24} {}\n", entry.name, entry.status, entry.clause.name(), entry.title)
}

fn as_json(code: Code) -> Value {
    let entry = code.entry();
    json!({
        "code": entry.name,
        "status": entry.status,
        "clause": entry.clause.name(),
        "title": entry.title,
        "says": entry.text,
    })
}

fn with_schema(code: Code) -> Value {
    let mut it = as_json(code);
    if let Some(members) = it.as_object_mut() {
        members.insert("schema".to_owned(), json!(SCHEMA));
    }
    it
}

/// The text of `docs/codes.md`.
pub fn reference() -> String {
    let mut out = String::from(
        "# Codes and clauses\n\nEvery refusal and every finding has a code. A client is told the \
         code, a short title and a decision id; `bartizan why DECISION_ID` tells the rest. Codes \
         are never reused. Generated from the program; do not edit.\n\n## Clauses\n\nA violated \
         clause refuses (`enforce`), is noted as a would-be refusal (`observe`), or is not \
         assessed (`off`).\n\n| clause | says | mode where nothing is configured |\n|---|---|---|\n",
    );
    for clause in ClauseName::ALL {
        let mode = match clause.default_mode() {
            DefaultMode::Law => "always enforced: no configuration and no exception lifts it",
            DefaultMode::Follows => {
                "that of the instance: `observe`, or `enforce` with `--enforce`"
            }
            DefaultMode::Declared => {
                "`enforce`, in every mode of the instance: it speaks only of what the configuration declares"
            }
            DefaultMode::Observed => "`observe`, also with `--enforce`; `enforce` by name only",
        };
        out.push_str(&format!("| `{clause}` | {} | {mode} |\n", clause.says()));
    }
    out.push_str("\n## Codes\n");
    let mut area = "";
    for code in Code::ALL {
        let entry = code.entry();
        let own = entry.name.split('.').next().unwrap_or_default();
        if own != area {
            area = own;
            out.push_str(&format!("\n### {area}\n"));
        }
        out.push_str(&format!(
            "\n**`{}`** (status {}, clause `{}`, \"{}\"). {}\n",
            entry.name, entry.status, entry.clause, entry.title, entry.text
        ));
    }
    out
}
