//! `cargo xtask fuzz seed`: the first inputs of each target, out of the vectors and the auditor's examples.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;

use crate::run::{Failure, root};

/// As many seeds as a target gets, spread over all that there are.
const MOST: usize = 32;

/// Longer vectors are about limits, which have tests of their own.
const LONGEST: usize = 4096;

/// The seeds of each target, by their contents, with the name of the vector they come from.
type Seeds = BTreeMap<&'static str, BTreeMap<Vec<u8>, String>>;

/// Writes `fuzz/corpus/` anew.
pub(super) fn write() -> Result<(), Failure> {
    let mut seeds = Seeds::new();
    collect(&root().join("vectors"), &mut seeds)?;
    examples(&mut seeds)?;
    let corpus = root().join("fuzz/corpus");
    for (target, seeds) in seeds {
        let dir = corpus.join(target);
        // Targets that no vector is for keep what was written for them by hand.
        if dir.exists() {
            fs::remove_dir_all(&dir)?;
        }
        fs::create_dir_all(&dir)?;
        let mut named: Vec<(String, Vec<u8>)> =
            seeds.into_iter().map(|(contents, name)| (name, contents)).collect();
        named.sort();
        let step = named.len().div_ceil(MOST).max(1);
        let chosen: Vec<_> = named.into_iter().step_by(step).collect();
        println!("{target:10} {} seeds", chosen.len());
        for (index, (name, contents)) in chosen.into_iter().enumerate() {
            fs::write(dir.join(format!("{name}-{index}")), contents)?;
        }
    }
    Ok(())
}

/// The auditor's examples: a file's name, then what is in it.
fn examples(seeds: &mut Seeds) -> Result<(), Failure> {
    let mut folders = vec![root().join("crates/tokenward-audit/rules")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() {
                folders.push(path);
            } else if name.starts_with("bad_") {
                let text = fs::read_to_string(&path)?;
                let rule = path.ancestors().nth(3).and_then(Path::file_name).unwrap_or_default();
                let rule = rule.to_string_lossy().into_owned();
                Vector { name: &rule, seeds }.add(&["audit"], format!("{name}\n{text}").as_bytes());
            }
        }
    }
    Ok(())
}

fn collect(dir: &Path, seeds: &mut Seeds) -> Result<(), Failure> {
    let entries = fs::read_dir(dir)?.map(|entry| entry.map(|entry| entry.path()));
    for path in entries.collect::<Result<BTreeSet<_>, _>>()? {
        if path.is_dir() {
            collect(&path, seeds)?;
            continue;
        }
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let is = |extension: &str| path.extension().is_some_and(|own| own == extension);
        if is("pem") {
            Vector { name: &name, seeds }.pem(&fs::read_to_string(&path)?);
        } else if is("json") {
            let value: Value = serde_json::from_slice(&fs::read(&path)?)
                .map_err(|error| Failure::new(format!("{}: {error}", path.display())))?;
            Vector { name: &name, seeds }.json(&value);
        }
    }
    Ok(())
}

/// One file of vectors, on its way into the seeds.
struct Vector<'a> {
    name: &'a str,
    seeds: &'a mut Seeds,
}

impl Vector<'_> {
    fn add(&mut self, targets: &[&'static str], contents: &[u8]) {
        for target in targets.iter().filter(|_| contents.len() <= LONGEST) {
            let seeds = self.seeds.entry(target).or_default();
            seeds.entry(contents.to_vec()).or_insert_with(|| self.name.to_owned());
        }
    }

    /// A PEM text, and the document in it.
    fn pem(&mut self, text: &str) {
        self.add(&["pem", "secret"], text.as_bytes());
        let body: String = text.lines().filter(|line| !line.starts_with("-----")).collect();
        if let Ok(der) = STANDARD.decode(body) {
            self.add(&["pem", "base64"], &der);
        }
    }

    /// Whatever stands under a name that says what it is.
    fn json(&mut self, value: &Value) {
        match value {
            Value::Array(values) => values.iter().for_each(|value| self.json(value)),
            Value::Object(members) => {
                if members.contains_key("kty") {
                    self.add(&["jwk", "jwe"], value.to_string().as_bytes());
                }
                for (name, value) in members {
                    self.member(name, value);
                    self.json(value);
                }
            }
            _ => {}
        }
    }

    fn member(&mut self, name: &str, value: &Value) {
        match (name, value) {
            ("token", Value::String(token)) => self.token(token),
            ("text", Value::String(text)) => self.add(&["secret", "base64"], text.as_bytes()),
            ("jwk", Value::String(text)) => self.add(&["jwk", "jwe"], text.as_bytes()),
            ("key_set", Value::String(text)) => self.add(&["key_set"], text.as_bytes()),
            ("key_set", Value::Object(_)) => self.add(&["key_set"], value.to_string().as_bytes()),
            ("chain", Value::String(text)) => self.add(&["root_chain"], text.as_bytes()),
            ("uri" | "htu", Value::String(uri)) => self.add(&["dpop"], uri.as_bytes()),
            ("header", Value::Object(_)) => self.add(&["header"], value.to_string().as_bytes()),
            ("payload" | "claims", Value::Object(_)) => {
                self.claims(value.to_string().as_bytes());
            }
            _ => {}
        }
    }

    /// A token, and what is in it.
    fn token(&mut self, token: &str) {
        let parts: Vec<&str> = token.split('.').collect();
        let decoded = |part: &str| URL_SAFE_NO_PAD.decode(part).ok();
        if parts.len() == 5 {
            self.add(&["jwe", "sealed"], token.as_bytes());
            // The target takes lines for parts, too.
            if let Some(parts) = parts.iter().map(|part| decoded(part)).collect::<Option<Vec<_>>>()
            {
                self.add(&["jwe"], &parts.join(&b'\n'));
            }
            return;
        }
        self.add(&["compact", "base64"], token.as_bytes());
        if let [header, payload, ..] = parts.as_slice() {
            if let Some(header) = decoded(header) {
                if header.windows(8).any(|window| window == b"dpop+jwt") {
                    self.add(&["dpop"], token.as_bytes());
                    self.add(&["dpop"], &header);
                }
                self.add(&["header"], &header);
            }
            if let Some(payload) = decoded(payload) {
                self.claims(&payload);
            }
        }
    }

    /// The claims of a token, or of a proof.
    fn claims(&mut self, claims: &[u8]) {
        self.add(&["json", "json_typed"], claims);
        if claims.windows(5).any(|window| window == b"\"htm\"") {
            self.add(&["dpop"], claims);
        }
    }
}
