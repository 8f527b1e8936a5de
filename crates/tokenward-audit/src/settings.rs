//! The auditor's own settings: a file that a project keeps beside its code.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;

use crate::code::{ExcludeError, Options};
use crate::finding::Severity;
use crate::rules::catalog;

/// The file, read.
///
/// # Examples
///
/// ```
/// let settings = tokenward_audit::Settings::parse("[severities]\nno-key-id = \"off\"\n")?;
/// let options = settings.into_options(".".as_ref())?;
/// assert_eq!(options.severities["no-key-id"], None);
/// # Ok::<(), tokenward_audit::SettingsError>(())
/// ```
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    #[serde(default)]
    include_tests: bool,
    #[serde(default)]
    include_uncertain: bool,
    #[serde(default)]
    severities: BTreeMap<String, Level>,
    #[serde(default)]
    exclude: Vec<String>,
}

/// `"off"`, or a severity.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Level {
    Off,
    Info,
    Low,
    Medium,
    High,
    Critical,
}

/// The file says something that means nothing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// It is no TOML, or has a key or a severity that there is not.
    #[error("line {line}: {why}")]
    NotSettings {
        /// Where, from 1.
        line: usize,
        /// What is wrong there.
        why: String,
    },
    /// It names a rule that there is not.
    #[error("{}", catalog::unknown(.0))]
    NoSuchRule(String),
    /// What it leaves out is no glob.
    #[error(transparent)]
    Exclude(#[from] ExcludeError),
}

impl Settings {
    /// Reads the text of a settings file.
    pub fn parse(text: &str) -> Result<Self, SettingsError> {
        let settings: Self = toml::from_str(text).map_err(|error| not_settings(text, &error))?;
        let is_rule = |name: &str| catalog::names().any(|rule| rule == name);
        match settings.severities.keys().find(|rule| !is_rule(rule)) {
            Some(rule) => Err(SettingsError::NoSuchRule(rule.clone())),
            None => Ok(settings),
        }
    }

    /// What they come to, in a line: which rules are switched off or have another severity, what is left out, what
    /// counts besides. Nothing where they change nothing.
    #[must_use]
    pub fn told(&self) -> Option<String> {
        let (off, other): (Vec<_>, Vec<_>) =
            self.severities.iter().partition(|(_, level)| matches!(level, Level::Off));
        let off: BTreeSet<&str> = off.into_iter().map(|(rule, _)| rule.as_str()).collect();
        let other: BTreeSet<&str> = other.into_iter().map(|(rule, _)| rule.as_str()).collect();
        let exclude: BTreeSet<&str> = self.exclude.iter().map(String::as_str).collect();
        let mut parts: Vec<String> = [
            ("switches off", listed(&off)),
            ("leaves out", listed(&exclude)),
            ("sets the severity of", listed(&other)),
        ]
        .into_iter()
        .filter_map(|(what, names)| Some(format!("{what} {}", names?)))
        .collect();
        let counts = [(self.include_tests, "tests"), (self.include_uncertain, "what is uncertain")];
        parts.extend(
            counts.iter().filter(|(is_on, _)| *is_on).map(|(_, what)| format!("counts {what}")),
        );
        (!parts.is_empty()).then(|| parts.join("; "))
    }

    /// What an audit takes, where the file lies in `folder`.
    pub fn into_options(self, folder: &Path) -> Result<Options, SettingsError> {
        let severity = |level| match level {
            Level::Off => None,
            Level::Info => Some(Severity::Info),
            Level::Low => Some(Severity::Low),
            Level::Medium => Some(Severity::Medium),
            Level::High => Some(Severity::High),
            Level::Critical => Some(Severity::Critical),
        };
        let mut options = Options {
            include_tests: self.include_tests,
            include_uncertain: self.include_uncertain,
            severities: self
                .severities
                .into_iter()
                .map(|(rule, level)| (rule, severity(level)))
                .collect(),
            ..Options::default()
        };
        options.exclude(folder, &self.exclude)?;
        Ok(options)
    }
}

/// All of them: what a project hides is not to be hidden behind other names.
fn listed(names: &BTreeSet<&str>) -> Option<String> {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// The parser's own message has several lines and draws beside them.
fn not_settings(text: &str, error: &toml::de::Error) -> SettingsError {
    let start = error.span().map_or(0, |span| span.start);
    let before = text.get(..start).unwrap_or(text);
    let line = before.matches('\n').count().saturating_add(1);
    SettingsError::NotSettings { line, why: error.message().replace('\n', ", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_nearly_right_is_answered_with_the_right_one() {
        let told = |name: &str| {
            let text = format!("[severities]\n{name} = \"off\"\n");
            Settings::parse(&text).unwrap_err().to_string()
        };
        assert!(told("unverified_decode").contains("`unverified-decode` is one"));
        assert!(told("no-expirey").contains("`no-expiry` is one"));
        assert!(told("live-no-hsts").contains("`tokenward audit live`"));
        assert!(told("x").contains("`tokenward audit rules` lists them"));
    }

    #[test]
    fn what_is_wrong_is_told_in_one_line_with_its_place() {
        let told = |text: &str| Settings::parse(text).unwrap_err().to_string();
        let told = told("include_tests = true\n[severities]\nno-key-id = \"awful\"\n");
        assert!(told.starts_with("line 3: unknown variant `awful`, expected one of"), "{told}");
        for text in ["a = 1\nb", "exclude = [\n1]\n", "x = ", "\u{feff}["] {
            let told = Settings::parse(text).unwrap_err().to_string();
            assert!(told.starts_with("line ") && !told.contains(['|', '\n']), "{told}");
        }
    }

    #[test]
    fn what_settings_hold_back_is_told_in_a_line() {
        let told = |text: &str| Settings::parse(text).unwrap().told();
        assert_eq!(told("include_tests = false\n"), None);
        let text = "include_uncertain = true\nexclude = [\"old/\"]\n[severities]\n\
                    no-key-id = \"off\"\nno-expiry = \"off\"\nlong-lifetime = \"low\"\n";
        let wanted = "switches off `no-expiry`, `no-key-id`; leaves out `old/`; sets the severity of \
                      `long-lifetime`; counts what is uncertain";
        assert_eq!(told(text).unwrap(), wanted);
    }

    #[test]
    fn a_file_that_names_no_rule_of_ours_or_no_severity_is_refused() {
        assert!(Settings::parse("").is_ok());
        for text in [
            "[severities]\nno-such-rule = \"low\"\n",
            "[severities]\nno-key-id = \"awful\"\n",
            "severity = 1\n",
            "[",
        ] {
            assert!(Settings::parse(text).is_err(), "{text}");
        }
    }
}
