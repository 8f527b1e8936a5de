//! Reads `tokenward.toml`, section by section.

use std::path::PathBuf;
use std::time::Duration;

use tokenward::{Audience, ClientId, RESERVED_CLAIMS, Sensitive};
use tokenward_server::settings::{KeySettings, RelaxedSameSite};
use tokenward_sessions::{AllowedScopes, RelyingParty};
use tokenward_tower::binding::BindingPolicy;
use tokenward_tower::cookies::SameSite;

use crate::config::reader::{Problem, Section, Source};
use crate::config::{
    AcmeConfig, Address, AudienceConfig, Config, Feed, Keys, Listen, Revocation, ServiceConfig,
    Store, Tls, custody, gate, kek, limits, proxy, receiver, redis, rules, trust, values,
};
use crate::secret::Environment;

/// Reads `text`, which came from `file`; relative paths in it count from `base`.
pub(super) fn read(file: &str, text: &str, base: PathBuf) -> Result<Config, Vec<Problem>> {
    let source = Source::new(file, text);
    let table = source.parse()?;
    let config = config(source.root(table.get_ref()), base);
    drop(table);
    source.finish(config)
}

fn config(root: Section<'_>, base: PathBuf) -> Option<Config> {
    let environment = root.required("environment", "\"prod\"", Environment::new);
    let issuer = root.required("issuer", "\"https://auth.example.com\"", values::issuer);
    let listen = listen(root.section("listen"));
    let behind_proxy = matches!(&listen, Some(Listen { public: Address::Unix(_), .. }));
    let client_ca = client_ca(&root.section("tls"), listen.as_ref());
    let tls = tls(root.section("tls"), behind_proxy, environment.as_ref());
    let store = store(root.section("store"));
    let revocation = revocation(root.section("revocation"), environment.as_ref());
    let keys = keys(root.section("keys"));
    let audiences = all(root.sections("audience"), audience);
    let services = all(root.sections("service"), service);
    let receivers = all(root.sections("receiver"), receiver::read);
    let proxies = all(root.sections("proxy"), proxy::read);
    proxy::check_alike(&root, proxies.as_deref());
    let rules = all(root.sections("rule"), gate::rule);
    let trust = trust::read(&root);
    let limits = limits::read(root.section("limits"));
    let passkeys = passkeys(root.section("passkeys"));
    let config = (|| {
        Some(Config {
            base,
            environment: environment?,
            issuer: issuer?,
            listen: listen?,
            tls: tls?,
            client_ca: client_ca?,
            store: store?,
            revocation: revocation?,
            keys: keys?,
            audiences: audiences?,
            services: services?,
            receivers: receivers?,
            proxies: proxies?,
            rules: rules?,
            trust: trust?,
            limits: limits?,
            passkeys,
        })
    })();
    if let Some(config) = &config {
        rules::check(config, &root);
        rules::certificates(config, &root);
        rules::proxies(config, &root);
        rules::entries(config, &root);
    }
    root.finish();
    config
}

fn listen(section: Section<'_>) -> Option<Listen> {
    let public = section.required("public", "\"0.0.0.0:8443\"", values::address);
    // What is wrong is noted by the section, so absent and wrong need no telling apart here.
    let [mtls, redirect, admin, health] =
        ["mtls", "redirect", "admin", "health"].map(|key| section.parsed(key, values::socket));
    let mtls_url = section.parsed("mtls_url", values::issuer);
    if mtls_url.is_some() && mtls.is_none() {
        section.problem("mtls_url", "is where clients find listen.mtls; set that, or delete it");
    }
    section.finish();
    Some(Listen { public: public?, mtls, mtls_url, redirect, admin, health })
}

/// Who vouches for clients, where clients are asked.
#[expect(
    clippy::option_option,
    reason = "the outer one says whether it is right, the inner whether there is any"
)]
fn client_ca(section: &Section<'_>, listen: Option<&Listen>) -> Option<Option<PathBuf>> {
    let path = section.path("client_ca");
    let Some(listen) = listen else { return Some(path) };
    if path.is_some() && matches!(listen.public, Address::Unix(_)) {
        section.problem(
            "client_ca",
            "clients show a certificate over TLS alone, and listen.public is a Unix socket, whose proxy \
             terminates it; delete it",
        );
        return None;
    }
    match (&path, listen.mtls, listen.admin) {
        (None, Some(_), _) => {
            section.problem("client_ca", "is missing, and listen.mtls needs it; name a PEM file");
            None
        }
        (Some(_), None, None) => {
            section.problem(
                "client_ca",
                "is for listen.admin and listen.mtls, and there is neither; set one, or delete it",
            );
            None
        }
        _ => Some(path),
    }
}

