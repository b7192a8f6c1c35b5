//! `{field}` patterns: literal text and owned facts, and nothing else.

use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::dialect::{Dialect, scan};
use crate::model::{Span, Spanned};

/// A parsed pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// Its parts in order.
    pub pieces: Vec<Piece>,
    /// Where it is written.
    pub span: Span,
}

/// One part of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Text that stands as it is.
    Literal(String),
    /// A fact.
    Field(Field),
    /// A macro that the channel's platform fills in: it passes through byte for byte.
    Macro(String),
}

/// A fact that a pattern may read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field {
    /// `{channel.id}`
    ChannelId,
    /// `{channel.source}`
    ChannelSource,
    /// `{channel.medium}`
    ChannelMedium,
    /// `{campaign.id}`
    CampaignId,
    /// `{campaign.code}`
    CampaignCode,
    /// `{campaign.name}`
    CampaignName,
    /// `{asset.id}`
    AssetId,
    /// `{placement.id}`
    PlacementId,
    /// `{slot}`
    Slot,
    /// `{variant}`
    Variant,
    /// `{locale}`
    Locale,
    /// `{link.role}`
    LinkRole,
    /// `{offer.<column>}`; `{offer.id}` is `offer_id`.
    Offer(String),
    /// `{partner.<column>}`; `{partner.id}` is `partner_id`.
    Partner(String),
    /// `{links.<role>.<field>}`, in sheets.
    Link(String, LinkField),
}

/// What a sheet may show of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkField {
    /// Its id.
    Id,
    /// Its tracked URL.
    Url,
    /// Its short URL.
    ShortUrl,
    /// Its short code.
    ShortCode,
}

const FIXED: [(&str, Field); 12] = [
    ("channel.id", Field::ChannelId),
    ("channel.source", Field::ChannelSource),
    ("channel.medium", Field::ChannelMedium),
    ("campaign.id", Field::CampaignId),
    ("campaign.code", Field::CampaignCode),
    ("campaign.name", Field::CampaignName),
    ("asset.id", Field::AssetId),
    ("placement.id", Field::PlacementId),
    ("slot", Field::Slot),
    ("variant", Field::Variant),
    ("locale", Field::Locale),
    ("link.role", Field::LinkRole),
];

impl Field {
    /// Names that patterns use for fields without a table behind them.
    pub fn fixed_names() -> impl Iterator<Item = &'static str> {
        FIXED.iter().map(|(name, _)| *name)
    }

    /// How the field is written.
    pub fn name(&self) -> String {
        match self {
            Self::Offer(column) => format!("offer.{}", short(column, "offer_id")),
            Self::Partner(column) => format!("partner.{}", short(column, "partner_id")),
            Self::Link(role, field) => format!("links.{role}.{}", field.name()),
            fixed => FIXED
                .iter()
                .find(|(_, field)| field == fixed)
                .map_or_else(String::new, |(name, _)| (*name).to_owned()),
        }
    }

    fn parse(text: &str) -> Option<Self> {
        if let Some((_, field)) = FIXED.iter().find(|(name, _)| *name == text) {
            return Some(field.clone());
        }
        let (entity, rest) = text.split_once('.')?;
        match entity {
            "offer" => Some(Self::Offer(long(rest, "offer_id"))),
            "partner" => Some(Self::Partner(long(rest, "partner_id"))),
            "links" => {
                let (role, field) = rest.split_once('.')?;
                Some(Self::Link(role.to_owned(), LinkField::parse(field)?))
            }
            _ => None,
        }
    }
}

impl LinkField {
    const ALL: [(&'static str, Self); 4] = [
        ("id", Self::Id),
        ("url", Self::Url),
        ("short_url", Self::ShortUrl),
        ("short_code", Self::ShortCode),
    ];

    fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().find(|(name, _)| *name == text).map(|(_, field)| *field)
    }

    fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, field)| *field == self).map_or("", |(name, _)| name)
    }
}

fn short<'a>(column: &'a str, key: &str) -> &'a str {
    if column == key { "id" } else { column }
}

fn long(name: &str, key: &str) -> String {
    if name == "id" { key.to_owned() } else { name.to_owned() }
}

impl Pattern {
    /// Parses a parameter's pattern, which may hold macros of the channel's platform besides.
    pub(super) fn of_parameter(
        written: &Spanned<String>,
        dialect: Option<Dialect>,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self> {
        let (text, mut at) = (written.value.as_str(), 0);
        let mut pieces = Vec::new();
        let tokens = dialect.into_iter().flat_map(|dialect| scan(text, dialect));
        // A name that is ours stands for our fact, whatever the platform means by it.
        let ours = |token: &str| {
            let name = token.strip_prefix('{').and_then(|name| name.strip_suffix('}'));
            name.is_some_and(|name| Field::parse(name).is_some())
        };
        for token in tokens.filter(|token| !ours(token.text)) {
            pieces.extend(parse_pieces(text.get(at..token.range.start)?, written, diagnostics)?);
            pieces.push(Piece::Macro(token.text.to_owned()));
            at = token.range.end;
        }
        pieces.extend(parse_pieces(text.get(at..)?, written, diagnostics)?);
        Some(Self { pieces, span: written.span })
    }

    /// Parses a pattern; braces have no escape because none is needed in paths and parameters.
    pub(super) fn parse(written: &Spanned<String>, diagnostics: &mut Diagnostics) -> Option<Self> {
        let pieces = parse_pieces(&written.value, written, diagnostics)?;
        Some(Self { pieces, span: written.span })
    }
    /// Whether a platform fills in parts of it.
    pub fn has_macros(&self) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Piece::Macro(_)))
    }

    /// The fields it reads.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Field(field) => Some(field),
            Piece::Literal(_) | Piece::Macro(_) => None,
        })
    }

    /// Whether it tells an asset's variants apart.
    pub fn reads_variant(&self) -> bool {
        self.fields().any(|field| matches!(field, Field::Variant))
    }

    /// Whether it tells an asset's locales apart.
    pub fn reads_locale(&self) -> bool {
        self.fields().any(|field| matches!(field, Field::Locale))
    }

    /// Tells whether the pattern differs from placement to placement.
    pub fn reads_placement(&self) -> bool {
        self.fields().any(|field| {
            matches!(
                field,
                Field::PlacementId
                    | Field::Slot
                    | Field::Offer(_)
                    | Field::Partner(_)
                    | Field::Link(..)
            )
        })
    }
}

/// The literal texts and fields of a part of a pattern.
fn parse_pieces(
    part: &str,
    written: &Spanned<String>,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<Piece>> {
    let mut fail = |code, message: String, help: Option<String>| {
        diagnostics.push(Diagnostic::error(code, written.span, message).maybe_help(help));
    };
    let mut pieces = Vec::new();
    let mut rest = part;

    while let Some(open) = rest.find(['{', '}']) {
        let (literal, tail) = rest.split_at(open);
        if !literal.is_empty() {
            pieces.push(Piece::Literal(literal.to_owned()));
        }
        let Some((name, after)) = tail.strip_prefix('{').and_then(|tail| tail.split_once('}'))
        else {
            fail(Code::BadPattern, format!("unbalanced braces in `{}`", written.value), None);
            return None;
        };
        let Some(field) = Field::parse(name) else {
            let known = Field::fixed_names().chain(["offer.id", "partner.id"]);
            let help = crate::diag::did_you_mean(name, known);
            fail(Code::UnknownField, format!("unknown field `{{{name}}}`"), help);
            return None;
        };
        pieces.push(Piece::Field(field));
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Literal(rest.to_owned()));
    }
    Some(pieces)
}
