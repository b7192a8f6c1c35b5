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

mod approvals;
mod blast;
mod broken;
mod build_sweeps;
mod cases;
mod codes;
mod collecting;
mod corpora;
mod crash;
mod defects;
mod determinism;
mod diff;
mod differential;
mod errors;
mod explain;
mod failures_elsewhere;
mod gallery;
mod gates;
mod ghosts;
mod graph;
mod hostile;
mod hosts;
mod large;
mod limits;
mod links;
mod locales;
mod lock;
mod long_sheets;
mod mail;
mod mails;
mod markup;
mod mistakes;
mod named;
mod nginx;
mod nightly;
mod office;
mod packets;
mod plans;
mod provenance;
mod proxy;
mod published;
mod python;
mod qr;
mod random;
mod reading;
mod readme;
mod recalled;
mod reference;
mod release_gates;
mod release_sweeps;
mod releases;
mod remembered;
mod reporting;
mod robustness;
mod s3;
mod s3_credentials;
mod s3_faults;
mod s3_tls;
mod sample;
mod sandbox;
mod sarif;
mod schema;
mod select;
mod server;
mod serving;
mod status;
mod stores;
mod strikes;
mod table_parts;
mod tidy;
mod tokens;
mod tracked;
mod transcript;
mod tuf;
mod urls;
mod validators;
mod watch;
mod workbooks;
