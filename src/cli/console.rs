//! Standard output for results, standard error for everything else.

use std::io::{self, IsTerminal, Write};

use super::args::{ColorChoice, FindingArgs};
use crate::diag::{Diagnostics, Severity};
use crate::report::{Format, Shown, write_diagnostics};
use crate::source::Sources;

/// How this run talks.
#[derive(Debug)]
pub(super) struct Console {
    pub(super) format: Format,
    color: ColorChoice,
    findings: FindingArgs,
    out: io::Stdout,
    err: io::Stderr,
}

/// Lines of source are cut to this where there is no terminal.
const DEFAULT_WIDTH: usize = 120;

impl Console {
    pub(super) fn new(format: Format, color: ColorChoice) -> Self {
        Self {
            format,
            color,
            findings: FindingArgs::default(),
            out: io::stdout(),
            err: io::stderr(),
        }
    }

    /// For messages before anything is known.
    pub(super) fn plain() -> Self {
        Self::new(Format::Human, ColorChoice::Never)
    }

    /// Says which findings are wanted.
    pub(super) fn show(&mut self, findings: FindingArgs) {
        self.findings = findings;
    }

    /// A line of results.
    pub(super) fn line(&mut self, text: &str) -> io::Result<()> {
        seen_enough(writeln!(self.out, "{text}"), OUT)
    }

    /// Results as they are.
    pub(super) fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        seen_enough(self.out.write_all(bytes), OUT)
    }

    /// A remark that is no result.
    pub(super) fn note(&mut self, text: &str) {
        // Nothing can be done about a remark that nobody can see.
        let _ = writeln!(self.err, "{text}");
    }

    /// The reason why the run stops.
    pub(super) fn error(&mut self, text: &str) {
        if self.format.is_json() {
            let object = serde_json::json!({ "severity": "error", "message": text });
            self.note(&object.to_string());
        } else {
            self.note(&format!("error: {text}"));
        }
    }

    /// Findings: results of `check`, remarks of everything else. Objects always go to standard
    /// output.
    pub(super) fn diagnostics(
        &mut self,
        sources: &Sources,
        diagnostics: &Diagnostics,
        are_results: bool,
    ) -> io::Result<()> {
        let to_stdout = are_results || self.format.is_json();
        let color = self.colors(to_stdout);
        let width =
            terminal_size::terminal_size().map_or(DEFAULT_WIDTH, |(width, _)| usize::from(width.0));
        let FindingArgs { all, show_normalised: notes } = self.findings;
        let mut text = Vec::new();
        let shown = Shown { color, width, all, notes, hint: are_results };
        if notes || self.format == Format::Human {
            write_diagnostics(self.format, shown, sources, diagnostics, &mut text)?;
        } else {
            let wanted = diagnostics.iter().filter(|one| one.severity != Severity::Note);
            let wanted: Diagnostics = wanted.cloned().collect();
            write_diagnostics(self.format, shown, sources, &wanted, &mut text)?;
        }
        if to_stdout {
            seen_enough(self.out.write_all(&text), OUT)
        } else {
            seen_enough(self.err.write_all(&text), "standard error")
        }
    }

    /// Whether results, or remarks, have colours.
    pub(super) fn colors(&self, to_stdout: bool) -> bool {
        #[allow(
            clippy::disallowed_methods,
            reason = "NO_COLOR is a promise to the terminal, not to output"
        )]
        let unwanted = || std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        match self.color {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => {
                let terminal =
                    if to_stdout { self.out.is_terminal() } else { self.err.is_terminal() };
                terminal && !unwanted()
            }
        }
    }
}

/// Whoever reads our output may stop, as in `… | head`. What the run found stays what it is.
fn seen_enough(written: io::Result<()>, to: &str) -> io::Result<()> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(io::Error::new(error.kind(), format!("cannot write to {to}: {error}"))),
        Ok(()) => Ok(()),
    }
}

const OUT: &str = "standard output";
