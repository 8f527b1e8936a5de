//! Whether the end of a session reaches its tokens. What is used here is used up: it comes last.

use http::Method;
use http::header::CONTENT_TYPE;
use serde_json::Value;
use tokio::time::{Duration, sleep};

use super::answers;
use super::spellings::spellings;
use crate::live::http::{Address, Answer, Ask, NoAnswer};
use crate::live::look::Look;
use crate::live::options::Refresh;
use crate::live::oracle::{Oracle, Verdict};
use crate::live::rules::{ENDED, EVADED, FAMILY_LIVES, LOGOUT, REUSED};
use crate::live::run::{Run, Stop};

/// Logs out at `address`, then asks with the token, and with the same in other spellings.
pub(in crate::live) async fn logout(
    run: &mut Run<'_>,
    oracle: &Oracle,
    address: &Address,
) -> Result<(), Stop> {
    run.control(oracle).await?;
    let token = run.token.clone();
    let mut ask = run.ask(Some(&token));
    ask.method = Method::POST;
    let failed = |error: NoAnswer| Stop(format!("logout: {error}"));
    let answer = run.wire.send(address, ask).await.map_err(failed)?;
    if answer.status >= 400 {
        run.note("logout", format!("status {}: the session was not ended", answer.status));
        return Ok(());
    }
    run.audit.findings.extend(answers::cookies(address, &answer));
    after(run, oracle, &token, &LOGOUT, "after logout").await
}

/// Ends the session as the operator told, then asks.
pub(in crate::live) async fn ended(run: &mut Run<'_>, oracle: &Oracle) -> Result<(), Stop> {
    let Some(end) = &run.options.end else { return Ok(()) };
    run.control(oracle).await?;
    let token = run.token.clone();
    end().map_err(|error| Stop(format!("--end-with: {error}")))?;
    after(run, oracle, &token, &ENDED, "after --end-with has ended the session").await
}

async fn after(
    run: &mut Run<'_>,
    oracle: &Oracle,
    token: &str,
    rule: &crate::live::rules::Rule,
    when: &str,
) -> Result<(), Stop> {
    let place = run.place();
    if accepts(run, oracle, token).await? {
        let why = format!("the token is accepted still {when}: {}", rule.means);
        run.audit.findings.push(rule.finding(&place, why));
        return Ok(());
    }
    for (what, other) in spellings(token) {
        if accepts(run, oracle, &other).await? {
            let why = format!("{when} the token is refused, and accepted {what}: {}", EVADED.means);
            run.audit.findings.push(EVADED.finding(&place, why));
            return Ok(());
        }
    }
    Ok(())
}

async fn accepts(run: &mut Run<'_>, oracle: &Oracle, token: &str) -> Result<bool, Stop> {
    let answer = run.with(Some(token)).await.map_err(|error| Stop(error.to_string()))?;
    Ok(oracle.judge(&Look::of(&answer)) == Verdict::Accepted)
}

/// Redeems a refresh token twice, then its successor.
pub(in crate::live) async fn refresh(run: &mut Run<'_>, refresh: &Refresh) -> Result<(), Stop> {
    let place = refresh.address.shown();
    let first = redeem(run, refresh, &refresh.token).await?;
    let successor = first.as_ref().and_then(successor);
    let Some(first) = first else {
        run.note("refresh", "the refresh token was refused: reuse was not tried");
        return Ok(());
    };
    run.audit.findings.extend(answers::cookies(&refresh.address, &first));
    sleep(refresh.grace.min(Duration::from_secs(600))).await;
    if redeem(run, refresh, &refresh.token).await?.is_some() {
        let why = format!("a refresh token was redeemed twice: {}", REUSED.means);
        run.audit.findings.push(REUSED.finding(&place, why));
        return Ok(());
    }
    let Some(successor) = successor else {
        run.note(
            "refresh",
            "no new refresh token in the answer: whether it outlives reuse was not tried",
        );
        return Ok(());
    };
    if redeem(run, refresh, &successor).await?.is_some() {
        let why = format!(
            "a refresh token came back, and its successor was redeemed: {}",
            FAMILY_LIVES.means
        );
        run.audit.findings.push(FAMILY_LIVES.finding(&place, why));
    }
    Ok(())
}

/// The answer, where the token was redeemed.
async fn redeem(run: &mut Run<'_>, refresh: &Refresh, token: &str) -> Result<Option<Answer>, Stop> {
    let is_json = refresh.body.trim_start().starts_with('{');
    let (kind, told) = if is_json {
        ("application/json", token.to_owned())
    } else {
        let told = form_urlencoded::byte_serialize(token.as_bytes()).collect();
        ("application/x-www-form-urlencoded", told)
    };
    let body = if is_json {
        refresh.body.replace("{}", &told.replace(['\\', '"'], ""))
    } else {
        refresh.body.replace("{}", &told)
    };
    let mut ask = Ask::new(Method::POST).with(CONTENT_TYPE, kind);
    ask.body = body.into();
    let answer = run.wire.send(&refresh.address, ask).await;
    let answer = answer.map_err(|error| Stop(format!("refresh: {error}")))?;
    Ok((answer.status < 300).then_some(answer))
}

fn successor(answer: &Answer) -> Option<String> {
    let body: Value = serde_json::from_slice(&answer.body).ok()?;
    let token = body.get("refresh_token").or_else(|| body.get("refreshToken"))?;
    Some(token.as_str()?.to_owned())
}
