//! `watch`: builds, waits for a save, builds again. One round at a time, each as if it were the
//! first: nothing of a workspace outlives its round but what was told of it.

mod args;
mod findings;
mod round;
mod shown;

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

pub(super) use args::{EXAMPLES, WatchArgs};
use round::{Ended, Rounds};
use shown::{print_failure, print_round};

use super::console::Console;
use super::exit::{Bug, Exit};
use super::prepare::use_threads;
use crate::load::{SourceWatch, Waited};
use crate::store::is_workspace;

/// How often files are looked at where the system turns out not to tell.
const FALLBACK: Duration = Duration::from_millis(500);

pub(super) fn run(root: &Path, args: &WatchArgs, console: &mut Console) -> Result<Exit> {
    use_threads(args.build.jobs);
    console.show(args.build.findings);
    let begun = is_workspace(root);
    let cannot = || format!("cannot watch {}", root.display());
    let mut watch = SourceWatch::new(root, args.interval()).with_context(cannot)?;
    let busy = Arc::new(AtomicBool::new(false));
    end_on_signal(&watch, &busy)?;
    let mut rounds = Rounds::new(root, args);
    let mut saved = BTreeSet::new();
    loop {
        // Before anything is read: what is saved from here on is another round.
        arm(&mut watch, console)?;
        busy.store(true, Ordering::SeqCst);
        let exit = one_round(&mut rounds, &saved, console)?;
        busy.store(false, Ordering::SeqCst);
        if !begun || exit == Exit::Usage {
            return Ok(exit);
        }
        saved = loop {
            match watch.wait() {
                Waited::End => return Ok(Exit::Done),
                Waited::Saved(mut saved) => {
                    let own = rounds.leave_out_own(&mut saved);
                    if !own || !saved.is_empty() {
                        break saved;
                    }
                }
            }
        };
    }
}

/// Runs a round and shows it. What stops the first round stops the command; later ones are tried
/// again at the next save.
fn one_round(
    rounds: &mut Rounds<'_>,
    saved: &BTreeSet<String>,
    console: &mut Console,
) -> Result<Exit> {
    let start = now();
    let first = rounds.number == 0;
    let ended = match catch_unwind(AssertUnwindSafe(|| rounds.run(console))) {
        Ok(ended) => ended,
        // The hook has told what it was.
        Err(_) if first => return Ok(Exit::Bug),
        Err(_) => Err(Bug("it is told above".to_owned()).into()),
    };
    let number = rounds.number;
    match ended {
        Ok(Ended::BadTime(exit)) => Ok(exit),
        Ok(Ended::Round(round)) => {
            print_round(&round, (number, saved, now().duration_since(start)), console)?;
            Ok(round.exit)
        }
        Err(error) if first => Err(error),
        Err(error) => {
            print_failure(&error, (number, saved), console)?;
            Ok(Exit::Io)
        }
    }
}

/// Lets the system tell what is saved, or looks where it cannot.
fn arm(watch: &mut SourceWatch, console: &mut Console) -> Result<()> {
    let Err(reason) = watch.arm() else { return Ok(()) };
    let every = FALLBACK.as_millis();
    console.note(&format!(
        "note: the system does not tell what is saved ({reason}): looking every {every} ms"
    ));
    watch.look(FALLBACK);
    watch.arm().map_err(anyhow::Error::msg)
}

/// The first signal ends the waiting; a second one does not wait for the build at hand, which
/// leaves what an interrupted build leaves.
fn end_on_signal(watch: &SourceWatch, busy: &Arc<AtomicBool>) -> Result<()> {
    let (end, busy) = (watch.ender(), Arc::clone(busy));
    let asked = AtomicBool::new(false);
    let handler = move || {
        if asked.swap(true, Ordering::SeqCst) {
            #[allow(clippy::exit, reason = "nothing else ends a build that waits for a lock")]
            std::process::exit(INTERRUPTED);
        }
        if busy.load(Ordering::SeqCst) {
            Console::plain().note("ending after this build; once more to end at once");
        }
        end();
    };
    ctrlc::set_handler(handler).context("cannot be told of Ctrl-C")
}

/// What shells say of a program that Ctrl-C has ended.
const INTERRUPTED: i32 = 130;

#[allow(
    clippy::disallowed_methods,
    reason = "how long a round took is shown and reaches no output"
)]
fn now() -> Instant {
    Instant::now()
}
