//! The proofs of `vectors/dpop/`, made for a request.

use std::path::Path;

use serde_json::{Map, Value, json};
use tokenward::crypto::sha256;
use tokenward::{Algorithm, SigningKey, UnixTime, b64};

/// A client's key, of which proofs can be made that are wrong.
#[derive(Debug)]
pub struct ProofMaker {
    key: SigningKey,
    other: SigningKey,
}

/// The request that a proof is for.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "a test says all of it")]
pub struct ProofFor<'a> {
    /// The method.
    pub method: &'a str,
    /// The site, `https://api.example.com`.
    pub site: &'a str,
    /// The path.
    pub path: &'a str,
    /// The access token that comes with it.
    pub token: Option<&'a str>,
    /// The server's nonce.
    pub nonce: Option<&'a str>,
    /// The time.
    pub now: UnixTime,
}

/// A row of the table.
#[derive(Debug)]
pub struct BadProofCase(Value);

impl BadProofCase {
    /// All rows that are for `place`: `token endpoint` or `gate`.
    ///
    /// # Panics
    ///
    /// If the table is not there.
    #[must_use]
    pub fn all(place: &str) -> Vec<Self> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors/dpop/refused.json");
        let text = std::fs::read_to_string(path).unwrap();
        let Value::Object(mut file) = serde_json::from_str(&text).unwrap() else { panic!() };
        let Some(Value::Array(cases)) = file.remove("cases") else { panic!("no cases") };
        let here = |case: &Value| case.get("at").is_none_or(|at| at == place);
        cases.into_iter().filter(here).map(Self).collect()
    }

    /// What it is.
    #[must_use]
    pub fn name(&self) -> &str {
        self.text("name").unwrap_or_default()
    }

    /// The error that its sender gets.
    #[must_use]
    pub fn error(&self) -> &str {
        self.text("error").unwrap_or("invalid_dpop_proof")
    }

    /// Whether its sender has sent it before, and it was good then.
    #[must_use]
    pub fn is_second(&self) -> bool {
        self.text("sent") == Some("again")
    }

    fn text(&self, member: &str) -> Option<&str> {
        self.0.get(member).and_then(Value::as_str)
    }
}

impl Default for ProofMaker {
    fn default() -> Self {
        let [key, other] = [(); 2].map(|()| SigningKey::generate(Algorithm::Es256));
        Self { key, other }
    }
}

impl ProofMaker {
    /// The key's thumbprint.
    #[must_use]
    pub fn thumbprint(&self) -> String {
        self.key.verifying_key().thumbprint()
    }

    /// The `DPoP` headers of a good request.
    #[must_use]
    pub fn good(&self, asked: ProofFor<'_>) -> Vec<String> {
        self.bad(asked, &BadProofCase(json!({})))
    }

    /// The `DPoP` headers of the request of `case`.
    ///
    /// # Panics
    ///
    /// If the row makes no sense.
    #[must_use]
    pub fn bad(&self, asked: ProofFor<'_>, case: &BadProofCase) -> Vec<String> {
        if let Some(text) = case.text("text") {
            return vec![text.to_owned()];
        }
        let key = if case.text("by") == Some("another") { &self.other } else { &self.key };
        let mut jwk = key.verifying_key().to_jwk().unwrap();
        jwk.remove("kid");
        jwk.remove("use");
        jwk.remove("alg");
        change(&mut jwk, case.0.get("jwk"), asked);
        let mut header = object(json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": jwk }));
        change(&mut header, case.0.get("header"), asked);
        let mut claims = object(json!({
            "jti": b64::encode(&tokenward::crypto::random::<16>()),
            "htm": asked.method,
            "htu": "{uri}",
            "iat": asked.now.as_secs().saturating_add_signed(
                case.0.get("iat").and_then(Value::as_i64).unwrap_or_default(),
            ),
        }));
        if asked.token.is_some() {
            claims.insert("ath".into(), "{ath}".into());
        }
        claims.extend(asked.nonce.map(|nonce| ("nonce".into(), nonce.into())));
        let mut changed = claims.clone();
        change(&mut claims, None, asked);
        change(&mut changed, case.0.get("claims"), asked);
        let of = |claims: Map<String, Value>| {
            let part =
                |part: Map<String, Value>| b64::encode(Value::from(part).to_string().as_bytes());
            format!("{}.{}", part(header.clone()), part(claims))
        };
        let by = if case.text("signed") == Some("by another") { &self.other } else { key };
        let signed = match case.text("signed") {
            Some("not") => format!("{}.", of(changed)),
            Some("before") => {
                let late = object(json!({ "jti": "changed" }));
                let signature = by.sign(of(changed.clone()).as_bytes()).unwrap();
                changed.extend(late);
                format!("{}.{}", of(changed), b64::encode(&signature))
            }
            None | Some("by another") => {
                let input = of(changed);
                format!("{input}.{}", b64::encode(&by.sign(input.as_bytes()).unwrap()))
            }
            Some(other) => panic!("{other}"),
        };
        match case.text("sent") {
            Some("twice") => vec![signed.clone(), signed],
            Some("joined") => vec![format!("{signed}, {signed}")],
            None | Some("again") => vec![signed],
            Some(other) => panic!("{other}"),
        }
    }
}

fn object(value: Value) -> Map<String, Value> {
    let Value::Object(object) = value else { panic!("{value}") };
    object
}

/// Sets what `with` sets, leaves out what is null there, and fills what stands in braces.
fn change(object: &mut Map<String, Value>, with: Option<&Value>, asked: ProofFor<'_>) {
    for (name, value) in with.and_then(Value::as_object).into_iter().flatten() {
        match value {
            Value::Null => drop(object.remove(name)),
            _ => drop(object.insert(name.clone(), value.clone())),
        }
    }
    for value in object.values_mut() {
        let filled = match value {
            Value::String(text) => Value::from(fill(text, asked)),
            Value::Array(list) => list
                .iter()
                .map(|v| v.as_str().map_or_else(|| v.clone(), |t| fill(t, asked).into()))
                .collect(),
            _ => continue,
        };
        *value = filled;
    }
}

fn fill(text: &str, asked: ProofFor<'_>) -> String {
    let ProofFor { method, site, path, token, .. } = asked;
    let ath = token.map(|token| b64::encode(&sha256(token.as_bytes()))).unwrap_or_default();
    let after_scheme = format!("{}{path}", site.split_once(':').unwrap().1);
    text.replace("{uri}", &format!("{site}{path}"))
        .replace("{site}", site)
        .replace("{path}", path)
        .replace("{after scheme}", &after_scheme)
        .replace("{small method}", &method.to_lowercase())
        .replace("{ath}", &ath)
        .replace("{long}", &"A".repeat(10_000))
}
