//! What the benchmark ran on. A system that does not tell is `unknown`.

use std::fs;
use std::path::Path;
use std::thread;

/// One line: processor, cores, memory, kernel.
pub(crate) fn describe() -> String {
    let cores = thread::available_parallelism().map_or(0, usize::from);
    let processor = field("/proc/cpuinfo", "model name").unwrap_or_else(unknown);
    let memory = field("/proc/meminfo", "MemTotal").and_then(|text| {
        let kib: u64 = text.split_whitespace().next()?.parse().ok()?;
        Some(format!("{} GiB", (kib + (1 << 19)) >> 20))
    });
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_else(|_| unknown());
    let memory = memory.unwrap_or_else(unknown);
    format!("{processor}, {cores} cores, memory {memory}, kernel {}", kernel.trim())
}

/// The kind of file system that holds a folder.
pub(crate) fn file_system(folder: &Path) -> String {
    let mounts = fs::read_to_string("/proc/mounts").unwrap_or_default();
    let mut best: Option<(usize, &str)> = None;
    for line in mounts.lines() {
        let mut words = line.split_whitespace().skip(1);
        let Some((at, kind)) = words.next().zip(words.next()) else { continue };
        // Of two that are mounted at one place the later one is seen.
        if folder.starts_with(at) && best.is_none_or(|(length, _)| length <= at.len()) {
            best = Some((at.len(), kind));
        }
    }
    best.map_or_else(unknown, |(_, kind)| kind.to_owned())
}

fn field(path: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn unknown() -> String {
    "unknown".to_owned()
}
