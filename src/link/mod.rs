//! Facts in, tracked URLs out. The only place where a link is made.

mod base;
mod code;
mod explain;
mod kept;
mod links;
mod listed;
mod lookup;
mod meaning;
mod mint;
mod params;
mod recorded;
mod registry;
mod repair;
mod short_urls;
#[cfg(test)]
mod tests_repair;
mod values;
mod wrapping;

pub use code::{check_code, propose};
pub use explain::{FieldOrigin, LinkOrigin, ParamOrigin, SwapOrigin, explain};
pub use kept::{KeptLinks, KeptPlacement, recall};
pub use links::{Details, Link, Links, MadeLink, MadeLinks};
pub use lookup::{Difference, Found, Known, Lookup, Match, Minted};
pub use meaning::Recording;
pub use mint::mint;
pub use params::Params;
pub use recorded::recorded_params;
pub use registry::{Minting, register};
pub use repair::{Because, Choice, Decision, Released, ReleasedLinks, Repaired, repair};
pub use short_urls::ShortUrls;
pub use wrapping::Wrapping;
