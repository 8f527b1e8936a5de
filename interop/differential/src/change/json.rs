//! The text of the header and of the payload: what is JSON, what is not, and what parsers differ on.

use std::rc::Rc;

use super::{Change, Edit, InPlace};

/// Changes a text.
type Text = Box<dyn Fn(&mut Vec<u8>)>;

pub(super) fn all() -> Vec<Change> {
    let space = [(" ", "spaces"), ("\n", "line feeds"), ("\r\n\t ", "all white space")];
    let space = space.map(|(text, name)| {
        Change::new("JSON with white space", name, Edit::Space(text.to_owned()))
    });
    let header = edits().into_iter().map(|(kind, name, edit)| {
        Change::new(header_kind(kind), name, Edit::HeaderText(in_place(edit)))
    });
    let payload = edits().into_iter().map(|(kind, name, edit)| {
        Change::new(payload_kind(kind), name, Edit::PayloadText(in_place(edit)))
    });
    space.into_iter().chain(header).chain(payload).collect()
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Around,
    Strings,
    Numbers,
    Depth,
}

const fn header_kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Around => "header text",
        Kind::Strings => "header strings",
        Kind::Numbers => "header numbers",
        Kind::Depth => "header depth and size",
    }
}

const fn payload_kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Around => "payload text",
        Kind::Strings => "payload strings",
        Kind::Numbers => "payload numbers",
        Kind::Depth => "payload depth and size",
    }
}

fn in_place(edit: Text) -> InPlace<Vec<u8>> {
    Rc::new(move |text, _| edit(text))
}

fn edits() -> Vec<(Kind, String, Text)> {
    let around = around().into_iter().map(|(name, edit)| (Kind::Around, name, edit));
    let strings = strings().into_iter().map(|(name, edit)| (Kind::Strings, name, edit));
    let numbers = numbers().into_iter().map(|(name, edit)| (Kind::Numbers, name, edit));
    let depth = depth().into_iter().map(|(name, edit)| (Kind::Depth, name, edit));
    around.chain(strings).chain(numbers).chain(depth).collect()
}

fn around() -> Vec<(String, Text)> {
    const NOT_SPACE: [(&str, &[u8]); 6] = [
        ("a byte order mark", b"\xef\xbb\xbf"),
        ("a form feed", b"\x0c"),
        ("a NUL", b"\0"),
        ("a no-break space", b"\xc2\xa0"),
        ("a letter", b"x"),
        ("an object", b"{}"),
    ];
    const INSTEAD: [(&str, &[u8]); 9] = [
        ("nothing", b""),
        ("an empty object", b"{}"),
        ("an array", b"[]"),
        ("null", b"null"),
        ("a number", b"1"),
        ("a string", b"\"text\""),
        ("a space", b" "),
        ("half an object", b"{\"alg\":"),
        ("bytes", b"\xff\xfe\xfd"),
    ];
    let mut edits: Vec<(String, Text)> = Vec::new();
    for (name, bytes) in NOT_SPACE.into_iter().chain([
        ("white space", b" \t\r\n".as_slice()),
        ("a comma", b",".as_slice()),
        ("a comment", b"/**/".as_slice()),
    ]) {
        edits.push((
            format!("{name} before"),
            Box::new(move |text| drop(text.splice(..0, bytes.iter().copied()))),
        ));
        edits.push((format!("{name} after"), Box::new(move |text| text.extend_from_slice(bytes))));
    }
    for (name, bytes) in INSTEAD {
        edits.push((format!("{name} instead"), Box::new(move |text| *text = bytes.to_vec())));
    }
    edits.push((
        "in an array".to_owned(),
        Box::new(|text| *text = [b"[", text.as_slice(), b"]"].concat()),
    ));
    edits.push(("a comma before the end".to_owned(), Box::new(|text| insert(text, b","))));
    edits.push((
        "without its end".to_owned(),
        Box::new(|text| text.truncate(text.len().saturating_sub(1))),
    ));
    edits.push((
        "without its start".to_owned(),
        Box::new(|text| drop(text.drain(..text.len().min(1)))),
    ));
    edits.push(("in single quotes".to_owned(), Box::new(|text| replace(text, b'"', b'\''))));
    edits.push(("with semicolons".to_owned(), Box::new(|text| replace(text, b',', b';'))));
    edits.push((
        "in UTF-16".to_owned(),
        Box::new(|text| *text = text.iter().flat_map(|byte| [*byte, 0]).collect()),
    ));
    edits
}

