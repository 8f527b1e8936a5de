use tokenward::{IssuerId, KeySet, Verifier};

fn main() {}

fn verifier(issuer: IssuerId, keys: KeySet) -> Verifier {
    Verifier::builder().issuer(issuer).keys(keys).build()
}
