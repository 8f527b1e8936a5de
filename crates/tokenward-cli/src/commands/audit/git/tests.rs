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
