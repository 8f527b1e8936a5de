//! Every setting that a page names exists, and every one that exists is on its page.

use std::collections::BTreeSet;
use std::fs;

use crate::markdown::{root, tested};
use crate::process::{run, tokenward};
use crate::shell::Shell;

/// A file with a setting in each table that nobody knows; the answer names those that are known.
const EVERY_TABLE: &str = r#"
nobody_knows = 1
environment = "prod"
issuer = "https://auth.example.com"
[listen]
public = "0.0.0.0:8443"
nobody_knows = 1
[tls]
certificate = "fullchain.pem"
key = "privkey.pem"
nobody_knows = 1
[store]
nobody_knows = 1
[revocation]
nobody_knows = 1
[keys]
nobody_knows = 1
[keys.vault]
address = "https://vault.example.com"
token = { env = "VAULT_TOKEN" }
nobody_knows = 1
[keys.aws]
region = "eu-central-1"
access_key_id = "AKIA1"
secret_access_key = { env = "AWS_SECRET" }
session_token = { env = "AWS_TOKEN" }
nobody_knows = 1
[keys.pkcs11]
module = "/usr/lib/softhsm/libsofthsm2.so"
token = "tokenward"
pin = { env = "HSM_PIN" }
nobody_knows = 1
[[audience]]
name = "a"
nobody_knows = 1
[[service]]
name = "b"
audiences = ["a"]
nobody_knows = 1
[trust]
nobody_knows = 1
[[trust_domain]]
name = "example.org"
jwks_uri = "https://oidc.example.org/keys"
nobody_knows = 1
[[upstream]]
issuer = "https://login.example.com"
client_id = "our-app"
audiences = ["a"]
nobody_knows = 1
[[receiver]]
name = "d"
audiences = ["a"]
push = "https://crm.example.com"
nobody_knows = 1
[[proxy]]
name = "c"
profile = "nginx"
unix = true
nobody_knows = 1
[limits]
nobody_knows = 1
[limits.client]
nobody_knows = 1
[limits.address]
nobody_knows = 1
[limits.session]
nobody_knows = 1
[limits.subject]
nobody_knows = 1
[limits.failures]
nobody_knows = 1
[[rule]]
paths = ["/**"]
nobody_knows = 1
[passkeys]
nobody_knows = 1
"#;

#[tokio::test]
async fn the_page_of_the_configuration_has_every_setting_and_no_other() {
    let shell = Shell::new();
    shell.write("tokenward.toml", EVERY_TABLE);
    let output = run(shell.command(crate::process::TOKENWARD).arg("check")).await;
    let known = known(&String::from_utf8([output.stdout, output.stderr].concat()).unwrap());

    let page = fs::read_to_string(root().join("docs/configuration.md")).unwrap();
    let mut documented: BTreeSet<String> = page.lines().flat_map(of_row).collect();
    let (_, later) = page.split_once("**Not there yet**").unwrap();
    let later = later.lines().next().unwrap();
    documented.extend(quoted(later).filter(|name| name.contains('.')).map(str::to_owned));

    assert_eq!(documented, known);
}

#[tokio::test]
async fn the_page_of_the_gate_has_every_setting() {
    let shell = Shell::new();
    let printed = tested("gate");
    let mut missing = Vec::new();
    let printed =
        printed.replace("# [[audience]]", "[[audience]]").replace("# name          =", "name =");
    for table in ["", "[feed]", "[[audience]]", "[[cookies]]", "[[proxy]]", "[[rule]]"] {
        let spoiled = match table {
            "" => format!("nobody_knows = 1\n{printed}"),
            _ => printed.replacen(table, &format!("{table}\nnobody_knows = 1 #"), 1),
        };
        shell.write("gate.toml", &spoiled);
        let mut command = tokenward(&["gate", "--config"]);
        let output = run(command.arg(shell.path("gate.toml"))).await;
        let known = known(&String::from_utf8(output.stderr).unwrap());
        assert!(!known.is_empty(), "{table}");
        let page = fs::read_to_string(root().join("docs/gate.md")).unwrap();
        missing.extend(known.into_iter().filter(|path| {
            let name = path.rsplit_once('.').map_or(path.as_str(), |(_, name)| name);
            !has_word(&page, name)
        }));
    }

    assert_eq!(missing, Vec::<String>::new());
}

/// The settings of the lines `TABLE.nobody_knows: unknown setting; known here are A, B`, but for tables.
fn known(said: &str) -> BTreeSet<String> {
    let tables = [
        "listen",
        "tls",
        "store",
        "revocation",
        "keys",
        "keys.pkcs11",
        "keys.aws",
        "keys.vault",
        "audience",
        "service",
        "proxy",
        "rule",
        "receiver",
        "limits",
        "limits.client",
        "limits.address",
        "limits.session",
        "limits.subject",
        "limits.failures",
        "trust",
        "trust_domain",
        "upstream",
        "passkeys",
    ];
    let lines = said
        .lines()
        .filter_map(|line| line.split_once("nobody_knows: unknown setting; known here are "));
    lines
        .flat_map(|(place, names)| {
            let prefix = place.rsplit(' ').next().unwrap().to_owned();
            let names = names.split(" (and ").next().unwrap();
            names.split(", ").map(move |name| format!("{prefix}{name}")).collect::<Vec<_>>()
        })
        .filter(|path| !tables.contains(&path.as_str()))
        .collect()
}

/// The settings of a table's row; a name without its table is in that of the first.
fn of_row(line: &str) -> Vec<String> {
    let Some(cell) = line.strip_prefix("| `").and_then(|_| line.split(" | ").next()) else {
        return Vec::new();
    };
    let names: Vec<_> = quoted(cell).collect();
    let prefix = names.first().and_then(|first| first.split_once('.')).map(|(table, _)| table);
    names
        .iter()
        .map(|name| match prefix {
            Some(prefix) if !name.contains('.') => format!("{prefix}.{name}"),
            _ => (*name).to_owned(),
        })
        .collect()
}

/// What stands between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

fn has_word(text: &str, word: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|found| found == word)
}
