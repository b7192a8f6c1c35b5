//! The same for each of many things, a few at a time.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use anyhow::Result;

/// Calls `each` for every item with as many threads as `threads`, and hands back what came of them
/// in their order. After an error nothing new is begun, and the first in order is told. `each` must not
/// use rayon: where there is one thread, it is the one that waits here.
pub(super) fn for_each<T: Sync, R: Send>(
    items: &[T],
    threads: usize,
    each: impl Fn(&T) -> Result<R> + Sync,
) -> Result<Vec<R>> {
    let threads = threads.clamp(1, items.len().max(1));
    if threads == 1 {
        return items.iter().map(each).collect();
    }
    let (next, failed) = (AtomicUsize::new(0), AtomicBool::new(false));
    let done: Mutex<Vec<(usize, Result<R>)>> = Mutex::new(Vec::with_capacity(items.len()));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while !failed.load(Ordering::Relaxed) {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(at) else { break };
                    let result = each(item);
                    if result.is_err() {
                        failed.store(true, Ordering::Relaxed);
                    }
                    done.lock().unwrap_or_else(PoisonError::into_inner).push((at, result));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_and_the_first_error_is_told() {
        let items: Vec<u32> = (0..1000).collect();
        for threads in [1, 2, 16] {
            let doubled = for_each(&items, threads, |one| Ok(one * 2)).unwrap();
            assert!(doubled.iter().zip(&items).all(|(two, one)| *two == one * 2));
            let failed: Result<Vec<()>> = for_each(&items, threads, |one| {
                anyhow::ensure!(*one < 10, "item {one}");
                Ok(())
            });
            assert_eq!(failed.unwrap_err().to_string(), "item 10");
        }
        assert!(for_each(&[], 4, |_: &u32| Ok(())).unwrap().is_empty());
    }
}
