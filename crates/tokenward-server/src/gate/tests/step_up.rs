use std::time::Duration;

use tokenward::Scope;
use tokenward_revocation::View;
use tokenward_tower::step_up::StepUp;

use super::support::{NOW, World, audience, request};
use crate::gate::{PathPattern, Rule, Rules};
use crate::settings::Profile;

#[tokio::test]
async fn a_rule_for_a_young_login_tells_an_older_one_what_it_takes() {
    let rule = |path: &str, step_up| Rule {
        paths: vec![PathPattern::parse(path).unwrap()],
        step_up,
        ..Rule::default()
    };
    let young = StepUp::new(Some(Duration::from_secs(60)), Scope::empty());
    let rules = Rules::new(vec![rule("/transfers/**", Some(young)), rule("/**", None)]);
    let world = World::with(rules, View::local(audience()));
    let ask = async |age: Option<u64>, target: &str| {
        let logged_in = |age| NOW.saturating_sub(Duration::from_secs(age));
        let token =
            age.map_or_else(|| request("alice"), |age| request("alice").auth_time(logged_in(age)));
        let bearer = format!("Bearer {}", world.token_of(token));
        let headers = [("authorization", &*bearer)];
        let answer = world.about(Profile::Caddy, "POST", target, &headers).await;
        let challenge = answer.headers.get("www-authenticate");
        (answer.status.as_u16(), challenge.map(|it| it.to_str().unwrap().to_owned()))
    };
    let told = "Bearer error=\"insufficient_user_authentication\", max_age=\"60\"".to_owned();

    assert_eq!(ask(Some(60), "/transfers/7").await, (200, None));
    assert_eq!(ask(Some(61), "/transfers/7").await, (401, Some(told.clone())));
    assert_eq!(ask(None, "/transfers/7").await, (401, Some(told)));
    assert_eq!(ask(None, "/accounts").await, (200, None));
}
