//! How each of the ten stands, and by what.

use serde::Serialize;

/// How well a mistake is avoided, the worst last.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Grade {
    /// It is avoided.
    Good,
    /// It is avoided less well than it can be.
    Weak,
    /// Nobody can tell from here.
    Unseen,
    /// It is made.
    Bad,
}

/// One thing that was seen.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub(super) struct Line {
    pub(super) grade: Grade,
    pub(super) says: String,
    /// The command or the setting that mends it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) mend: Option<String>,
}

/// One of the ten.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Verdict {
    pub(super) mistake: u8,
    pub(super) title: &'static str,
    pub(super) lines: Vec<Line>,
}

impl Grade {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Weak => "weak",
            Self::Unseen => "unseen",
            Self::Bad => "bad",
        }
    }

    pub(super) const fn color(self) -> &'static str {
        match self {
            Self::Good => "32",
            Self::Weak | Self::Unseen => "33",
            Self::Bad => "1;31",
        }
    }
}

impl Verdict {
    pub(super) const fn new(mistake: u8, title: &'static str) -> Self {
        Self { mistake, title, lines: Vec::new() }
    }

    /// As bad as the worst of its lines; unseen if there are none.
    pub(super) fn grade(&self) -> Grade {
        self.lines.iter().map(|line| line.grade).max().unwrap_or(Grade::Unseen)
    }

    pub(super) fn good(&mut self, says: impl Into<String>) {
        self.lines.push(Line { grade: Grade::Good, says: says.into(), mend: None });
    }

    pub(super) fn weak(&mut self, says: impl Into<String>, mend: impl Into<String>) {
        self.add(Grade::Weak, says.into(), mend.into());
    }

    pub(super) fn unseen(&mut self, says: impl Into<String>, mend: impl Into<String>) {
        self.add(Grade::Unseen, says.into(), mend.into());
    }

    pub(super) fn bad(&mut self, says: impl Into<String>, mend: impl Into<String>) {
        self.add(Grade::Bad, says.into(), mend.into());
    }

    fn add(&mut self, grade: Grade, says: String, mend: String) {
        self.lines.push(Line { grade, says, mend: Some(mend) });
    }
}
