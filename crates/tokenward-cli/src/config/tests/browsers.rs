//! What is said of browsers and of the forward-auth endpoint.

use tokenward_server::settings::RelaxedSameSite;
use tokenward_tower::cookies::SameSite;

use super::{GOOD, one_problem, read};

#[test]
fn a_cookie_is_relaxed_with_a_reason_alone() {
    let with = |settings: &str| {
        let text = GOOD.replace("origins =", &format!("{settings}\norigins ="));
        read(&text).unwrap().audiences[0].same_site.clone()
    };
    let reason = "same_site_reason = \"links in mails\"";
    for (word, to) in [("lax", SameSite::Lax), ("none", SameSite::None)] {
        let relaxed = RelaxedSameSite { to, reason: "links in mails".to_owned() };
        assert_eq!(with(&format!("same_site = \"{word}\"\n{reason}")), Some(relaxed));
    }
    assert_eq!(with("same_site = \"strict\""), None);
    assert_eq!(with(""), None);

    let missing = "tokenward.toml:17: audience.same_site_reason: is missing: say why \"strict\" does not do, \
                   or delete same_site";
    one_problem("origins =", "same_site = \"lax\"\norigins =", missing);
    one_problem(
        "origins =",
        "same_site = \"none\"\nsame_site_reason = \" \"\norigins =",
        "tokenward.toml:21: audience.same_site_reason: is empty; say why",
    );
    one_problem(
        "origins =",
        &format!("{reason}\norigins ="),
        "tokenward.toml:20: audience.same_site_reason: is for same_site = \"lax\" or \"none\"; delete it",
    );
}

#[test]
fn the_authoritys_own_endpoint_has_rules_and_a_login_as_the_gate_does() {
    let text = GOOD.replace("origins =", "login = \"https://login.example.com/\"\norigins =");
    let rule =
        "[[rule]]\nmethods = [\"GET\"]\npaths = [\"/invoices/**\"]\nscopes = [\"invoices:read\"]\n";

    let config = read(&format!("{text}\n{rule}")).unwrap();

    assert_eq!(config.rules[0].scopes, ["invoices:read"]);
    assert_eq!(
        config.audiences[0].login.as_ref().unwrap().to_string(),
        "https://login.example.com/"
    );

    one_problem(
        "[[proxy]]",
        "[[rule]]\naudiences = [\"biling-api\"]\n\n[[proxy]]",
        "tokenward.toml:28: rule.audiences: there is no [[audience]] named `biling-api`",
    );
    one_problem(
        "origins = [\"https://app.example.com\"]",
        "login = \"https://login.example.com/\"",
        "tokenward.toml:20: audience.login: needs origins, one of which is the way back; list them",
    );
    one_problem(
        "[[proxy]]\nname = \"edge\"\nprofile = \"nginx\"\nsecret = { env = \"EDGE_SECRET\" }",
        "[[rule]]",
        "tokenward.toml:27: rule: is for proxies, and there is no [[proxy]]; add one, or delete it",
    );
}
