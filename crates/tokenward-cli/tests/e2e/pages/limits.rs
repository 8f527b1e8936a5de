//! The page on limits: its table is taken, and its locks are those of the running program.

use std::fs;

use http::Method;

use super::remote::Site;
use crate::client::Call;
use crate::markdown::tested;
use crate::shell::Shell;

#[tokio::test]
async fn who_guesses_waits_and_learns_nothing_and_the_client_at_home_does_not_wait() {
    let shell = Shell::new();
    let etc = shell.path("etc").display().to_string();
    let shell = shell.replacing("/etc/tokenward", &etc);
    fs::create_dir(shell.path("etc")).unwrap();
    let site = Site::new(shell, "redis-start", &tested("limits-config"));
    let _authority = site.serve().await;
    let secret = site.service_secret().await;
    let url = format!("{}/oauth2/token", site.url);
    let ask = async |name: &str, secret: &str| {
        let call = Call::new(Method::POST, &url).basic(name, secret);
        site.client.ask(call.form(&[("grant_type", "client_credentials")])).await
    };
    ask("login", &secret).await.expect(200);
    for tried in 0..11 {
        let (known, unknown) = (ask("login", "wrong").await, ask("nobody", "wrong").await);
        let seen =
            [&known, &unknown].map(|a| (a.status, a.header("retry-after").map(str::to_owned)));
        assert_eq!(seen[0], seen[1]);
        assert_eq!(seen[0], (401, (tried == 10).then(|| "1".to_owned())), "{tried}");
        assert_eq!(known.body, unknown.body);
    }
    ask("login", &secret).await.expect(200);
}