#[expect(
    clippy::option_option,
    reason = "the outer one says whether it is right, the inner whether there is any"
)]
fn tls(
    section: Section<'_>,
    behind_proxy: bool,
    environment: Option<&Environment>,
) -> Option<Option<Tls>> {
    let certificate = section.path("certificate");
    let key = section.path("key");
    let self_signed = section.flag("self_signed")?;
    // Read before; named here for the list of what is known.
    section.has("client_ca");
    let acme = section.has("acme").then(|| acme(section.section("acme")));
    let files = section.has("certificate") || section.has("key");
    let chosen = [files, self_signed, acme.is_some()].into_iter().filter(|chosen| *chosen).count();
    let found = match (behind_proxy, chosen) {
        (true, 0) => Some(None),
        (true, _) => {
            section.whole_problem(
                "listen.public is a Unix socket, whose proxy terminates TLS; delete [tls]",
            );
            None
        }
        (false, 1) if self_signed && !environment.is_some_and(Environment::is_dev) => {
            section.problem(
                "self_signed",
                "is for environment = \"dev\" alone; set certificate and key",
            );
            None
        }
        (false, 1) if self_signed => Some(Some(Tls::SelfSigned)),
        (false, 1) if files && !(section.has("certificate") && section.has("key")) => {
            section.whole_problem("certificate and key go together; set both");
            None
        }
        (false, 1) if files => {
            certificate.zip(key).map(|(certificate, key)| Some(Tls::Files { certificate, key }))
        }
        (false, 1) => acme.flatten().map(|acme| Some(Tls::Acme(Box::new(acme)))),
        (false, _) => {
            section.whole_problem("set exactly one of certificate and key, acme, or self_signed");
            None
        }
    };
    section.finish();
    found
}

fn acme(section: Section<'_>) -> Option<AcmeConfig> {
    // In the one form in which certificates have them.
    let domains = section.list("domains", |name| Ok(values::name(name)?.to_ascii_lowercase()));
    if domains.as_ref().is_some_and(Vec::is_empty) {
        section.problem("domains", "there is none; write for example [\"auth.example.com\"]");
    }
    let contact = section.parsed("contact", |text| {
        let address = text.strip_prefix("mailto:").filter(|address| address.contains('@'));
        let wrong =
            || format!("`{text}` is no mailto: URL; write for example \"mailto:ops@example.com\"");
        address.map(|_| text.to_owned()).ok_or_else(wrong)
    });
    let directory = section.or("directory", LETS_ENCRYPT.to_owned(), |text| {
        let https = text.starts_with("https://");
        https.then(|| text.to_owned()).ok_or_else(|| format!("`{text}` is no https URL"))
    });
    let ca_file = section.path("ca_file");
    section.finish();
    let domains = domains.filter(|domains| !domains.is_empty());
    Some(AcmeConfig { domains: domains?, contact, directory: directory?, ca_file })
}

fn store(section: Section<'_>) -> Option<Store> {
    let default = Store::Sqlite(PathBuf::from("tokenward.db"));
    let store = section.or("url", default, |text| {
        if let Some(path) = text.strip_prefix("sqlite:").filter(|path| !path.is_empty()) {
            return Ok(Store::Sqlite(PathBuf::from(path)));
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Store::Postgres);
        }
        // The text may hold a password, so the message does not repeat it.
        Err("is no store that is known; write for example \"sqlite:tokenward.db\"".to_owned())
    });
    section.finish();
    store
}

