//! The words everything else is written in: ids, digests, paths, places, times.
//!
//! Pure value types. Knows nothing of files, diagnostics or templates.

mod base64;
mod digest;
mod excerpt;
mod fields;
mod ids;
mod nearly_sorted;
mod path;
mod published_path;
mod room;
mod shared_text;
mod span;
mod time;
mod value;

pub use base64::{base64, from_base64};
pub use digest::{DIGITS_IN_NAMES, Digest, Hasher, integrity};
pub use excerpt::Excerpt;
pub use fields::Fields;
pub use ids::{
    AssetId, BundleId, CampaignId, ChannelId, LinkId, OfferId, PartnerId, PlacementId, RoleId,
    TermsId, WindowId, is_slug,
};
pub use nearly_sorted::{put_among_sorted, sort_nearly_sorted};
pub use path::{ArtifactPath, PathFault, WorkspacePath};
pub use published_path::PublishedPath;
pub use room::make_room_for;
pub use shared_text::{SharedText, SharedTexts};
pub use span::{SourceId, Span, Spanned};
pub use time::{LocalTimeFault, parse_datetime, parse_local, rfc3339, zone};
pub use value::Value;
