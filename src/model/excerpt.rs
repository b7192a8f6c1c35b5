//! A piece of a text that is in memory once.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

/// A text that is a piece of a longer one, which stays in memory as long as it does. A copy costs
/// next to nothing.
#[derive(Clone, Default)]
pub struct Excerpt {
    /// Nothing of an empty one.
    whole: Option<Arc<String>>,
    start: u32,
    end: u32,
}

impl Excerpt {
    /// A part of `whole` as an excerpt of it; nothing where it is a text of its own.
    pub fn within(whole: &Arc<String>, part: &str) -> Option<Self> {
        let start = (part.as_ptr() as usize).checked_sub(whole.as_ptr() as usize)?;
        let end = start.checked_add(part.len())?;
        let (from, to) = (u32::try_from(start).ok()?, u32::try_from(end).ok()?);
        // What lies inside is the same text: it need not be compared.
        whole.get(start..end)?;
        Some(Self { whole: Some(Arc::clone(whole)), start: from, end: to })
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        let whole = self.whole.as_ref();
        whole.and_then(|whole| whole.get(self.start as usize..self.end as usize)).unwrap_or("")
    }
}

impl From<String> for Excerpt {
    fn from(text: String) -> Self {
        // A text of four gigabytes is never one of those that are held in millions.
        let end = u32::try_from(text.len()).unwrap_or(u32::MAX);
        Self { whole: Some(Arc::new(text)), start: 0, end }
    }
}

impl From<&str> for Excerpt {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl Deref for Excerpt {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq for Excerpt {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Excerpt {}

impl PartialEq<str> for Excerpt {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Excerpt {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl Hash for Excerpt {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl fmt::Debug for Excerpt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), formatter)
    }
}

impl fmt::Display for Excerpt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_stays_a_part() {
        let whole = Arc::new("id,code,https://a.example/é".to_owned());
        let part = Excerpt::within(&whole, &whole[8..]).expect("a part");
        assert_eq!((part.as_str(), Arc::strong_count(&whole)), ("https://a.example/é", 2));
        assert_eq!(part, Excerpt::from("https://a.example/é"));
        assert_eq!(Excerpt::within(&whole, "").map(|one| one.as_str().len()), None);
        assert_eq!(Excerpt::within(&whole, &whole[0..0]).as_deref(), Some(""));
        assert!(Excerpt::within(&whole, &whole.as_str().to_owned()[8..]).is_none());
        assert_eq!(Excerpt::default().as_str(), "");
    }
}
