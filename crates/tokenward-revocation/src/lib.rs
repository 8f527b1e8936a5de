//! `tokenward-revocation`.
