use super::*;

#[test]
fn a_file_that_ends_in_an_annotation_is_read_to_its_end() {
    for end in
        ["class A\n@b", "class A { val x = 1\n@foo(", "val x = 1\n@foo(", "val x = 1\n@foo(a b"]
    {
        // The grammar waits for a blank, also behind the end; coming back is the test.
        assert!(read(&format!("import io.jsonwebtoken.Jwts\n{end}"), Language::Kotlin).is_some());
    }
}

#[test]
fn strings_that_never_end_are_not_looked_for_at_every_place_anew() {
    for (piece, language) in
        [("r#\"\n", Language::Rust), ("#\"\n", Language::Swift), ("<<<A\n", Language::Kotlin)]
    {
        let text = piece.repeat(100_000);
        let feed = Feed::new(&text, language);
        assert!(parse(&feed, &text, language).is_none() && feed.is_spent(), "{piece}");
    }
}

#[test]
fn what_stands_across_the_border_of_two_pieces_is_read_as_one() {
    for at in 4_080..4_100 {
        let text = format!("# {}\nnaïve_ключ = '€€€€'\n", "x".repeat(at));
        let read = read(&text, Language::Python).unwrap();

        assert_eq!(read.faults, 0);
        let is_there = |id| matches!(read.model.kind(id), Kind::Text(text) if text == "€€€€");
        assert!(read.model.ids().any(is_there));
    }
}
