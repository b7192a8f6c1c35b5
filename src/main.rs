//! The `throughline` program.

use std::process::ExitCode;

// Chosen by measurement: docs/benchmarks.md.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    throughline::cli::run()
}
