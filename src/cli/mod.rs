//! Arguments, wiring, exit codes. One file a command; everything else is called from here.

mod args;
mod build;
mod check;
mod completions;
mod console;
mod diff;
mod entries;
mod exit;
mod explain;
mod explain_artifact;
mod explain_link;
mod ga4;
mod gallery;
mod graph;
mod ids;
mod init;
mod links;
mod lock;
mod partial;
mod plan;
mod prepare;
mod progress;
mod quarantine;
mod recall;
mod release;
mod released;
mod rendering;
mod rules;
mod schema;
mod summary;
mod swap;
mod unchanged;
mod verify;
mod watch;

pub use exit::run;
