use super::*;

use proptest::prelude::*;

#[test]
fn the_units_of_the_documentation_are_understood() {
    for (text, seconds) in [("30s", 30), ("5m", 300), ("24h", 86_400), ("30d", 2_592_000)] {
        assert_eq!(parse(text).unwrap(), Duration::from_secs(seconds));
    }
    assert_eq!(parse("250ms").unwrap(), Duration::from_millis(250));
}

#[test]
fn what_is_not_a_number_with_a_unit_is_refused() {
    for text in ["", "5", "m", "5 m", "-5m", "5.5m", "5M", "1h30m", "99999999999999999999d", "ü"] {
        assert!(parse(text).is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn what_is_shown_parses_to_the_same(millis in 0_u64..10_000_000_000) {
        let duration = Duration::from_millis(millis);
        prop_assert_eq!(parse(&Human(duration).to_string()).unwrap(), duration);
    }
}
