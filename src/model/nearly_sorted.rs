//! Sorting what is nearly in order: names of files, say, once each has its digest in it.

use std::cmp::Ordering;

use rayon::prelude::*;

/// How far from its place anything may stand.
const NEAR: usize = 16;

/// Sorts a list, on one thread and with hardly more comparisons than it has items where nothing stands
/// far from its place, and otherwise on all threads. Of equals, the first stays the first.
pub fn sort_nearly_sorted<T: Send>(list: &mut [T], compare: impl Fn(&T, &T) -> Ordering + Sync) {
    for at in 1..list.len() {
        let before = list.get(at.saturating_sub(NEAR)..at).unwrap_or_default();
        let Some(own) = list.get(at) else { return };
        let larger = |one: &&T| compare(one, own) == Ordering::Greater;
        match before.iter().rev().take_while(larger).count() {
            0 => {}
            NEAR => return list.par_sort_by(compare),
            by => list.get_mut(at - by..=at).unwrap_or_default().rotate_right(1),
        }
    }
}

/// Puts others, which are in order, into a list that is. They mostly belong together.
pub fn put_among_sorted<T: Send>(
    list: &mut Vec<T>,
    others: Vec<T>,
    compare: impl Fn(&T, &T) -> Ordering + Sync,
) {
    let (Some(lowest), Some(highest)) = (others.first(), others.last()) else { return };
    let before = |than: &T| list.partition_point(|one| compare(one, than) == Ordering::Less);
    let place = before(lowest);
    if before(highest) == place {
        list.splice(place..place, others);
    } else {
        list.extend(others);
        list.par_sort_by(compare);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_sorts_as_any_other(list in prop::collection::vec((0..50_u8, any::<u8>()), 0..200)) {
            let by_first = |a: &(u8, u8), b: &(u8, u8)| a.0.cmp(&b.0);
            let mut expected = list.clone();
            expected.sort_by(by_first);
            let mut sorted = list;
            sort_nearly_sorted(&mut sorted, by_first);
            prop_assert_eq!(&sorted, &expected);
            // Nearly in order.
            let mut moved = expected.clone();
            for three in moved.chunks_exact_mut(3) {
                three.reverse();
            }
            expected.clone_from(&moved);
            expected.sort_by(by_first);
            sort_nearly_sorted(&mut moved, by_first);
            prop_assert_eq!(moved, expected);
        }

        #[test]
        fn what_is_put_among_others_is_in_order(
            mut list in prop::collection::vec(0..50_u8, 0..40),
            mut others in prop::collection::vec(0..50_u8, 0..4),
        ) {
            let mut expected = [list.as_slice(), others.as_slice()].concat();
            for one in [&mut list, &mut others, &mut expected] {
                one.sort_unstable();
            }
            put_among_sorted(&mut list, others, u8::cmp);
            prop_assert_eq!(list, expected);
        }
    }
}
