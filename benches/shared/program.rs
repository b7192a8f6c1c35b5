//! Runs a program from start to exit and takes what it cost, from outside.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

const GNU_TIME: &str = "/usr/bin/time";

/// `USER_HZ`, which Linux fixes at 100 for programs.
const MS_PER_TICK: f64 = 10.0;

/// A program with all that it is started with.
pub(crate) struct Program {
    pub(crate) path: PathBuf,
    pub(crate) arguments: Vec<OsString>,
    /// Variables beside those of the benchmark itself.
    pub(crate) environment: Vec<(&'static str, OsString)>,
    /// Where it runs; `None` is where the benchmark runs.
    pub(crate) folder: Option<PathBuf>,
    /// What it says, which is shown only if it fails.
    pub(crate) log: PathBuf,
}

/// What one run took, in milliseconds.
pub(crate) struct Run {
    pub(crate) wall: f64,
    /// User and system time of all its processes, where the system tells.
    pub(crate) cpu: Option<f64>,
}

impl Program {
    /// Runs and takes the time from start to exit.
    pub(crate) fn time(&self) -> Result<Run> {
        let mut command = self.command(&self.path, &[])?;
        let before = cpu_of_children();
        let start = Instant::now();
        let status = command.status().with_context(|| self.cannot_run())?;
        let wall = milliseconds(start);
        let cpu = before.zip(cpu_of_children()).map(|(before, after)| after - before);
        self.check(status)?;
        Ok(Run { wall, cpu })
    }

    /// Runs and takes the peak of resident memory of its largest process, in bytes, where the
    /// system tells.
    pub(crate) fn peak_memory(&self) -> Result<Option<u64>> {
        let kib = if has_gnu_time() { self.peak_by_gnu_time()? } else { self.peak_by_polling()? };
        Ok(kib.map(|kib| kib * 1024))
    }

    fn peak_by_gnu_time(&self) -> Result<Option<u64>> {
        let file = self.log.with_extension("peak");
        let mut arguments = ["-f", "%M", "-o"].map(OsString::from).to_vec();
        arguments.extend([file.clone().into(), self.path.clone().into()]);
        let status = self.command(Path::new(GNU_TIME), &arguments)?.status()?;
        self.check(status)?;
        let text = fs::read_to_string(&file)?;
        Ok(text.lines().last().and_then(|line| line.trim().parse().ok()))
    }

    /// The kernel keeps the peak itself, so what the last look can miss is growth just before exit.
    fn peak_by_polling(&self) -> Result<Option<u64>> {
        let mut child = self.command(&self.path, &[])?.spawn()?;
        let path = format!("/proc/{}/status", child.id());
        let mut peak = None;
        loop {
            let status = fs::read_to_string(&path).unwrap_or_default();
            let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let kib = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
            peak = peak.max(kib);
            if let Some(status) = child.try_wait()? {
                self.check(status)?;
                return Ok(peak);
            }
            thread::sleep(Duration::from_micros(500));
        }
    }

    fn command(&self, path: &Path, before: &[OsString]) -> Result<Command> {
        // Files, because a pipe that nobody empties would stop the program.
        let log = File::create(&self.log)?;
        let mut command = Command::new(path);
        command.args(before).args(&self.arguments).envs(self.environment.iter().cloned());
        if let Some(folder) = &self.folder {
            command.current_dir(folder);
        }
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        Ok(command)
    }

    fn cannot_run(&self) -> String {
        format!("cannot run {}", self.path.display())
    }

    fn check(&self, status: ExitStatus) -> Result<()> {
        if status.success() {
            return Ok(());
        }
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let start: Vec<&str> = log.lines().take(40).collect();
        let arguments: Vec<_> = self.arguments.iter().map(|one| one.to_string_lossy()).collect();
        bail!(
            "{} {} ended with {status}:\n{}",
            self.path.display(),
            arguments.join(" "),
            start.join("\n")
        )
    }
}

/// Milliseconds since an instant.
pub(crate) fn milliseconds(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1_000.0
}

/// Waits until the file system of a folder has nothing left to write.
pub(crate) fn sync(folder: &Path) -> io::Result<()> {
    let folder = File::open(folder)?;
    #[cfg(target_os = "linux")]
    rustix::fs::syncfs(&folder)?;
    #[cfg(not(target_os = "linux"))]
    folder.sync_all()?;
    Ok(())
}

fn has_gnu_time() -> bool {
    let mut command = Command::new(GNU_TIME);
    command.args(["-f", "%M", "-o", "/dev/null", "true"]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// User and system time of all children that have ended, in milliseconds.
fn cpu_of_children() -> Option<f64> {
    let text = fs::read_to_string("/proc/self/stat").ok()?;
    // The name in parentheses may hold spaces. After it come the third and further fields.
    let (_, fields) = text.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(13);
    let user: u32 = fields.next()?.parse().ok()?;
    let system: u32 = fields.next()?.parse().ok()?;
    Some(f64::from(user + system) * MS_PER_TICK)
}
