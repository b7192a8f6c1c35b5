//! A partner's receipt: lines of a terminal, and one page to send.

use std::fmt::Write;

use super::plain::plain;
use super::status::{add, begin};
use crate::decide::{Receipt, ReceiptLine};
use crate::report::count;
use crate::report::gallery::text as escaped;

const STYLE: &str = include_str!("receipt.css");

/// The receipt in lines.
pub fn receipt_text(receipt: &Receipt) -> String {
    let mut out = String::new();
    let Receipt { name, partner, workspace, promised, shipped, as_of, .. } = receipt;
    add(&mut out, format_args!("Receipt for {} ({})", plain(name), plain(partner)));
    add(&mut out, format_args!("from {}, as of {as_of}", plain(workspace)));
    add(&mut out, format_args!("{shipped} of {} shipped", count(*promised, "placement")));
    match (&receipt.release, receipt.seq, &receipt.published) {
        (Some(root), Some(seq), Some(published)) => {
            add(&mut out, format_args!("release {root}, number {seq}, published {published}"));
        }
        _ => add(&mut out, format_args!("release: none is recorded")),
    }
    receipt.placements.iter().for_each(|line| text_of(line, &mut out));
    out
}

fn text_of(line: &ReceiptLine, out: &mut String) {
    let committed = if line.committed { ", committed" } else { "" };
    add(
        out,
        format_args!(
            "\n{}  {}",
            if line.shipped { "shipped    " } else { "not shipped" },
            plain(&line.placement)
        ),
    );
    let title = if line.title.is_empty() { String::new() } else { format!("  {}", line.title) };
    let mut row = |name: &str, value: &str| {
        if !value.is_empty() {
            add(out, format_args!("  {name:<9} {}", plain(value)));
        }
    };
    row("offer", &format!("{}{title}", line.offer));
    let ReceiptLine { campaign_name, channel, asset, slot, .. } = line;
    row("where", &format!("{campaign_name}: {channel}, {asset}, {slot}{committed}"));
    row("when", &when(line).unwrap_or_default());
    row("why", &line.why);
    for link in &line.links {
        row("link", &format!("{}  {}  {}", link.role, link.short_url, link.url));
    }
    for file in &line.artifacts {
        let state = if file.shipped { "" } else { "  (not shipped)" };
        row("file", &format!("{}  sha256:{}{state}", file.id, file.sha256));
    }
}

fn when(line: &ReceiptLine) -> Option<String> {
    Some(format!("{} to {}", line.opens.as_ref()?, line.closes.as_ref()?))
}

/// The receipt as one page that needs no network and no script.
pub fn receipt_page(receipt: &Receipt) -> String {
    let title = format!("Receipt for {}", receipt.name);
    let mut out = begin(&title, STYLE);
    let Receipt { workspace, promised, shipped, as_of, partner, .. } = receipt;
    add(
        &mut out,
        format_args!(
            "<header>\n<p class=\"who\">{}</p>\n<h1>{}</h1>\n<p class=\"who\"><code>{}</code>, as of \
             <time datetime=\"{as_of}\">{as_of}</time></p>\n</header>\n<p class=\"sum\">\
             <b>{shipped}</b> of {} shipped</p>",
            escaped(workspace),
            escaped(&title),
            escaped(partner),
            count(*promised, "placement")
        ),
    );
    match (&receipt.release, receipt.seq, &receipt.published) {
        (Some(root), Some(seq), Some(published)) => add(
            &mut out,
            format_args!(
                "<p>Release number {seq}, published <time datetime=\"{published}\">{published}</time>: \
                 <code>{}</code></p>",
                escaped(root)
            ),
        ),
        _ => out.push_str("<p>No release is recorded yet.</p>\n"),
    }
    receipt.placements.iter().for_each(|line| article(line, &mut out));
    if receipt.placements.is_empty() {
        out.push_str("<p>There is no placement.</p>\n");
    }
    out.push_str(
        "<footer><p>Digests are SHA-256 of the files as they were delivered.</p></footer>\n\
         </main>\n</body>\n</html>\n",
    );
    out
}

fn article(line: &ReceiptLine, out: &mut String) {
    let (class, mark, word) =
        if line.shipped { ("good", "✓", "shipped") } else { ("open", "–", "not shipped") };
    let title = if line.title.is_empty() { &line.offer } else { &line.title };
    let committed = if line.committed { " <span class=\"tag\">committed</span>" } else { "" };
    let name = escaped(&line.placement);
    add(
        out,
        format_args!(
            "<article>\n<h2>{}</h2>\n<p><span class=\"state {class}\"><span aria-hidden=\"true\">\
             {mark}</span> {word}</span>{committed} {}</p>\n<dl>",
            escaped(title),
            escaped(&line.why)
        ),
    );
    let mut row = |name: &str, value: &str| {
        add(out, format_args!("<div><dt>{name}</dt><dd>{value}</dd></div>"));
    };
    row("Placement", &format!("<code>{name}</code>"));
    row("Offer", &format!("<code>{}</code>", escaped(&line.offer)));
    let ReceiptLine { campaign_name, channel, asset, slot, .. } = line;
    row("Where", &escaped(&format!("{campaign_name}: {channel}, {asset}, {slot}")));
    if let Some((opens, closes)) = line.opens.as_ref().zip(line.closes.as_ref()) {
        row(
            "When",
            &format!(
                "<time datetime=\"{opens}\">{opens}</time> to <time datetime=\"{closes}\">{closes}</time>"
            ),
        );
    }
    let mut links = String::new();
    for link in &line.links {
        // Writing to a string cannot fail.
        let _ = write!(
            links,
            "<p>{} <code>{}</code><br><code class=\"url\">{}</code></p>",
            escaped(&link.role),
            escaped(&link.short_url),
            escaped(&link.url)
        );
    }
    row("Links", if links.is_empty() { "none" } else { &links });
    let mut files = String::new();
    for file in &line.artifacts {
        let state = if file.shipped { "" } else { " <em>not shipped</em>" };
        let _ = write!(
            files,
            "<p><code>{}</code>{state}<br><code class=\"url\">{}</code></p>",
            escaped(&file.id),
            escaped(&file.sha256)
        );
    }
    row("Files", if files.is_empty() { "none" } else { &files });
    out.push_str("</dl>\n</article>\n");
}