fn strings() -> Vec<(String, Text)> {
    const VALUES: [(&str, &[u8]); 26] = [
        ("a pair of surrogates", br"\ud83d\ude00"),
        ("half a pair, the first", br"\ud83d"),
        ("half a pair, the second", br"\ude00"),
        ("a pair turned around", br"\ude00\ud83d"),
        ("half a pair and a letter", br"\ud83dx"),
        ("two first halves", br"\ud83d\ud83d"),
        ("an escaped NUL", br"\u0000"),
        ("an escaped solidus", br"\/"),
        ("every short escape", br#"\"\\\b\f\n\r\t"#),
        ("an escape in capitals", br"\u00E9"),
        ("an unknown escape", br"\x41"),
        ("an escaped quote", br"\'"),
        ("a short escape", br"\u12"),
        ("an escaped line feed", b"\\\n"),
        ("a NUL", b"\0"),
        ("a line feed", b"\n"),
        ("a tab", b"\t"),
        ("a delete", b"\x7f"),
        ("UTF-8", "é€😀".as_bytes()),
        ("a line separator", "\u{2028}".as_bytes()),
        ("a noncharacter", "\u{ffff}".as_bytes()),
        ("a byte of no UTF-8", b"\xff"),
        ("an overlong NUL", b"\xc0\x80"),
        ("a surrogate in UTF-8", b"\xed\xa0\x80"),
        ("above Unicode", b"\xf4\x90\x80\x80"),
        ("cut UTF-8", b"\xe2\x82"),
    ];
    const MEMBERS: [(&str, &[u8]); 12] = [
        ("an empty name", br#""":1"#),
        ("a name without quotes", b"x:1"),
        ("no name", b":1"),
        ("no value", br#""x":"#),
        ("no colon", br#""x" 1"#),
        ("a name that is a number", b"1:1"),
        ("True", br#""x":True"#),
        ("nul", br#""x":nul"#),
        ("undefined", br#""x":undefined"#),
        ("a name twice inside", br#""x":{"a":1,"a":2}"#),
        ("a name twice inside, in escapes", br#""x":{"a":1,"\u0061":2}"#),
        ("a name twice", br#""x":1,"x":2"#),
    ];
    let mut edits: Vec<(String, Text)> = Vec::new();
    for (name, bytes) in VALUES {
        edits.push((
            format!("{name} in a value"),
            Box::new(move |text| member(text, &[b"\"x\":\"", bytes, b"\""].concat())),
        ));
        edits.push((
            format!("{name} in a name"),
            Box::new(move |text| member(text, &[b"\"", bytes, b"\":1"].concat())),
        ));
    }
    for (name, bytes) in MEMBERS {
        edits.push((name.to_owned(), Box::new(move |text| member(text, bytes))));
    }
    edits
}

fn numbers() -> Vec<(String, Text)> {
    const NUMBERS: [&str; 32] = [
        "0",
        "-0",
        "-0.0",
        "0.1",
        "-1",
        "1e5",
        "1E+5",
        "1e-5",
        "9007199254740991",
        "-9007199254740991",
        "9007199254740992",
        "9007199254740993",
        "18446744073709551615",
        "18446744073709551616",
        "1e308",
        "1e309",
        "-1e309",
        "1e-400",
        "1e9999999999",
        "123456789012345678901234567890123456789012345678901234567890",
        "0.3000000000000000000000000000000000000000001",
        "1.0",
        "01",
        "+1",
        ".5",
        "1.",
        "1e",
        "0x10",
        "1_000",
        "NaN",
        "Infinity",
        "-Infinity",
    ];
    let edit = |number: &'static str| -> (String, Text) {
        (
            number.to_owned(),
            Box::new(move |text| member(text, format!("\"x\":{number}").as_bytes())),
        )
    };
    NUMBERS.into_iter().map(edit).collect()
}

fn depth() -> Vec<(String, Text)> {
    let mut edits: Vec<(String, Text)> = Vec::new();
    for deep in [1, 14, 15, 16, 17, 64, 127, 128, 129, 2500] {
        let arrays = format!("\"x\":{}{}", "[".repeat(deep), "]".repeat(deep));
        edits.push((
            format!("{deep} arrays"),
            Box::new(move |text| member(text, arrays.as_bytes())),
        ));
    }
    for deep in [14, 16, 400] {
        let objects = format!("\"x\":{}1{}", "{\"a\":".repeat(deep), "}".repeat(deep));
        edits.push((
            format!("{deep} objects"),
            Box::new(move |text| member(text, objects.as_bytes())),
        ));
    }
    for many in [40, 200, 240, 250, 400] {
        let members: Vec<String> = (0..many).map(|index| format!("\"m{index}\":1")).collect();
        let members = members.join(",");
        edits.push((
            format!("{many} members"),
            Box::new(move |text| member(text, members.as_bytes())),
        ));
    }
    for long in [700, 4000, 9000, 40_000] {
        let string = format!("\"x\":\"{}\"", "a".repeat(long));
        edits.push((
            format!("a string of {long}"),
            Box::new(move |text| member(text, string.as_bytes())),
        ));
    }
    edits
}

/// Puts a member before the closing brace.
fn member(text: &mut Vec<u8>, member: &[u8]) {
    insert(text, &[b",", member].concat());
}

/// Puts `bytes` before the closing brace.
fn insert(text: &mut Vec<u8>, bytes: &[u8]) {
    let end = text.pop();
    text.extend_from_slice(bytes);
    text.extend(end);
}

fn replace(text: &mut [u8], old: u8, new: u8) {
    text.iter_mut().filter(|byte| **byte == old).for_each(|byte| *byte = new);
}
