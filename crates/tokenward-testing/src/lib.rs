//! `tokenward-testing`.
