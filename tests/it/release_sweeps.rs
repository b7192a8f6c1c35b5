//! Faults at every point where `release`, `rollback` and `gc` change something on a disk: the run is
//! killed there, or the system refuses. What is live stays whole, and the same command again is
//! enough. Also power cuts, and a reader that never stops.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::Value;
use throughline::store::FolderStore;

use crate::published::{build, check, go_back, must_publish, read_live};
use crate::releases::{built, one_line, rebuild};
use crate::sandbox::{Sandbox, files_below};
use crate::strikes::{Fault, Struck, Whose, calls, stride, strike};

/// A sample in `make test`.
const USUAL: usize = 23;
/// A disk that is full, and one that is broken.
const REFUSED: [Fault; 2] = [Fault::Error("ENOSPC"), Fault::Error("EIO")];

fn copy(from: &Path, to: &Path) {
    let _ = fs::remove_dir_all(to);
    let copied = Command::new("cp").arg("-a").arg(from).arg(to).status().unwrap();
    assert!(copied.success());
}

/// A workspace whose target is copied back before each round.
struct Rig {
    sandbox: Sandbox,
    command: Vec<&'static str>,
}

impl Rig {
    /// Keeps the target as it is now.
    fn new(sandbox: Sandbox, command: &[&'static str]) -> Self {
        if !sandbox.path("releases").exists() {
            fs::create_dir(sandbox.path("releases")).unwrap();
        }
        copy(&sandbox.path("releases"), &sandbox.path("kept"));
        Self { sandbox, command: command.to_vec() }
    }

    /// Runs it with a fault at a call, on the target as it was.
    fn strike(&self, call: (&str, usize), fault: Fault) -> Struck {
        copy(&self.sandbox.path("kept"), &self.sandbox.path("releases"));
        strike(&self.sandbox, (&self.command, Whose::All), call, fault)
    }

    /// What is live is whole, or what was live before is.
    fn is_whole(&self, why: &str) -> Option<(u64, String)> {
        let path = self.sandbox.path("releases/env/production/current.json");
        if !path.exists() {
            return None;
        }
        let store = FolderStore::new(self.sandbox.path("releases"), "releases".to_owned());
        let (seq, root) = read_live(&store).unwrap_or_else(|| panic!("{why}"));
        let site = self.sandbox.path("releases/sites/production/current");
        if site.symlink_metadata().is_ok() {
            assert!(fs::canonicalize(&site).is_ok_and(|at| !files_below(&at).is_empty()), "{why}");
        }
        Some((seq, root.hex()))
    }

    /// Has one of these faults at each change that it makes, and hands back how many there were.
    fn sweep(&self, faults: &[Fault]) -> usize {
        let before = self.is_whole("before");
        let changes = calls(&self.sandbox, (&self.command, Whose::All));
        let strikes = changes.iter().filter(|call| !call.in_vain || faults != [Fault::Kill]);
        let strikes = strikes.flat_map(|call| faults.iter().map(move |fault| (call, *fault)));
        let mut struck = 0;
        for (call, fault) in strikes.step_by(stride(USUAL)) {
            let why = format!("{:?}, {fault:?} at {call:?}", self.command);
            let came = self.strike((&call.name, call.at), fault);
            if !came.hit {
                // What is published is dated, so its digest differs from run to run, and whether
                // there is a folder for it.
                assert_eq!(came.code, Some(0), "{why}: {}", came.said);
                continue;
            }
            struck += 1;
            match (fault, came.code) {
                (Fault::Kill, code) => assert_ne!(code, Some(0), "{why}"),
                // There was another way, or nothing hangs on it.
                (Fault::Error(_), Some(0)) => {}
                (Fault::Error(_), code) => {
                    let places = ["releases", "standard output", "output"];
                    let told = places.iter().any(|place| came.said.contains(place));
                    assert!(code == Some(5) && told, "{why}: {}", came.said);
                }
            }
            let after = self.is_whole(&why);
            assert!(after.is_some() || before.is_none(), "{why}: nothing is live any more");
            let again = self.sandbox.run(&self.command);
            assert_eq!(again.code, 0, "{why}: {}", again.text());
            let verified = self.sandbox.run(&["verify", "--to", "releases"]);
            assert_eq!(verified.code, 0, "{why}: {}", verified.text());
            let litter = self.sandbox.files("releases/.partial");
            assert!(litter.is_empty(), "{why}: {litter:?}");
        }
        eprintln!("{:?}: struck {struck} times", self.command);
        struck
    }
}

fn released_twice() -> Sandbox {
    let sandbox = built();
    sandbox.run(&["release"]).expect_code(0);
    rebuild(&sandbox, 2);
    sandbox.run(&["release"]).expect_code(0);
    sandbox
}

/// Releases that are published one after the other, the last one not yet.
fn third() -> Sandbox {
    let sandbox = released_twice();
    rebuild(&sandbox, 3);
    sandbox
}

const BACK: &[&str] = &["rollback", "1", "--because", "x", "--by", "y", "--accept"];
const GC: &[&str] = &["gc", "--delete", "--keep", "1", "--grace", "0s"];

/// Marked by one run, for the next one to delete.
fn marked() -> Sandbox {
    let sandbox = released_twice();
    sandbox.run(GC).expect_code(0);
    sandbox
}

/// So many, where each is struck.
#[track_caller]
fn expect_at_least(struck: usize, all: usize) {
    assert!(struck >= all / stride(USUAL), "{struck} of {all}");
}

#[test]
fn killed_at_any_change_of_the_first_release() {
    expect_at_least(Rig::new(built(), &["release"]).sweep(&[Fault::Kill]), 100);
}

#[test]
fn killed_at_any_change_of_a_later_release() {
    expect_at_least(Rig::new(third(), &["release"]).sweep(&[Fault::Kill]), 80);
}

#[test]
fn killed_at_any_change_of_a_rollback() {
    expect_at_least(Rig::new(released_twice(), BACK).sweep(&[Fault::Kill]), 40);
}

#[test]
fn killed_at_any_change_of_cleaning_up() {
    let rig = Rig::new(marked(), GC);
    expect_at_least(rig.sweep(&[Fault::Kill]), 30);
    // And a release that needs what is being deleted.
    rebuild(&rig.sandbox, 1);
    for at in (1..).step_by(stride(7)) {
        copy(&rig.sandbox.path("kept"), &rig.sandbox.path("releases"));
        if !strike(&rig.sandbox, (GC, Whose::All), ("unlink", at), Fault::Kill).hit {
            break;
        }
        rig.sandbox.run(&["release"]).expect_code(0);
        rig.sandbox.run(GC).expect_code(0);
        rig.sandbox.run(GC).expect_code(0);
        rig.sandbox.run(&["verify", "--to", "releases"]).expect_code(0);
    }
}

#[test]
fn a_full_or_broken_disk_at_any_change() {
    expect_at_least(Rig::new(built(), &["release"]).sweep(&REFUSED), 160);
    expect_at_least(Rig::new(third(), &["release"]).sweep(&REFUSED), 160);
    expect_at_least(Rig::new(released_twice(), BACK).sweep(&REFUSED), 80);
    expect_at_least(Rig::new(marked(), GC).sweep(&REFUSED), 60);
}

/// The time of a kill is nobody's choice.
#[test]
fn killed_at_any_time() {
    let sandbox = released_twice();
    let kills: u64 = std::env::var("THROUGHLINE_KILLS").map_or(15, |text| text.parse().unwrap());
    for round in 0..kills {
        rebuild(&sandbox, 10 + round as u32);
        let mut command = sandbox.command(&["release"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(round * 7 % 97));
        child.kill().unwrap();
        child.wait().unwrap();
        let store = FolderStore::new(sandbox.path("releases"), "releases".to_owned());
        assert!(read_live(&store).is_some());
        sandbox.run(&["release"]).expect_code(0);
        sandbox.run(&["verify", "--to", "releases"]).expect_code(0);
    }
}

/// Whoever reads while others publish and go back sees one whole release, always.
#[test]
fn a_reader_sees_no_mixed_state_while_others_publish() {
    let sandbox = Sandbox::new();
    let target = sandbox.path("target");
    let store = FolderStore::new(target.clone(), "target".to_owned());
    must_publish(&store, &build(0));
    let rounds: u64 = std::env::var("THROUGHLINE_KILLS").map_or(100, |text| text.parse().unwrap());
    let (done, mut reads) = (AtomicBool::new(false), 0);
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let store = FolderStore::new(target.clone(), "target".to_owned());
            let (mut last, mut reads) = (0, 0);
            while !done.load(Ordering::Relaxed) {
                let (seq, _) = read_live(&store).unwrap();
                assert!(seq >= last, "from {last} to {seq}");
                last = seq;
                reads += 1;
            }
            reads
        });
        for number in 1..=rounds {
            must_publish(&store, &build(number));
            go_back(&store, None).unwrap();
        }
        done.store(true, Ordering::Relaxed);
        reads = reader.join().unwrap();
    });
    let published = 2 * rounds as usize + 1;
    assert!(reads > published, "{reads}");
    let checked = check(&store).unwrap();
    assert!(
        checked.ok && checked.history == published && checked.audit == published,
        "{checked:?}"
    );
}

