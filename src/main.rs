//! The `throughline` program.

use std::process::ExitCode;

// Chosen by measurement: docs/benchmarks.md.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // Huge pages are cleared whole when they are first touched; for a run this short that took
    // up to half of its time, and differed from run to run.
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(true);
    throughline::cli::run()
}
