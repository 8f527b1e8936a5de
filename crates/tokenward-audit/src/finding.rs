//! What the auditor found, whatever it looked at: code, a token, a key set.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How bad it is if the finding is right.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Severity {
    /// Worth knowing; nothing to mend.
    Info,
    /// Makes another mistake worse.
    Low,
    /// A weakness that needs something else to go wrong, or a look from somebody who knows the code.
    Medium,
    /// Lets somebody in, or keeps somebody in, who should not be.
    High,
    /// Anybody can mint tokens.
    Critical,
}

impl Severity {
    /// As it stands in reports and configuration: `high`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How sure the auditor is.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Confidence {
    /// What decides is elsewhere: have a look.
    Low,
    /// Right unless something unusual happens out of sight.
    Medium,
    /// Right by what stands in the file.
    High,
}

impl Confidence {
    /// As it stands in reports: `high`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// One of the ten mistakes, 1 to 10.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Mistake(u8);

impl Mistake {
    /// The mistake of this number, if there is one.
    #[must_use]
    pub const fn new(number: u8) -> Option<Self> {
        if 1 <= number && number <= 10 { Some(Self(number)) } else { None }
    }

    /// 1 to 10.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }

    /// What goes wrong, in a few words.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self.0 {
            1 => "tokens where scripts can read them",
            2 => "claims taken from a token that was not verified",
            3 => "the token, not the verifier, chooses the algorithm",
            4 => "tokens that live too long",
            5 => "tokens that cannot be revoked",
            6 => "sensitive data in a payload that anybody can read",
            7 => "weak, shared or published secrets",
            8 => "keys that are never rotated",
            9 => "tokens sent where others can see them",
            _ => "refusals that tell an attacker why",
        }
    }
}

/// One thing to mend, and where.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Finding {
    /// The id of the rule: `unverified-decode`.
    pub rule: &'static str,
    /// Which of the ten mistakes it is.
    pub mistake: Mistake,
    /// How bad it is.
    pub severity: Severity,
    /// How sure we are.
    pub confidence: Confidence,
    /// The file, as it was reached from the arguments.
    pub file: String,
    /// The first line, from 1.
    pub line: usize,
    /// The first column, in characters, from 1.
    pub column: usize,
    /// The last line.
    pub end_line: usize,
    /// The column after the last character.
    pub end_column: usize,
    /// What is wrong, in one line.
    pub message: String,
    /// What to write instead, in the user's library and language.
    pub fix: Option<String>,
    /// The lines around it, for a code frame: the number of the first, then their text.
    pub frame: Option<Frame>,
    /// Names the finding over edits elsewhere in the file: rule, file and the line's text, hashed.
    pub fingerprint: String,
}

/// The lines that a finding stands on, as people see them.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Frame {
    /// The number of the first of `lines`.
    pub first: usize,
    /// Their text, cut where it is very long.
    pub lines: Vec<String>,
}
