//! `tokenward-remote`.