/// An image of a file system that forgets what was not synced, where this machine may mount one.
struct Disk {
    folder: tempfile::TempDir,
}

impl Disk {
    fn new() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let run = |program: &str, arguments: &[&str]| {
            let mut command = Command::new(program);
            command.args(arguments).current_dir(folder.path());
            let done = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
            done.is_ok_and(|status| status.success())
        };
        let made = run("truncate", &["-s", "64M", "image"])
            && run("mkfs.ext4", &["-q", "image"])
            && run("mkdir", &["disk"])
            && run("xfs_io", &["-V"])
            && run("mount", &["-o", "loop,commit=300", "image", "disk"]);
        made.then_some(Self { folder })
    }

    fn disk(&self) -> std::path::PathBuf {
        self.folder.path().join("disk")
    }

    /// The power goes, and comes back.
    fn cut(&self) {
        let run = |program: &str, arguments: &[&str]| {
            let done =
                Command::new(program).args(arguments).current_dir(self.folder.path()).status();
            assert!(done.unwrap().success(), "{program} {arguments:?}");
        };
        run("xfs_io", &["-x", "-c", "shutdown", "disk"]);
        run("umount", &["disk"]);
        run("mount", &["-o", "loop,commit=300", "image", "disk"]);
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.disk()).stderr(Stdio::null()).status();
    }
}

