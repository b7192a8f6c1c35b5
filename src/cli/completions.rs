//! `completions`: what shells need to complete our commands.

use anyhow::Result;
use clap::CommandFactory;

use super::args::{Cli, CompletionsArgs};
use super::console::Console;
use super::exit::Exit;

pub(super) fn run(args: &CompletionsArgs, console: &mut Console) -> Result<Exit> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "throughline", &mut text);
    console.bytes(&text)?;
    Ok(Exit::Done)
}
