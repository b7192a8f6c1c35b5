//! What a sender has to be told besides the HTML and the text, as canonical JSON.

use serde::Serialize;

use super::finish::{Draft, Settings};
use super::headers::{Header, Mailbox};
use super::switches::{Switch, switches};

/// Fields stand in the order of their names, which makes the compact form the canonical one.
#[derive(Serialize)]
struct Sidecar<'s> {
    dialect: &'static str,
    from: Option<Sender<'s>>,
    headers: Vec<Field<'s>>,
    preheader: &'s str,
    reply_to: Option<Sender<'s>>,
    schema: &'static str,
    sizes: Sizes,
    subject: &'s str,
    switch_off: &'static [Switch],
}

#[derive(Serialize)]
struct Sender<'s> {
    address: &'s str,
    name: &'s str,
}

#[derive(Serialize)]
struct Field<'s> {
    name: &'s str,
    value: &'s str,
}

/// In bytes.
#[derive(Serialize)]
pub(super) struct Sizes {
    pub(super) html: usize,
    pub(super) message: usize,
    /// Of the HTML, what is style sheets.
    pub(super) style: usize,
    pub(super) text: usize,
}

/// Writes the sidecar.
pub(super) fn write(
    draft: &Draft<'_>,
    settings: &Settings,
    headers: &[Header],
    sizes: Sizes,
) -> String {
    let sidecar = Sidecar {
        dialect: draft.dialect.name(),
        from: settings.from.as_ref().map(sender),
        headers: headers.iter().map(|one| Field { name: one.name, value: &one.value }).collect(),
        preheader: draft.preheader,
        reply_to: settings.reply_to.as_ref().map(sender),
        schema: "https://throughline.dev/mail/v1",
        sizes,
        subject: draft.subject,
        switch_off: switches(draft.dialect),
    };
    // A struct of texts and numbers is always written.
    let mut json = serde_json::to_string(&sidecar).unwrap_or_default();
    json.push('\n');
    json
}

fn sender(one: &Mailbox) -> Sender<'_> {
    Sender { address: &one.address, name: &one.name }
}
