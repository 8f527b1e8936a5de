//! The page for phones: its steps in Python, and that what it shows is what is sent and answered.

use std::fs;

use super::remote::Site;
use crate::harness::{Authority, Example};
use crate::markdown::{root, tested};
use crate::shell::{Shell, python_program};

#[tokio::test]
async fn every_request_and_answer_of_the_page_is_what_an_app_sends_and_gets() {
    let authority = Authority::dev().await;
    let example = Example::of(&authority).await;
    let dev = &authority.dev;
    let shell = Shell::beside(&authority)
        .env("AUTH", &dev.base_url)
        .env("API", example.url("").trim_end_matches('/'))
        .env("ME", format!("{}:{}", dev.client_id, dev.client_secret))
        .env("CA", dev.ca_file.to_str().unwrap());
    shell.run(&tested("mobile-client")).await;
    shell.write("mobile.py", &tested("mobile-python"));
    shell.write("steps.py", &tested("mobile-steps"));
    let show = fs::read_to_string(root().join("interop/python/show.py")).unwrap();
    fs::write(shell.path("show.py"), show).unwrap();
    let python = python_program();
    let run = "import mobile, show; mobile.show = show.show; import steps";

    let printed = shell.run(&format!("'{}' -c '{run}'", python.display())).await;

    let page = fs::read_to_string(root().join("docs/mobile.md")).unwrap();
    let shown: Vec<_> = printed.split("```http\n").skip(1).collect();
    assert!(shown.len() >= 16, "{printed}");
    for exchange in shown {
        let exchange = exchange.split("\n```\n").next().unwrap();
        assert!(
            page.contains(&format!("```http\n{exchange}\n```\n")),
            "{exchange}\n\nin\n{printed}"
        );
    }
    // And nothing else is shown.
    assert_eq!(page.matches("```http\n").count(), printed.matches("```http\n").count());
}

#[tokio::test]
async fn a_check_takes_the_settings_of_the_page() {
    let shell = Shell::new();
    let etc = shell.path("etc").display().to_string();
    let shell = shell.replacing("/etc/tokenward", &etc);
    fs::create_dir(shell.path("etc")).unwrap();
    let site = Site::new(shell, "redis-start", &tested("mobile-config"));

    site.shell.run(&site.check()).await;
}
