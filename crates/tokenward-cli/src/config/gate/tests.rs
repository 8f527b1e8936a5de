use super::*;

const GOOD: &str = r#"environment = "prod"
listen = "127.0.0.1:9090"
issuer = "https://auth.example.com"
audiences = ["billing-api"]
ca_file = "ca.pem"

[feed]
client_id = "gate"
client_secret = { env = "GATE_SECRET" }

[[proxy]]
name = "edge"
profile = "nginx"
secret = { env = "EDGE_SECRET" }

[[rule]]
methods = ["GET"]
paths = ["/invoices/*"]
scopes = ["invoices:read"]
"#;

#[test]
fn the_example_of_the_documentation_loads() {
    let page = include_str!("../../../../../docs/gate.md");
    let block = page.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();

    let config = read("gate.toml", block, PathBuf::new()).unwrap();

    assert_eq!(config.rules.len(), 2);
    assert_eq!(config.cookies.len(), 1);
    assert_eq!(config.max_staleness, Duration::from_secs(10));
}

#[test]
fn tokens_that_are_bound_to_certificates_need_a_proxy_that_tells_of_them() {
    let with = |proxy: &str, policy: &str| {
        let file = GOOD.replace("profile = \"nginx\"", &format!("profile = \"nginx\"\n{proxy}"));
        let audience = format!("[[audience]]\nname = \"billing-api\"\nmtls = \"{policy}\"\n");
        read("gate.toml", &format!("{file}{audience}"), PathBuf::new())
    };
    let tells = "client_certificates = true";

    let config = with(tells, "required").unwrap();
    assert_eq!(config.overrides[0].mtls, BindingPolicy::Required);
    assert!(config.proxies[0].client_certificates);
    let problems = with("", "offered").unwrap_err();
    assert!(problems[0].to_string().contains("set client_certificates = true"), "{problems:?}");
    assert!(with(tells, "always").is_err());
    assert!(with("", "off").is_ok());
}

#[test]
fn proxies_that_nothing_tells_apart_are_believed_alike() {
    let with = |auth: &str, first: &str, second: &str, profile: &str| {
        let listen = "listen = \"unix:/run/tokenward-gate.sock\"";
        let tls = "[tls]\ncertificate = \"a\"\nkey = \"b\"\nclient_ca = \"c\"\n[feed]";
        let file = GOOD
            .replace("listen = \"127.0.0.1:9090\"", listen)
            .replace("[feed]", tls)
            .replace("secret = { env = \"EDGE_SECRET\" }", &format!("{auth}\n{first}"));
        let other = format!("[[proxy]]\nname = \"b\"\nprofile = \"{profile}\"\n{auth}\n{second}\n");
        read("gate.toml", &format!("{file}{other}"), PathBuf::new())
    };
    let tells = "client_certificates = true";
    for auth in ["unix = true", "mtls = \"edge.example.com\"", "secret = { env = \"EDGE\" }"] {
        for (first, second) in [(tells, ""), ("", tells), (tells, "client_certificates = false")] {
            let problems = with(auth, first, second, "nginx").unwrap_err();
            let [only] = &problems[..] else { panic!("{problems:?}") };
            let only = only.to_string();
            assert!(
                only.contains("proxy.client_certificates: `edge` proves itself alike"),
                "{only}"
            );
        }
        assert!(with(auth, tells, tells, "nginx").is_ok());
        assert!(with(auth, "", "", "nginx").is_ok());
        // They have places of their own.
        assert!(with(auth, tells, "", "caddy").is_ok());
    }
}

#[test]
fn bound_tokens_need_the_sites_that_they_are_for() {
    let with = |lines: &str| {
        read(
            "gate.toml",
            &format!("{GOOD}[[audience]]\nname = \"billing-api\"\n{lines}"),
            PathBuf::new(),
        )
    };
    let sites = "dpop_sites = [\"https://api.example.com\"]\n";

    let dpop = with(&format!("dpop = \"required\"\n{sites}")).unwrap().overrides.remove(0).dpop;
    assert_eq!(dpop.unwrap().policy, BindingPolicy::Required);
    assert_eq!(
        with(sites).unwrap().overrides[0].dpop.as_ref().unwrap().policy,
        BindingPolicy::Offered
    );
    assert!(with("").unwrap().overrides[0].dpop.is_none());
    for bad in [
        "dpop = \"required\"\n",
        &format!("dpop = \"off\"\n{sites}"),
        &format!("dpop = \"always\"\n{sites}"),
        "dpop_sites = [\"api.example.com\"]\n",
    ] {
        let problems = with(bad).unwrap_err();
        assert_eq!(problems.len(), 1, "{bad}: {problems:?}");
    }
}

