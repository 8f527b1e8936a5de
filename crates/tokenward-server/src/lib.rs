//! `tokenward-server`.
