//! Tells when the sources of a workspace are saved. Says which, and never what is in them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant, SystemTime};

use notify::event::{AccessKind, AccessMode, MetadataKind, ModifyKind, RenameMode};
use notify::{Config, Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use super::inputs::{FOLDERS, LOCK_FILE, WORKSPACE_FILE, load_config};
use super::{FoundFile, walk};
use crate::diag::Diagnostics;

/// What ended the waiting.
#[derive(Debug, PartialEq, Eq)]
pub enum Waited {
    /// These were written, renamed or removed, by their paths in the workspace. None, where the
    /// system lost count of what was.
    Saved(BTreeSet<String>),
    /// Nobody wants to know any more.
    End,
}

/// Watches the sources of one workspace.
///
/// Whoever reads the workspace arms it first: what is saved before is read then, and what is saved
/// afterwards is told. So nothing is missed, whatever the system forgets to say.
#[derive(Debug)]
pub struct SourceWatch {
    root: PathBuf,
    folders: BTreeSet<String>,
    words: Receiver<Word>,
    sender: Sender<Word>,
    /// What the system tells; nothing where files are looked at again and again.
    told: Option<RecommendedWatcher>,
    interval: Option<Duration>,
    /// What the files looked like when this was armed, where that is needed.
    seen: Option<Stamps>,
}

#[derive(Debug)]
enum Word {
    /// Something was written, renamed or removed; whether it was not there before.
    Touched(PathBuf, bool),
    Lost,
    End,
}

/// Size and time of each source.
type Stamps = BTreeMap<String, (u64, Option<SystemTime>)>;

/// An editor that saves writes, renames and removes within this.
const QUIET: Duration = Duration::from_millis(75);
/// Where somebody never stops saving, this is waited for and no longer.
const PATIENCE: Duration = Duration::from_secs(1);

impl SourceWatch {
    /// Watches the workspace in `root`; by looking again and again where an interval is given.
    pub fn new(root: &Path, interval: Option<Duration>) -> std::io::Result<Self> {
        let (sender, words) = channel();
        Ok(Self {
            root: root.canonicalize()?,
            folders: FOLDERS.iter().map(|(folder, _)| top(folder).to_owned()).collect(),
            words,
            sender,
            told: None,
            interval,
            seen: None,
        })
    }

    /// Ends the waiting, from any thread.
    pub fn ender(&self) -> impl Fn() + Send + 'static {
        let sender = self.sender.clone();
        // Who does not wait any more needs no word.
        move || drop(sender.send(Word::End))
    }

    /// Begins anew. An error where the system cannot tell, and files must be looked at instead.
    pub fn arm(&mut self) -> Result<(), String> {
        // Told of throughline.toml before it is read, so that no change of it is missed.
        let told = if self.interval.is_none() { Some(self.watch_root()?) } else { None };
        if let Some(tables) = table_folders(&self.root) {
            let own = FOLDERS.iter().map(|(folder, _)| top(folder).to_owned());
            self.folders = own.chain(tables).collect();
        }
        self.told = match told {
            Some(told) => Some(self.watch_folders(told)?),
            None => None,
        };
        if self.interval.is_some() || self.seen.is_some() {
            self.seen = Some(self.stamps());
        }
        Ok(())
    }

    /// From now on looks again and again.
    pub fn look(&mut self, interval: Duration) {
        self.interval = Some(interval);
        self.told = None;
    }

    fn watch_root(&self) -> Result<RecommendedWatcher, String> {
        let sender = self.sender.clone();
        let tell = move |event| send(event, &sender);
        let config = Config::default().with_follow_symlinks(false);
        let mut told = RecommendedWatcher::new(tell, config).map_err(|error| error.to_string())?;
        let root = told.watch(&self.root, RecursiveMode::NonRecursive);
        root.map_err(|error| error.to_string())?;
        Ok(told)
    }

    fn watch_folders(&self, mut told: RecommendedWatcher) -> Result<RecommendedWatcher, String> {
        for folder in &self.folders {
            let folder = self.root.join(folder);
            if !folder.symlink_metadata().is_ok_and(|metadata| metadata.is_dir()) {
                continue;
            }
            match told.watch(&folder, RecursiveMode::Recursive) {
                // Taken away meanwhile: the folder above tells when it is there again.
                Err(error) if is_gone(&error) => {}
                other => other.map_err(|error| error.to_string())?,
            }
        }
        Ok(told)
    }

    /// Waits until something was saved and nothing more is.
    pub fn wait(&mut self) -> Waited {
        match self.interval {
            Some(interval) => self.wait_looking(interval),
            None => self.wait_told(),
        }
    }

    fn wait_told(&mut self) -> Waited {
        loop {
            let Ok(first) = self.words.recv() else { return Waited::End };
            let (mut touched, mut lost) = (BTreeMap::new(), false);
            let begun = now();
            let mut word = Some(first);
            while let Some(one) = word {
                match one {
                    Word::End => return Waited::End,
                    Word::Lost => lost = true,
                    Word::Touched(path, new) => {
                        if let Some(path) = self.source(&path) {
                            touched.entry(path).or_insert(new);
                        }
                    }
                }
                let rest = PATIENCE.saturating_sub(now().duration_since(begun));
                word = self.words.recv_timeout(QUIET.min(rest)).ok();
            }
            let saved = self.without_passing(touched);
            if !saved.is_empty() || lost && self.differs() {
                return Waited::Saved(saved);
            }
        }
    }

    /// Leaves out what has come and is gone: editors write beside a file and rename.
    fn without_passing(&self, touched: BTreeMap<String, bool>) -> BTreeSet<String> {
        let stays =
            |(path, new): &(String, bool)| !new || self.root.join(path).symlink_metadata().is_ok();
        touched.into_iter().filter(stays).map(|(path, _)| path).collect()
    }

    /// Reading a workspace makes events as well. Where there are so many that some are lost, this
    /// must not look like a save for ever.
    fn differs(&mut self) -> bool {
        let now = self.stamps();
        let before = self.seen.replace(now);
        before != self.seen
    }

    fn wait_looking(&mut self, interval: Duration) -> Waited {
        let mut seen = self.seen.take().unwrap_or_default();
        let mut saved = BTreeSet::new();
        loop {
            match self.words.recv_timeout(if saved.is_empty() { interval } else { QUIET }) {
                Ok(Word::End) | Err(RecvTimeoutError::Disconnected) => return Waited::End,
                Ok(_) | Err(RecvTimeoutError::Timeout) => {}
            }
            let now = self.stamps();
            let still = now == seen;
            saved.extend(differences(&seen, &now));
            seen = now;
            if still && !saved.is_empty() {
                self.seen = Some(seen);
                return Waited::Saved(saved);
            }
        }
    }

    fn stamps(&self) -> Stamps {
        let stamp = |path: &str| {
            let metadata = fs::symlink_metadata(self.root.join(path)).ok()?;
            let size = if metadata.is_dir() { 0 } else { metadata.len() };
            let time = if metadata.is_dir() { None } else { metadata.modified().ok() };
            Some((path.to_owned(), (size, time)))
        };
        let mut stamps: Stamps =
            [WORKSPACE_FILE, LOCK_FILE].iter().filter_map(|path| stamp(path)).collect();
        for folder in &self.folders {
            for found in walk(&self.root, folder) {
                match found {
                    FoundFile::Entry { path, .. } => stamps.extend(stamp(path.as_str())),
                    FoundFile::Fault { shown, .. } => drop(stamps.insert(shown, (0, None))),
                }
            }
        }
        stamps
    }

    /// The path in the workspace of what can be a source.
    fn source(&self, path: &Path) -> Option<String> {
        let inside = path.strip_prefix(&self.root).ok()?.to_string_lossy();
        let inside = inside.replace(std::path::MAIN_SEPARATOR, "/");
        // Hidden files are not read, and editors keep theirs in them.
        let hidden = inside.split('/').any(|part| part.starts_with('.'));
        let known =
            inside == WORKSPACE_FILE || inside == LOCK_FILE || self.folders.contains(top(&inside));
        (known && !hidden).then_some(inside)
    }
}

