use std::path::PathBuf;

use crate::config::tests::GOOD;
use crate::config::{Config, KeysConfig, Problem, ProofConfig, authority};

#[test]
fn a_service_proves_itself_by_what_its_lines_say() {
    let jwks = service("jwks = \"a.jwk\"").unwrap();
    assert!(
        matches!(&jwks.services[0].proof, Some(ProofConfig::Keys(path)) if path.ends_with("a.jwk"))
    );
    for lines in [
        "jwks_uri = \"https://a.example.com/jwks.json\"",
        "certificate = \"a.example.com\"",
        "spiffe = \"spiffe://example.org/a\"",
    ] {
        let config = service(lines).unwrap();
        assert!(matches!(config.services[0].proof, Some(ProofConfig::Is(_))), "{lines}");
    }
    assert!(service("").unwrap().services[0].proof.is_none());
}

#[test]
fn others_are_trusted_by_their_keys() {
    let config = more(
        "[trust]\nca = \"ca.pem\"\n\
         [[trust_domain]]\nname = \"example.org\"\nbundle = \"bundle.json\"\n\
         [[upstream]]\nissuer = \"https://login.example.com\"\nclient_id = \"our-app\"\n\
         audiences = [\"billing-api\"]\n",
    )
    .unwrap();

    let trust = &config.trust;
    assert!(trust.ca.is_some());
    let (name, keys) = &trust.domains[0];
    assert_eq!(name.as_str(), "spiffe://example.org");
    assert!(matches!(keys, KeysConfig::File(_)));
    assert_eq!(trust.upstreams[0].subject_prefix, "");
    assert!(trust.upstreams[0].keys.is_none(), "its metadata says");
}

#[test]
fn what_cannot_be_trusted_is_refused_with_the_mend() {
    for (lines, said) in [
        ("jwks_uri = \"http://a.example.com/\"", "must be an https URL"),
        ("spiffe = \"example.org/a\"", "must be a SPIFFE ID"),
        (
            "jwks = \"a\"\nspiffe = \"spiffe://example.org/a\"",
            "one of jwks, jwks_uri, certificate and spiffe",
        ),
    ] {
        let problems = service(lines).unwrap_err();
        assert!(problems[0].to_string().contains(said), "{lines}: {problems:?}");
    }
    let upstream = "[[upstream]]\nissuer = \"https://login.example.com\"\nclient_id = \"a\"\n";
    for (lines, said) in [
        (
            "[[trust_domain]]\nname = \"Example.org\"\nbundle = \"b\"".to_owned(),
            "is no trust domain",
        ),
        ("[[trust_domain]]\nname = \"example.org\"".to_owned(), "exactly one of bundle"),
        (upstream.to_owned(), "audiences: there is none"),
        (upstream.replace("https", "http") + "audiences = [\"billing-api\"]", "issuer:"),
        (
            format!("{upstream}audiences = [\"billing-api\"]\nsubject_prefix = \"a b\""),
            "is no prefix",
        ),
    ] {
        let problems = more(&lines).unwrap_err();
        assert!(problems[0].to_string().contains(said), "{lines}: {problems:?}");
    }
}

fn service(lines: &str) -> Result<Config, Vec<Problem>> {
    let text =
        GOOD.replace("name = \"login-backend\"", &format!("name = \"login-backend\"\n{lines}"));
    authority::read("tokenward.toml", &text, PathBuf::new())
}

fn more(lines: &str) -> Result<Config, Vec<Problem>> {
    authority::read("tokenward.toml", &format!("{GOOD}\n{lines}\n"), PathBuf::new())
}
