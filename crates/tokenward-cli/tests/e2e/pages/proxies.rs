//! Real proxies, with the configurations that the pages print.

mod gate;
mod mtls;
mod secret;
mod site;
mod table;

use crate::markdown::tested;
use crate::pages::proxies::site::{ENVOY_HTTP, Site, splice};
use crate::process::run;

#[tokio::test]
async fn nginx_protects_a_static_site_and_an_application() {
    let mut site = Site::new().await;
    site.front.write("nginx.conf", &tested("nginx"));
    let _nginx = site.front.start("nginx", "nginx-start").await;

    let session = site.authority.create("alice").await;
    let page = site.get("/").bearer(&session.access);
    assert_eq!(&site.ask(page.clone()).await.expect(200).body[..], b"hello\n");
    let mut ask = site.front.bash(&tested("nginx-ask"));
    let asked = run(ask.env("TOKEN", &session.access)).await;
    assert!(asked.stdout.ends_with(b"hello\n"), "{asked:?}");
    site.guards_as_promised("/").await;
    site.tells_the_application_who_asks("/api/").await;
    site.hears_of_a_logout_and_of_an_outage("/").await;
}

#[tokio::test]
async fn caddy_protects_an_application() {
    let mut site = Site::new().await;
    site.front.write("Caddyfile", &tested("caddy"));
    let _caddy = site.front.start("caddy", "caddy-start").await;

    site.answers_the_printed_requests("caddy-ask").await;
    site.guards_as_promised("/").await;
    site.tells_the_application_who_asks("/").await;
    site.hears_of_a_logout_and_of_an_outage("/").await;
}

#[tokio::test]
async fn haproxy_protects_an_application() {
    let mut site = Site::new().await;
    site.front.write("haproxy.cfg", &tested("haproxy"));
    site.front.write("tokenward.lua", &tested("haproxy-lua"));
    let _haproxy = site.front.start("haproxy", "haproxy-start").await;

    site.answers_the_printed_requests("haproxy-ask").await;
    site.guards_as_promised("/").await;
    site.tells_the_application_who_asks("/").await;
    site.hears_of_a_logout_and_of_an_outage("/").await;
}

#[tokio::test]
async fn envoy_asks_over_grpc_and_protects_an_application() {
    let mut site = Site::new().await;
    site.front.write("envoy.yaml", &tested("envoy"));
    let _envoy = site.front.start("envoy", "envoy-start").await;

    site.guards_as_promised("/").await;
    site.tells_the_application_who_asks("/").await;
    site.hears_of_a_logout_and_of_an_outage("/").await;
}

#[tokio::test]
async fn envoy_asks_over_http_and_protects_an_application() {
    let mut site = Site::new().await;
    let [from, to] = ENVOY_HTTP;
    let printed = splice(&tested("envoy"), from, to, &tested("envoy-http"));
    site.front.write("envoy.yaml", &printed);
    let _envoy = site.front.start("envoy", "envoy-start").await;

    site.guards_as_promised("/").await;
    site.tells_the_application_who_asks("/").await;
    site.hears_of_a_logout_and_of_an_outage("/").await;
}
