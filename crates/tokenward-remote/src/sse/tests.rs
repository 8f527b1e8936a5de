use proptest::prelude::*;

use super::*;

#[test]
fn an_event_has_a_name_and_joins_its_data_lines() {
    let text = "event: frame\nid: 7\ndata: {\"a\":\ndata:1}\n\n: comment\n\ndata\n\n";

    assert_eq!(all(text.as_bytes()), [event("frame", "{\"a\":\n1}"), event("message", "")]);
}

#[test]
fn all_three_line_ends_are_the_same_and_a_mark_at_the_start_is_skipped() {
    let expected = [event("x", "1"), event("message", "2")];

    for text in [
        "event:x\ndata:1\n\ndata:2\n\n",
        "event:x\rdata:1\r\rdata:2\r\r",
        "\u{feff}event:x\r\ndata:1\r\n\r\ndata:2\r\n\r\n",
    ] {
        assert_eq!(all(text.as_bytes()), expected, "{text:?}");
    }
}

#[test]
fn an_event_without_data_is_none() {
    assert_eq!(all(b"event: frame\n\ndata: 1\n\n"), [event("message", "1")]);
}

#[test]
fn an_event_over_the_limit_is_refused_whether_or_not_its_lines_end() {
    assert!(Parser::new(8).push(b"data:123\n\n").is_ok());
    assert!(Parser::new(8).push(b"data:1234").is_err());
    assert!(Parser::new(8).push(b"data:123\ndata:456\ndata:789\n\n").is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn however_the_bytes_are_cut_the_events_are_the_same(
        text in "([a-z]{0,5}(: ?[a-z]{0,3})?(\n|\r|\r\n)|data: [a-z]{0,3}(\n|\r|\r\n){1,2}){0,12}",
        cuts in proptest::collection::vec(0_usize..80, 0..6),
    ) {
        let bytes = text.as_bytes();
        let mut parser = Parser::new(1_000);
        let mut events = Vec::new();
        let mut cuts: Vec<_> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
        cuts.push(bytes.len());
        cuts.sort_unstable();
        let mut from = 0;
        for cut in cuts {
            events.extend(parser.push(&bytes[from..cut]).unwrap());
            from = cut;
        }

        prop_assert_eq!(events, all(bytes));
    }
}

fn all(bytes: &[u8]) -> Vec<Event> {
    Parser::new(1_000).push(bytes).unwrap()
}

fn event(name: &str, data: &str) -> Event {
    Event { name: name.to_owned(), data: data.as_bytes().to_vec() }
}
