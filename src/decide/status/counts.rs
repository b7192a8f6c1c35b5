//! A count line that adds up.

use serde::Serialize;

use super::judge::Readiness;

/// How many artifacts there are to be, each in one of these states.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Something is wrong, or somebody said no.
    pub blocked: usize,
    /// Out, with the very bytes that the sources say.
    pub live: usize,
    /// Not built as the sources say: a build is needed.
    pub moving: usize,
    /// Rows that it needs are in quarantine.
    pub quarantined: usize,
    /// Built as the sources say, every gate holds, nothing is wrong.
    pub ready: usize,
    /// All of them: the sum of the others.
    pub total: usize,
    /// A gate waits for people.
    pub waiting: usize,
}

impl Counts {
    /// Counts each once.
    pub fn of(all: impl Iterator<Item = Readiness>) -> Self {
        let mut counts = Self::default();
        for one in all {
            counts.total += 1;
            let state = match one {
                Readiness::Ready => &mut counts.ready,
                Readiness::Live => &mut counts.live,
                Readiness::Waiting => &mut counts.waiting,
                Readiness::Moving => &mut counts.moving,
                Readiness::Blocked => &mut counts.blocked,
                Readiness::Quarantined => &mut counts.quarantined,
            };
            *state += 1;
        }
        counts
    }

    /// How many are neither ready nor out.
    pub fn open(&self) -> usize {
        self.moving + self.waiting + self.stuck()
    }

    /// How many cannot become ready by building and deciding alone.
    pub fn stuck(&self) -> usize {
        self.blocked + self.quarantined
    }

    /// The states with their words, in the order in which work moves.
    pub fn parts(&self) -> [(&'static str, usize); 6] {
        [
            ("ready", self.ready),
            ("moving", self.moving),
            ("waiting", self.waiting),
            ("blocked", self.blocked),
            ("quarantined", self.quarantined),
            ("live", self.live),
        ]
    }
}
