//! The fonts that texts are drawn and measured with: two of our own, and those of the workspace.

use std::sync::Arc;

use harfrust::{FontRef, ShaperData};
use resvg::usvg::fontdb::{Database, Family, ID, Query, Source, Weight};

/// The family of the fonts that are built in.
pub const REGULAR_FAMILY: &str = "Inter";

/// Inter in two weights, for Latin, Greek and Cyrillic (fonts/OFL.txt).
const BUILT_IN: [&[u8]; 2] =
    [include_bytes!("fonts/inter-regular.otf"), include_bytes!("fonts/inter-bold.otf")];

type Bytes = Arc<dyn AsRef<[u8]> + Send + Sync>;

/// Fonts, read once and shared by all threads.
pub struct Fonts {
    pub(super) database: Arc<Database>,
    pub(super) faces: Vec<Face>,
}

/// One font, ready to shape texts.
pub(super) struct Face {
    pub(super) id: ID,
    bytes: Bytes,
    index: u32,
    pub(super) shaper: ShaperData,
}

impl Face {
    pub(super) fn font(&self) -> Option<FontRef<'_>> {
        FontRef::from_index((*self.bytes).as_ref(), self.index).ok()
    }
}

impl Fonts {
    /// Reads the built-in fonts and `added` ones. Tells which of `added` are no fonts.
    pub fn new(added: &[Arc<Vec<u8>>]) -> (Self, Vec<usize>) {
        let mut database = Database::new();
        let mut faces = Vec::new();
        let mut unreadable = Vec::new();
        let built_in = BUILT_IN.into_iter().map(|bytes| Arc::new(bytes) as Bytes);
        let added = added.iter().map(|bytes| Arc::new(SharedBytes(Arc::clone(bytes))) as Bytes);
        for (at, bytes) in built_in.chain(added).enumerate() {
            let ids = database.load_font_source(Source::Binary(Arc::clone(&bytes)));
            if ids.is_empty() {
                unreadable.push(at - BUILT_IN.len());
            }
            for id in ids {
                let index = database.face(id).map_or(0, |face| face.index);
                let data = FontRef::from_index((*bytes).as_ref(), index);
                if let Ok(shaper) = data.map(|font| ShaperData::new(&font)) {
                    faces.push(Face { id, bytes: Arc::clone(&bytes), index, shaper });
                }
            }
        }
        database.set_serif_family(REGULAR_FAMILY);
        database.set_sans_serif_family(REGULAR_FAMILY);
        database.set_monospace_family(REGULAR_FAMILY);
        database.set_cursive_family(REGULAR_FAMILY);
        database.set_fantasy_family(REGULAR_FAMILY);
        (Self { database: Arc::new(database), faces }, unreadable)
    }

    /// The font that a text of a family and weight is drawn with.
    pub(super) fn face(&self, family: &str, weight: u16) -> Option<&Face> {
        let families = [Family::Name(family), Family::Serif];
        let query = Query { families: &families, weight: Weight(weight), ..Query::default() };
        let id = self.database.query(&query)?;
        self.faces.iter().find(|face| face.id == id)
    }
}

/// Bytes that others hold as well.
struct SharedBytes(Arc<Vec<u8>>);

impl AsRef<[u8]> for SharedBytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}
