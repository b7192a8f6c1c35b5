//! throughline: a build tool for promotions.
//!
//! Owned facts go in, deploy-ready bytes come out, and every byte can be traced to the cell it
//! came from. Data flows down this list of modules and never back:
//!
//! - `model`: the words everything else is written in
//! - `diag`: what can be wrong
//! - `dialect`: merge tags of email senders and macros of ad platforms
//! - `markup`: HTML as tokens with places
//! - `ga4`: into which channel Google Analytics puts a visit
//! - `address`: base URLs, read strictly and written behind
//! - `wrapper`: deep links of affiliate networks and app stores
//! - `mail`: a rendered mail, made ready to send
//! - `picture`: SVG to pixels, pixels to files
//! - `locale`: how languages write dates and amounts
//! - `shown`: which facts a rendered text shows
//! - `lint`: checks on mails and pages as they go out
//! - `source`: text in, typed documents out
//! - `resolve`: documents in, facts with origins out
//! - `link`: facts in, tracked URLs out
//! - `graph`: what to build, and from what
//! - `artifact`: what artifacts are made of, and what must hold in them
//! - `render`: jobs in, bytes out
//! - `manifest`: what was built
//! - `decide`: what would change, and because of which facts
//! - `release`: what a release target holds
//! - `load` and `store`: the only input and output
//! - `publish`: in which order a target is written
//! - `report`: showing
//! - `cli`: arguments, wiring, exit codes

pub mod address;
pub mod artifact;
pub mod cli;
pub mod decide;
pub mod diag;
pub mod dialect;
pub mod ga4;
pub mod graph;
pub mod link;
pub mod lint;
pub mod load;
pub mod locale;
pub mod mail;
pub mod manifest;
pub mod markup;
pub mod model;
pub mod picture;
pub mod publish;
pub mod release;
pub mod render;
pub mod report;
pub mod resolve;
pub mod shown;
pub mod source;
pub mod store;
pub mod wrapper;
