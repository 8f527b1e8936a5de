//! `tokenward-sqlite`.
