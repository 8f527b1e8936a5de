//! `tokenward-tower`.