fn revocation(section: Section<'_>, environment: Option<&Environment>) -> Option<Revocation> {
    let names = redis::Names { address: FEED, password: "feed_password", ca: "feed_ca" };
    let mut in_redis = false;
    let word = section.or(FEED, String::new(), |text| {
        in_redis = text.starts_with("redis");
        match text {
            "local" => Ok(String::new()),
            _ if in_redis => Ok(String::new()),
            _ => Err("is no feed that is known; write \"local\", or for example \
                      \"rediss://redis.example.com\""
                .to_owned()),
        }
    });
    let feed = if in_redis {
        redis::read(&section, names, environment).map(|redis| Feed::Redis(Box::new(redis)))
    } else {
        for key in [names.password, names.ca].into_iter().filter(|key| section.has(key)) {
            section.problem(key, "is for a feed in Redis; delete it, or set feed");
        }
        word.map(|_| Feed::Local)
    };
    // Two heartbeats at least, so that one lost packet refuses nobody.
    let max_staleness = section.duration("max_staleness", seconds(10), [seconds(2), minutes(5)]);
    let when_stale = section
        .or("when_stale", "refuse".to_owned(), |text| values::one_of(text, &["refuse", "accept"]));
    let feed_key = section.count("feed_key", 1);
    section.finish();
    Some(Revocation {
        feed_key: feed_key?,
        feed: feed?,
        max_staleness: max_staleness?,
        accept_when_stale: when_stale? == "accept",
    })
}

fn keys(section: Section<'_>) -> Option<Keys> {
    let custody = custody::read(&section);
    let kek = kek::read(&section);
    let secrets = custody::secrets(&section);
    let delegation = section.path("delegation");
    if section.has("delegation") && !section.has("key_set_signer") {
        section.problem(
            "delegation",
            "says whom the root trusts to sign key sets, and nobody does; write for example \
             key_set_signer = \"sealed\"",
        );
    }
    let key_set_lifetime = section.duration("key_set_lifetime", days(1), [minutes(10), days(7)]);
    let rotate_every = section.duration("rotate_every", days(30), [minutes(60), days(366)]);
    let key_set_max_age = section.duration("key_set_max_age", minutes(5), [seconds(1), days(1)]);
    let propagation = section.duration("propagation", minutes(1), [Duration::ZERO, days(1)]);
    let clock_error = section.duration("clock_error", seconds(5), [Duration::ZERO, minutes(5)]);
    let leeway = section.duration("leeway", seconds(5), [Duration::ZERO, seconds(30)]);
    let signer_lease = section.duration("signer_lease", seconds(10), [seconds(1), minutes(5)]);
    section.finish();
    let (custody, key_set_signer) = custody?;
    Some(Keys {
        custody,
        key_set_signer,
        delegation,
        key_set_lifetime: key_set_lifetime?,
        kek: kek?,
        secrets: secrets?,
        times: KeySettings {
            rotate_every: rotate_every?,
            key_set_max_age: key_set_max_age?,
            propagation: propagation?,
            clock_error: clock_error?,
            leeway: leeway?,
            signer_lease: signer_lease?,
        },
    })
}

fn audience(section: &Section<'_>) -> Option<AudienceConfig> {
    let name = section.required("name", "\"billing-api\"", |text| {
        Audience::new(text).map_err(|error| format!("`{text}`: {error}"))
    });
    let algorithm = section.or("algorithm", "ES256".to_owned(), values::algorithm);
    let access_lifetime =
        section.duration("access_lifetime", minutes(5), [seconds(30), minutes(15)]);
    let refresh_lifetime = section.duration("refresh_lifetime", days(1), [minutes(1), days(1)]);
    let session_lifetime = section.duration("session_lifetime", days(1), [minutes(1), days(366)]);
    let claims = section.list("claims", claim);
    let guard_admits = section.list("guard_admits", |text| admitted(text, claims.as_deref()));
    let status_list = section.flag("status_list");
    if status_list == Some(true) && claims.iter().flatten().any(|claim| claim == "status") {
        section.problem("claims", "`status` names the status list here; remove it from the list");
    }
    let origins = section.list("origins", values::origin);
    let login = gate::login(section, origins.as_deref());
    let same_site = same_site(section);
    let dpop = values::dpop(section);
    let mtls = values::binding(section, "mtls", BindingPolicy::Off);
    Some(AudienceConfig {
        name: name?,
        algorithm: algorithm?,
        access_lifetime: access_lifetime?,
        refresh_lifetime: refresh_lifetime?,
        session_lifetime: session_lifetime?,
        claims: claims?,
        guard_admits: guard_admits?,
        status_list: status_list?,
        dpop: dpop?,
        mtls: mtls?,
        origins: origins?,
        login,
        same_site,
    })
}

