//! The auditor's own settings: a file that a project keeps beside its code.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::code::{ExcludeError, Options};
use crate::finding::Severity;
use crate::rules::catalog::{self, Catalog};

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
    #[error("it cannot be read")]
    NotSettings(#[source] toml::de::Error),
    /// It names a rule that there is not.
    #[error("{}", catalog::unknown(.0))]
    NoSuchRule(String),
    /// What it leaves out is no glob.
    #[error(transparent)]
    Exclude(#[from] ExcludeError),
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