/// What was said to be live is live after a power cut; what was cut off left what was there.
#[test]
fn a_power_cut_leaves_one_of_two_releases() {
    let Some(disk) = Disk::new() else {
        eprintln!("skipped: this machine mounts no image (it takes root, loop devices and xfs_io)");
        return;
    };
    let sandbox = built();
    let target = disk.disk().join("releases");
    let to = target.to_str().unwrap();
    sandbox.run(&["release", "--to", to]).expect_code(0);
    let cuts: usize = std::env::var("THROUGHLINE_CUTS").map_or(6, |text| text.parse().unwrap());
    let store = || FolderStore::new(target.clone(), "releases".to_owned());
    let mut live = read_live(&store()).unwrap();
    for round in 0..cuts {
        rebuild(&sandbox, 100 + round as u32);
        if round % 3 == 0 {
            // It was done and said so.
            let run = sandbox.run(&["release", "--to", to, "--format", "json"]).expect_code(0);
            let said: Value = one_line(&run);
            disk.cut();
            let after = read_live(&store()).expect("a release is live");
            assert_eq!(after.0, said["seq"].as_u64().unwrap(), "round {round}");
        } else {
            let ours = sandbox.command(&["release", "--to", to]);
            let mut command = Command::new("strace");
            let at = 1 + round * 11 % 40;
            command
                .args(["-f", "-qq", "-o", "/dev/null", "-e"])
                .arg(format!("inject=write,fsync,rename,syncfs:signal=KILL:when={at}"))
                .arg(ours.get_program())
                .args(ours.get_args())
                .current_dir(sandbox.root())
                .env("RAYON_NUM_THREADS", "1")
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            let _ = command.status().unwrap();
            disk.cut();
            let after = read_live(&store()).expect("a release is live");
            assert!(after == live || after.0 > live.0, "round {round}: {after:?} after {live:?}");
        }
        sandbox.run(&["release", "--to", to]).expect_code(0);
        sandbox.run(&["verify", "--to", to]).expect_code(0);
        live = read_live(&store()).unwrap();
    }
}
