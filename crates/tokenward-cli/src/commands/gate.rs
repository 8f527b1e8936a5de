//! `tokenward gate`: forward-auth next to a proxy. It holds no private key.

use serde_json::json;
use tokenward::Audience;
use tokenward_server::gate::{self, Decision, Rules};

use crate::args::{GateArgs, GateCommand};
use crate::config::{self, gate::GateConfig};
use crate::failure::{Failure, GOOD, Outcome, answer_is_no};
use crate::output::Output;

/// Says what the rules say about a request, for every audience.
pub(crate) fn explain(command: &GateCommand, output: Output) -> Outcome {
    let GateCommand::Explain { method, url, config } = command;
    let config = GateConfig::load(config).map_err(|problems| config::refusal(&problems))?;
    let method = method
        .to_ascii_uppercase()
        .parse()
        .map_err(|_| Failure::cannot(format!("`{method}` is no method")))?;
    let target = target_of(url);
    let rules = Rules::new(config.rules);
    let decide = |name: &Audience| (name.clone(), gate::explain(&rules, name, &method, target));
    let decisions: Vec<_> = config.audiences.iter().map(decide).collect();
    let passes =
        |decision: &Decision| matches!(decision, Decision::AnyToken | Decision::Rule { .. });
    if output.is_json() {
        let shown: Vec<_> =
            decisions.iter().map(|(name, decision)| as_json(name, decision)).collect();
        output.json(&shown)?;
    } else {
        for (name, decision) in &decisions {
            output.line(format!("{name}: {decision}"))?;
        }
    }
    let any = decisions.iter().any(|(_, decision)| passes(decision));
    Ok(if any { GOOD } else { answer_is_no() })
}

/// Runs the gate until it is told to stop.
pub(crate) async fn run(args: GateArgs, output: Output) -> Outcome {
    let _config = GateConfig::load(&args.config).map_err(|problems| config::refusal(&problems))?;
    output.line("")?;
    Err(Failure::cannot("gate"))
}

/// The path and query of a URL, or the text itself if it is a path already.
fn target_of(url: &str) -> &str {
    let Some((_, rest)) = url.split_once("://") else { return url };
    rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/")
}

fn as_json(audience: &Audience, decision: &Decision) -> serde_json::Value {
    let audience = audience.as_str();
    let said = decision.to_string();
    match decision {
        Decision::Rule { rule, scopes } => {
            json!({ "audience": audience, "rule": rule, "scopes": scopes, "decision": said })
        }
        _ => json!({ "audience": audience, "rule": null, "decision": said }),
    }
}
