//! Who sends requests to a store of objects. Credentials that have expired before their time are
//! fetched anew, and the request is sent once more, where they come from a place that can be asked
//! again: a role, a container, a machine. What stands in variables cannot.

use std::sync::{Arc, Mutex, PoisonError};

use object_store::{ObjectStore, Result};

use super::said::has_expired;

/// Makes the store again, with credentials that it has yet to fetch.
pub(super) type Connect = Box<dyn Fn() -> Result<Arc<dyn ObjectStore>> + Send + Sync>;

/// A store, and how it is made anew.
pub(super) struct Asking {
    /// How often it was made anew, and what came of it.
    store: Mutex<(usize, Arc<dyn ObjectStore>)>,
    connect: Option<Connect>,
}

impl Asking {
    /// Without `connect`, credentials that have expired stay so.
    pub(super) fn new(store: Arc<dyn ObjectStore>, connect: Option<Connect>) -> Self {
        Self { store: Mutex::new((0, store)), connect }
    }

    /// Sends a request; once more where its credentials have expired and others can be had.
    pub(super) fn ask<T>(&self, request: impl Fn(&dyn ObjectStore) -> Result<T>) -> Result<T> {
        let (made, store) = self.store.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match request(&*store) {
            Err(error) if has_expired(&error) => match self.renewed(made)? {
                Some(store) => request(&*store),
                None => Err(error),
            },
            other => other,
        }
    }

    /// The store with other credentials than those it had when it had been made `before` times.
    fn renewed(&self, before: usize) -> Result<Option<Arc<dyn ObjectStore>>> {
        let Some(connect) = &self.connect else { return Ok(None) };
        let mut held = self.store.lock().unwrap_or_else(PoisonError::into_inner);
        // Of many requests at once, one makes it anew for all.
        if held.0 == before {
            *held = (before + 1, connect()?);
        }
        Ok(Some(Arc::clone(&held.1)))
    }
}
