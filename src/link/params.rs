//! Our parameters of one link, in one piece: a build may hold a million of them.

use std::fmt;
use std::hash::{Hash, Hasher};

use memchr::memmem;

use crate::model::Excerpt;
use crate::source::PARAMETERS;

/// Parameters and their values, in the order of the link's URL.
#[derive(Clone, Default)]
pub struct Params {
    values: Values,
    /// The name of each value: its place in [`PARAMETERS`].
    names: [u8; PARAMETERS.len()],
    len: u8,
}

/// The values, one behind the other.
#[derive(Clone)]
enum Values {
    /// In a text of their own: where each ends.
    Own(Box<str>, [u32; PARAMETERS.len()]),
    /// In a text that is in memory anyway: where each begins, and how long it is.
    In(Excerpt, [(u16, u16); PARAMETERS.len()]),
}

impl Default for Values {
    fn default() -> Self {
        Self::Own(Box::default(), [0; PARAMETERS.len()])
    }
}

impl Params {
    /// Puts pairs together. A name that is no parameter, or one too many, is left out.
    pub fn new<'v>(pairs: impl IntoIterator<Item = (&'static str, &'v str)>) -> Self {
        let (mut params, mut text) = (Self::default(), String::with_capacity(128));
        let mut ends = [0; PARAMETERS.len()];
        for (name, value) in pairs {
            let known = PARAMETERS.iter().position(|known| *known == name);
            let at = usize::from(params.len);
            let slots = params.names.get_mut(at).zip(ends.get_mut(at));
            let (Some(known), Some((slot, end))) = (known, slots) else { continue };
            text.push_str(value);
            (*slot, *end) = (known as u8, text.len() as u32);
            params.len += 1;
        }
        params.values = Values::Own(text.into(), ends);
        params
    }

    /// The same, without a text of their own where the values stand in another as they are, which
    /// those without signs do in a URL.
    pub(super) fn share(&mut self, with: &Excerpt) {
        let mut spans = [(0, 0); PARAMETERS.len()];
        for (span, (_, value)) in spans.iter_mut().zip(self.iter()) {
            let found = memmem::find(with.as_bytes(), value.as_bytes());
            let found =
                found.and_then(|at| Some((at.try_into().ok()?, value.len().try_into().ok()?)));
            let Some(found) = found else { return };
            *span = found;
        }
        self.values = Values::In(with.clone(), spans);
    }

    /// Names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        (0..self.len.into()).map(|at| {
            let name = self.names.get(at).and_then(|name| PARAMETERS.get(usize::from(*name)));
            (name.copied().unwrap_or(""), self.value(at).unwrap_or(""))
        })
    }

    fn value(&self, at: usize) -> Option<&str> {
        match &self.values {
            Values::Own(text, ends) => {
                let start = at.checked_sub(1).map_or(Some(&0), |before| ends.get(before))?;
                text.get(*start as usize..*ends.get(at)? as usize)
            }
            Values::In(text, spans) => {
                let (start, length) = *spans.get(at)?;
                text.as_str().get(start.into()..usize::from(start) + usize::from(length))
            }
        }
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

impl PartialEq for Params {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Eq for Params {}

impl Hash for Params {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.iter().for_each(|pair| pair.hash(state));
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

    #[test]
    fn values_that_stand_in_the_url_are_not_in_memory_twice() {
        let pairs = [("utm_source", "news"), ("utm_id", ""), ("utm_content", "a.b")];
        let (whole, mut shared) = (Params::new(pairs), Params::new(pairs));
        let url = Excerpt::from("https://a.example/news?utm_source=news&utm_content=a.b");
        shared.share(&url);
        assert!(matches!(shared.values, Values::In(..)));
        assert_eq!((shared.iter().collect::<Vec<_>>(), &shared), (pairs.to_vec(), &whole));
        // Signs are encoded, and a text of more than 64 KB is no URL.
        let long = "x".repeat(70_000) + "news";
        for (value, text) in [("50% off", "?utm_source=50%25%20off"), ("news", &*long)] {
            let mut own = Params::new([("utm_source", value)]);
            own.share(&Excerpt::from(text));
            assert!(matches!(own.values, Values::Own(..)));
            assert_eq!(own.get("utm_source"), Some(value));
        }
    }
}
