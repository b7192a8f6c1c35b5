//! Text in, typed documents out. Collects what is wrong with each file on its own.
//!
//! Knows nothing of other files: whether ids exist and windows fit is `resolve`'s question.

mod brief;
mod channel;
mod documents;
mod fields;
mod front_matter;
mod legal;
mod lock;
mod pattern;
pub mod table;
mod taxonomy;
mod text;
mod toml;
mod tracking;
pub(crate) mod workspace;

pub use brief::{AssetSpec, Brief, Each, PickRule, Window, read_brief};
pub use channel::{
    Channel, LinkRule, LinkTarget, PARAMETERS, Recipe, RecipeKind, SheetColumn, read_channel,
};
pub use documents::{Documents, TableOf, Unusable, read_documents};
pub use fields::{FieldRule, FieldRules, Variation, read_fields};
pub use legal::{Terms, read_terms};
pub use lock::{Lock, LockEntry, read_lock};
pub use pattern::{Field, LinkField, Pattern, Piece};
pub use taxonomy::{Dimension, ParameterRules, Taxonomy, Term, read_taxonomy};
pub use text::{Position, SourceKind, SourceText, Sources};
pub use tracking::find_typed_parameter;
pub use workspace::{Hosts, Owners, TableSpec, Workspace, is_currency, read_workspace};
