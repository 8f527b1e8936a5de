//! `tokenward-keys`.
