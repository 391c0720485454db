//! The bartizan binary: reads the command line and does what it says.

use bartizan::cli::{Cli, Exit};
use bartizan::commands::{self, note, say};
use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    match Cli::try_parse() {
        Ok(cli) => commands::run(cli).into(),
        Err(error) => {
            let exit = Exit::of_clap(&error);
            let text = error.render().to_string();
            // Where nobody can be told, the exit code tells.
            if exit == Exit::Clean {
                say(&text);
            } else {
                note(text.trim_end());
            }
            exit.into()
        }
    }
}
