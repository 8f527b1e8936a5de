//! The auditor's own settings: a file that a project keeps beside its code.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::code::Options;
use crate::finding::Severity;
use crate::rules::catalog::Catalog;

/// The file, read.
///
/// # Examples
///
/// ```
/// let settings = tokenward_audit::Settings::parse("[severities]\nno-key-id = \"off\"\n")?;
/// assert_eq!(settings.into_options().severities["no-key-id"], None);
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
    #[error("it cannot be read")]
    NotSettings(#[source] toml::de::Error),
    /// It names a rule that there is not.
    #[error("there is no rule `{0}`")]
    NoSuchRule(String),
    /// The program's own rules cannot be read.
    #[error("the rules")]
    Rules(#[source] crate::CatalogError),
}

impl Settings {
    /// Reads the text of a settings file.
    pub fn parse(text: &str) -> Result<Self, SettingsError> {
        let settings: Self = toml::from_str(text).map_err(SettingsError::NotSettings)?;
        let catalog = Catalog::built_in().map_err(SettingsError::Rules)?;
        match settings.severities.keys().find(|rule| catalog.get(rule).is_none()) {
            Some(rule) => Err(SettingsError::NoSuchRule(rule.clone())),
            None => Ok(settings),
        }
    }

    /// What an audit takes.
    #[must_use]
    pub fn into_options(self) -> Options {
        let severity = |level| match level {
            Level::Off => None,
            Level::Info => Some(Severity::Info),
            Level::Low => Some(Severity::Low),
            Level::Medium => Some(Severity::Medium),
            Level::High => Some(Severity::High),
            Level::Critical => Some(Severity::Critical),
        };
        Options {
            include_tests: self.include_tests,
            include_uncertain: self.include_uncertain,
            severities: self
                .severities
                .into_iter()
                .map(|(rule, level)| (rule, severity(level)))
                .collect(),
            threads: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
