//! `bartizan demo`: the bundled shop, its customers and its attacker, with and without the guard.

use crate::cli::{Demo, Exit};
use crate::commands::{fail, note, say};
use crate::config::{Overrides, Settings};
use crate::instance::{self, Instance};
use bartizan_demo::story::{Options, Outcome, tell};
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Mutex;

/// Tells the story.
pub fn run(it: &Demo) -> Exit {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("cannot start: {error}"), Exit::Failed),
    };
    // The checkpoints lie beside the data, and both are gone afterwards.
    let home = std::env::temp_dir().join(format!("bartizan-demo-{}", std::process::id()));
    let dir = home.join("data");
    let guard = Mutex::new(None);
    let exit = runtime.block_on(tell_and_stay(it, &dir, &guard));
    if let Ok(Some(instance)) = guard.into_inner() {
        drop(instance.stop());
    }
    // The demo leaves nothing behind.
    drop(std::fs::remove_dir_all(&home));
    exit
}

async fn tell_and_stay(it: &Demo, dir: &Path, guard: &Mutex<Option<Instance>>) -> Exit {
    let options = Options { seed: it.seed, shop_port: 0 };
    let mut out = io::stdout();
    let told = if it.without_guard {
        tell(options, async |shop| Ok(shop), &mut out).await
    } else {
        let start = async |shop| start_guard(shop, dir, guard);
        tell(options, start, &mut out).await
    };
    let outcome = match told {
        Ok(outcome) => outcome,
        Err(error) => return fail(&format!("the story broke off: {error}"), Exit::Failed),
    };
    if !it.exit {
        stay(&outcome, it, dir).await;
    }
    if outcome.as_told { Exit::Clean } else { Exit::Findings }
}

fn start_guard(
    shop: SocketAddr,
    dir: &Path,
    guard: &Mutex<Option<Instance>>,
) -> io::Result<SocketAddr> {
    let overrides = Overrides::for_demo(shop, dir);
    let accepted =
        Settings::for_guard(&overrides).map_err(|report| io::Error::other(report.to_string()))?;
    let instance = instance::start(accepted.settings, &[]).map_err(io::Error::other)?;
    let address = instance.address;
    if let Ok(mut slot) = guard.lock() {
        *slot = Some(instance);
    }
    Ok(address)
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
             bartizan tail --data {2} --refused\n",
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
