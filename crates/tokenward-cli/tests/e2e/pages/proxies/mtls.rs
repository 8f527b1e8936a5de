//! Client certificates through real proxies, with the lines of the page.

use tokenward_testing::told_by;

use super::gate::Gate;
use super::site::{Application, Front};
use super::table::{PROXIES, Proxy};
use crate::markdown::tested;
use crate::pages::mtls::Site;
use crate::process::run;

#[tokio::test]
async fn a_bound_token_passes_every_proxy_with_its_certificate_and_in_no_other_way() {
    let site = Site::new().await;
    let token = site.token().await;
    let gate = Gate::of_certificates(&site.dev).await;
    for proxy in PROXIES {
        let application = Application::start();
        let mut front = Front::beside(&site.dev, &site.data(), &application);
        let clients = site.shell.path("clients.pem").display().to_string();
        front.replaced.push(("clients.pem".to_owned(), clients));
        // The pages beside the development authority speak of its audience.
        front.replaced.push(("demo-api".to_owned(), site.dev.audience.clone()));
        let _running =
            proxy.start_with(&front, &gate, |config| with_certificates(proxy, &config)).await;
        let ask = async |by: Option<&str>, told: Option<&str>| {
            let mut curl = site.shell.command("curl");
            curl.args(["-s", "-o", "/dev/null", "-w", "%{http_code}", "--cacert", "ca.pem"]);
            curl.args(["-H", &format!("Authorization: Bearer {token}")]);
            if let Some(by) = by {
                curl.args(["--cert", &format!("{by}.pem"), "--key", &format!("{by}.key")]);
            }
            // What a client writes there itself, for every proxy.
            for (name, value) in told.iter().flat_map(|told| written(&site, told)) {
                curl.args(["-H", &format!("{name}: {value}")]);
            }
            let asked = run(curl.arg(format!("https://localhost:{}/api/x", front.port))).await;
            String::from_utf8(asked.stdout).unwrap()
        };
        let name = proxy.name();
        assert_eq!(ask(Some("invoices"), None).await, "200", "{name}");
        assert_eq!(ask(Some("other"), None).await, "401", "{name}: another certificate");
        assert_eq!(ask(None, None).await, "401", "{name}: no certificate");
        assert_eq!(ask(None, Some("invoices")).await, "401", "{name}: a header, no certificate");
        assert_eq!(ask(Some("other"), Some("invoices")).await, "401", "{name}: a header");
        assert_eq!(ask(Some("invoices"), Some("other")).await, "200", "{name}: overwritten");

        let seen = application.saw("x-auth-subject: client:invoices\r\n");
        assert_eq!(seen.len(), 2, "{name}: {seen:?}");
        let own = format!("\r\n{}", header_of(proxy));
        assert!(seen.iter().all(|head| !head.contains(&own)), "{name}: {seen:?}");
    }
}

/// The headers by which a client may try to pass for `name`.
fn written(site: &Site, name: &str) -> Vec<(&'static str, String)> {
    let der = site.der(name);
    ["nginx", "haproxy", "envoy", "traefik"].map(|proxy| told_by(proxy, &der)).to_vec()
}

/// The header that the application is not to get.
const fn header_of(proxy: Proxy) -> &'static str {
    match proxy {
        Proxy::Nginx => "x-client-cert:",
        Proxy::Caddy | Proxy::Haproxy => "client-cert:",
        Proxy::EnvoyHttp | Proxy::EnvoyGrpc => "x-forwarded-client-cert:",
    }
}

/// `config` with the lines of the page in their places.
fn with_certificates(proxy: Proxy, config: &str) -> String {
    let after = |text: &str, line: &str, name: &str| {
        assert_eq!(text.matches(line).count(), 1, "{line:?} in {text}");
        text.replace(line, &format!("{line}{}", tested(name)))
    };
    let instead = |text: &str, line: &str, name: &str| {
        assert_eq!(text.matches(line).count(), 1, "{line:?} in {text}");
        text.replace(line, &tested(name))
    };
    match proxy {
        Proxy::Nginx => {
            let key = "        ssl_certificate_key .tokenward/tls/key.pem;\n";
            let config = after(config, key, "mtls-nginx-server");
            let uri = "            proxy_set_header X-Original-URI $request_uri;\n";
            let config = after(&config, uri, "mtls-nginx-gate");
            let app = "            proxy_set_header X-Proxy-Secret \"\";\n";
            after(&config, app, "mtls-nginx-app")
        }
        Proxy::Haproxy => {
            let bind = "    bind 127.0.0.1:4445 ssl crt site.pem alpn h2,http/1.1\n";
            instead(config, bind, "mtls-haproxy-bind")
        }
        Proxy::Caddy => {
            let tls = "\ttls .tokenward/tls/cert.pem .tokenward/tls/key.pem\n";
            let config = instead(config, tls, "mtls-caddy-tls");
            let copy =
                "\t\t\t\tcopy_headers X-Auth-Subject X-Auth-Session X-Auth-Scope X-Auth-Claims\n";
            let config = after(&config, copy, "mtls-caddy-gate");
            after(&config, "\t\t\trequest_header -X-Proxy-Secret\n", "mtls-caddy-app")
        }
        Proxy::EnvoyHttp | Proxy::EnvoyGrpc => {
            let key = "                    private_key: { filename: .tokenward/tls/key.pem }\n";
            let config = after(config, key, "mtls-envoy-tls");
            let manager = "                use_remote_address: true\n";
            let config = after(&config, manager, "mtls-envoy-manager");
            let removed = "request_headers_to_remove: [x-proxy-secret";
            assert!(config.contains(removed), "{config}");
            config.replace(removed, &format!("{removed}, x-forwarded-client-cert"))
        }
    }
}
