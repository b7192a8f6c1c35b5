//! Which mail clients support what, from the data of Can I Email.
//!
//! caniemail.csv is written by scripts/caniemail and holds the edition's date. Which of its
//! features are looked for, and how, is `features`.

mod features;

use std::sync::OnceLock;

use features::FEATURES;
pub(super) use features::Sign;

/// Read where a channel does not say what its mails are read with.
const USUAL: [&str; 8] = [
    "apple-mail-ios",
    "apple-mail-macos",
    "gmail-android",
    "gmail-ios",
    "gmail-web",
    "outlook-web",
    "outlook-windows",
    "yahoo-web",
];

/// The whole table: one line for each feature.
#[derive(Debug, Default)]
struct Table {
    clients: Vec<&'static str>,
    /// Feature, title, and a letter for each client.
    rows: Vec<(&'static str, String, Vec<u8>)>,
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut lines = include_str!("caniemail.csv").lines().filter(|one| !one.starts_with('#'));
        let clients = lines.next().unwrap_or("").split(',').skip(2).collect();
        let row = |line: &'static str| {
            let (feature, rest) = line.split_once(',')?;
            // A title may hold commas and quotes; the letters behind it hold none.
            let letters = rest.rsplit(',').take_while(|one| one.len() == 1).count();
            let cut = rest.len() - letters * 2;
            let title = rest.get(..cut)?.trim_matches('"').replace("\"\"", "\"");
            let letters = rest.get(cut + 1..)?.bytes().filter(|one| *one != b',').collect();
            Some((feature, title, letters))
        };
        Table { clients, rows: lines.filter_map(row).collect() }
    })
}

/// The names of all clients that are known.
pub fn client_names() -> &'static [&'static str] {
    &table().clients
}

/// Whether a name is the client's own or its family's.
pub fn is_called(client: &str, name: &str) -> bool {
    client.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

/// A sign as the table of features has it; none where no feature is known by it.
pub(super) fn known_sign(sign: Sign<'_>) -> Option<Sign<'static>> {
    static SIGNS: OnceLock<Vec<Sign<'static>>> = OnceLock::new();
    let signs = SIGNS.get_or_init(|| {
        let all = FEATURES.iter().flat_map(|(_, signs)| signs.iter().copied());
        let mut all: Vec<_> = all.collect();
        all.sort_unstable();
        all
    });
    let at = signs.binary_search_by(|one| one.cmp(&sign)).ok()?;
    signs.get(at).copied()
}

/// A feature that some of the clients do not support.
#[derive(Debug)]
pub(super) struct Gap {
    /// Its name on caniemail.com.
    pub(super) feature: &'static str,
    /// What it is called.
    pub(super) title: &'static str,
    /// The clients, as a message names them.
    pub(super) clients: String,
}

/// The mail clients of a channel, and what they lack.
#[derive(Debug)]
pub struct Clients {
    gaps: Vec<Gap>,
    /// What to look for, sorted, and the gap that it shows.
    signs: Vec<(Sign<'static>, usize)>,
}

impl Default for Clients {
    fn default() -> Self {
        Self::of(&USUAL)
    }
}

impl Clients {
    /// The clients of these names, or of these families, as `gmail`; names that are not known count
    /// for nothing.
    pub fn of(names: &[&str]) -> Self {
        let table = table();
        let meant = |client: &str| names.iter().any(|name| is_called(client, name));
        let clients = table.clients.iter().copied().enumerate();
        let columns: Vec<(usize, &str)> = clients.filter(|(_, one)| meant(one)).collect();
        let (mut gaps, mut signs) = (Vec::new(), Vec::new());
        for (feature, looked_for) in FEATURES {
            let Some((feature, title, letters)) = table.rows.iter().find(|one| one.0 == *feature)
            else {
                continue;
            };
            let lacks = |(at, _): &&(usize, &str)| letters.get(*at) == Some(&b'n');
            let without: Vec<&str> = columns.iter().filter(lacks).map(|(_, name)| *name).collect();
            if without.is_empty() {
                continue;
            }
            signs.extend(looked_for.iter().map(|sign| (*sign, gaps.len())));
            gaps.push(Gap { feature, title, clients: without.join(", ") });
        }
        signs.sort_unstable();
        Self { gaps, signs }
    }

    /// The gap that a sign shows, with its number.
    pub(super) fn gap(&self, sign: Sign<'_>) -> Option<(usize, &Gap)> {
        let at = self.signs.binary_search_by(|(one, _)| one.cmp(&sign)).ok()?;
        let (_, gap) = self.signs.get(at)?;
        Some((*gap, self.gaps.get(*gap)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        let table = table();
        assert!(table.rows.len() > 250);
        assert!(table.clients.contains(&"outlook-windows"));
        for (feature, title, letters) in &table.rows {
            assert_eq!(letters.len(), table.clients.len(), "{feature}");
            assert!(letters.iter().all(|one| b"ynau".contains(one)), "{feature}");
            assert!(!title.is_empty(), "{feature}");
        }
    }

    #[test]
    fn every_feature_that_is_looked_for_is_in_the_table() {
        for (feature, signs) in FEATURES {
            assert!(table().rows.iter().any(|one| one.0 == *feature), "{feature}");
            assert!(!signs.is_empty(), "{feature}");
        }
        for name in USUAL {
            assert!(client_names().contains(&name), "{name}");
        }
    }

    #[test]
    fn what_a_client_lacks_depends_on_the_clients() {
        let flex = Sign::Value("display", "flex");
        let usual = Clients::default();
        let (_, gap) = usual.gap(flex).unwrap();
        let lacking = "outlook-windows, outlook-windows-mail";
        assert_eq!((gap.feature, gap.clients.as_str()), ("css-display-flex", lacking));
        assert!(Clients::of(&["apple-mail-ios"]).gap(flex).is_none());
        assert!(usual.gap(Sign::Property("color")).is_none());
    }
}
