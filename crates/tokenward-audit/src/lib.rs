//! The auditor: finds the ten mistakes of JWT security in other people's code.
//!
//! It knows nothing of tokenward's own crates, and works on what a project already has.
//!
//! ```text
//! walk ──▶ words ──▶ parse ──▶ model ──▶ rules ──▶ findings ──▶ report
//!  files    which      syntax    one small   one per      where, why,    text, JSON, SARIF, …
//!           can matter tree      tree for    mistake      what instead
//!                                all languages
//! ```
//!
//! **Invariant:** no file makes it panic or hang: what is too large, too deep, no text or no end is skipped
//! with a note.
//! **Invariant:** a rule decides on resolved names and constants, never on the text of a line; a comment is
//! never a finding.
//! **Invariant:** what a rule cannot see, it does not report.
//!
//! # Examples
//!
//! ```
//! use tokenward_audit::{Language, Options, audit_text};
//!
//! let code = "import jwt\nclaims = jwt.decode(token, key, algorithms=['none'])\n";
//! let findings = audit_text("app.py", code, Language::Python, &Options::default());
//! assert_eq!(findings[0].rule, "algorithm-none");
//! assert_eq!(findings[0].line, 2);
//! ```

pub use baseline::{Baseline, BaselineError};
pub use code::{
    Audit, Cache, ExcludeError, FixedFile, Fixes, LeftOut, Note, Options, audit_paths,
    audit_paths_cached, audit_project, audit_project_cached, audit_settings, audit_text,
    fix_findings, fix_paths,
};
pub use finding::{Confidence, Edit, Finding, Frame, Mistake, Severity};
pub use jwks::{JwksError, JwksSource, JwksState, JwksStateError, audit_jwks};
pub use language::Language;
pub use live::{
    Address, AddressError, Carrier, KeyError, LiveError, LiveOptions, LogIn, Refresh, TrustError,
    audit_live, shown_url,
};
pub use rules::catalog::{Catalog, CatalogError, RuleText};
pub use secret::{Secrets, Tried, Words, Written};
pub use settings::{Settings, SettingsError};
pub use token::{TokenAudit, TokenError, audit_token};

mod baseline;
mod code;
mod config;
mod crypto;
mod finding;
mod jwks;
mod language;
mod live;
mod lower;
mod model;
pub mod report;
mod rules;
mod secret;
mod settings;
mod token;
