//! Links are found whatever happened to them.
