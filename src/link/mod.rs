//! Facts in, tracked URLs out. The only place where a link is made.

mod base;
mod code;
mod explain;
mod lookup;
mod meaning;
mod mint;
mod params;
mod recorded;
mod registry;
mod repair;
#[cfg(test)]
mod tests_repair;
mod values;
mod wrapping;

pub use code::{check_code, propose};
pub use explain::{FieldOrigin, LinkOrigin, ParamOrigin, SwapOrigin, explain, short_code_url};
pub use lookup::{Difference, Found, Known, Lookup, Match, Minted};
pub use meaning::Recording;
pub use mint::{Link, Links, mint};
pub use params::Params;
pub use recorded::recorded_params;
pub use registry::{Minting, register};
pub use repair::{Because, Choice, Decision, Released, ReleasedLinks, Repaired, repair};
pub use wrapping::Wrapping;
