use super::*;

use std::io::Cursor;

#[test]
fn a_line_names_a_kind_and_an_id_in_words_or_as_json() {
    assert_eq!(item("jti abc\n"), Ok(Some(RevokeItem::Jti("abc".to_owned()))));
    assert_eq!(item("  sid   abc  "), Ok(Some(RevokeItem::Sid("abc".to_owned()))));
    assert_eq!(item("sub Jane Doe"), Ok(Some(RevokeItem::Sub("Jane Doe".to_owned()))));
    assert_eq!(item("sub team #1"), Ok(Some(RevokeItem::Sub("team #1".to_owned()))));
    assert_eq!(item("{\"sub\": \"alice\"}"), Ok(Some(RevokeItem::Sub("alice".to_owned()))));
    assert_eq!(item("# a comment"), Ok(None));
    assert_eq!(item(""), Ok(None));
}

#[test]
fn what_names_nothing_is_refused() {
    for line in [
        "abc",
        "jti",
        "jti ",
        "jti a b",
        "jti a # b",
        "kid abc",
        "jti eyJhbGciOiJFUzI1NiJ9.e30.c2ln",
        "{\"kid\": \"a\"}",
        "{}",
        "{",
        "sub a\u{7}b",
    ] {
        assert!(item(line).is_err(), "{line}");
    }
}

#[test]
fn a_large_file_goes_in_batches_that_one_request_takes() {
    let lines: Vec<_> = (0..2_500).map(|n| format!("jti id-{n}\n")).collect();
    let text = lines.concat();
    let length = text.len();
    let mut lines = Lines::new(Cursor::new(text));

    let mut sizes = Vec::new();
    let mut bytes = 0;
    loop {
        let (batch, read) = lines.batch().unwrap();
        bytes += read;
        if batch.is_empty() {
            break;
        }
        sizes.push(batch.len());
    }

    assert_eq!(sizes, [1_000, 1_000, 500]);
    assert_eq!(usize::try_from(bytes).unwrap(), length);
}

#[test]
fn a_bad_line_is_known_by_its_number() {
    let text = "jti a\n\nnonsense\n";
    let mut lines = Lines::new(Cursor::new(text));

    assert!(lines.batch().is_err());
    assert_eq!(lines.number, 3);
}

#[test]
fn a_mark_of_the_byte_order_is_no_part_of_the_first_line() {
    let mut lines = Lines::new(Cursor::new("\u{feff}jti a\n"));

    assert_eq!(lines.batch().unwrap().0, [RevokeItem::Jti("a".to_owned())]);
}

#[test]
fn an_endless_line_is_not_read_to_its_end() {
    let text = vec![b'a'; MAX_LINE * 3];
    let mut lines = Lines::new(Cursor::new(text));

    assert!(lines.batch().unwrap_err().contains("longer than"));
}
