//! A long table in parts, so that one row of it is no reason to write all of it anew.
//!
//! Which part a row is in follows from what it is about and from how many parts there are, so a
//! change leaves the other parts as they are, until the table is twice as long.

use rayon::prelude::*;

use crate::model::Digest;

/// Rows that one file may have. A table with more is in parts.
const MAX_ROWS: usize = 8192;
/// Rows that a part has at most, on average.
const PART_ROWS: usize = 4096;

/// In how many parts a table is: a power of two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Parts {
    /// Bits of a digest that tell a row's part. Without any, the table is one file.
    bits: u32,
}

/// One part of a table, or the whole of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part {
    number: u32,
    of: Parts,
}

impl Parts {
    /// The parts of a table with so many rows.
    pub(super) fn of_rows(rows: usize) -> Self {
        if rows <= MAX_ROWS {
            return Self { bits: 0 };
        }
        Self { bits: rows.div_ceil(PART_ROWS).next_power_of_two().trailing_zeros() }
    }

    fn count(self) -> u32 {
        1 << self.bits
    }

    fn all(self) -> impl Iterator<Item = Part> {
        (0..self.count()).map(move |number| Part { number, of: self })
    }

    /// The number of the part that holds what is known by a key, such as a link's id.
    pub(super) fn number(self, key: &str) -> u32 {
        if self.bits == 0 {
            return 0;
        }
        let [a, b, c, d, ..] = *Digest::of(key.as_bytes()).as_bytes();
        u32::from_be_bytes([a, b, c, d]) >> (u32::BITS - self.bits)
    }

    /// Sorts rows into parts, in each of which they keep their order. `number` tells the part of a
    /// row by its place.
    pub(super) fn split(self, rows: usize, number: impl Fn(usize) -> u32 + Sync + Send) -> Split {
        let numbers: Vec<u32> = (0..rows).into_par_iter().map(number).collect();
        let mut parts = vec![Vec::new(); self.count() as usize];
        for (row, number) in numbers.into_iter().enumerate() {
            if let Some(part) = parts.get_mut(number as usize) {
                part.push(row);
            }
        }
        parts.iter_mut().for_each(Vec::shrink_to_fit);
        Split { of: self, parts }
    }

    /// Digits of a part's number in names.
    fn digits(self) -> usize {
        const FEWEST: usize = 2;
        FEWEST.max(self.bits.div_ceil(4) as usize)
    }
}

impl Part {
    /// The only one there is.
    pub(super) fn is_whole(self) -> bool {
        self.of.bits == 0
    }
}

/// The rows of a table by their parts.
#[derive(Debug)]
pub(super) struct Split {
    of: Parts,
    parts: Vec<Vec<usize>>,
}

impl Split {
    /// The rows of a part, by their places.
    pub(super) fn rows(&self, part: Part) -> &[usize] {
        self.parts.get(part.number as usize).map_or(&[], Vec::as_slice)
    }

    /// Every part.
    pub(super) fn all(&self) -> Vec<Part> {
        self.of.all().collect()
    }

    /// The parts that are written: those with rows, and a whole table in any case.
    pub(super) fn written(&self) -> Vec<Part> {
        self.of.all().filter(|part| part.is_whole() || !self.rows(*part).is_empty()).collect()
    }
}

/// What the ids of a table's files are: of the whole table, `links/links.csv`, and of its parts,
/// `links/links-3f.csv`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableId {
    stem: &'static str,
    joint: &'static str,
    extension: &'static str,
}

/// links.csv: the live links.
pub const LINKS: TableId = TableId::new("links/links", ".csv");
/// The reporting table of all links, as spreadsheets get it.
pub const DIM_LINK: TableId = TableId::new("reporting/dim_link", ".csv");
/// The same as it is, for dbt.
pub const DIM_LINK_SEED: TableId = TableId::seed("reporting/dbt/seeds/dim_link");

impl TableId {
    pub(super) const fn new(stem: &'static str, extension: &'static str) -> Self {
        Self { stem, joint: "-", extension }
    }

