//! `bartizan demo`: the bundled shop, its customers and its attacker, with and without the guard.

use crate::cli::{Demo, Exit};
use crate::commands::{fail, note, say};
use crate::config::{Overrides, Settings};
use crate::instance::{self, Instance};
use crate::tempo::Tempo;
use crate::wall::now_us;
use bartizan_demo::guard::{Guard, Held, Nobody};
use bartizan_demo::story::{Options, Outcome, tell};
use bartizan_model::terms::Force;
use serde_json::Value;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Tells the story.
pub fn run(it: &Demo) -> Exit {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("cannot start: {error}"), Exit::Failed),
    };
    // The checkpoints lie beside the data, and both are gone afterwards.
    let home = std::env::temp_dir().join(format!("bartizan-demo-{}", std::process::id()));
    let dir = home.join("data");
    let mut guard = Bartizan { dir, instance: None };
    let exit = runtime.block_on(tell_and_stay(it, &mut guard));
    if let Some(instance) = guard.instance {
        drop(instance.stop());
    }
    // The demo leaves nothing behind.
    drop(std::fs::remove_dir_all(&home));
    exit
}

async fn tell_and_stay(it: &Demo, guard: &mut Bartizan) -> Exit {
    let options = Options::of_seed(it.seed);
    let mut out = io::stdout();
    let told = if it.without_guard {
        tell(options, &mut Nobody, &mut out).await
    } else {
        tell(options, guard, &mut out).await
    };
    let outcome = match told {
        Ok(outcome) => outcome,
        Err(error) => return fail(&format!("the story broke off: {error}"), Exit::Failed),
    };
    if !it.exit {
        stay(&outcome, it, &guard.dir).await;
    }
    if outcome.as_told { Exit::Clean } else { Exit::Findings }
}

/// The guard of the story: an instance as `bartizan guard --lab --enforce` starts it, in less time.
struct Bartizan {
    dir: PathBuf,
    instance: Option<Instance>,
}

impl Guard for Bartizan {
    async fn stand_before(&mut self, shop: SocketAddr) -> io::Result<SocketAddr> {
        let overrides = Overrides::for_demo(shop, &self.dir);
        let accepted = Settings::for_guard(&overrides)
            .map_err(|report| io::Error::other(report.to_string()))?;
        let instance = instance::start(accepted.settings, &[]).map_err(io::Error::other)?;
        Ok(self.instance.insert(instance).address)
    }

    /// The clauses that everybody is held to. They count from when what was handed out meanwhile is known: before, nobody is
    /// foreign to anything.
    fn holds(&self) -> Option<Vec<Held>> {
        let contracts = self.instance.as_ref()?.contracts();
        let known_us = now_us().saturating_sub(Tempo::Demo.horizon_us());
        let is_held = |it: &&Value| {
            let since_us = it.pointer("/decided/at").and_then(Value::as_u64);
            let is_enforced = text(it, "force") == Force::Enforced.name();
            is_enforced && since_us.is_some_and(|it| it <= known_us)
        };
        let clauses = contracts.get("clauses").and_then(Value::as_array).into_iter().flatten();
        Some(clauses.filter(is_held).map(held).collect())
    }
}

fn held(clause: &Value) -> Held {
    let endpoint = format!("{} {}", text(clause, "method"), text(clause, "path"));
    let [name, says] = ["clause", "says"].map(|it| text(clause, it).to_owned());
    Held { endpoint, clause: name, says }
}

fn text<'a>(clause: &'a Value, name: &str) -> &'a str {
    clause.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// Says what to try, and stays up until Ctrl-C.
async fn stay(outcome: &Outcome, it: &Demo, dir: &Path) {
    let mut text = format!(
        "\nEverything stays up until Ctrl-C.\n  the bare shop    http://{}\n",
        outcome.shop
    );
    if !it.without_guard {
        text.push_str(&format!(
            "  behind bartizan  http://{0}\n\nTry:\n  curl 'http://{1}/products?q=lamp'\n  \
             curl \"http://{0}/products?q=%27%20UNION%20SELECT%20id,email,0,password%20FROM%20users%20--\"\n  \
             bartizan tail --data {2} --refused\n  bartizan contract show --data {2}\n",
            outcome.front,
            outcome.front,
            dir.display()
        ));
        if let Some(id) = outcome.decision_ids.first() {
            text.push_str(&format!("  bartizan why {id} --data {}\n", dir.display()));
        }
        text.push_str("\nYours:\n  bartizan guard http://localhost:3000\n");
    }
    if say(&text) != Exit::Clean {
        return;
    }
    if tokio::signal::ctrl_c().await.is_err() {
        note("cannot wait for Ctrl-C");
    }
}
