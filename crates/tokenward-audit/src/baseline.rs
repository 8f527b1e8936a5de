//! A baseline: the findings that were there before, so that only new ones count.
//!
//! A file of JSON that is meant to be committed: a fingerprint each, with rule and place for the reader. A
//! finding keeps its fingerprint when the code around it moves.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::code::Audit;
use crate::finding::Finding;

/// Findings that are known.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// The form of the file.
    version: u8,
    known: Vec<Known>,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Known {
    fingerprint: String,
    rule: String,
    file: String,
}

/// A baseline file cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BaselineError {
    /// It is not what `--write-baseline` writes.
    #[error("no baseline; write a new one with --write-baseline")]
    Malformed(#[source] serde_json::Error),
    /// It was written by a later version of this program.
    #[error("the baseline is of version {0}, of which this program knows nothing")]
    Version(u8),
}

const VERSION: u8 = 1;

impl Baseline {
    /// The baseline that makes all findings of an audit known.
    #[must_use]
    pub fn of(audit: &Audit) -> Self {
        let known = audit.findings.iter().map(|finding| Known {
            fingerprint: finding.fingerprint.clone(),
            rule: finding.rule.to_owned(),
            file: finding.file.clone(),
        });
        Self { version: VERSION, known: known.collect() }
    }

    /// Reads a baseline file.
    pub fn parse(text: &str) -> Result<Self, BaselineError> {
        let baseline: Self = serde_json::from_str(text).map_err(BaselineError::Malformed)?;
        match baseline.version {
            VERSION => Ok(baseline),
            other => Err(BaselineError::Version(other)),
        }
    }

    /// The file's text, the same for the same findings.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self)
    }

    /// Takes out of `audit` what is known, each entry once: a second mistake on an equal line is new.
    /// Answers how many were taken out.
    pub fn subtract(&self, audit: &mut Audit) -> usize {
        let mut left: BTreeMap<&str, usize> = BTreeMap::new();
        for known in &self.known {
            let count = left.entry(known.fingerprint.as_str()).or_default();
            *count = count.saturating_add(1);
        }
        let findings = std::mem::take(&mut audit.findings);
        let (known, new): (Vec<Finding>, Vec<Finding>) =
            findings.into_iter().partition(|finding| take(&mut left, finding));
        audit.leaves_out(&known, [], |left_out| &mut left_out.known);
        audit.findings = new;
        known.len()
    }
}

fn take(left: &mut BTreeMap<&str, usize>, finding: &Finding) -> bool {
    match left.get_mut(finding.fingerprint.as_str()) {
        Some(count) if *count > 0 => {
            *count = count.saturating_sub(1);
            true
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Language, Options, audit_text};

    #[test]
    fn what_is_known_is_taken_out_once_and_what_is_new_stays() {
        let call = "jwt.decode(t, KEY, algorithms=['none'])\n";
        let old = audit(&format!("import jwt\n{call}"));
        let baseline = Baseline::parse(&Baseline::of(&old).to_json().unwrap()).unwrap();

        let mut moved = audit(&format!("import jwt\n\n# a comment\n{call}"));
        assert_eq!(baseline.subtract(&mut moved), 1);
        assert!(moved.findings.is_empty());

        let mut twice = audit(&format!("import jwt\n{call}{call}"));
        assert_eq!(baseline.subtract(&mut twice), 1);
        assert_eq!(twice.findings.len(), 1);
    }

    #[test]
    fn nobody_can_try_secrets_on_a_baseline() {
        let known = |secret: &str| {
            let text = format!("JWT_SECRET={secret}\n");
            let findings = crate::audit_settings(".env", &text, &Options::default());
            assert_eq!(findings.len(), 1, "{secret}");
            Baseline::of(&Audit { findings, ..Audit::default() }).to_json().unwrap()
        };

        assert_eq!(known("orchard-winter-42"), known("orchid-summer-7"));
        assert_ne!(known("orchard-winter-42"), known("garden-winter-42"));
    }

    #[test]
    fn a_baseline_holds_however_the_argument_is_written() {
        let text = "import jwt\njwt.decode(t, KEY, algorithms=['none'])\n";
        let dir = tempfile::tempdir().unwrap();
        let at = |path: &str| dir.path().join(path);
        std::fs::create_dir_all(at("shop/src")).unwrap();
        std::fs::write(at("shop/src/app.py"), text).unwrap();
        std::fs::write(at("shop/src/.env"), "JWT_SECRET=orchard-winter-42\n").unwrap();
        let left = |baseline: &Baseline, path: &str| {
            let mut audit = crate::audit_project(&[at(path)], &Options::default());
            let known = baseline.subtract(&mut audit);
            (known, audit.findings.len())
        };
        let baseline = Baseline::of(&crate::audit_project(&[at("shop")], &Options::default()));
        assert_eq!(left(&baseline, "shop/../shop/./"), (2, 0));

        // In a repository, any folder of it will do.
        std::fs::create_dir(at("shop/.git")).unwrap();
        let paths = ["shop/src", "shop", "shop/src/../src"];
        assert_eq!(paths.map(|path| left(&baseline, path)), [(2, 0); 3]);
        assert_eq!(left(&baseline, "shop/src/app.py"), (1, 0));
    }

    #[test]
    fn a_file_that_is_no_baseline_is_refused() {
        for bad in ["", "[]", "{\"version\": 1}", "{\"version\": 2, \"known\": []}"] {
            assert!(Baseline::parse(bad).is_err(), "{bad}");
        }
    }

    fn audit(code: &str) -> Audit {
        let findings = audit_text("app.py", code, Language::Python, &Options::default());
        Audit { findings, ..Audit::default() }
    }
}
