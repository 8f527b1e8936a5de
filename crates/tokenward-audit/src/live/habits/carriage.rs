//! Other ways for a token to come, and other people's pages that ask.

use http::HeaderName;
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_ORIGIN, LOCATION, ORIGIN,
};

use super::answers;
use crate::live::http::{Address, Ask, NoAnswer};
use crate::live::probe::{Probe, Sent};
use crate::live::rules::{CORS, IN_URL, NO_REDIRECT};
use crate::live::run::Run;

/// An origin that nobody has (RFC 6761, section 6.4).
const STRANGE: &str = "https://audit.invalid";

/// The valid token as a parameter of the address.
pub(in crate::live) fn in_addresses(token: &str) -> Vec<Probe> {
    ["access_token", "token", "jwt", "auth_token"]
        .into_iter()
        .map(|name| Probe {
            rule: &IN_URL,
            what: format!("in the address, as `{name}`,"),
            sent: Sent::Parameter(name, token.to_owned()),
            is_large: false,
        })
        .collect()
}

/// Whether a page of anybody's can read what the service answers to this user.
pub(in crate::live) async fn cors(run: &mut Run<'_>) -> Result<(), NoAnswer> {
    let token = run.token.clone();
    let ask = run.ask(Some(&token)).with(ORIGIN, STRANGE);
    let answer = run.wire.send(&run.options.address, ask).await?;
    let is =
        |name: &HeaderName, wanted: &str| answer.header(name).is_some_and(|is| is.trim() == wanted);
    if is(&ACCESS_CONTROL_ALLOW_ORIGIN, STRANGE) && is(&ACCESS_CONTROL_ALLOW_CREDENTIALS, "true") {
        let why = "any origin that asks may read the answers that cookies bring: `Access-Control-Allow-Origin` repeats it, with credentials";
        let finding = CORS.finding(&run.place(), why);
        run.audit.findings.push(finding);
    }
    Ok(())
}

/// Whether plain HTTP at `address` leads to https, and to nothing else.
pub(in crate::live) async fn plain(run: &mut Run<'_>, address: &Address) {
    let place = address.shown();
    let answer = match run.wire.send(address, Ask::new(http::Method::GET)).await {
        Ok(answer) => answer,
        // Nobody there is the safest answer.
        Err(NoAnswer::Unreachable(_)) => return,
        Err(error) => return run.note(place, error.to_string()),
    };
    let leads = answer.header(&LOCATION).is_some_and(|to| to.starts_with("https://"));
    if !leads || !matches!(answer.status, 301 | 302 | 307 | 308) {
        let why = format!("plain HTTP answers {} and does not lead to https", answer.status);
        run.audit.findings.push(NO_REDIRECT.finding(&place, why));
    }
    run.audit.findings.extend(answers::cookies(address, &answer));
}
