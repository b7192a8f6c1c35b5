//! Faults at the system calls in which a run changes something, put in by strace: the run is killed
//! there, or the system refuses.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::{Command, Output, Stdio};

use crate::sandbox::Sandbox;

/// System calls that change something on a disk.
pub(crate) const CHANGES: &str = "write,pwrite64,copy_file_range,sendfile,fsync,fdatasync,syncfs,rename,\
    renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,mkdir,mkdirat,rmdir,ftruncate,\
    fchmod,chmod,fchmodat";

/// What happens at a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nobody can say any more what the run was about to do.
    Kill,
    /// The call does nothing and hands back this error.
    Error(&'static str),
}

/// Whose calls are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whose {
    /// Those of all its threads and children, each for itself.
    All,
    /// Those of its first thread: another program that it runs is left alone.
    Own,
}

/// Every how many-th is tried: `make soak` asks for each.
pub(crate) fn stride(usual: usize) -> usize {
    std::env::var("THROUGHLINE_STRIDE").map_or(usual, |text| text.parse().unwrap())
}

/// What came of a run with a fault in it.
pub(crate) struct Struck {
    /// Whether the call was reached.
    pub(crate) hit: bool,
    /// Nothing where it was killed.
    pub(crate) code: Option<i32>,
    pub(crate) said: String,
}

/// Runs the program with a fault at a call: the `at`th of its kind, counted in each thread.
pub(crate) fn strike(
    sandbox: &Sandbox,
    (arguments, whose): (&[&str], Whose),
    (call, at): (&str, usize),
    fault: Fault,
) -> Struck {
    let fault = match fault {
        Fault::Kill => "signal=KILL".to_owned(),
        Fault::Error(error) => format!("error={error}"),
    };
    let inject = format!("inject={call}:{fault}:when={at}");
    let (done, traced) =
        strace(sandbox, (arguments, whose), &["-e", &format!("trace={call}"), "-e", &inject]);
    let said = String::from_utf8_lossy(&[done.stdout, done.stderr].concat()).into_owned();
    assert!(!said.contains("panicked") && !said.contains("this is a bug"), "{inject}: {said}");
    let hit = traced.contains("(INJECTED)") || traced.contains("killed by SIGKILL");
    // strace ends as what it runs has ended.
    Struck { hit, code: done.status.code(), said }
}

/// A call that an undisturbed run makes.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) name: String,
    /// Which of its kind, from 1.
    pub(crate) at: usize,
    /// What it is about: paths from the sandbox's root, or `stdout` and `stderr`.
    pub(crate) about: Vec<String>,
    /// It changed nothing, as where a folder is there already.
    pub(crate) in_vain: bool,
}

/// The calls in which a run changes something, opening a new file among them. It must end well, and
/// one thread must make all of them, because each thread counts for itself.
pub(crate) fn calls(sandbox: &Sandbox, (arguments, whose): (&[&str], Whose)) -> Vec<Call> {
    let (done, traced) =
        strace(sandbox, (arguments, whose), &["-e", &format!("trace=openat,{CHANGES}")]);
    let said = String::from_utf8_lossy(&[done.stdout, done.stderr].concat()).into_owned();
    assert!(done.status.success(), "{arguments:?}: {said}");
    let mut found = Vec::new();
    let mut numbers: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let (mut threads, mut writers) = (BTreeSet::new(), BTreeSet::new());
    for line in traced.lines() {
        // Of one thread alone no number is shown.
        let shown = line.split_once(' ').filter(|_| whose == Whose::All);
        let (thread, call) = shown.unwrap_or(("", line));
        let Some((name, rest)) = call.trim_start().split_once('(') else { continue };
        assert!(!line.contains("<unfinished"), "two threads at once: {line}");
        threads.insert(thread);
        let at = numbers.entry((thread, name)).or_default();
        *at += 1;
        if name == "openat" && !rest.contains("O_CREAT") {
            continue;
        }
        writers.insert(thread);
        let in_vain = rest.contains(" = -1 ");
        found.push(Call { name: name.to_owned(), at: *at, about: about(sandbox, rest), in_vain });
    }
    assert_eq!(writers.len(), 1, "{arguments:?}: {writers:?}");
    // Where another thread reads, its calls would be struck as well.
    found.retain(|call: &Call| call.name != "openat" || threads.len() == 1);
    found
}

fn strace(
    sandbox: &Sandbox,
    (arguments, whose): (&[&str], Whose),
    how: &[&str],
) -> (Output, String) {
    let log = sandbox.path(LOG);
    let ours = sandbox.command(arguments);
    let mut command = Command::new("strace");
    command.args(if whose == Whose::All { &["-f"][..] } else { &[] });
    command.args(["-y", "-qq", "-s", "0", "-o"]).arg(&log).args(how);
    command.arg(ours.get_program()).args(ours.get_args()).current_dir(sandbox.root());
    command.env_clear();
    for (name, value) in ours.get_envs() {
        command.env(name, value.unwrap_or_default());
    }
    command.env("RAYON_NUM_THREADS", "1").env("NO_COLOR", "1").stdin(Stdio::null());
    let done = command.output().unwrap_or_else(|error| panic!("strace: {error}"));
    (done, fs::read_to_string(log).unwrap())
}

/// Where strace writes, which belongs to no workspace.
const LOG: &str = "strace";

/// The paths in a call: those that are typed, and those behind file descriptors.
fn about(sandbox: &Sandbox, call: &str) -> Vec<String> {
    let arguments = call.rsplit_once(") ").map_or(call, |(arguments, _)| arguments);
    let root = format!("{}/", sandbox.root().display());
    let relative = |text: &str| {
        let text = text.strip_prefix(&root).unwrap_or(text);
        text.strip_prefix("./").unwrap_or(text).to_owned()
    };
    let mut found: Vec<String> = arguments
        .split('"')
        .skip(1)
        .step_by(2)
        .filter(|one| !one.is_empty())
        .map(relative)
        .collect();
    for part in arguments.split(", ") {
        match part.split_once('<') {
            Some(("1", _)) => found.push("stdout".to_owned()),
            Some(("2", _)) => found.push("stderr".to_owned()),
            Some((number, path)) if number.parse::<u32>().is_ok() => {
                found.push(relative(path.trim_end_matches('>')));
            }
            _ => {}
        }
    }
    found
}
