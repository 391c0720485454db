//! The bartizan binary: reads the command line and does what it says.

use bartizan::cli::{Cli, Exit};
use bartizan::commands;
use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    match Cli::try_parse() {
        Ok(cli) => commands::run(cli).into(),
        Err(error) => {
            let exit = Exit::of_clap(&error);
            // Where nobody can be told, the exit code tells.
            drop(error.print());
            exit.into()
        }
    }
}
