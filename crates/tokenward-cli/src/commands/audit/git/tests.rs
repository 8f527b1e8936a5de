use super::*;

#[test]
fn a_section_is_named_by_all_but_the_last_part_of_a_key() {
    assert_eq!(section(b"filter.lfs.clean"), Some(&b"filter.lfs"[..]));
    assert_eq!(section(b"filter.a.b=c.process"), Some(&b"filter.a.b=c"[..]));
    assert_eq!(section(b"filter.clean"), None);
    assert_eq!(section(b""), None);
}

#[test]
fn names_may_hold_whatever_a_file_system_takes() {
    let all: Vec<PathBuf> = names(b"a\"b\0c\nd\0\xff\0").collect();

    let raw = PathBuf::from(OsString::from_vec(vec![0xff]));
    assert_eq!(all, [PathBuf::from("a\"b"), PathBuf::from("c\nd"), raw]);
}

#[test]
fn what_does_not_end_is_ended() {
    let mut asking = Command::new("sh");
    asking.args(["-c", "echo said; exec sleep 600"]);

    let error = run(&mut asking, "--since", &[0], Duration::from_millis(200), whole).unwrap_err();

    assert!(error.to_string().contains("--since: git did not end within"), "{error}");
}

#[test]
fn names_are_counted_also_where_the_first_are_enough() {
    let mut said = io::Cursor::new(b"a\0b\0c\0");
    let (names, all) = first_names(&mut said, 2).unwrap();

    assert_eq!((names, all), (vec![PathBuf::from("a"), PathBuf::from("b")], 3));
}
