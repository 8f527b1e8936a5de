//! The settings of the page on passkeys; what happens in a browser is in `browsers.rs`.

use std::fs;

use http::Method;
use serde_json::json;

use super::remote::Site;
use crate::client::Call;
use crate::markdown::tested;
use crate::shell::Shell;

#[tokio::test]
async fn with_the_settings_of_the_page_a_session_can_ask_for_a_passkey() {
    let shell = Shell::new();
    let etc = shell.path("etc").display().to_string();
    let shell = shell.replacing("/etc/tokenward", &etc);
    fs::create_dir(shell.path("etc")).unwrap();
    let site = Site::new(shell, "redis-start", &tested("passkeys-settings"));
    let _authority = site.serve().await;
    let secret = site.service_secret().await;

    let wanted = json!({"subject": "ada", "audience": "api", "refresh": "passkey"});
    let call = Call::new(Method::POST, &format!("{}/v1/sessions", site.url));

    site.client.ask(call.basic("login", &secret).json(&wanted)).await.expect(201);
}
