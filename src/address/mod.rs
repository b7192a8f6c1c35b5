//! Base URLs as partners write them: refused by name, or kept byte for byte while our parameters
//! are put behind theirs. Must not repair an address, and must not know files or diagnostics.

mod append;
mod authority;
mod characters;
mod escapes;
mod fault;
mod host;
mod names;
mod params;
mod read;
mod site;
mod split;
mod target;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_append;
#[cfg(test)]
mod tests_host;

pub use append::{Prepared, Value};
pub use fault::{AddressFault, AddressFaultKind};
pub use host::check_host;
pub use names::{is_tracking_name, noise_kind};
pub use read::{Address, MAX_LENGTH, Rules, Tagged, read};
pub use site::{check_permitted, near_host, same_site};
pub use split::{Param, Parts, split};