    /// A seed of dbt, whose name is that of a table in a database.
    pub(super) const fn seed(stem: &'static str) -> Self {
        Self { stem, joint: "_", extension: ".csv" }
    }

    /// The id of a table that is not in parts.
    pub fn whole(&self) -> String {
        format!("{}{}", self.stem, self.extension)
    }

    /// The id of a part.
    pub(super) fn of(&self, part: Part) -> String {
        if part.is_whole() {
            return self.whole();
        }
        let Self { stem, joint, extension } = self;
        format!("{stem}{joint}{:0width$x}{extension}", part.number, width = part.of.digits())
    }

    /// The name of a part's file, without folder and extension.
    pub(super) fn name(&self, part: Part) -> String {
        let id = self.of(part);
        let name = id.strip_suffix(self.extension).unwrap_or(&id);
        name.rsplit('/').next().unwrap_or(name).to_owned()
    }

    /// Of the files of a build, those that are this table, in order; `id` tells their ids. None
    /// where the build has no such table.
    pub fn files_in<'f, T>(
        &self,
        files: impl IntoIterator<Item = &'f T>,
        id: impl Fn(&'f T) -> &'f str,
    ) -> Vec<&'f T> {
        let (mut whole, mut parts) = (None, Vec::new());
        for file in files {
            let Some(rest) = id(file).strip_prefix(self.stem) else { continue };
            match rest.strip_suffix(self.extension) {
                Some("") => whole = Some(file),
                Some(rest) => parts.extend(self.number_in(rest).map(|number| (number, file))),
                None => {}
            }
        }
        if let Some(whole) = whole {
            return vec![whole];
        }
        parts.sort_by_key(|(number, _)| *number);
        parts.into_iter().map(|(_, file)| file).collect()
    }

    /// Of the files of a table, those that can hold what is known by a key, the likeliest first:
    /// how many parts there are is not written anywhere, and the last ones may have no rows.
    pub fn files_with<'f, T>(
        &self,
        key: &str,
        files: &[&'f T],
        id: impl Fn(&'f T) -> &'f str,
    ) -> Vec<&'f T> {
        let number = |file: &&'f T| {
            let rest = id(file).strip_prefix(self.stem)?.strip_suffix(self.extension)?;
            self.number_in(rest).map(|number| (rest.len() - self.joint.len(), number))
        };
        let numbered: Option<Vec<(usize, u32)>> = files.iter().map(number).collect();
        let last = numbered.as_ref().and_then(|numbers| numbers.last());
        let Some((digits, last)) = last.copied() else { return files.to_vec() };
        let mut found = Vec::new();
        let possible = (1..u32::BITS).map(|bits| Parts { bits });
        for parts in possible.filter(|one| one.count() > last && one.digits() == digits) {
            let number = parts.number(key);
            let at = numbered.iter().flatten().position(|(_, one)| *one == number);
            found.extend(at.filter(|at| !found.contains(at)));
        }
        found.into_iter().filter_map(|at| files.get(at).copied()).collect()
    }

    /// The number of a part, given what stands between stem and extension.
    fn number_in(&self, rest: &str) -> Option<u32> {
        let digits = rest.strip_prefix(self.joint)?;
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let fits = (2..8).contains(&digits.len()) && digits.bytes().all(is_digit);
        if fits { u32::from_str_radix(digits, 16).ok() } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(at: usize) -> String {
        format!("bf26.digest.offer-{at}.a.cta")
    }

    #[test]
    fn parts_double_as_the_table_grows() {
        let counts = [
            (0, 1),
            (1, 1),
            (8_192, 1),
            (8_193, 4),
            (16_384, 4),
            (16_385, 8),
            (150_000, 64),
            (1_048_576, 256),
            (1_048_577, 512),
        ];
        for (rows, count) in counts {
            assert_eq!(Parts::of_rows(rows).count(), count, "{rows}");
        }
    }

    #[test]
    fn every_row_is_in_one_part_in_its_order() {
        for rows in [0, 1, 8_192, 8_193, 40_000] {
            let parts = Parts::of_rows(rows);
            let split = parts.split(rows, |at| parts.number(&key(at)));
            let mut all: Vec<usize> = Vec::new();
            for part in split.written() {
                let own = split.rows(part);
                assert!(own.is_sorted(), "{part:?}");
                assert!(own.iter().all(|at| parts.number(&key(*at)) == part.number));
                assert!(part.is_whole() || own.len() < MAX_ROWS, "{part:?}: {}", own.len());
                all.extend(own);
            }
            all.sort_unstable();
            assert!(all.into_iter().eq(0..rows), "{rows}");
        }
    }

    #[test]
    fn a_part_is_the_first_bits_of_the_digest() {
        // printf bf26 | sha256sum: c9235e6d…
        assert_eq!(Parts { bits: 8 }.number("bf26"), 0xc9);
        assert_eq!(Parts { bits: 6 }.number("bf26"), 0x32);
        assert_eq!(Parts { bits: 0 }.number("bf26"), 0);
    }

    #[test]
    fn parts_have_names() {
        let part = |number, bits| Part { number, of: Parts { bits } };
        assert_eq!(LINKS.of(part(0, 0)), "links/links.csv");
        assert_eq!(LINKS.of(part(0x3f, 6)), "links/links-3f.csv");
        assert_eq!(LINKS.of(part(1, 2)), "links/links-01.csv");
        assert_eq!(LINKS.of(part(0x1f, 9)), "links/links-01f.csv");
        assert_eq!(DIM_LINK_SEED.of(part(0xa, 6)), "reporting/dbt/seeds/dim_link_0a.csv");
        assert_eq!(DIM_LINK_SEED.name(part(0xa, 6)), "dim_link_0a");
        assert_eq!(DIM_LINK_SEED.name(part(0, 0)), "dim_link");
    }

    #[test]
    fn the_files_of_a_table_are_found_in_their_order() {
        let found = |ids: &[&'static str]| -> Vec<&'static str> {
            LINKS.files_in(ids, |id| id).into_iter().copied().collect()
        };
        assert_eq!(found(&["email/a.html", "links/links.csv"]), ["links/links.csv"]);
        let strangers = ["links/links-3f.tsv", "links/links-3.csv", "links/links-3F.csv"];
        assert_eq!(found(&strangers), [""; 0]);
        assert_eq!(found(&["links/links_3f.csv", "reporting/links-3f.csv"]), [""; 0]);
        let parts = ["links/links-02.csv", "links/links-00.csv", "links/links-03.csv"];
        assert_eq!(
            found(&parts),
            ["links/links-00.csv", "links/links-02.csv", "links/links-03.csv"]
        );
        assert_eq!(found(&["links/links-00.csv", "links/links.csv"]), ["links/links.csv"]);
    }

    #[test]
    fn one_link_is_looked_for_in_its_part_whichever_parts_have_no_rows() {
        for rows in [8_193, 17_000, 70_000] {
            let parts = Parts::of_rows(rows);
            let ids: Vec<String> = parts.all().map(|part| LINKS.of(part)).collect();
            for at in 0..100 {
                let key = key(at);
                let own = LINKS.of(Part { number: parts.number(&key), of: parts });
                let with = |ids: &[&String]| -> Vec<String> {
                    let found = LINKS.files_with(&key, ids, |id| id);
                    found.into_iter().cloned().collect()
                };
                let all: Vec<&String> = ids.iter().collect();
                assert_eq!(with(&all).first(), Some(&own));
                let alone: Vec<&String> = ids.iter().filter(|id| **id == own).collect();
                assert_eq!(with(&alone), [own]);
            }
        }
        let whole = LINKS.whole();
        assert_eq!(LINKS.files_with("a", &[&whole], |id| id), [&whole]);
        let none: [&String; 0] = [];
        assert_eq!(LINKS.files_with("a", &none, |id| id), none);
    }
}
