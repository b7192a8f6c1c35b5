//! How data is escaped in each form.

use std::io::{self, Write};

use tera::Tera;

use crate::graph::Form;

/// Sets escaping for every template where the form needs it, and for none elsewhere. Tera alone
/// decides by file name, which would leave `x.HTML` and `x.svg` unescaped.
pub(super) fn configure(tera: &mut Tera, form: Form) {
    match form {
        Form::Html | Form::Json | Form::Svg => tera.autoescape_on([""]),
        Form::Text | Form::Eml | Form::Csv | Form::Png | Form::Webp => {
            tera.autoescape_on(Vec::<&str>::new());
        }
    }
    if form == Form::Json {
        tera.set_escape_fn(escape_json);
    }
}

/// Escapes text as the inside of a JSON string that is also safe inside HTML.
pub(super) fn escape_json(text: &str, out: &mut dyn Write) -> io::Result<()> {
    for one in text.chars() {
        match one {
            '"' => out.write_all(b"\\\"")?,
            '\\' => out.write_all(b"\\\\")?,
            '\n' => out.write_all(b"\\n")?,
            '\r' => out.write_all(b"\\r")?,
            '\t' => out.write_all(b"\\t")?,
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' => {
                write!(out, "\\u{:04x}", u32::from(one))?;
            }
            _ => write!(out, "{one}")?,
        }
    }
    Ok(())
}
