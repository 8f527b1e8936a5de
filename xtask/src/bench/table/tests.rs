use super::*;

#[test]
fn a_matrix_leaves_a_dash_where_a_contender_lacks_an_algorithm() {
    let table = matrix();

    assert_eq!(
        table.markdown(),
        "### T\n\n|  | A | B |\n| --- | ---: | ---: |\n| one | 1 | 2 |\n| other | – | 3 |\n"
    );
}

#[test]
fn columns_are_as_wide_as_their_widest_cell() {
    let table = matrix();

    assert_eq!(table.text(), "## T\n\n       A  B\none    1  2\nother  –  3\n");
}

#[test]
fn a_ratio_near_one_shows_what_the_targets_ask_for() {
    assert_eq!((ratio(1.0149), ratio(2.93)), ("1.015×".to_owned(), "2.93×".to_owned()));
    assert_eq!((time(492.3), time(54_281.0)), ("492 ns".to_owned(), "54.28 µs".to_owned()));
}

fn matrix() -> Table {
    let items = [("one", "A", 1), ("one", "B", 2), ("other", "B", 3)];
    Table::matrix(
        "T",
        &["A", "B"],
        items.iter(),
        |item| (item.0, item.1),
        |item| item.2.to_string(),
    )
}
