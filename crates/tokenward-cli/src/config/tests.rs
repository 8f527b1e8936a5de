use super::*;

use proptest::prelude::*;

mod browsers;
mod certificates;
mod passkeys;

pub(super) const GOOD: &str = r#"environment = "prod"
issuer = "https://auth.example.com"

[listen]
public = "0.0.0.0:8443"
redirect = "0.0.0.0:8080"
admin = "127.0.0.1:9443"
health = "0.0.0.0:9080"

[tls]
certificate = "fullchain.pem"
key = "privkey.pem"

[keys]
key_file = "kek.key"

[[audience]]
name = "billing-api"
claims = ["roles", "locale"]
origins = ["https://app.example.com"]

[[service]]
name = "login-backend"
may = ["sessions:write", "subjects:write"]
audiences = ["billing-api"]

[[proxy]]
name = "edge"
profile = "nginx"
secret = { env = "EDGE_SECRET" }
"#;

#[test]
fn a_service_may_ask_for_the_scopes_it_lists_and_by_default_for_none() {
    let with = |scopes: &str| {
        let text = GOOD.replace("may = [\"sessions", &format!("{scopes}\nmay = [\"sessions"));
        read(&text).unwrap().services[0].scopes.clone()
    };

    assert!(with("").is_none());
    assert_eq!(with("scopes = [\"*\"]"), AllowedScopes::any());
    let listed = with("scopes = [\"invoices:read\", \"invoices:write\"]");
    assert_eq!(listed.names().collect::<Vec<_>>(), ["invoices:read", "invoices:write"]);
}

