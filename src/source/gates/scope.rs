//! What one decision is about: `{campaign}/{partner}`.

/// A part of a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ScopeField {
    /// A campaign.
    Campaign,
    /// A partner, with just its own rows.
    Partner,
    /// A channel.
    Channel,
    /// A window.
    Window,
    /// An asset.
    Asset,
    /// An artifact.
    Artifact,
}

/// The pattern of a gate's scopes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopePattern {
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Literal(String),
    Field(ScopeField),
}

impl ScopeField {
    /// All fields, in the order in which they are shown.
    pub const ALL: [Self; 6] =
        [Self::Campaign, Self::Partner, Self::Channel, Self::Window, Self::Asset, Self::Artifact];

    /// The word in braces.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Campaign => "campaign",
            Self::Partner => "partner",
            Self::Channel => "channel",
            Self::Window => "window",
            Self::Asset => "asset",
            Self::Artifact => "artifact",
        }
    }
}

impl ScopePattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// What in it is not understood.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((literal, behind)) = rest.split_once('{') {
            let Some((name, after)) = behind.split_once('}') else {
                return Err("a `{` is not closed".to_owned());
            };
            if !literal.is_empty() {
                pieces.push(Piece::Literal(literal.to_owned()));
            }
            let field = ScopeField::ALL.into_iter().find(|field| field.as_str() == name);
            let Some(field) = field else { return Err(format!("a scope has no `{{{name}}}`")) };
            if pieces.contains(&Piece::Field(field)) {
                return Err(format!("`{{{name}}}` stands in it twice"));
            }
            pieces.push(Piece::Field(field));
            rest = after;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Literal(rest.to_owned()));
        }
        let plain =
            |one: char| one.is_ascii_lowercase() || one.is_ascii_digit() || "-_/.".contains(one);
        let literals = pieces.iter().filter_map(|piece| match piece {
            Piece::Literal(text) => Some(text),
            Piece::Field(_) => None,
        });
        for literal in literals {
            if !literal.chars().all(plain) {
                return Err(format!("`{literal}` is not of lower-case letters, digits, - _ / ."));
            }
        }
        if pieces.is_empty() {
            return Err("it is empty".to_owned());
        }
        let apart = pieces.windows(2).all(|two| !matches!(two, [Piece::Field(_), Piece::Field(_)]));
        if !apart {
            return Err("two fields stand side by side: put a `/` between them".to_owned());
        }
        Ok(Self { pieces })
    }

    /// Whether it names a field.
    pub fn has(&self, field: ScopeField) -> bool {
        self.pieces.contains(&Piece::Field(field))
    }

    /// The scope of one thing; nothing where it lacks a field.
    pub fn expand(&self, value: &dyn Fn(ScopeField) -> Option<String>) -> Option<String> {
        let mut scope = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Literal(text) => scope.push_str(text),
                Piece::Field(field) => scope.push_str(&value(*field)?),
            }
        }
        Some(scope)
    }
}

impl std::fmt::Display for ScopePattern {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for piece in &self.pieces {
            match piece {
                Piece::Literal(text) => formatter.write_str(text)?,
                Piece::Field(field) => write!(formatter, "{{{}}}", field.as_str())?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_says_what_is_wrong_with_it() {
        let wrong = |text: &str| ScopePattern::parse(text).unwrap_err();
        assert_eq!(wrong(""), "it is empty");
        assert_eq!(wrong("{campaign"), "a `{` is not closed");
        assert_eq!(wrong("{brand}"), "a scope has no `{brand}`");
        assert_eq!(wrong("{partner}/{partner}"), "`{partner}` stands in it twice");
        assert!(wrong("{campaign}{partner}").contains("side by side"));
        assert!(wrong("{campaign}:{partner}").contains("lower-case"));
    }

    #[test]
    fn a_scope_needs_every_field() {
        let pattern = ScopePattern::parse("{campaign}/{partner}").unwrap();
        assert_eq!(pattern.to_string(), "{campaign}/{partner}");
        let all = |field: ScopeField| Some(field.as_str()[..2].to_owned());
        assert_eq!(pattern.expand(&all).unwrap(), "ca/pa");
        let some = |field: ScopeField| (field == ScopeField::Campaign).then(|| "bf26".to_owned());
        assert_eq!(pattern.expand(&some), None);
        let whole = ScopePattern::parse("policy").unwrap();
        assert_eq!(whole.expand(&|_| None).unwrap(), "policy");
    }
}
