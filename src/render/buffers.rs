//! Memory of one thread, used again from job to job: fresh memory for every artifact cost a third of
//! the whole run.

/// One buffer for each part of a job.
#[derive(Default)]
pub(super) struct Buffers(Vec<Vec<u8>>);

impl Buffers {
    pub(super) fn of(&mut self, count: usize) -> &mut [Vec<u8>] {
        if self.0.len() < count {
            self.0.resize_with(count, Vec::new);
        }
        self.0.iter_mut().for_each(Vec::clear);
        &mut self.0
    }
}
