//! Jobs in, bytes out: the engine, the contexts, the one parallel loop, template faults.
//!
//! Reads no file and writes none: finished artifacts go onto a shelf.

mod altered;
mod block;
mod blocks;
mod buffers;
mod causes;
mod checks;
mod context;
mod email;
mod engine;
mod escape;
mod fault;
mod fill;
mod filters;
mod finish;
mod ghosts;
mod inspect;
mod lint;
mod loading;
mod locate;
mod merge_tags;
mod must_show;
mod order;
mod outcome;
mod page;
mod page_checks;
mod picture_functions;
mod pictures;
mod places;
mod qr;
mod reads;
mod recall;
mod replaced;
mod run;
mod sheet;
mod structured;
mod tag_lint;
mod tags;
mod template_set;
mod themes;
mod translations;
mod waivers;

pub use block::rendered_block;
pub use causes::{Causes, Path, Step, causes, facts_read};
pub use context::Stage;
pub use engine::Engine;
pub use outcome::{Complete, JobFinding, Rendered, Report};
pub use reads::Reads;
pub use recall::{Recall, Recalled, RecalledFile, own_links};
pub use run::render_all;
