//! Reads `gate.toml`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use http::Method;
use tokenward::{Audience, IssuerId, Scope};
use tokenward_server::gate::{Login, PathPattern, Rule};
use tokenward_tower::binding::BindingPolicy;
use tokenward_tower::dpop::DpopSettings;
use tokenward_tower::step_up::StepUp;

use crate::config::reader::{Problem, Section, Source};
use crate::config::{
    Address, ProxyAuth, ProxyConfig, RedisConfig, authority, base_of, proxy, redis, text_of, values,
};
use crate::duration::{self, Human};
use crate::secret::{Environment, SecretRef};

#[cfg(test)]
mod tests;

/// `gate.toml`.
#[derive(Debug)]
pub(crate) struct GateConfig {
    /// The folder that relative paths of the file start from.
    pub(crate) base: PathBuf,
    /// The prefix of every secret taken from the environment.
    pub(crate) environment: Environment,
    pub(crate) listen: Address,
    /// Metrics and health, in the clear: for this machine or a network of its own.
    pub(crate) health: Option<std::net::SocketAddr>,
    /// The authority's base URL.
    pub(crate) issuer: IssuerId,
    /// Where the authority is reached from here, if that is not where its issuer says.
    pub(crate) authority: Option<String>,
    pub(crate) audiences: Vec<Audience>,
    /// The gate's own certificate and key; needed where the proxy is on another machine.
    pub(crate) tls: Option<[PathBuf; 2]>,
    /// Who vouches for proxies that show a certificate.
    pub(crate) client_ca: Option<PathBuf>,
    pub(crate) ca_file: Option<PathBuf>,
    /// The offline root that must vouch for every key set.
    pub(crate) root: Option<PathBuf>,
    /// The folder in which it is kept what was seen on the root's word.
    pub(crate) root_state: Option<PathBuf>,
    pub(crate) max_staleness: Duration,
    pub(crate) accept_when_stale: bool,
    pub(crate) clock_error: Duration,
    pub(crate) leeway: Duration,
    pub(crate) feed: FeedConfig,
    /// What is otherwise for one audience.
    pub(crate) overrides: Vec<AudienceConfig>,
    pub(crate) cookies: Vec<CookieOrigins>,
    pub(crate) proxies: Vec<ProxyConfig>,
    pub(crate) rules: Vec<Rule>,
}

/// `[feed]`: as which service the gate follows the revocations; it may `revocations:read`.
#[derive(Debug)]
pub(crate) struct FeedConfig {
    pub(crate) client_id: String,
    pub(crate) client_secret: SecretRef,
    /// The pinned feed key: a JWK or a set of two, or a file with one; for a gate of one audience.
    pub(crate) key: Option<String>,
    /// The folder in which it is kept what is known.
    pub(crate) state: Option<PathBuf>,
    /// From where messages come as long as it works, rather than from the authority.
    pub(crate) redis: Option<RedisConfig>,
}

/// `[[audience]]`: what is otherwise for one of `audiences`.
#[derive(Debug)]
pub(crate) struct AudienceConfig {
    pub(crate) name: Audience,
    pub(crate) feed_key: Option<String>,
    pub(crate) max_staleness: Option<Duration>,
    pub(crate) accept_when_stale: Option<bool>,
    /// Whether it takes bound tokens; off, where nothing is said.
    pub(crate) dpop: Option<DpopSettings>,
    /// Whether its tokens are bound to client certificates.
    pub(crate) mtls: BindingPolicy,
}

/// `[[cookies]]`: from where requests with a cookie may come.
#[derive(Debug)]
pub(crate) struct CookieOrigins {
    pub(crate) audience: Audience,
    pub(crate) origins: Vec<String>,
    /// Where a browser without a good token is sent.
    pub(crate) login: Option<Login>,
}

impl GateConfig {
    /// Reads `path`; every problem it has, with its line.
    pub(crate) fn load(path: &Path) -> Result<Self, Vec<Problem>> {
        let (file, text) = text_of(path, "write one as the documentation of the gate shows")?;
        read(&file, &text, base_of(path))
    }
}

fn read(file: &str, text: &str, base: PathBuf) -> Result<GateConfig, Vec<Problem>> {
    let source = Source::new(file, text);
    let table = source.parse()?;
    let config = config(source.root(table.get_ref()), base);
    drop(table);
    source.finish(config)
}