fn top(path: &str) -> &str {
    path.split('/').next().unwrap_or_default()
}

/// The top folders of tables, where throughline.toml can be understood.
fn table_folders(root: &Path) -> Option<Vec<String>> {
    let inputs = load_config(root, &mut Diagnostics::new());
    inputs.workspace.is_some().then(|| inputs.table_folders())
}

/// Hands an event on, unless it only says that somebody reads.
fn send(event: notify::Result<Event>, sender: &Sender<Word>) {
    let words = match event {
        Ok(event) if event.need_rescan() => vec![Word::Lost],
        Ok(event) if is_save(event.kind) => {
            let appears = matches!(
                event.kind,
                EventKind::Create(_) | EventKind::Modify(ModifyKind::Name(RenameMode::To))
            );
            event.paths.into_iter().map(|path| Word::Touched(path, appears)).collect()
        }
        Ok(_) => Vec::new(),
        Err(_) => vec![Word::Lost],
    };
    for word in words {
        // Who does not wait any more needs no word.
        let _ = sender.send(word);
    }
}

fn is_save(kind: EventKind) -> bool {
    match kind {
        EventKind::Access(kind) => kind == AccessKind::Close(AccessMode::Write),
        EventKind::Modify(ModifyKind::Metadata(kind)) => kind != MetadataKind::AccessTime,
        EventKind::Any
        | EventKind::Create(_)
        | EventKind::Modify(_)
        | EventKind::Remove(_)
        | EventKind::Other => true,
    }
}

fn is_gone(error: &notify::Error) -> bool {
    match &error.kind {
        notify::ErrorKind::PathNotFound => true,
        notify::ErrorKind::Io(error) => error.kind() == std::io::ErrorKind::NotFound,
        _ => false,
    }
}

fn differences(before: &Stamps, after: &Stamps) -> BTreeSet<String> {
    let all = before.keys().chain(after.keys());
    all.filter(|path| before.get(*path) != after.get(*path)).cloned().collect()
}

#[allow(clippy::disallowed_methods, reason = "how long nothing was saved reaches no output")]
fn now() -> Instant {
    Instant::now()
}
