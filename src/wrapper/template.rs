//! What a network's link is made of: fixed text and placeholders. Only words; reading them is the
//! business of `slots`, filling them in of `wrap`.

/// How a network's links carry their parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `base?name=value&name=value`.
    Query,
    /// `base/name:value/name:value`.
    Path,
    /// `destination?name=value`: nothing is wrapped, parameters are added.
    Append,
}

/// The host a wrapped URL begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum BaseHost {
    /// The destination's own.
    Destination,
    /// Always the same.
    Exact(String),
    /// One of the fields, by its index.
    Field(usize),
}

/// One parameter of a wrapped URL. A text of its value is encoded already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Param {
    pub(super) name: Piece,
    pub(super) value: Piece,
}

/// Fixed text, or a placeholder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Text(String),
    Slot(Slot),
}

/// What stands for a part of the link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    Destination,
    SubId,
    /// By its index.
    Field(usize),
    /// All tracked parameters, as a query of their own.
    Pairs,
    /// The value of one tracked parameter.
    Pair(String),
}