fn config(root: Section<'_>, base: PathBuf) -> Option<GateConfig> {
    let environment = root.required("environment", "\"prod\"", Environment::new);
    let listen = root.required("listen", "\"127.0.0.1:9090\"", values::address);
    let health = root.parsed("health", values::socket);
    let issuer = root.required("issuer", "\"https://auth.example.com\"", values::issuer);
    let authority = root.parsed("authority", |text| values::issuer(text).map(|_| text.to_owned()));
    let client_ca = root.section("tls").path("client_ca");
    let tls = tls(root.section("tls"));
    let audiences = root.list("audiences", audience);
    if audiences.as_ref().is_some_and(Vec::is_empty) {
        root.problem("audiences", "there is none; write for example audiences = [\"billing-api\"]");
    }
    let ca_file = root.path("ca_file");
    let pin = root.path("root");
    let root_state = root.path("root_state");
    if root_state.is_some() && pin.is_none() {
        root.problem("root_state", "is for a gate that pins a root; set root, or delete it");
    }
    let second = Duration::from_secs(1);
    let most = Duration::from_secs(300);
    let max_staleness = root.duration("max_staleness", Duration::from_secs(10), STALENESS);
    let when_stale = root.or("when_stale", false, accepts);
    let clock_error = root.duration("clock_error", Duration::from_secs(5), [Duration::ZERO, most]);
    roomy(&root, max_staleness, clock_error);
    let leeway = root.duration(
        "leeway",
        Duration::from_secs(5),
        [Duration::ZERO, second.saturating_mul(30)],
    );
    let feed = feed(root.section("feed"), environment.as_ref());
    let overrides = authority::all(root.sections("audience"), one_audience);
    let cookies = authority::all(root.sections("cookies"), cookies);
    let proxies = authority::all(root.sections("proxy"), proxy::read);
    let rules = authority::all(root.sections("rule"), rule);
    proxy::check_alike(&root, proxies.as_deref());
    check_listen(&root, listen.as_ref(), tls.is_some(), proxies.as_deref());
    check_certificates(&root, tls.is_some() && client_ca.is_some(), proxies.as_deref());
    check_lists(
        &root,
        audiences.as_deref(),
        cookies.as_deref(),
        proxies.as_deref(),
        rules.as_deref(),
    );
    check_audiences(&root, audiences.as_deref(), overrides.as_deref(), feed.as_ref());
    check_told(&root, overrides.as_deref(), proxies.as_deref());
    root.finish();
    Some(GateConfig {
        base,
        environment: environment?,
        listen: listen?,
        health,
        issuer: issuer?,
        authority,
        audiences: audiences?,
        tls,
        client_ca,
        ca_file,
        root: pin,
        root_state,
        max_staleness: max_staleness?,
        accept_when_stale: when_stale?,
        clock_error: clock_error?,
        leeway: leeway?,
        feed: feed?,
        overrides: overrides?,
        cookies: cookies?,
        proxies: proxies?,
        rules: rules?,
    })
}

/// Tokens and proxies' secrets do not travel in the clear.
fn check_listen(
    root: &Section<'_>,
    listen: Option<&Address>,
    tls: bool,
    proxies: Option<&[ProxyConfig]>,
) {
    let Some(Address::Tcp(address)) = listen else { return };
    if !address.ip().is_loopback() && !tls {
        root.problem(
            "listen",
            format!(
                "over {address} tokens would travel in the clear; add [tls] with certificate and key, or \
                 listen on 127.0.0.1 or \"unix:/run/tokenward-gate.sock\""
            ),
        );
    }
    for (proxy, section) in proxies.unwrap_or_default().iter().zip(root.sections("proxy")) {
        if matches!(proxy.auth, ProxyAuth::Unix) {
            section.problem("unix", "needs listen = \"unix:…\"; set that, or a secret");
        }
    }
}

/// A proxy's certificate counts by who vouches for it.
fn check_certificates(root: &Section<'_>, asked: bool, proxies: Option<&[ProxyConfig]>) {
    for (proxy, section) in proxies.unwrap_or_default().iter().zip(root.sections("proxy")) {
        if matches!(proxy.auth, ProxyAuth::Mtls(_)) && !asked {
            section.problem("mtls", "needs [tls] with client_ca, who vouches for it; set that");
        }
    }
}

fn tls(section: Section<'_>) -> Option<[PathBuf; 2]> {
    let [certificate, key] = ["certificate", "key"].map(|key| section.path(key));
    // Read before; named here for the list of what is known.
    section.has("client_ca");
    if section.is_there() && (certificate.is_none() || key.is_none()) {
        section.whole_problem("certificate and key go together; set both");
    }
    section.finish();
    Some([certificate?, key?])
}

