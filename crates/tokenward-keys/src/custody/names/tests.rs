use super::*;

#[test]
fn a_name_begins_with_environment_and_audience() {
    let name = fresh("prod", "billing-api");

    assert!(name.starts_with("prod-billing-api-"), "{name}");
    assert!(is_ours(&name, "prod", "billing-api"));
    assert_ne!(name, fresh("prod", "billing-api"));
}

#[test]
fn the_keys_of_another_environment_or_audience_are_not_ours() {
    let name = fresh("prod", "billing-api");

    assert!(!is_ours(&name, "staging", "billing-api"));
    assert!(!is_ours(&name, "prod", "billing"));
    assert!(!is_ours(&name, "prod", "orders"));
    assert!(!is_ours(&fresh("prod-eu", "billing-api"), "prod", "billing-api"));
}

#[test]
fn a_name_that_leads_elsewhere_is_not_ours() {
    let good = fresh("prod", "a");
    for bad in [format!("{good}/config"), format!("{good}0"), "prod-a-".to_owned(), String::new()] {
        assert!(!is_ours(&bad, "prod", "a"), "{bad}");
    }
    assert!(!is_ours(&good.replace("prod", "PROD"), "prod", "a"));
}

#[test]
fn a_name_is_bounded_and_plain_whatever_the_audience() {
    let name = fresh("../etc", &"/ä?".repeat(1000));

    assert!(name.len() < 256);
    assert!(name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')));
    assert!(name.starts_with('x'));
}
