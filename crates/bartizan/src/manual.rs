//! What the command line says of itself to other programs: completions for shells, pages for `man`.
//!
//! Reads    the definitions of the commands.
//! Writes   standard output, or a directory: one page per command, named as `man` looks for it.
//! Errors   a directory that cannot be written to.

use crate::cli::{Cli, Exit, Shell};
use crate::commands::{fail, say};
use clap::CommandFactory;
use clap_mangen::Man;
use std::fs;
use std::io;
use std::path::Path;

const BINARY: &str = "bartizan";

/// Writes the completions of a shell.
pub fn completions(shell: Shell) -> Exit {
    say(&completions_for(shell))
}

/// Writes every page into `dir`, or the first one to standard output.
pub fn pages(dir: Option<&Path>) -> Exit {
    let Some(dir) = dir else {
        return match page(&whole()) {
            Ok(page) => say(&String::from_utf8_lossy(&page)),
            Err(error) => fail(&format!("cannot write the manual: {error}"), Exit::Failed),
        };
    };
    match write_all(dir) {
        Ok(()) => Exit::Clean,
        Err(error) => {
            fail(&format!("cannot write into `{}`: {error}", dir.display()), Exit::Failed)
        }
    }
}

fn completions_for(shell: Shell) -> String {
    let mut root = Cli::command();
    let mut out = Vec::new();
    let shell = match shell {
        Shell::Bash => clap_complete::Shell::Bash,
        Shell::Zsh => clap_complete::Shell::Zsh,
        Shell::Fish => clap_complete::Shell::Fish,
    };
    clap_complete::generate(shell, &mut root, BINARY, &mut out);
    String::from_utf8_lossy(&out).into_owned()
}

fn write_all(dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)?;
    write(dir, &whole())
}

fn write(dir: &Path, command: &clap::Command) -> io::Result<()> {
    let name = command.get_display_name().unwrap_or(BINARY);
    fs::write(dir.join(format!("{name}.1")), page(command)?)?;
    command.get_subcommands().try_for_each(|it| write(dir, it))
}

/// Every command, `help` apart: it is the same text again.
fn whole() -> clap::Command {
    let mut root = Cli::command().disable_help_subcommand(true);
    root.build();
    root
}

/// `man` shows help texts in another order, so the examples, which open the help, close the page.
fn page(command: &clap::Command) -> io::Result<Vec<u8>> {
    let examples = command.get_before_help().map(ToString::to_string);
    let command = match examples {
        Some(examples) => command.clone().after_help(examples),
        None => command.clone(),
    };
    let mut out = Vec::new();
    let source = concat!("bartizan ", env!("CARGO_PKG_VERSION"));
    Man::new(command).source(source).manual("bartizan").render(&mut out)?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shell_learns_every_command() {
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
            let text = completions_for(shell);
            for command in Cli::command().get_subcommands() {
                assert!(text.contains(command.get_name()), "{shell:?} {}", command.get_name());
            }
        }
    }

    #[test]
    fn a_page_names_its_command_and_shows_its_examples() {
        let text = |it: &clap::Command| String::from_utf8(page(it).unwrap()).unwrap();
        let root = whole();
        assert!(text(&root).contains("bartizan\\-guard(1)"));
        assert!(!text(&root).contains("bartizan\\-help(1)"));
        let guard = text(root.find_subcommand("guard").unwrap());
        assert!(guard.contains("Stand in front of an API"));
        assert!(guard.contains("Examples:"));
    }
}
