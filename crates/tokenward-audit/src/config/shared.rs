//! One secret for two services: each can make the other's tokens.

use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;

use super::{hit, read, secrets};
use crate::finding::Severity;
use crate::rules::Hit;

/// A secret of a service, where it was seen first.
struct First<'s> {
    service: &'s str,
    /// How often it was told.
    told: Vec<&'s str>,
}

/// What services of one compose file sign with, where that is the same.
pub(super) fn secrets<'s>(path: &Path, settings: &'s [read::Setting<'_>]) -> Vec<Hit> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    if !name.contains("compose") {
        return Vec::new();
    }
    let programs = programs(settings);
    let mut seen: HashMap<&str, First<'s>> = HashMap::new();
    let mut hits = Vec::new();
    for setting in settings {
        let Some((service, _)) = of_service(&setting.path) else { continue };
        if !secrets::is_named(setting) || !secrets::is_given(setting.value) {
            continue;
        }
        let first =
            seen.entry(setting.value).or_insert_with(|| First { service, told: vec![service] });
        // Two processes of one program are one service.
        let is_same =
            programs.get(first.service).is_some_and(|of| programs.get(service) == Some(of));
        if first.told.contains(&service) || is_same {
            continue;
        }
        first.told.push(service);
        hits.push(told(setting.span.clone(), first.service));
    }
    hits
}

fn told(span: Range<usize>, other: &str) -> Hit {
    hit(
        "secret-shared",
        span,
        Severity::Medium,
        format!(
            "`{other}` has the same secret: each of the two can make tokens that the other accepts"
        ),
        "sign with a private key that one service has, and give the others the public one; or a secret for each",
    )
}

/// What each service runs: its image, or where it is built.
fn programs<'s>(settings: &'s [read::Setting<'_>]) -> HashMap<&'s str, Vec<(&'s str, &'s str)>> {
    let mut programs: HashMap<&str, Vec<(&str, &str)>> = HashMap::new();
    for setting in settings {
        let Some((service, rest)) = of_service(&setting.path) else { continue };
        if matches!(rest, "image" | "build" | "build.context" | "build.dockerfile") {
            programs.entry(service).or_default().push((rest, setting.value));
        }
    }
    programs
}

/// `services.NAME.…`
fn of_service(path: &str) -> Option<(&str, &str)> {
    path.strip_prefix("services.")?.split_once('.')
}