#[test]
fn the_example_of_the_documentation_loads_with_its_defaults() {
    let config = read(GOOD).unwrap();

    assert_eq!(config.keys.times.rotate_every, Duration::from_secs(30 * 86_400));
    assert_eq!(config.keys.times.key_set_max_age, Duration::from_secs(300));
    assert_eq!(config.revocation.max_staleness, Duration::from_secs(10));
    assert!(!config.revocation.accept_when_stale);
    let audience = &config.audiences[0];
    assert_eq!(audience.algorithm, "ES256");
    assert_eq!(audience.access_lifetime, Duration::from_secs(300));
    assert_eq!(audience.refresh_lifetime, Duration::from_secs(86_400));
    assert!(
        matches!(&config.proxies[0].auth, ProxyAuth::Secret(SecretRef::Env(name)) if name == "EDGE_SECRET")
    );
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn each_mistake_is_one_line_with_the_setting_and_the_mend() {
    for (old, new, message) in [
        (
            "environment = \"prod\"",
            "",
            "tokenward.toml: environment: is missing; write for example environment = \"prod\"",
        ),
        (
            "\"prod\"",
            "\"Prod\"",
            "tokenward.toml:1: environment: `Prod` must be 1 to 32 lower-case letters, digits and `-`, for example \"prod\"",
        ),
        ("\"prod\"", "1", "tokenward.toml:1: environment: must be a string in quotes"),
        (
            "https://auth.example.com",
            "http://auth.example.com",
            "tokenward.toml:2: issuer: `http://auth.example.com` is no https URL; write for example \"https://auth.example.com\"",
        ),
        (
            "https://auth.example.com",
            "https://auth.example.com/",
            "tokenward.toml:2: issuer: `https://auth.example.com/` ends in a slash; write for example \"https://auth.example.com\"",
        ),
        (
            "\"0.0.0.0:8443\"",
            "\"8443\"",
            "tokenward.toml:5: listen.public: `8443` is no address; write an IP address and a port, for example \"0.0.0.0:8443\"",
        ),
        (
            "redirect =",
            "redirct =",
            "tokenward.toml:6: listen.redirct: unknown setting; known here are public, mtls, redirect, admin, health, mtls_url",
        ),
        (
            "key = \"privkey.pem\"",
            "",
            "tokenward.toml:10: tls: certificate and key go together; set both",
        ),
        (
            "key = \"privkey.pem\"",
            "key = \"privkey.pem\"\nself_signed = true",
            "tokenward.toml:10: tls: set exactly one of certificate and key, acme, or self_signed",
        ),
        (
            "certificate = \"fullchain.pem\"\nkey = \"privkey.pem\"",
            "self_signed = true",
            "tokenward.toml:11: tls.self_signed: is for environment = \"dev\" alone; set certificate and key",
        ),
        (
            "\"0.0.0.0:8443\"",
            "\"unix:/run/tokenward.sock\"",
            "tokenward.toml:10: tls: listen.public is a Unix socket, whose proxy terminates TLS; delete [tls]",
        ),
        (
            "key_file = \"kek.key\"",
            "key_file = \"kek.key\"\nleeway = \"45s\"",
            "tokenward.toml:16: keys.leeway: 45s is over 30s; choose 30s or less",
        ),
        (
            "key_file = \"kek.key\"",
            "key_file = \"kek.key\"\nrotate_every = \"5\"",
            "tokenward.toml:16: keys.rotate_every: `5` is no duration; write for example \"30s\", \"5m\", \"24h\"",
        ),
        (
            "key_file = \"kek.key\"",
            "passphrase = \"hunter2\"",
            "tokenward.toml:15: keys.passphrase: a secret never stands in the file; write { env = \"NAME\" }, { file = \"PATH\" } or { credential = \"NAME\" }",
        ),
        (
            "key_file = \"kek.key\"",
            "key_file = \"kek.key\"\npassphrase = { env = \"KEK\" }",
            "tokenward.toml:16: keys.passphrase: key_file is set too; keep one of them",
        ),
        (
            "key_file = \"kek.key\"",
            "key_file = \"kek.key\"\nrotate_every = \"1h\"\nkey_set_max_age = \"2h\"",
            "tokenward.toml:16: keys.rotate_every: is 1h, but must be at least keys.key_set_max_age + keys.propagation + keys.signer_lease = 2h1m10s: raise it, or lower one of these",
        ),
        (
            "admin =",
            "mtls = \"0.0.0.0:8444\"\nadmin =",
            "tokenward.toml:11: tls.client_ca: is missing, and listen.mtls needs it; name a PEM file",
        ),
        (
            "admin = \"127.0.0.1:9443\"\nhealth = \"0.0.0.0:9080\"\n\n[tls]",
            "\n[tls]\nclient_ca = \"clients.pem\"",
            "tokenward.toml:9: tls.client_ca: is for listen.admin and listen.mtls, and there is neither; set one, or delete it",
        ),
        (
            "\"0.0.0.0:8443\"\nredirect = \"0.0.0.0:8080\"\nadmin = \"127.0.0.1:9443\"\nhealth = \"0.0.0.0:9080\"\n\n[tls]\ncertificate = \"fullchain.pem\"\nkey = \"privkey.pem\"",
            "\"unix:/run/tokenward.sock\"\nadmin = \"127.0.0.1:9443\"\n\n[tls]\nclient_ca = \"clients.pem\"",
            "tokenward.toml:9: tls.client_ca: clients show a certificate over TLS alone, and listen.public is a Unix socket, whose proxy terminates it; delete it",
        ),
        (
            "\"0.0.0.0:8443\"\nredirect = \"0.0.0.0:8080\"\nadmin = \"127.0.0.1:9443\"\nhealth = \"0.0.0.0:9080\"\n\n[tls]\ncertificate = \"fullchain.pem\"\nkey = \"privkey.pem\"",
            "\"unix:/run/tokenward.sock\"\n\n[[proxy]]\nname = \"a\"\nprofile = \"nginx\"\nunix = true\n",
            "tokenward.toml:10: proxy.unix: whatever comes to listen.public comes by that socket, so this would believe every client; set a secret",
        ),
        (
            "secret = { env = \"EDGE_SECRET\" }",
            "unix = true",
            "tokenward.toml:30: proxy.unix: is for a gate that listens on a socket; set a secret",
        ),
        (
            "certificate = \"fullchain.pem\"\nkey = \"privkey.pem\"",
            "acme = { domains = [] }",
            "tokenward.toml:11: tls.acme.domains: there is none; write for example [\"auth.example.com\"]",
        ),
        (
            "certificate = \"fullchain.pem\"\nkey = \"privkey.pem\"",
            "acme = { domains = [\"auth.example.com\"], contact = \"ops@example.com\" }",
            "tokenward.toml:11: tls.acme.contact: `ops@example.com` is no mailto: URL; write for example \"mailto:ops@example.com\"",
        ),
        (
            "certificate = \"fullchain.pem\"\nkey = \"privkey.pem\"",
            "acme = { domains = [\"auth.example.com\"], directory = \"http://ca.example.com\" }",
            "tokenward.toml:11: tls.acme.directory: `http://ca.example.com` is no https URL",
        ),
        (
            "secret = { env = \"EDGE_SECRET\" }",
            "mtls = \"edge.example.com\"",
            "tokenward.toml:30: proxy.mtls: needs listen.mtls, where the proxy shows its certificate; set it",
        ),
        (
            "origins =",
            "guard_admits = [\"locale\"]\norigins =",
            "tokenward.toml:20: audience.guard_admits: `locale` names no kind; write for example \"contact:email\"",
        ),
        (
            "origins =",
            "guard_admits = [\"phone:phone_number\"]\norigins =",
            "tokenward.toml:20: audience.guard_admits: `phone` is not among the claims; list it there, or remove it here",
        ),
        (
            "origins =",
            "guard_admits = [\"locale:mail\"]\norigins =",
            "tokenward.toml:20: audience.guard_admits: `mail` is none of secret_name, private_key, password_hash, token, card_number, bank_account, national_id, email, phone_number, free_text",
        ),
        (
            "claims =",
            "access_lifetime = \"20m\"\nclaims =",
            "tokenward.toml:19: audience.access_lifetime: 20m is over 15m; choose 15m or less",
        ),
        (
            "claims =",
            "access_lifetime = \"5s\"\nclaims =",
            "tokenward.toml:19: audience.access_lifetime: 5s is under 30s; choose 30s or more",
        ),
        (
            "claims =",
            "refresh_lifetime = \"48h\"\nclaims =",
            "tokenward.toml:19: audience.refresh_lifetime: 48h is over 24h; choose 24h or less",
        ),
        (
            "claims =",
            "refresh_lifetime = \"1m\"\nclaims =",
            "tokenward.toml:19: audience.refresh_lifetime: 1m is under access_lifetime; choose 5m or more",
        ),
        (
            "\"roles\"",
            "\"sub\"",
            "tokenward.toml:19: audience.claims: `sub` is set by the authority itself; remove it from the list",
        ),
        (
            "https://app.example.com",
            "https://app.example.com/x",
            "tokenward.toml:20: audience.origins: `https://app.example.com/x` is more than scheme, host and port; write for example \"https://app.example.com\"",
        ),
        (
            "claims =",
            "algorithm = \"none\"\nclaims =",
            "tokenward.toml:19: audience.algorithm: `none` is not known here; choose one of \"ES256\", \"ES384\", \"ES512\", \"EdDSA\", \"PS256\", \"PS384\", \"PS512\", \"RS256\", \"RS384\", \"RS512\", \"HS256\"",
        ),
        (
            "\"subjects:write\"",
            "\"all\"",
            "tokenward.toml:24: service.may: `all` is not known here; choose one of \"sessions:write\", \"sessions:read\", \"sessions:private\", \"subjects:write\", \"introspect\", \"revocations:write\", \"revocations:read\", \"exchange\"",
        ),
        (
            "audiences = [\"billing-api\"]",
            "audiences = [\"billing-api\"]\nscopes = [\"a b\"]",
            "tokenward.toml:26: service.scopes: `a b` is no scope: one is visible ASCII without spaces, `\"` and `\\`; `*` alone is any",
        ),
        (
            "audiences = [\"billing-api\"]",
            "audiences = [\"billing-api\"]\nscopes = [\"*\", \"invoices:read\"]",
            "tokenward.toml:26: service.scopes: `*` is any scope already: keep it alone, or keep the others",
        ),
        (
            "may = [\"sessions:write\", \"subjects:write\"]",
            "public = true\nscopes = [\"invoices:read\"]",
            "tokenward.toml:25: service.scopes: a public client has no secret, so it gets no tokens of its own; remove scopes or public",
        ),
        (
            "audiences = [\"billing-api\"]",
            "audiences = [\"biling-api\"]",
            "tokenward.toml:25: service.audiences: there is no [[audience]] named `biling-api`",
        ),
        (
            "audiences = [\"billing-api\"]",
            "audiences = [\"billing-api\"]\npublic = true",
            "tokenward.toml:24: service.may: a public client has no secret, so it may do nothing here; remove may or public",
        ),
        (
            "secret = { env = \"EDGE_SECRET\" }",
            "",
            "tokenward.toml:27: proxy: set exactly one of secret, unix = true, and mtls",
        ),
        (
            "{ env = \"EDGE_SECRET\" }",
            "{ env = \"edge\" }",
            "tokenward.toml:30: proxy.secret.env: `edge` is no name of a variable; use capitals, digits and `_`",
        ),
        (
            "\"nginx\"",
            "\"apache\"",
            "tokenward.toml:29: proxy.profile: `apache` is not known here; choose one of \"nginx\", \"traefik\", \"caddy\", \"haproxy\", \"envoy\"",
        ),
        ("[[proxy]]", "[proxy]", "tokenward.toml:27: proxy: must be written as [[proxy]]"),
        (
            "[[proxy]]",
            "[[audience]]\nname = \"billing-api\"\n\n[[proxy]]",
            "tokenward.toml:28: audience.name: `billing-api` is there twice; names are unique",
        ),
        (
            "[[proxy]]",
            "[[audience]]\nname = \"b\"\norigins = [\"https://app.example.com:8443\"]\n\n[[proxy]]",
            "tokenward.toml:29: audience.origins: app.example.com belongs to another audience already; cookies allow one audience per host",
        ),
    ] {
        one_problem(old, new, message);
    }
}

/// Fails unless `new` in the place of `old` makes this one problem.
pub(super) fn one_problem(old: &str, new: &str, message: &str) {
    assert!(GOOD.contains(old), "{old}");
    let problems = problems(&GOOD.replacen(old, new, 1));
    assert_eq!(problems.first().map(String::as_str), Some(message), "{problems:#?}");
    assert_eq!(problems.len(), 1, "{problems:#?}");
}

#[test]
fn what_comes_with_a_later_version_is_refused_with_what_to_use_now() {
    for (old, new, message) in [
        (
            "[keys]",
            "[store]\nurl = \"postgres://u:p@db/x\"\n[keys]",
            "tokenward.toml: store.url: PostgreSQL comes with a later version; use \"sqlite:tokenward.db\"",
        ),
        (
            "key_file = \"kek.key\"",
            "custody = \"memory\"",
            "tokenward.toml: keys.custody: \"memory\" loses its keys at every restart, so it takes two replicas, which come with a later version; use \"sealed\", or try it with `serve --dev --custody memory`",
        ),
    ] {
        assert!(GOOD.contains(old), "{old}");
        let config = read(&GOOD.replacen(old, new, 1)).unwrap();
        let later: Vec<_> =
            later::problems("tokenward.toml", &config).iter().map(Problem::to_string).collect();
        assert_eq!(later, [message]);
    }
    assert!(later::problems("tokenward.toml", &read(GOOD).unwrap()).is_empty());
}

#[test]
fn every_problem_is_told_in_the_order_of_the_file() {
    let text = GOOD
        .replace("\"prod\"", "\"\"")
        .replace("\"nginx\"", "\"x\"")
        .replace("[listen]", "[lisen]");

    let lines = problems(&text);

    assert_eq!(lines.len(), 4, "{lines:#?}");
    assert!(lines.iter().any(|line| line.starts_with("tokenward.toml:4: lisen: unknown setting")));
}

#[test]
fn a_configuration_with_every_setting_of_the_documentation_is_read() {
    let config = read(FULL).unwrap();

    assert!(later::problems("tokenward.toml", &config).is_empty());
    let passkeys = config.passkeys.as_ref().unwrap();
    assert_eq!((passkeys.id(), passkeys.origins().len()), ("example.com", 2));
    assert_eq!(config.client_ca.as_deref(), Some(Path::new("clients.pem")));
    assert!(matches!(&config.keys.kek, Kek::KeyFile(path) if path == Path::new("kek.key")));
}

#[test]
fn what_init_writes_is_read() {
    let text = include_str!("../init/tokenward.toml")
        .replace("{custody}", "custody = \"sealed\"")
        .replace("{custody_table}", "")
        .replace("{issuer}", "https://auth.example.com")
        .replace("{audience}", "billing-api");
    read(&text).unwrap();

    // What is commented out is right, too.
    let uncomment = |line: &str| match line.strip_prefix("# ") {
        Some(rest)
            if rest.starts_with(['[', 'n', 'm', 'a', 's', 'p', 'r', 'h'])
                && rest.contains(['=', '[']) =>
        {
            rest.to_owned()
        }
        _ => line.to_owned(),
    };
    let all: Vec<_> = text.lines().map(uncomment).collect();
    let config = read(&all.join("\n")).unwrap();
    assert_eq!((config.services.len(), config.proxies.len()), (1, 1));
    assert!(config.listen.redirect.is_some() && config.listen.health.is_some());
}

#[test]
fn a_syntax_error_has_its_line() {
    let lines = problems("environment = \"prod\"\nissuer = \n");

    assert_eq!(lines.len(), 1);
    assert!(lines[0].starts_with("tokenward.toml:2: "), "{lines:?}");
    assert_eq!(lines[0].lines().count(), 1);
}

#[test]
fn a_missing_file_says_how_to_make_one() {
    let dir = tempfile::tempdir().unwrap();
    let problems = Config::load(&dir.path().join("tokenward.toml")).unwrap_err();

    assert!(problems[0].to_string().ends_with("; `tokenward init` writes one"), "{problems:?}");
}

#[test]
fn the_domains_of_a_certificate_are_read_without_capitals() {
    let text = GOOD.replace(
        "certificate = \"fullchain.pem\"\nkey = \"privkey.pem\"",
        "acme = { domains = [\"Auth.Example.COM\"] }",
    );

    let Ok(Config { tls: Some(Tls::Acme(acme)), .. }) = read(&text) else { panic!("{text}") };

    assert_eq!(acme.domains, ["auth.example.com"]);
}

#[test]
fn a_password_in_a_store_url_is_not_repeated() {
    let text = GOOD.replace("[keys]", "[store]\nurl = \"mysql://u:hunter2@db\"\n[keys]");

    assert!(!problems(&text).join("\n").contains("hunter2"));
}

const FULL: &str = r#"
environment = "prod"
issuer      = "https://auth.example.com"

[listen]
public   = "0.0.0.0:8443"
mtls     = "0.0.0.0:8444"
redirect = "0.0.0.0:8080"
admin    = "127.0.0.1:9443"
health   = "0.0.0.0:9080"

[tls]
certificate = "fullchain.pem"
key         = "privkey.pem"
client_ca   = "clients.pem"

[store]
url = "sqlite:tokenward.db"

[revocation]
feed          = "local"
max_staleness = "10s"
when_stale    = "refuse"

[keys]
custody         = "sealed"
rotate_every    = "30d"
key_set_max_age = "5m"
propagation     = "1m"
clock_error     = "5s"
leeway          = "5s"
signer_lease    = "10s"

[[audience]]
name             = "billing-api"
algorithm        = "ES256"
access_lifetime  = "5m"
refresh_lifetime = "24h"
session_lifetime = "24h"
claims           = ["roles", "locale"]
origins          = ["https://app.example.com"]

[[service]]
name = "login-backend"
may  = ["sessions:write", "subjects:write"]
audiences = ["billing-api"]

[[proxy]]
name = "edge"
profile = "nginx"
secret = { env = "EDGE_SECRET" }

[passkeys]
rp_id   = "example.com"
origins = ["https://app.example.com", "android:apk-key-hash:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"]
"#;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_text_makes_the_reader_panic(at in 0..GOOD.len(), junk in "[ -~\\n\\[\\]=\"{}]{0,12}") {
        let mut text = GOOD.to_owned();
        text.insert_str(at, &junk);
        drop(read(&text));
    }
}

pub(super) fn problems(text: &str) -> Vec<String> {
    read(text).unwrap_err().iter().map(Problem::to_string).collect()
}

fn read(text: &str) -> Result<Config, Vec<Problem>> {
    authority::read("tokenward.toml", text, PathBuf::new())
}
