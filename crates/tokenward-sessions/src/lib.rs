//! `tokenward-sessions`.