/// What does not fit together.
fn check_lists(
    root: &Section<'_>,
    audiences: Option<&[Audience]>,
    cookies: Option<&[CookieOrigins]>,
    proxies: Option<&[ProxyConfig]>,
    rules: Option<&[Rule]>,
) {
    if proxies.is_some_and(<[_]>::is_empty) {
        root.problem("proxy", "there is none, so nobody could ask; add [[proxy]]");
    }
    if rules.is_some_and(<[_]>::is_empty) {
        root.problem(
            "rule",
            "there is none, so every request would be refused; add [[rule]] (one without limits lets \
             every good token through)",
        );
    }
    let Some(audiences) = audiences else { return };
    for (one, section) in cookies.unwrap_or_default().iter().zip(root.sections("cookies")) {
        if !audiences.contains(&one.audience) {
            section.problem("audience", format!("`{}` is not among audiences", one.audience));
        }
    }
    for (rule, section) in rules.unwrap_or_default().iter().zip(root.sections("rule")) {
        for name in rule.audiences.iter().filter(|name| !audiences.contains(name)) {
            section.problem("audiences", format!("`{name}` is not among audiences"));
        }
    }
}

/// The certificates of clients are what a proxy tells of them.
fn check_told(
    root: &Section<'_>,
    overrides: Option<&[AudienceConfig]>,
    proxies: Option<&[ProxyConfig]>,
) {
    let (Some(overrides), Some(proxies)) = (overrides, proxies) else { return };
    for (one, section) in overrides.iter().zip(root.sections("audience")) {
        let told = proxies.iter().any(|proxy| proxy.client_certificates);
        if one.mtls != BindingPolicy::Off && !told {
            section.problem(
                "mtls",
                "needs a [[proxy]] that tells of its clients' certificates; set client_certificates = true there",
            );
        }
    }
}

/// What is said of single audiences must be of audiences that there are, once each, and each has a feed
/// key of its own.
fn check_audiences(
    root: &Section<'_>,
    audiences: Option<&[Audience]>,
    overrides: Option<&[AudienceConfig]>,
    feed: Option<&FeedConfig>,
) {
    let Some(audiences) = audiences else { return };
    if feed.is_some_and(|feed| feed.key.is_some()) && audiences.len() > 1 {
        let mend = "write [[audience]] with name and feed_key for each instead";
        root.section("feed")
            .problem("key", format!("each audience has a feed key of its own; {mend}"));
    }
    let mut seen = Vec::new();
    for (one, section) in overrides.unwrap_or_default().iter().zip(root.sections("audience")) {
        if !audiences.contains(&one.name) {
            section.problem("name", format!("`{}` is not among audiences", one.name));
        }
        if seen.contains(&&one.name) {
            section.problem("name", format!("`{}` is there twice", one.name));
        }
        seen.push(&one.name);
    }
}

/// Two heartbeats, and a clock that is wrong, must fit into the bound.
fn roomy(root: &Section<'_>, max_staleness: Option<Duration>, clock_error: Option<Duration>) {
    let (Some(bound), Some(clock_error)) = (max_staleness, clock_error) else { return };
    let [heartbeats, _] = STALENESS;
    let least = clock_error.saturating_add(heartbeats);
    if bound < least {
        root.problem(
            "max_staleness",
            format!(
                "{} is under clock_error ({}) and {} for heartbeats; choose {} or more, or a smaller \
                 clock_error",
                Human(bound),
                Human(clock_error),
                Human(heartbeats),
                Human(least)
            ),
        );
    }
}

fn one_audience(section: &Section<'_>) -> Option<AudienceConfig> {
    let name = section.required("name", "\"billing-api\"", audience);
    let feed_key = section.parsed("feed_key", key_text);
    let max_staleness = section.parsed("max_staleness", |text| {
        let duration = duration::parse(text)?;
        let [least, most] = STALENESS;
        if (least..=most).contains(&duration) {
            Ok(duration)
        } else {
            Err(format!("{text} is not from {} to {}", Human(least), Human(most)))
        }
    });
    let accept_when_stale = section.parsed("when_stale", accepts);
    let there = section.has("dpop") || section.has("dpop_sites");
    let dpop = if there { Some(values::dpop(section)?) } else { None };
    let takes = |dpop: &DpopSettings| dpop.policy != BindingPolicy::Off && dpop.sites.is_empty();
    if dpop.as_ref().is_some_and(takes) {
        section.problem(
            "dpop_sites",
            "is empty, so every proof would be refused; write for example \
             dpop_sites = [\"https://api.example.com\"]",
        );
    }
    let mtls = values::binding(section, "mtls", BindingPolicy::Off);
    Some(AudienceConfig {
        name: name?,
        feed_key,
        max_staleness,
        accept_when_stale,
        dpop,
        mtls: mtls?,
    })
}

