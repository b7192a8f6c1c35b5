//! Room in lists that grow long.

/// Makes room for some more items, and a little on top: a list that doubles may have twice as much room as
/// it needs.
pub fn make_room_for<T>(list: &mut Vec<T>, more: usize) {
    if list.capacity() - list.len() < more {
        list.reserve_exact(more + list.len() / 8);
    }
}