#[test]
fn each_mistake_is_one_line_with_the_setting_and_the_mend() {
    for (old, new, message) in [
        (
            "listen = \"127.0.0.1:9090\"",
            "",
            "gate.toml: listen: is missing; write for example listen = \"127.0.0.1:9090\"",
        ),
        (
            "[\"billing-api\"]",
            "[]",
            "gate.toml:4: audiences: there is none; write for example audiences = [\"billing-api\"]",
        ),
        (
            "client_secret = { env = \"GATE_SECRET\" }",
            "",
            "gate.toml:7: feed.client_secret: is missing; write for example client_secret = { env = \"GATE_SECRET\" }",
        ),
        (
            "{ env = \"GATE_SECRET\" }",
            "\"hunter2\"",
            "gate.toml:9: feed.client_secret: a secret never stands in the file; write { env = \"NAME\" }, { file = \"PATH\" } or { credential = \"NAME\" }",
        ),
        (
            "\"127.0.0.1:9090\"",
            "\"0.0.0.0:9090\"",
            "gate.toml:2: listen: over 0.0.0.0:9090 tokens would travel in the clear; add [tls] with certificate and key, or listen on 127.0.0.1 or \"unix:/run/tokenward-gate.sock\"",
        ),
        (
            "secret = { env = \"EDGE_SECRET\" }",
            "unix = true",
            "gate.toml:14: proxy.unix: needs listen = \"unix:…\"; set that, or a secret",
        ),
        (
            "[[rule]]",
            "[[cookies]]\naudience = \"billing-api\"\norigins = [\"https://app.example.com\"]\nlogin = \"http://login.example.com\"\n\n[[rule]]",
            "gate.toml:19: cookies.login: `http://login.example.com` is no https URL without a user and a fragment, for example https://login.example.com/start",
        ),
        (
            "[[rule]]",
            "[[cookies]]\naudience = \"billing-api\"\nlogin = \"https://login.example.com/\"\n\n[[rule]]",
            "gate.toml:18: cookies.login: needs origins, one of which is the way back; list them",
        ),
        (
            "[\"GET\"]",
            "[\"get\"]",
            "gate.toml:17: rule.methods: `get` is no method; write it in capitals",
        ),
        (
            "[[rule]]\nmethods = [\"GET\"]\npaths = [\"/invoices/*\"]\nscopes = [\"invoices:read\"]\n",
            "",
            "gate.toml: rule: there is none, so every request would be refused; add [[rule]] (one without limits lets every good token through)",
        ),
        (
            "methods",
            "audiences = [\"other\"]\nmethods",
            "gate.toml:17: rule.audiences: `other` is not among audiences",
        ),
        (
            "[feed]",
            "[[audience]]\nname = \"other\"\n[feed]",
            "gate.toml:8: audience.name: `other` is not among audiences",
        ),
        (
            "[feed]",
            "[[audience]]\nname = \"billing-api\"\nmax_staleness = \"1s\"\n[feed]",
            "gate.toml:9: audience.max_staleness: 1s is not from 2s to 5m",
        ),
        (
            "client_id = \"gate\"",
            "client_id = \"gate\"\nkey = \"\"",
            "gate.toml:9: feed.key: is empty; name a file",
        ),
        (
            "methods",
            "verbs",
            "gate.toml:17: rule.verbs: unknown setting; known here are audiences, methods, paths, scopes, max_age, acr",
        ),
    ] {
        assert!(GOOD.contains(old), "{old}");
        let problems = read("gate.toml", &GOOD.replacen(old, new, 1), PathBuf::new()).unwrap_err();
        let problems: Vec<_> = problems.iter().map(Problem::to_string).collect();
        assert_eq!(problems, [message]);
    }
}

#[test]
fn one_feed_key_is_not_for_several_audiences() {
    let toml = GOOD
        .replace("[\"billing-api\"]", "[\"billing-api\", \"other\"]")
        .replace("client_id", "key = \"feed.jwks\"\nclient_id");

    let problems = read("gate.toml", &toml, PathBuf::new()).unwrap_err();

    let message = "gate.toml:8: feed.key: each audience has a feed key of its own; write \
                   [[audience]] with name and feed_key for each instead";
    assert_eq!(problems.iter().map(Problem::to_string).collect::<Vec<_>>(), [message]);
}

#[test]
fn one_audience_may_have_bounds_of_its_own() {
    let own = "[[audience]]\nname = \"billing-api\"\nwhen_stale = \"accept\"\nfeed_key = \"a.jwk\"\n[feed]";
    let config = read("gate.toml", &GOOD.replacen("[feed]", own, 1), PathBuf::new()).unwrap();

    let [one] = &*config.overrides else { panic!("{:?}", config.overrides) };
    assert_eq!((one.accept_when_stale, one.max_staleness), (Some(true), None));
    assert_eq!(one.feed_key.as_deref(), Some("a.jwk"));
    assert!(!config.accept_when_stale);
}
