//! Two ways to one MAC.

use super::*;

#[test]
fn the_states_make_the_library_s_macs_for_keys_and_messages_of_every_length() {
    for key_len in [1, 31, 32, 33, 63, 64, 65, 127, 128, 129, 200] {
        let secret: Vec<u8> = (0..key_len).collect();
        let library = MacKey::library(library::HMAC_SHA256, &secret);
        let states = MacKey::States(Box::new(States::new(&secret)));
        for len in 0..200 {
            let message = vec![0x5a; len];
            let (mut ours, mut theirs) = (Vec::new(), Vec::new());
            states.append(&message, &mut ours);
            library.append(&message, &mut theirs);
            assert_eq!(ours, theirs, "{key_len} bytes of key, {len} of message");
            assert!(states.verify(&message, &theirs));
            assert!(!states.verify(&message, &theirs[..31]), "only the whole tag counts");
            theirs[31] ^= 1;
            assert!(!states.verify(&message, &theirs));
        }
    }
}
