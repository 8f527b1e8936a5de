//! The first requests: what this service answers to the valid token, to none, and to text that is none.

use super::LiveError;
use super::http::{Address, NoAnswer};
use super::look::Look;
use super::oracle::{Blind, Oracle};
use super::run::Run;

/// Text in a token's place that is none.
pub(super) const GARBAGE: &str = "tokenward.audit.garbage";
/// What the answers are learned from: as many requests of each kind.
const GOOD: usize = 3;
const BAD: usize = 2;

/// Learns what an accepted token looks like, and a refused one; the inner error is one that leaves habits to
/// look at.
pub(super) async fn learn(run: &mut Run<'_>) -> Result<Result<Oracle, String>, LiveError> {
    let options = run.options;
    let refresh = options.refresh.as_ref().map(|refresh| &refresh.address);
    let with_token = [Some(&options.address), options.logout.as_ref(), refresh];
    let is_open = |to: &Address| !to.is_tls() && !to.is_local();
    if !options.in_the_clear && with_token.into_iter().flatten().any(is_open) {
        return Err(LiveError::InTheClear);
    }
    let token = run.token.clone();
    let mut looks = [Vec::new(), Vec::new(), Vec::new()];
    for (kind, (token, count)) in
        looks.iter_mut().zip([(Some(token.as_str()), GOOD), (None, BAD), (Some(GARBAGE), BAD)])
    {
        for _ in 0..count {
            let answer = run.with(token).await.map_err(|error| unheard(run, &error))?;
            kind.push(Look::of(&answer));
        }
    }
    let [good, none, garbage] = looks;
    let status = good.first().map_or(0, |look| look.status);
    match Oracle::learn(good, &none, &garbage) {
        Ok(oracle) => {
            if oracle.is_open {
                run.note("no token", "the address answers as with a valid one");
            }
            if oracle.takes_anything {
                run.takes_anything(status);
            }
            Ok(Ok(oracle))
        }
        Err(Blind::Unsteady) => {
            Ok(Err("equal requests got different answers: no verdict on any token".to_owned()))
        }
        Err(blind) => Err(LiveError::Blind(format!("{}: {}", run.place(), told(blind)))),
    }
}

fn unheard(run: &Run<'_>, error: &NoAnswer) -> LiveError {
    LiveError::Blind(format!("{}: {error}", run.place()))
}

fn told(blind: Blind) -> String {
    match blind {
        Blind::Unsteady => "equal requests got different answers".to_owned(),
        Blind::Open(status) => {
            format!("status {status} with and without the token; name an address that needs one")
        }
        Blind::Refused(status) => format!(
            "status {status} with the valid token as with none; is it valid, and sent as this service wants it (--header, --cookie)?"
        ),
        Blind::Elsewhere(status) => {
            format!(
                "status {status}, a redirect, whatever the token; name the address that answers"
            )
        }
        Blind::Failing(status) => format!("status {status} with the valid token"),
    }
}
