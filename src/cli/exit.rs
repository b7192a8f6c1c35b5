//! Exit codes, and the one place where a run ends.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use super::args::{Cli, Command};
use super::console::Console;
use super::{
    approve, build, check, completions, diff, explain, ga4, graph, init, links, lock, plan,
    receipt, release, rules, schema, status, swap, tax, verify, watch,
};
use crate::publish::{PublishFault, Stop};
use crate::source::Decision;

/// How a run ended. The numbers are part of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    /// Done.
    Done,
    /// Something is wrong in what was read or built.
    Findings,
    /// The command line is wrong.
    Usage,
    /// A gate is open, or a window is missed.
    NotReady,
    /// A plan does not fit any more.
    Stale,
    /// Something could not be read or written.
    Io,
    /// A bug in throughline.
    Bug,
}

/// Two parts of the engine that must agree do not. Nothing of it is published.
#[derive(Debug)]
pub(super) struct Bug(pub(super) String);

impl std::fmt::Display for Bug {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Bug {}

impl Exit {
    pub(super) fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Findings => 1,
            Self::Usage => 2,
            Self::NotReady => 3,
            Self::Stale => 4,
            Self::Io => 5,
            Self::Bug => 70,
        }
    }
}

/// Parses the command line, runs the command, and turns its end into an exit code.
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are no errors.
            let exit = if error.use_stderr() { Exit::Usage } else { Exit::Done };
            let _ = error.print();
            return ExitCode::from(exit.code());
        }
    };
    std::panic::set_hook(Box::new(|panic| {
        let mut console = Console::plain();
        console.error(&bug_message(&panic.to_string()));
    }));
    let exit = match catch_unwind(AssertUnwindSafe(|| dispatch(&cli))) {
        Ok(Ok(exit)) => exit,
        Ok(Err(error)) => {
            let mut console = Console::new(cli.format, cli.color);
            if let Some(Bug(what)) = error.downcast_ref() {
                console.error(&bug_message(what));
                Exit::Bug
            } else {
                console.error(&format!("{error:#}"));
                error.downcast_ref().map_or(Exit::Io, stopped)
            }
        }
        Err(_) => Exit::Bug,
    };
    ExitCode::from(exit.code())
}

/// How a run ends that published nothing.
fn stopped(fault: &PublishFault) -> Exit {
    match fault.stop {
        Stop::Moved => Exit::Stale,
        Stop::Broken | Stop::Unknown => Exit::Findings,
    }
}

fn bug_message(what: &str) -> String {
    let version = env!("CARGO_PKG_VERSION");
    format!(
        "this is a bug in throughline {version}, not in your files; please report it with this line: {what}"
    )
}

fn dispatch(cli: &Cli) -> Result<Exit> {
    let mut console = Console::new(cli.format, cli.color);
    let root = cli.directory.as_path();
    match &cli.command {
        Command::Init(args) => init::run(root, args, &mut console),
        Command::Check(args) => check::run(root, args, &mut console),
        Command::Build(args) => build::run(root, args, &mut console),
        Command::Watch(args) => watch::run(root, args, &mut console),
        Command::Plan(args) => plan::run(root, args, &mut console),
        Command::Apply(args) => plan::apply(root, args, &mut console),
        Command::Diff(args) => diff::run(root, args, &mut console),
        Command::Graph(args) => graph::run(root, args, &mut console),
        Command::Review(args) => approve::review(root, args, &mut console),
        Command::Approve(args) => approve::decide(root, Decision::Approve, args, &mut console),
        Command::Reject(args) => approve::decide(root, Decision::Reject, args, &mut console),
        Command::Revoke(args) => approve::revoke(root, args, &mut console),
        Command::Verify(args) if args.is_of_target() => release::verify(root, args, &mut console),
        Command::Verify(args) => verify::run(root, args, &mut console),
        Command::Release(args) => release::release(root, args, &mut console),
        Command::Rollback(args) => release::rollback(root, args, &mut console),
        Command::Gc(args) => release::gc(root, args, &mut console),
        Command::Sent(args) => release::sent(root, args, &mut console),
        Command::Audit(args) => release::audit(root, args, &mut console),
        Command::Explain(args) => explain::run(root, args, &mut console),
        Command::Links(args) => links::run(root, args, &mut console),
        Command::Ga4(args) => ga4::run(root, args, &mut console),
        Command::Lock(args) => lock::run(root, args, &mut console),
        Command::Schema(args) => schema::run(root, args, &mut console),
        Command::Status(args) => status::run(root, args, &mut console),
        Command::Receipt(args) => receipt::run(root, args, &mut console),
        Command::Tax(args) => tax::run(root, args, &mut console),
        Command::Swap(args) => swap::run(root, args, &mut console),
        Command::Rules(args) => rules::run(root, args, &mut console),
        Command::Completions(args) => completions::run(args, &mut console),
    }
}
