//! `tokenward audit live`.

use std::io::IsTerminal as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use tokenward_audit::report::Report;
use tokenward_audit::{
    Address, Carrier, Finding, LiveOptions, LogIn, Refresh, Secrets, Words, audit_live, shown_url,
};

use super::{show, subject, verdict};
use crate::args::{AuditLiveArgs, LiveSessionArgs, LiveTokenArgs};
use crate::clock;
use crate::failure::{Failure, Outcome};
use crate::files;
use crate::output::{self, Output};
use crate::secret::Variables;

pub(super) async fn run(args: &AuditLiveArgs, output: Output) -> Outcome {
    let clock = clock::system();
    let start = clock.now();
    let mut options = options(args)?;
    let known = known_secret(&options.token);
    if arm(&mut options, known.as_ref().map(|(secret, _)| secret.as_slice())) {
        output::note(
            "the secret of these tokens is known: more are made with it, as --signing-key-file would",
        );
    }
    let bar = bar();
    let mut audit = audit_live(&options, &|| clock.now().as_secs(), &mut |done, all| {
        bar.set_length(u64::try_from(all).unwrap_or(u64::MAX));
        bar.set_position(u64::try_from(done).unwrap_or(u64::MAX));
    })
    .await
    .map_err(|error| Failure::because_of(&error))?;
    bar.finish_and_clear();
    let is_told = audit.findings.iter().any(|finding| finding.rule == "live-weak-secret");
    audit.findings.extend(known.map(|(_, finding)| finding).filter(|_| !is_told));
    let of = subject(options.address.shown(), start, true);
    show(&Report { audit: &audit, took: clock.now().since(start), of: &of }, output)?;
    Ok(verdict(&audit, args.fail_on))
}

/// The secret that signs such tokens, where it is one that others know, and what to say of that. It is found out
/// here, without a request.
fn known_secret(token: &str) -> Option<(Vec<u8>, Finding)> {
    let secrets = Secrets::of(token)?;
    let tried = secrets.search(Words::BuiltIn, 0);
    let finding = secrets.finding(&tried)?;
    Some((tried.found?, finding))
}

/// Whoever knows the secret can make any token; so can we, where nobody gave us a key.
fn arm(options: &mut LiveOptions, known: Option<&[u8]>) -> bool {
    match known {
        Some(secret) if !secret.is_empty() && options.signing_key.is_none() => {
            options.signing_key = Some(secret.to_vec());
            true
        }
        _ => false,
    }
}

fn options(args: &AuditLiveArgs) -> Result<LiveOptions, Failure> {
    let log_in = args.tokens.login.as_deref().map(|command| prints(command, "--login"));
    let token = valid_token(&args.tokens, log_in.as_ref())?;
    let mut options = LiveOptions::new(address("URL", &args.url)?, token);
    options.method = args.method.clone();
    options.carrier = match (&args.tokens.header, &args.tokens.cookie) {
        (Some(name), _) => Carrier::Header(name.clone()),
        (None, Some(name)) => Carrier::Cookie(cookie_name(name)?),
        (None, None) => Carrier::Bearer,
    };
    options.log_in = log_in;
    let token = |path: &Option<_>| path.as_deref().map(read_token).transpose();
    options.expired = token(&args.tokens.expired_token_file)?;
    options.other_audience = token(&args.tokens.other_audience_token_file)?;
    options.other_type = token(&args.tokens.other_type_token_file)?;
    let key = args.tokens.signing_key_file.as_deref().map(files::read_zeroizing).transpose()?;
    options.signing_key = key.map(|key| key.to_vec());
    let place =
        |name: &str, url: &Option<String>| url.as_deref().map(|url| address(name, url)).transpose();
    options.logout = place("--logout-url", &args.sessions.logout_url)?;
    options.end = args.sessions.end_with.as_deref().map(|command| prints(command, "--end-with"));
    options.refresh = refresh(&args.sessions)?;
    options.key_set = place("--jwks", &args.places.jwks)?;
    options.plain = place("--http-url", &args.places.http_url)?;
    options.listener = args.places.listener;
    options.listener_url.clone_from(&args.places.listener_url);
    options.extra_ca = args.places.ca_file.as_deref().map(files::read).transpose()?;
    options.is_intrusive = args.pace.intrusive;
    options.in_the_clear = args.pace.in_the_clear;
    options.pause = Duration::from_secs(1).checked_div(args.pace.rate).unwrap_or_default();
    options.timeout = args.pace.timeout;
    options.max_requests = args.pace.max_requests;
    options.max_time = args.pace.max_time;
    Ok(options)
}

