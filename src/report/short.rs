//! `partners/offers.csv:14:52: error[TL0312]: …`

use std::io::{self, Write};

use crate::diag::Diagnostics;
use crate::source::Sources;

/// Writes a line for each diagnostic.
pub fn write_short(
    sources: &Sources,
    diagnostics: &Diagnostics,
    out: &mut dyn Write,
) -> io::Result<()> {
    for one in diagnostics {
        let (place, severity, code) =
            (sources.locate(one.primary), one.severity.as_str(), one.code.id());
        write!(out, "{place}: {severity}[{code}]: {}", one.message.replace('\n', " "))?;
        if let Some(owner) = &one.owner {
            write!(out, " ({owner})")?;
        }
        writeln!(out)?;
    }
    Ok(())
}
