//! Runs one template, or one block of it, into a buffer.

use std::io::{self, Write};

use tera::Context;

use super::{Engine, fault};
use crate::diag::{Code, Diagnostic};
use crate::graph::{Form, Job};
use crate::resolve::Scene;

/// Larger artifacts are templates that ran away (5 MB).
const MAX_BYTES: usize = 5_000_000;

/// What is to be rendered.
#[derive(Clone, Copy)]
pub(super) struct Call<'a> {
    /// Decides how data is escaped.
    pub(super) form: Form,
    /// The template.
    pub(super) template: &'a str,
    /// One of its blocks, or all of it.
    pub(super) block: Option<&'a str>,
    /// What a message calls it.
    pub(super) path: &'a str,
}

/// Fills the buffer; `None` where the template cannot be used at all, which has been told.
pub(super) fn fill(
    engine: &Engine<'_>,
    (scene, job): (&Scene<'_>, &Job),
    call: Call<'_>,
    context: &Context,
    buffer: &mut Vec<u8>,
) -> Option<Result<(), Diagnostic>> {
    let tera = engine.of(scene).get(call.form, call.template)?;
    let mut out = Capped { bytes: buffer, full: false };
    let done = match call.block {
        Some(block) => tera.render_block_to(call.template, block, context, &mut out),
        None => tera.render_to(call.template, context, &mut out),
    };
    Some(match done {
        Ok(()) => {
            drop_carriage_returns(out.bytes);
            Ok(())
        }
        Err(_) if out.full => {
            let message = format!("`{}` grew over {MAX_BYTES} bytes", call.path);
            Err(Diagnostic::error(Code::TooLarge, scene.asset.id.span, message))
        }
        Err(error) => Err(fault::diagnose(engine, call.template, scene, job, &error)),
    })
}

/// Templates and cells may have been saved with either line end; artifacts have one.
fn drop_carriage_returns(bytes: &mut Vec<u8>) {
    if memchr::memchr(b'\r', bytes).is_none() {
        return;
    }
    let text = String::from_utf8_lossy(bytes).replace("\r\n", "\n").replace('\r', "\n");
    bytes.clear();
    bytes.extend_from_slice(text.as_bytes());
}

/// A buffer that refuses to grow without end.
struct Capped<'b> {
    bytes: &'b mut Vec<u8>,
    full: bool,
}

impl Write for Capped<'_> {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + data.len() > MAX_BYTES {
            self.full = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(data);
        Ok(data.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
