//! The program as its users see it: whole workspaces in, exit codes, text and files out.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    clippy::unwrap_used,
    missing_docs,
    reason = "tests touch files, and a test that panics has said what is wrong"
)]

mod cases;
mod crash;
mod determinism;
mod errors;
mod hostile;
mod links;
mod mistakes;
mod nginx;
mod readme;
mod robustness;
mod sample;
mod sandbox;
mod tidy;
