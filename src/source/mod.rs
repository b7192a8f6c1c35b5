//! Text in, typed documents out. Collects what is wrong with each file on its own.
//!
//! Knows nothing of other files: whether ids exist and windows fit is `resolve`'s question.

mod approval;
mod brief;
mod briefs;
mod channel;
mod copy;
mod documents;
mod encoding;
mod esp;
mod fields;
mod file_type;
mod front_matter;
mod gates;
mod legal;
mod link_rule;
mod link_settings;
mod lint_rules;
mod locales;
mod lock;
mod mail_settings;
mod must_show;
mod page_settings;
mod pattern;
mod picture_settings;
mod recipe;
mod release_settings;
mod swap;
pub mod table;
mod table_file;
pub(crate) mod table_spec;
mod taxonomy;
mod term_lint;
mod text;
mod toml;
mod tracking;
mod variant;
mod waiver;
pub mod workbook;
pub(crate) mod workspace;

pub use approval::{
    ApprovalFile, Decision, Digests, Item, MAX_VALUE, NAMESPACE, PREDICATE_TYPE, Predicate,
    RevokedKeys, STATEMENT_TYPE, Signer, SignerLineFault, Signers, Statement, StatementSubject,
    parse_statement, read_revoked_keys, read_signers, signer_lines,
};
pub use brief::{AssetSpec, Brief, Each, PickRule, Window, read_brief};
pub use channel::{Channel, PARAMETERS, read_channel};
pub use copy::block_and_locale;
pub use documents::{Documents, TAXONOMY, Unusable, read_documents};
pub use encoding::Encoding;
pub use esp::{Esp, Tag};
pub use fields::{FieldRule, FieldRules, Variation, read_fields};
pub use gates::{
    FieldClass, GateRule, GateRules, Role, ScopeField, ScopePattern, Sticky, Watch, read_gates,
};
pub use legal::Terms;
pub use link_rule::{LinkRule, LinkTarget};
pub use link_settings::{RedirectSetting, WrapperIds};
pub use lock::{Lock, LockRow, conflict_marker, read_lock, read_lock_line};
pub use mail_settings::{MailSettings, Mailbox};
pub use must_show::MustShow;
pub use page_settings::{PageForm, PageSettings};
pub use pattern::{Field, LinkField, Pattern, Piece};
pub use picture_settings::{PictureFormat, PictureSettings, SIZE_MARK};
pub use recipe::{Recipe, RecipeKind, SheetColumn};
pub use release_settings::ReleaseSettings;
pub use swap::{
    Applied, Change, MoveTime, ReplaceOffer, SetCell, Swap, SwapText, WINDOW_TIMES, read_swap,
    swap_id, swap_text,
};
pub use table_file::{SheetText, TableFile};
pub use table_spec::{ColumnSpec, TableSpec};
pub use taxonomy::{Dimension, ParameterRules, Taxonomy, Term, read_taxonomy};
pub use term_lint::lint_term;
pub use text::{Position, SourceKind, SourceText, Sources};
pub use tracking::find_typed_parameter;
pub use variant::VariantSpec;
pub use waiver::{Waiver, read_waiver};
pub use workspace::{
    Hosts, Owners, Workspace, decimal_places, is_currency, is_route, read_workspace,
};
