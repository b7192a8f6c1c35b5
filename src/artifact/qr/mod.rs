//! QR codes for short URLs: the symbol, its SVG and its PNG, read back before they are accepted.
//!
//! Level M and a quiet zone of four modules (Denso Wave, qrcode.com/en/howto/code.html). Must not
//! decide which URL is printed or where a file goes, and must not let out a code that it did not
//! read.

mod bitmap;
mod fault;
mod files;
mod grid;
mod reading;
mod symbol;
mod text;
mod vector;

#[cfg(test)]
mod tests;

pub use fault::{QrFault, QrForm};
pub use files::{QrFiles, accepted};
pub use symbol::{Symbol, symbol};
pub use text::printed_text;
