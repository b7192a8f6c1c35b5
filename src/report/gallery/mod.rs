//! The gallery: everything a build made, side by side on pages that need no network and no script.
//!
//! What is shown is plain data here; who has it, and where files stand, is the caller's business.

mod item;
mod markup;
mod preview;
mod site;

#[cfg(test)]
mod tests;

pub use markup::address;
pub(super) use markup::text;
pub use preview::{Images, links_of, preview};
pub use site::{GalleryPage, gallery_pages};

/// Everything that a gallery shows.
#[derive(Debug, Default)]
pub struct Gallery {
    /// What the workspace is called.
    pub title: String,
    /// The root digest of the output.
    pub root: String,
    /// The time that the build was told.
    pub as_of: Option<String>,
    /// How many files the output has.
    pub files: usize,
    /// How many tracked links there are.
    pub links: usize,
    /// What is not there, and why.
    pub held_back: Vec<HeldBack>,
    /// What is there, by campaign, channel and asset.
    pub items: Vec<Item>,
}

/// What was not built.
#[derive(Debug)]
pub struct HeldBack {
    /// The artifact, or the asset.
    pub what: String,
    /// A sentence that says why.
    pub why: String,
}

/// What one recipe made for one placement or one asset.
#[derive(Debug, Default)]
pub struct Item {
    /// The campaign's id.
    pub campaign: String,
    /// The channel's id.
    pub channel: String,
    /// The asset's id.
    pub asset: String,
    /// The logical id of its first file.
    pub id: String,
    /// `email`, `page` and so on.
    pub kind: &'static str,
    /// Subject and preheader of a mail.
    pub envelope: Option<(String, String)>,
    /// The bytes of a mail's HTML.
    pub mail_bytes: Option<usize>,
    /// Documents in frames.
    pub views: Vec<View>,
    /// Pictures.
    pub pictures: Vec<Picture>,
    /// Text as it is, and what it is.
    pub texts: Vec<(&'static str, String)>,
    /// Its files: a name and an address.
    pub files: Vec<(String, String)>,
    /// What checks say of it.
    pub findings: Vec<Told>,
    /// Its links.
    pub links: Vec<LinkRow>,
}

/// One document in a frame.
#[derive(Debug)]
pub struct View {
    /// What it shows: `Mobile, 360 wide`.
    pub label: String,
    /// Where the document is.
    pub address: String,
    /// How wide the frame is for the document.
    pub width: u32,
    /// The document is told that its reader likes it dark.
    pub dark: bool,
}

/// One picture.
#[derive(Debug)]
pub struct Picture {
    /// Its file's name.
    pub label: String,
    /// Where it is.
    pub address: String,
    /// Its size on the page.
    pub size: Option<(u32, u32)>,
    /// Its weight.
    pub bytes: usize,
}

/// A finding of a check.
#[derive(Debug)]
pub struct Told {
    /// `TL0620`.
    pub code: &'static str,
    /// `gmail-clipping`.
    pub name: &'static str,
    /// `warning`, or `waived`.
    pub weight: &'static str,
    /// What it says.
    pub message: String,
    /// `templates/email/digest.html:12:4`.
    pub place: String,
}

/// A link.
#[derive(Debug, Default)]
pub struct LinkRow {
    /// What is clicked.
    pub text: String,
    /// Where it leads.
    pub url: String,
    /// The short form, where it has one.
    pub short_url: String,
    /// Its id, where it is tracked.
    pub id: String,
}
