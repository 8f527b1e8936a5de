use tokenward::{Audience, IssuerId, Verifier};

fn main() {}

fn verifier(issuer: IssuerId, audience: Audience) -> Verifier {
    Verifier::builder().issuer(issuer).audience(audience).build()
}
