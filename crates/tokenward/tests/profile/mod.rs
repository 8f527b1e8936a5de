//! The form of a file under `vectors/profiles/`, and the tokens that it stands for. See
//! `vectors/README.md`.

mod offer;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokenward::crypto::sha256;
use tokenward::{SigningKey, UnixTime, b64};

pub(crate) use offer::offer;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    pub(crate) title: String,
    pub(crate) records: Vec<String>,
    pub(crate) license: String,
    pub(crate) profile: String,
    good: Good,
    pub(crate) cases: Vec<Case>,
}

/// A token that is taken, and by which verifier.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Good {
    header: Map<String, Value>,
    claims: Map<String, Value>,
    ask: Map<String, Value>,
    #[serde(default)]
    padded: bool,
}

/// What differs from the good token.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) verdict: String,
    token: Option<String>,
    header: Map<String, Value>,
    header_without: Vec<String>,
    payload: Option<String>,
    claims: Map<String, Value>,
    without: Vec<String>,
    raw_claims: BTreeMap<String, String>,
    key: Option<String>,
    padding: Option<Padding>,
    ask: Map<String, Value>,
    now: Option<u64>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Padding {
    Right,
    Missing,
    TooMuch,
    Within,
}

/// Every file, by its name without `.json`.
pub(crate) fn files() -> Vec<(String, File)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors/profiles");
    let mut paths: Vec<_> =
        std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let read = |path: &std::path::PathBuf| {
        let file = serde_json::from_slice(&std::fs::read(path).unwrap())
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        (path.file_stem().unwrap().to_string_lossy().into_owned(), file)
    };
    paths.iter().map(read).collect()
}

impl File {
    /// The profile, and the preset where it has one.
    pub(crate) fn kind(&self) -> (&str, Option<&Value>) {
        (&self.profile, self.good.ask.get("preset"))
    }

    /// The verifier of `case`: that of the good token, but for what the case says.
    pub(crate) fn ask(&self, case: &Case) -> Map<String, Value> {
        let mut ask = self.good.ask.clone();
        ask.extend(case.ask.clone());
        ask
    }

    /// The verifier of this file, for the issuer, audience and subject of the token of `made`.
    pub(crate) fn ask_of(&self, made: &Self) -> Map<String, Value> {
        let mut ask = self.good.ask.clone();
        for name in ["issuer", "audience", "subject"] {
            if let Some(value) = made.good.ask.get(name) {
                ask.insert(name.to_owned(), value.clone());
            }
        }
        ask
    }
}

impl Case {
    pub(crate) fn now(&self) -> UnixTime {
        UnixTime::from_secs(self.now.unwrap_or(1_000_000))
    }

    pub(crate) fn token(&self, file: &File) -> String {
        if let Some(token) = &self.token {
            return token.clone();
        }
        let mut header = file.good.header.clone();
        header.extend(self.header.clone());
        header.retain(|name, _| !self.header_without.contains(name));
        let payload = self.payload.clone().unwrap_or_else(|| self.claims_text(file));

        let none = file.good.padded.then_some(Padding::Right);
        let encode = |bytes: &[u8]| pad(b64::encode(bytes), self.padding.or(none));
        let header = encode(json!(header).to_string().as_bytes());
        let input = format!("{header}.{}", encode(payload.as_bytes()));
        let signature = key(self.key.as_deref().unwrap_or("es256")).sign(input.as_bytes()).unwrap();
        format!("{input}.{}", encode(&signature))
    }

    fn claims_text(&self, file: &File) -> String {
        let mut claims = file.good.claims.clone();
        claims.extend(self.claims.clone());
        claims
            .retain(|name, _| !self.without.contains(name) && !self.raw_claims.contains_key(name));
        let written = claims.iter().map(|(name, value)| format!("{}:{value}", json!(name)));
        let raw = self.raw_claims.iter().map(|(name, value)| format!("{}:{value}", json!(name)));
        format!("{{{}}}", written.chain(raw).collect::<Vec<_>>().join(","))
    }
}

fn pad(text: String, padding: Option<Padding>) -> String {
    let right = "=".repeat(text.len().next_multiple_of(4).checked_sub(text.len()).unwrap());
    match padding {
        None | Some(Padding::Missing) => text,
        Some(Padding::Right) => text + &right,
        Some(Padding::TooMuch) => text + &right + "====",
        Some(Padding::Within) => format!("===={text}{right}"),
    }
}

/// The key `name` of `vectors/keys`.
pub(crate) fn key(name: &str) -> &'static SigningKey {
    static KEYS: LazyLock<BTreeMap<String, SigningKey>> = LazyLock::new(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors/keys");
        let paths = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path());
        let read = |path: std::path::PathBuf| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            (name, SigningKey::from_jwk(&std::fs::read(path).unwrap()).unwrap())
        };
        paths.map(read).collect()
    });
    &KEYS[name]
}

/// The hash of a key set by its `keys`, as statements have it.
pub(crate) fn hash_of_keys(keys: &Value) -> [u8; 32] {
    sha256(keys.to_string().as_bytes())
}
