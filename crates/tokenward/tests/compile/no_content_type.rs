use tokenward::{Decrypter, DecryptionKeys};

fn main() {}

fn decrypter(keys: DecryptionKeys) -> Decrypter {
    Decrypter::builder().keys(keys).build()
}
