//! "did you mean …?": the nearest known word.

/// Distances above this are other words, not typing mistakes.
const MAX_DISTANCE: usize = 3;

/// The nearest candidate, and by how many typing mistakes it differs.
pub fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<(usize, &'a str)> {
    let lower = word.to_lowercase();
    let distance = |one: &str| strsim::osa_distance(&lower, &one.to_lowercase());
    candidates.into_iter().map(|one| (distance(one), one)).min()
}

/// Asks for the nearest candidate, or lists them all when there are few.
pub fn did_you_mean<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    let mut all: Vec<&str> = candidates.into_iter().filter(|one| !one.is_empty()).collect();
    all.sort_unstable();
    all.dedup();
    let nearest = nearest(word, all.iter().copied())?;
    // A short word may differ by fewer letters before it is another word.
    if nearest.0 <= MAX_DISTANCE.min(word.chars().count().div_ceil(2)) {
        return Some(format!("did you mean `{}`?", nearest.1));
    }
    let few = all.len() <= 12;
    few.then(|| format!("use one of: {}", all.join(", ")))
}