fn accepts(text: &str) -> Result<bool, String> {
    values::one_of(text, &["refuse", "accept"]).map(|word| word == "accept")
}

fn key_text(text: &str) -> Result<String, String> {
    if text.is_empty() { Err("is empty; name a file".to_owned()) } else { Ok(text.to_owned()) }
}

/// Two heartbeats at least, so that one lost packet refuses nobody.
const STALENESS: [Duration; 2] = [Duration::from_secs(2), Duration::from_secs(300)];

fn feed(section: Section<'_>, environment: Option<&Environment>) -> Option<FeedConfig> {
    let client_id = section.required("client_id", "\"gate\"", values::name);
    let example = "client_secret = { env = \"GATE_SECRET\" }";
    if !section.has("client_secret") {
        section.problem("client_secret", format!("is missing; write for example {example}"));
    }
    let client_secret =
        section.has("client_secret").then(|| values::secret(&section, "client_secret"));
    let key = section.parsed("key", key_text);
    let state = section.path("state");
    let names = redis::Names { address: "redis", password: "redis_password", ca: "redis_ca" };
    let found = redis::read(&section, names, environment);
    for key in [names.password, names.ca] {
        if section.has(key) && !section.has(names.address) {
            section.problem(key, "is for a feed in Redis; delete it, or set redis");
        }
    }
    // A secret that is wrong has been noted, and so is the section's end.
    let wrong = section.has(names.address) && found.is_none();
    section.finish();
    let redis = if wrong { return None } else { found };
    let (client_id, client_secret) = (client_id?, client_secret??);
    Some(FeedConfig { client_id, client_secret, key, state, redis })
}

fn cookies(section: &Section<'_>) -> Option<CookieOrigins> {
    let name = section.required("audience", "\"billing-api\"", audience);
    let origins = section.list("origins", values::origin);
    let login = login(section, origins.as_deref());
    Some(CookieOrigins { audience: name?, origins: origins?, login })
}

/// Where a browser without a good token is sent.
pub(super) fn login(section: &Section<'_>, origins: Option<&[String]>) -> Option<Login> {
    let login = section
        .parsed("login", |text| Login::parse(text).map_err(|error| format!("`{text}` {error}")));
    if login.is_some() && origins.is_some_and(<[_]>::is_empty) {
        section.problem("login", "needs origins, one of which is the way back; list them");
    }
    login
}

/// `[[rule]]`, of `tokenward.toml` and `gate.toml` alike.
pub(super) fn rule(section: &Section<'_>) -> Option<Rule> {
    let audiences = section.list("audiences", audience);
    let methods = section.list("methods", |text| {
        Method::from_bytes(text.as_bytes())
            .ok()
            .filter(|method| method.as_str().bytes().all(|byte| byte.is_ascii_uppercase()))
            .ok_or_else(|| format!("`{text}` is no method; write it in capitals"))
    });
    let paths =
        section.list("paths", |text| PathPattern::parse(text).map_err(|error| error.to_string()));
    let scopes = section.list("scopes", |text| {
        let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        if plain { Ok(text.to_owned()) } else { Err(format!("`{text}` is no scope")) }
    });
    let max_age = section.parsed("max_age", duration::parse);
    let acr = section.list("acr", |text| {
        let one = Scope::parse(text).ok().filter(|_| !text.contains(' ') && !text.is_empty());
        one.map(|_| text.to_owned()).ok_or_else(|| format!("`{text}` is no name of a login"))
    });
    let acr = Scope::parse(&acr?.join(" ")).ok();
    let step_up = acr.filter(|acr| max_age.is_some() || !acr.is_empty());
    let step_up = step_up.map(|acr| StepUp::new(max_age, acr));
    Some(Rule { audiences: audiences?, methods: methods?, paths: paths?, scopes: scopes?, step_up })
}

fn audience(text: &str) -> Result<Audience, String> {
    Audience::new(text).map_err(|error| format!("`{text}`: {error}"))
}
