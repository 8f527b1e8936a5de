//! The commands of the pages, as typed.

use rcgen::{CertificateParams, KeyPair};
use serde_json::{Value, json};
use tokenward_testing::free_port;

use crate::client::Call;
use crate::harness::{Authority, write_private};
use crate::markdown::tested;
use crate::process::Process;
use crate::shell::{Shell, node_modules, program, python_program};

/// What the blocks leave in the foreground is stopped as soon as it is ready, and must end well.
const SERVE: &str = r#"
tokenward() {
    if [ "$1" != serve ]; then "$PROGRAM" "$@"; return; fi
    : > ready; "$PROGRAM" "$@" > ready & local server=$!
    until grep -q 'ready on' ready; do kill -0 $server; sleep 0.1; done
    kill -TERM $server; wait $server; cat ready
}
"#;

#[tokio::test]
async fn the_commands_of_the_verify_pages_work() {
    let authority = Authority::dev().await;
    let shell = Shell::beside(&authority).env("PYTHON", python_program().to_str().unwrap());
    let modules = node_modules();
    std::os::unix::fs::symlink(modules, shell.path("node_modules")).unwrap();
    shell.write("verify.py", &tested("verify-python"));
    shell.write("verify.mjs", &tested("verify-node"));
    let names = ["verify-token", "verify-python-try", "verify-node-try", "verify-introspect"];
    let script: String = names.into_iter().map(tested).collect();

    let said = shell.run(&format!("python() {{ \"$PYTHON\" \"$@\"; }}\n{script}")).await;

    let lines: Vec<_> = said.lines().collect();
    assert_eq!(lines[..2], ["alice", "alice"], "{said}");
    let told: Value = serde_json::from_str(lines[2]).unwrap();
    assert_eq!((&told["active"], &told["sub"]), (&json!(true), &json!("alice")));
}

#[tokio::test]
async fn go_verifies_with_the_code_of_its_page() {
    let names = ["verify-go", "verify-go-try"].map(tested);
    let Some(_) = program("go").filter(|_| recent_go()) else {
        return skipped("Go: there is no Go 1.21 or later");
    };
    let authority = Authority::dev().await;
    let shell = Shell::beside(&authority);
    shell.write("main.go", &names[0]);
    let get = "go mod init verify 2> /dev/null\n\
               go get github.com/golang-jwt/jwt/v5 github.com/MicahParks/keyfunc/v3\n";

    let said = shell.run(&format!("{get}{}{}", tested("verify-token"), names[1])).await;

    assert_eq!(said, "alice\n");
}

#[tokio::test]
async fn java_verifies_with_the_code_of_its_page() {
    let names = ["verify-java", "verify-java-try"].map(tested);
    let (Some(_), Some(jar)) = (program("java"), std::env::var_os("TOKENWARD_TEST_NIMBUS_JAR"))
    else {
        return skipped(
            "Java: there is no Java, or TOKENWARD_TEST_NIMBUS_JAR names no nimbus-jose-jwt",
        );
    };
    let authority = Authority::dev().await;
    let shell = Shell::beside(&authority);
    shell.write("Verify.java", &names[0]);
    std::os::unix::fs::symlink(jar, shell.path("nimbus-jose-jwt.jar")).unwrap();

    let said = shell.run(&format!("{}{}", tested("verify-token"), names[1])).await;

    assert_eq!(said, "alice\n");
}

#[tokio::test]
async fn java_verifies_with_nothing_but_the_jdk() {
    let names = ["verify-java-jdk", "verify-java-jdk-try"].map(tested);
    let Some(_) = program("java") else { return skipped("Java: there is no Java") };
    let authority = Authority::dev().await;
    let shell = Shell::beside(&authority);
    shell.write("Verify.java", &names[0]);
    // The same token with a byte of its signature changed, and one that its type refuses.
    let java = "java -Djavax.net.ssl.trustStore=ca.p12 -Djavax.net.ssl.trustStorePassword=changeit \
                Verify.java";
    let more =
        format!("{java} \"${{TOKEN%????}}AAAA\" || echo refused\n{java} rubbish || echo refused\n");

    let said = shell.run(&format!("{}{}{more}", tested("verify-token"), names[1])).await;

    assert_eq!(said, "alice\nrefused\nrefused\n");
}

