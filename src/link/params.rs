//! Our parameters of one link, in one piece: a build may hold a million of them.

use std::fmt;

use crate::source::PARAMETERS;

/// Parameters and their values, in the order of the link's URL.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Params {
    /// All values, one behind the other.
    text: Box<str>,
    /// Where each value ends in it.
    ends: [u32; PARAMETERS.len()],
    /// The name of each value: its place in [`PARAMETERS`].
    names: [u8; PARAMETERS.len()],
    len: u8,
}

impl Params {
    /// Puts pairs together. A name that is no parameter, or one too many, is left out.
    pub fn new<'v>(pairs: impl IntoIterator<Item = (&'static str, &'v str)>) -> Self {
        let (mut params, mut text) = (Self::default(), String::with_capacity(128));
        for (name, value) in pairs {
            let known = PARAMETERS.iter().position(|known| *known == name);
            let at = usize::from(params.len);
            let slots = params.names.get_mut(at).zip(params.ends.get_mut(at));
            let (Some(known), Some((slot, end))) = (known, slots) else { continue };
            text.push_str(value);
            (*slot, *end) = (known as u8, text.len() as u32);
            params.len += 1;
        }
        params.text = text.into();
        params
    }

    /// Names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let mut start = 0;
        let all = self.names.iter().zip(&self.ends).take(self.len.into());
        all.map(move |(name, end)| {
            let value = self.text.get(start..*end as usize).unwrap_or("");
            start = *end as usize;
            (PARAMETERS.get(usize::from(*name)).copied().unwrap_or(""), value)
        })
    }

    /// The value of a parameter, where the link has it.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// Whether the link has none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl fmt::Debug for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_come_back_in_their_order() {
        let pairs = [("utm_source", "news"), ("utm_id", ""), ("utm_content", "é.b")];
        let params = Params::new(pairs);
        assert_eq!(params.iter().collect::<Vec<_>>(), pairs);
        assert_eq!(params.get("utm_content"), Some("é.b"));
        assert_eq!(params.get("utm_id"), Some(""));
        assert_eq!(params.get("utm_term"), None);
        assert!(Params::default().is_empty() && !params.is_empty());
        let other = Params::new([("utm_source", "ne"), ("utm_id", "ws"), ("utm_content", "é.b")]);
        assert_ne!(params, other);
    }
}
