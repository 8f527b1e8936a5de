use proptest::prelude::*;
use siphasher::sip::SipHasher13;

use super::*;

/// The key and the messages of the reference implementation: 00 … 0f, and 00 01 02 ….
#[test]
fn a_fingerprint_is_siphash_1_3() {
    let key = SipKey(0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908);
    let messages = ["", "\0", "\0\u{1}", "\0\u{1}\u{2}\u{3}\u{4}\u{5}\u{6}\u{7}"];
    let expected = [
        0xabac_0158_050f_c4dc_u64,
        0xc9f4_9bf3_7d57_ca93,
        0x82cb_9b02_4dc7_d44d,
        0x3690_9511_8d29_9a8e,
    ];
    for (message, bits) in messages.into_iter().zip(expected) {
        assert_eq!(key.of(message), Fingerprint(bits), "{message:?}");
    }
}

proptest! {
    /// Beside another implementation.
    #[test]
    fn names_of_any_length_have_their_fingerprint(name in ".{0,40}", key: (u64, u64)) {
        let expected = SipHasher13::new_with_keys(key.0, key.1).hash(name.as_bytes());

        prop_assert_eq!(SipKey(key.0, key.1).of(&name), Fingerprint::new(expected));
    }
}

/// What a verifier in another language must get as well; see docs/revocation-feed.md.
#[test]
fn the_documented_fingerprints_are_ours() {
    let prints = Fingerprints::new(Secret256::from_bytes([7; 32]));

    assert_eq!(prints.session(&SessionId::new("s-1").unwrap()).to_string(), "KgPsydWGjDA");
    assert_eq!(prints.subject(&Subject::new("ada").unwrap()).to_string(), "km46es5Pgrs");
}

#[test]
fn each_kind_of_name_has_fingerprints_of_its_own() {
    let prints = Fingerprints::random().prints();
    let all = [
        prints.session(&SessionId::new("x").unwrap()),
        prints.subject(&Subject::new("x").unwrap()),
        prints.token(&Jti::new("x").unwrap()),
        prints.key(&KeyId::new("x").unwrap()),
    ];

    let mut different = all.to_vec();
    different.sort_unstable();
    different.dedup();
    assert_eq!(different.len(), all.len());
}

#[test]
fn two_feeds_cannot_be_compared() {
    let id = SessionId::new("s-1").unwrap();

    assert_ne!(Fingerprints::random().session(&id), Fingerprints::random().session(&id));
}

#[test]
fn a_fingerprint_reads_back_and_nothing_else_does() {
    let print = Fingerprints::random().session(&SessionId::new("s-1").unwrap());

    assert_eq!(print.to_string().parse(), Ok(print));
    for text in ["", "AAAA", "AAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAA=", "********"] {
        assert_eq!(text.parse::<Fingerprint>(), Err(InvalidFingerprint), "{text}");
    }
}

#[test]
fn debug_tells_no_secret() {
    let prints = Fingerprints::new(Secret256::from_bytes([7; 32]));

    assert!(!format!("{prints:?}").contains('7'), "{prints:?}");
}