#[tokio::test]
async fn the_commands_of_the_production_page_start_an_authority() {
    let shell = Shell::new();
    let data = shell.path("etc").display().to_string();
    let shell = shell
        .replacing("/etc/tokenward", &data)
        .replacing("/usr/local/bin/tokenward", "tokenward")
        .env("PROGRAM", crate::process::TOKENWARD)
        .env("EDITOR", "edit")
        .env("PORT", free_port().to_string());
    let key = KeyPair::generate().unwrap();
    let names = CertificateParams::new(["auth.example.com".to_owned()]).unwrap();
    shell.write("fullchain.pem", &names.self_signed(&key).unwrap().pem());
    write_private(&shell.path("privkey.pem"), &key.serialize_pem());
    // What an operator does in the editor.
    let edit = "edit() { sed -i \"s/0.0.0.0:8443/127.0.0.1:$PORT/\" \"$1\"; cp -p fullchain.pem privkey.pem etc; }\n";
    let unit = tested("production-unit");
    let start = unit.lines().find_map(|line| line.strip_prefix("ExecStart=")).unwrap();

    let said = shell.run(&format!("{SERVE}{edit}{}\n{start}\n", tested("production"))).await;

    let ready = "tokenward: ready on https://auth.example.com\n";
    assert!(said.ends_with(&ready.repeat(2)), "{said}");
    assert!(said.contains("tokenward.toml: good"), "{said}");
}

#[tokio::test]
async fn the_gate_of_its_page_decides_by_the_printed_rules() {
    let authority = Authority::dev().await;
    let port = free_port();
    let shell = Shell::beside(&authority)
        .replacing("127.0.0.1:9090", &format!("127.0.0.1:{port}"))
        .replacing("127.0.0.1:9091", &format!("127.0.0.1:{}", free_port()))
        .replacing("https://auth.example.com", &authority.dev.issuer)
        .replacing("# ca_file     = \"ca.pem\"", "ca_file = \".tokenward/tls/ca.pem\"")
        .replacing("billing-api", &authority.dev.audience);
    shell.write("gate.toml", &tested("gate"));
    let made = shell.run(&tested("gate-service")).await;
    let secret = made.split_whitespace().find(|word| word.starts_with("tws_")).unwrap();

    let explained = shell.run(&tested("gate-explain")).await;
    assert!(explained.contains("rule 1"), "{explained}");

    let unit = tested("gate-unit");
    let start =
        unit.lines().find_map(|line| line.strip_prefix("ExecStart=/usr/local/bin/")).unwrap();
    assert!(start.starts_with(tested("gate-run").trim_end()), "{start}");
    let mut command = shell.command(crate::process::TOKENWARD);
    command
        .args(start.split(' ').skip(1))
        .envs([("PROD_GATE_SECRET", secret), ("PROD_EDGE_SECRET", "planted-secret-of-the-edge")]);
    let mut gate = Process::spawn("gate", &mut command);
    gate.ready().await;
    let session = authority.try_create("alice", json!({"scope": "invoices:read"})).await.unwrap();
    let token = session.expect(201).text("access_token");
    let ask = |method: &str, path: &str| {
        Call::get(&format!("http://127.0.0.1:{port}/auth/nginx/{}", authority.dev.audience))
            .header("x-proxy-secret", "planted-secret-of-the-edge")
            .header("x-original-method", method)
            .header("x-original-uri", path)
            .bearer(&token)
    };
    authority.client.ask(ask("GET", "/invoices/7")).await.expect(200);
    authority.client.ask(ask("POST", "/invoices/7")).await.expect(403);
    authority.client.ask(ask("GET", "/other")).await.expect(403);
}

#[tokio::test]
async fn the_login_of_the_move_sets_the_cookies_of_a_session() {
    let authority = Authority::dev().await;
    let shell = Shell::beside(&authority)
        .replacing("https://auth.example.com", &authority.dev.base_url)
        .replacing("billing-api", &authority.dev.audience)
        .replacing("login-backend:", &format!("{}:", authority.dev.client_id))
        .env("CURL_CA_BUNDLE", authority.dev.ca_file.to_str().unwrap())
        .env("LOGIN_BACKEND_SECRET", &authority.dev.client_secret);

    let said = shell.run(&tested("move-login")).await;

    let answer: Value = serde_json::from_str(&said).unwrap();
    let lines = answer["set_cookie"].as_array().unwrap();
    assert!(lines[0].as_str().unwrap().starts_with("__Host-access="), "{said}");
    assert!(lines[1].as_str().unwrap().starts_with("__Host-refresh="), "{said}");
}

/// Debian 12 has 1.19, too old for the page's packages.
fn recent_go() -> bool {
    let said = std::process::Command::new("go").arg("version").output();
    let said = said.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    let minor = said
        .ok()
        .and_then(|said| said.split("go1.").nth(1)?.split(['.', ' ']).next()?.parse().ok());
    minor.is_some_and(|minor: u32| minor >= 21)
}

#[expect(clippy::print_stderr, reason = "whoever runs the tests is told what was not run")]
fn skipped(why: &str) {
    eprintln!("skipped: {why}");
}
