//! The reference of all codes and clauses, for `docs/codes.md`.

use bartizan_model::clause::{ClauseName, DefaultMode};
use bartizan_model::code::Code;

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
