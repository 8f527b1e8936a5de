use tokenward::{Audience, KeySet, Verifier};

fn main() {}

fn verifier(audience: Audience, keys: KeySet) -> Verifier {
    Verifier::builder().audience(audience).keys(keys).build()
}
