//! A gate on another machine: each proxy proves itself as its page prints it.

use std::path::Path;

use super::gate::{Gate, SECRET};
use super::site::{Application, ENVOY_HTTP, Front, splice};
use crate::client::Call;
use crate::harness::Authority;
use crate::markdown::tested;
use crate::process::Process;

#[tokio::test]
async fn a_gate_elsewhere_knows_each_proxy_by_its_secret_and_no_service_hears_it() {
    let authority = Authority::dev().await;
    let gate = Gate::by_secret(&authority).await;
    let token = authority.create("alice").await.access;
    for proxy in ["nginx", "caddy", "haproxy", "envoy-grpc", "envoy-http"] {
        let application = Application::start();
        let mut front = Front::new(&authority, &application);
        front.environment = vec![
            ("PROD_EDGE_SECRET".to_owned(), SECRET.to_owned()),
            // What Go's programs take for the system's certificates.
            ("SSL_CERT_FILE".to_owned(), authority.dev.ca_file.display().to_string()),
        ];
        front.replaced.push(("{gate}".to_owned(), gate.port.to_string()));
        let _running = start(proxy, &front, &gate, &authority.dev.ca_file).await;

        let url = format!("https://localhost:{}/api/x", front.port);
        let client = &authority.client;
        assert_eq!(client.ask(Call::get(&url)).await.status, 401, "{proxy}");
        assert_eq!(client.ask(Call::get(&url).bearer(&token)).await.status, 200, "{proxy}");
        let seen = application.saw("x-auth-subject: alice\r\n");
        assert_eq!(seen.len(), 1, "{proxy}");
        assert!(!seen[0].contains(SECRET), "{proxy}: {seen:?}");
    }
}

async fn start(proxy: &str, front: &Front, gate: &Gate, ca: &Path) -> Process {
    let printed = |name: &str| gate.adapt(&tested(name));
    match proxy {
        "nginx" => {
            front.run(&tested("nginx-secret")).await;
            let question = "            proxy_pass https://tokenward/auth/nginx/demo-api;\n";
            let config = tested("nginx").replace("127.0.0.1:8443", "127.0.0.1:{gate}");
            let with = format!("{}{question}", tested("nginx-secret-include"));
            front.write("nginx.conf", &config.replace(question, &with));
            front.start("nginx", "nginx-start").await
        }
        "caddy" => {
            let from = "\t\t\tforward_auth https://127.0.0.1:8443 {\n";
            let to = "\n\t\t\t# What goes upstream";
            let config = splice(&tested("caddy"), from, to, &printed("caddy-secret"));
            front.write("Caddyfile", &config);
            front.start("caddy", "caddy-start").await
        }
        "haproxy" => {
            let [from, to] = ["listen gate\n", "\nbackend authority\n"];
            let ours = printed("haproxy-secret").replace("/etc/ssl/ca.pem", ca.to_str().unwrap());
            front.write("haproxy.cfg", &splice(&tested("haproxy"), from, to, &ours));
            front.write("tokenward.lua", &tested("haproxy-lua"));
            front.start("haproxy", "haproxy-start").await
        }
        _ => {
            let secret = |name: &str| tested(name).replace("THE-SECRET", SECRET);
            let config = if proxy == "envoy-grpc" {
                let from = "                      grpc_service:\n";
                let to = "                        timeout: 3s\n";
                splice(&tested("envoy"), from, to, &secret("envoy-secret-grpc"))
            } else {
                let answer = "                        authorization_response:\n";
                let with = format!("{}{answer}", secret("envoy-secret-http"));
                let filter = tested("envoy-http").replace(answer, &with);
                splice(&tested("envoy"), ENVOY_HTTP[0], ENVOY_HTTP[1], &filter)
            };
            let (before, cluster) = config.split_once("    - name: gate\n").unwrap();
            let cluster = cluster.replace("8443", "{gate}");
            front.write("envoy.yaml", &format!("{before}    - name: gate\n{cluster}"));
            front.start("envoy", "envoy-start").await
        }
    }
}
