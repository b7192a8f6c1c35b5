//! Facts in, tracked URLs out. The only place where a link is made.

mod base;
mod code;
mod explain;
mod lookup;
mod mint;
mod registry;
mod values;
mod wrapping;

pub use code::{check_code, propose};
pub use explain::{FieldOrigin, LinkOrigin, ParamOrigin, explain, short_code_url};
pub use lookup::{Difference, Found, Known, Lookup, Match, Minted};
pub use mint::{Link, Links, mint};
pub use registry::{Minting, register};
pub use wrapping::Wrapping;
