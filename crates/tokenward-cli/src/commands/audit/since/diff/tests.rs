use super::*;

#[test]
fn a_hunk_says_which_lines_are_new() {
    let new = |line: &str| Hunk::parse(line)?.lines();
    assert_eq!(new("@@ -1,2 +3,4 @@"), Some(3..=6));
    assert_eq!(new("@@ -0,0 +1 @@"), Some(1..=1));
    assert_eq!(new("@@ -5,2 +4,0 @@"), None);
    assert_eq!(new("+@@ -1 +1 @@"), None);
    assert_eq!(new("@@ -1 +99999999999999999999 @@"), None);
}

#[test]
fn a_line_that_reads_like_a_head_is_a_line() {
    let diff = b"diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -1 +1,2 @@ \xff\n-old\n\
        \\ No newline at end of file\n+++ b/other.py\n+@@ -1 +9 @@\n@@ -9,0 +11 @@ def x():\n+more\n";

    let [one, two] = read(diff).try_into().unwrap();

    assert_eq!(one, ("a.py".into(), 1..=2));
    assert_eq!(two, ("a.py".into(), 11..=11));
}

#[test]
fn unusual_names_are_read_as_git_quotes_them() {
    for (name, is) in [
        ("b/a b.py\t", "a b.py"),
        (r#""b/a\"b\\c.py""#, "a\"b\\c.py"),
        (r#""b/a\nb\tc.py""#, "a\nb\tc.py"),
        (r#""b/\303\244.py""#, "ä.py"),
    ] {
        assert_eq!(path(name.as_bytes()), Some(is.into()), "{name}");
    }
    for bad in ["/dev/null", "\"b/a", r#""b/\3""#, r#""b/a\""#, ""] {
        assert_eq!(path(bad.as_bytes()), None, "{bad}");
    }
}

#[test]
fn a_line_without_end_takes_no_more_room_than_a_path() {
    let long = vec![b'x'; 200_000];
    let diff = [b"+++ b/a\n@@ -1 +1 @@\n-".as_slice(), &long, b"\n+", &long].concat();
    let mut line = Vec::new();
    assert_eq!(read(&diff), [("a".into(), 1..=1)]);

    assert!(next(&mut diff.split_at(21).1, &mut line).unwrap());
    assert!(line.len() <= 32 << 10);
}

#[test]
fn what_is_no_diff_is_refused() {
    assert!(changes(&mut b"+++ b/a\n@@ -1 +1 @@\nx\n".as_slice()).is_err());
}

fn read(diff: &[u8]) -> Changes {
    changes(&mut &*diff).unwrap()
}