fn address(name: &str, url: &str) -> Result<Address, Failure> {
    let refused = |error| Failure::cannot(format!("{name}: `{}`: {error}", shown_url(url)));
    Address::parse(url).map_err(refused)
}

fn valid_token(args: &LiveTokenArgs, log_in: Option<&LogIn>) -> Result<String, Failure> {
    if let Some(path) = &args.token_file {
        return read_token(path);
    }
    if let Some(name) = &args.token_env {
        let variables = Variables::of_process();
        let token = variables.get(name).map(str::to_owned);
        return token.ok_or_else(|| Failure::cannot(format!("--token-env: {name} is not set")));
    }
    match log_in {
        Some(log_in) => log_in().map_err(|error| Failure::cannot(format!("--login: {error}"))),
        None => Err(Failure::cannot(
            "a valid token is needed: --token-file FILE, --token-env NAME, or --login CMD",
        )),
    }
}

fn read_token(path: &Path) -> Result<String, Failure> {
    let bytes = files::read_or_stdin(path)?;
    let text = std::str::from_utf8(&bytes).map(str::trim).unwrap_or_default();
    if text.is_empty() {
        return Err(Failure::cannot(format!("{}: no token in it", path.display())));
    }
    Ok(text.to_owned())
}

fn cookie_name(name: &str) -> Result<String, Failure> {
    let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    if name.is_empty() || !name.chars().all(is_token) {
        return Err(Failure::cannot(format!("--cookie: `{name}` is no name of a cookie")));
    }
    Ok(name.to_owned())
}

fn refresh(args: &LiveSessionArgs) -> Result<Option<Refresh>, Failure> {
    let (Some(url), Some(path)) = (&args.refresh_url, &args.refresh_token_file) else {
        return Ok(None);
    };
    let mut refresh = Refresh::new(address("--refresh-url", url)?, read_token(path)?);
    if let Some(body) = &args.refresh_body {
        if !body.contains("{}") {
            return Err(Failure::cannot("--refresh-body: no `{}` for the refresh token in it"));
        }
        refresh.body.clone_from(body);
    }
    refresh.grace = args.refresh_grace;
    Ok(Some(refresh))
}

/// Runs a command of the operator's, and takes the last line that it prints.
fn prints(command: &str, name: &'static str) -> LogIn {
    let command = command.to_owned();
    Box::new(move || {
        let output = Command::new("sh")
            .args(["-c", &command])
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| format!("sh: {error}"))?;
        if !output.status.success() {
            return Err(format!("the command ended with {}", output.status));
        }
        let text = String::from_utf8(output.stdout).map_err(|_| "prints no text".to_owned())?;
        match text.lines().rfind(|line| !line.trim().is_empty()) {
            Some(line) => Ok(line.trim().to_owned()),
            None if name == "--login" => Err("the command prints nothing".to_owned()),
            None => Ok(String::new()),
        }
    })
}

/// On a terminal alone.
fn bar() -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{pos} of {len} tokens sent, {eta} to go {wide_bar}");
    let bar = ProgressBar::new(0);
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_that_everybody_knows_signs_for_us_too_unless_a_key_was_given() {
        // Signed with `changeme`.
        let token =
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1MSJ9.D8itZpIgqPAecIsojSbH50chOvY4P0RUFwbvq1Q5c-k";
        let (secret, finding) = known_secret(token).unwrap();
        assert_eq!(
            (secret.as_slice(), finding.rule),
            (b"changeme".as_slice(), "token-known-secret")
        );

        let address = Address::parse("http://127.0.0.1:1/").unwrap();
        let mut options = LiveOptions::new(address, token.to_owned());
        assert!(!arm(&mut options, None));
        assert!(!arm(&mut options, Some(b"")));
        assert!(arm(&mut options, Some(&secret)));
        assert_eq!(options.signing_key.as_deref(), Some(b"changeme".as_slice()));
        assert!(!arm(&mut options, Some(b"another")));
    }
}
