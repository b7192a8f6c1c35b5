//! Jobs in, bytes out: the engine, the contexts, the one parallel loop, template faults.
//!
//! Reads no file and writes none: finished artifacts are handed to a sink.

mod context;
mod engine;
mod escape;
mod fault;
mod filters;
mod inspect;
mod lint;
mod locate;
mod qr;
mod run;
mod sheet;
mod tags;

pub use context::Stage;
pub use engine::Engine;
pub use run::{Rendered, Report, Sink, render_all};
