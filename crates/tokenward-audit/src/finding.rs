//! What the auditor found, whatever it looked at: code, a token, a key set.

use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Serialize};

/// How bad it is if the finding is right.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
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
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
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
    /// Its lines, for a code frame.
    pub frame: Option<Frame>,
    /// Names the finding over edits elsewhere in the file: rule, file and the line's text as it is shown, hashed.
    pub fingerprint: String,
    /// What mends it without a decision that only a person can take; nothing where there is no such change.
    /// They are made together, and do not overlap.
    pub edits: Vec<Edit>,
}

/// A change of a file's text.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Edit {
    /// The bytes that go; none where something is only put in. A byte-order mark is not counted.
    pub bytes: Range<usize>,
    /// The first line, from 1.
    pub line: usize,
    /// The first column, in characters, from 1.
    pub column: usize,
    /// The last line.
    pub end_line: usize,
    /// The column after the last character.
    pub end_column: usize,
    /// What stands there afterwards.
    pub text: String,
}

impl Finding {
    /// A finding about something that has no lines: a token, a key, an answer.
    pub(crate) fn about(
        what: &str,
        (rule, mistake): (&'static str, u8),
        severity: Severity,
        message: impl Into<String>,
        fix: &str,
    ) -> Self {
        let message = message.into();
        Self {
            rule,
            mistake: Mistake(mistake),
            severity,
            confidence: Confidence::High,
            file: what.to_owned(),
            line: 1,
            column: 1,
            end_line: 1,
            end_column: 1,
            fingerprint: format!("{:016x}", fingerprint(&[rule, what, &message])),
            message,
            fix: Some(fix.to_owned()).filter(|fix| !fix.is_empty()),
            frame: None,
            edits: Vec::new(),
        }
    }
}

/// FNV-1a: baselines are committed, so it must be the same in every version of this program. It keeps nothing
/// secret and withstands nobody; whoever can write the baseline can write the code.
pub(crate) fn fingerprint(parts: &[&str]) -> u64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for part in parts {
        for byte in part.bytes().chain([0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    hash
}

/// The lines that a finding stands on, as people see them.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Frame {
    /// The number of the first of `lines`.
    pub first: usize,
    /// Their text without secrets, cut where it is very long.
    pub lines: Vec<String>,
    /// What was found in the first of them, in characters from 0.
    pub mark: Range<usize>,
}
