//! `tokenward gate explain`: which rule decides about a request, without one, and whether a token would do.

use http::Method;
use serde_json::{Map, Value, json};
use tokenward::{Audience, Clock as _, UnixTime, danger};
use tokenward_remote::SystemClock;
use tokenward_server::gate::{self, Decision, Miss, Rules};
use tokenward_tower::step_up::StepUp;

use crate::args::GateCommand;
use crate::config::{self, gate::GateConfig};
use crate::failure::{Failure, GOOD, Outcome, answer_is_no};
use crate::files;
use crate::output::{self, Output};

/// What is said of one audience.
struct Explained {
    audience: Audience,
    decision: Decision,
    misses: Vec<Miss>,
    /// What a token lacks, if one was given.
    token: Option<Lack>,
}

/// What a token lacks for a request.
enum Lack {
    Nothing,
    Scopes(Vec<String>),
    /// Its login is too old or too weak.
    Login(StepUp),
    Audience,
}

/// Says what the rules say about a request, for every audience.
pub(crate) fn explain(command: &GateCommand, output: Output) -> Outcome {
    let GateCommand::Explain { method, url, config, token_file } = command;
    let config = GateConfig::load(config).map_err(|problems| config::refusal(&problems))?;
    // As it stands: letter case counts in a method (RFC 9110 § 9.1), and in the gate's rules.
    let method = method.parse().map_err(|_| Failure::cannot(format!("`{method}` is no method")))?;
    let claims = token_file.as_deref().map(claims).transpose()?;
    let target = target_of(url);
    let rules = Rules::new(config.rules);
    let explained: Vec<_> = config
        .audiences
        .iter()
        .map(|name| Explained::of(&rules, name, &method, target, claims.as_ref()))
        .collect();
    if output.is_json() {
        output.json(&explained.iter().map(Explained::to_json).collect::<Vec<_>>())?;
    } else {
        for line in explained.iter().flat_map(Explained::lines) {
            output.line(line)?;
        }
    }
    Ok(if explained.iter().any(Explained::passes) { GOOD } else { answer_is_no() })
}

impl Explained {
    fn of(
        rules: &Rules,
        audience: &Audience,
        method: &Method,
        target: &str,
        claims: Option<&Map<String, Value>>,
    ) -> Self {
        let decision = gate::explain(rules, audience, method, target);
        let (scopes, step_up) = match &decision {
            Decision::Rule { scopes, step_up, .. } => (scopes.as_slice(), step_up.as_ref()),
            _ => (&[][..], None),
        };
        let now = SystemClock::new().now();
        let token = claims.map(|claims| Lack::of(claims, audience, scopes, step_up, now));
        let misses = rules.misses(audience, method, target);
        Self { audience: audience.clone(), decision, misses, token }
    }

    fn passes(&self) -> bool {
        matches!(self.decision, Decision::AnyToken | Decision::Rule { .. })
            && matches!(self.token, None | Some(Lack::Nothing))
    }

    fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!("{}: {}", self.audience, self.decision)];
        match (&self.decision, &self.token) {
            // What was passed over says something only where nothing was found.
            (Decision::NoRule, _) => {
                let misses = self.misses.iter().zip(1..);
                lines.extend(misses.map(|(miss, rule)| {
                    format!("  rule {rule} is about another {}", miss.as_str())
                }));
            }
            (Decision::AnyToken | Decision::Rule { .. }, Some(lack)) => {
                lines.push(format!("  the token {}", lack.words()));
            }
            _ => {}
        }
        lines
    }

    fn to_json(&self) -> Value {
        let rule = match &self.decision {
            Decision::Rule { rule, scopes, .. } => Some((rule, scopes)),
            _ => None,
        };
        let misses: Vec<_> = self.misses.iter().map(|miss| miss.as_str()).collect();
        let mut members = json!({
            "audience": self.audience.as_str(), "rule": rule.map(|(rule, _)| rule),
            "decision": self.decision.to_string(), "misses": misses, "passes": self.passes(),
        });
        if let Some((_, scopes)) = rule {
            insert(&mut members, "scopes", json!(scopes));
        }
        if let Some(lack) = &self.token {
            insert(&mut members, "token", lack.words().into());
        }
        members
    }
}

impl Lack {
    fn of(
        claims: &Map<String, Value>,
        audience: &Audience,
        scopes: &[String],
        step_up: Option<&StepUp>,
        now: UnixTime,
    ) -> Self {
        let is_it = |name: &Value| name.as_str() == Some(audience.as_str());
        let for_it = claims.get("aud").is_some_and(|aud| match aud {
            Value::Array(names) => names.iter().any(is_it),
            name => is_it(name),
        });
        if !for_it {
            return Self::Audience;
        }
        let scope = claims.get("scope").and_then(Value::as_str).unwrap_or_default();
        let lacks = |wanted: &&String| !scope.split(' ').any(|has| has == wanted.as_str());
        let missing: Vec<_> = scopes.iter().filter(lacks).cloned().collect();
        if !missing.is_empty() {
            return Self::Scopes(missing);
        }
        let auth_time = claims.get("auth_time").and_then(Value::as_u64).map(UnixTime::from_secs);
        let acr = claims.get("acr").and_then(Value::as_str);
        let falls_short = |step_up: &&StepUp| !step_up.is_met_by(auth_time, acr, now);
        step_up.filter(falls_short).map_or(Self::Nothing, |step_up| Self::Login(step_up.clone()))
    }

    fn words(&self) -> String {
        match self {
            Self::Nothing => "would do, if it is good".to_owned(),
            Self::Scopes(scopes) => format!("lacks {}", scopes.join(" ")),
            Self::Login(step_up) => {
                let asked = step_up.to_string();
                let asked = asked.trim_start_matches([',', ' ']);
                format!("is of a login that is too old, or too weak: the rule asks for {asked}")
            }
            Self::Audience => "is for another audience".to_owned(),
        }
    }
}

/// The claims of the token in a file. Nothing of it is verified: only a verdict on the token could say
/// more, and that is the gate's.
fn claims(file: &std::path::Path) -> Result<Map<String, Value>, Failure> {
    output::note("NOT VERIFIED: what the token says of itself, not whether it is good.");
    let bytes = files::read_or_stdin(file)?;
    let text = std::str::from_utf8(bytes.trim_ascii()).ok();
    let decoded = text.and_then(|token| danger::decode_unverified(token).ok());
    let unreadable = || Failure::cannot(format!("{}: this is no token", file.display()));
    decoded.map(|decoded| decoded.claims).ok_or_else(unreadable)
}

/// The path and query of a URL, or the text itself if it is a path already.
fn target_of(url: &str) -> &str {
    let Some((_, rest)) = url.split_once("://") else { return url };
    rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/")
}

fn insert(members: &mut Value, name: &str, value: Value) {
    if let Some(members) = members.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
}