/// `SameSite` other than `Strict`, which takes a reason.
fn same_site(section: &Section<'_>) -> Option<RelaxedSameSite> {
    let to = section.parsed("same_site", |text| {
        values::one_of(text, &["strict", "lax", "none"]).map(|word| match word.as_str() {
            "lax" => SameSite::Lax,
            "none" => SameSite::None,
            _ => SameSite::Strict,
        })
    });
    let reason = section.parsed("same_site_reason", |text| {
        if text.trim().is_empty() {
            Err("is empty; say why".to_owned())
        } else {
            Ok(text.to_owned())
        }
    });
    let relaxed = to.filter(|to| *to != SameSite::Strict);
    if relaxed.is_none() && to.is_some() == section.has("same_site") && reason.is_some() {
        section.problem("same_site_reason", "is for same_site = \"lax\" or \"none\"; delete it");
    }
    if relaxed.is_some() && !section.has("same_site_reason") {
        section.problem(
            "same_site_reason",
            "is missing: say why \"strict\" does not do, or delete same_site",
        );
    }
    Some(RelaxedSameSite { to: relaxed?, reason: reason? })
}

fn claim(text: &str) -> Result<String, String> {
    // `act` is nobody's yet, but token exchange will set it (RFC 8693 § 4.1).
    if RESERVED_CLAIMS.contains(&text) || text == "act" {
        return Err(format!("`{text}` is set by the authority itself; remove it from the list"));
    }
    if text.is_empty() || text.len() > 128 || text.chars().any(char::is_control) {
        return Err(format!("`{text}` is no name of a claim"));
    }
    Ok(text.to_owned())
}

/// `CLAIM:KIND`, of a claim that is on the list.
fn admitted(text: &str, claims: Option<&[String]>) -> Result<(String, Sensitive), String> {
    let Some((claim, kind)) = text.rsplit_once(':') else {
        return Err(format!("`{text}` names no kind; write for example \"contact:email\""));
    };
    let kind = kind.parse().map_err(|error| format!("`{kind}` {error}"))?;
    if claims.is_some_and(|claims| claims.iter().all(|known| known != claim)) {
        return Err(format!("`{claim}` is not among the claims; list it there, or remove it here"));
    }
    Ok((claim.to_owned(), kind))
}

fn service(section: &Section<'_>) -> Option<ServiceConfig> {
    let name = section.required("name", "\"login-backend\"", |text| {
        // RFC 7617 § 2: the user-id of Basic credentials holds no colon.
        values::name(text)?;
        ClientId::new(text).map_err(|error| error.to_string())
    });
    let may = section.list("may", values::may);
    let audiences = section.list("audiences", |text| {
        Audience::new(text).map_err(|error| format!("`{text}`: {error}"))
    });
    let scopes = section.list("scopes", |text| {
        AllowedScopes::from_names([text]).map_err(|error| error.to_string())?;
        Ok(text.to_owned())
    });
    let scopes = scopes.and_then(|names| {
        AllowedScopes::from_names(names)
            .map_err(|error| section.problem("scopes", error.to_string()))
            .ok()
    });
    let public = section.flag("public");
    let proof = trust::proof(section);
    Some(ServiceConfig {
        name: name?,
        may: may?,
        audiences: audiences?,
        scopes: scopes?,
        public: public?,
        proof: proof?,
    })
}

/// `None` also where a problem has been told.
fn passkeys(section: Section<'_>) -> Option<RelyingParty> {
    if !section.is_there() {
        return None;
    }
    let text = |text: &str| Ok(text.to_owned());
    let id: Option<String> = section.required("rp_id", "\"example.com\"", text);
    let origins: Option<Vec<String>> = section.list("origins", text);
    let site = id.zip(origins).and_then(|(id, origins)| {
        let site = RelyingParty::new(&id, origins.iter().map(String::as_str));
        site.map_err(|error| section.problem(error.setting, error.to_string())).ok()
    });
    section.finish();
    site
}

/// Reads every one of `sections`, so that each can show its problems; all of them or none.
pub(super) fn all<T>(
    sections: Vec<Section<'_>>,
    read: impl Fn(&Section<'_>) -> Option<T>,
) -> Option<Vec<T>> {
    let count = sections.len();
    let mut items = Vec::new();
    for section in sections {
        items.extend(read(&section));
        section.finish();
    }
    (items.len() == count).then_some(items)
}

const FEED: &str = "feed";
const LETS_ENCRYPT: &str = "https://acme-v02.api.letsencrypt.org/directory";

const fn seconds(number: u64) -> Duration {
    Duration::from_secs(number)
}

const fn minutes(number: u64) -> Duration {
    seconds(number.saturating_mul(60))
}

const fn days(number: u64) -> Duration {
    minutes(number.saturating_mul(24 * 60))
}
