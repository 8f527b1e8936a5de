use tokenward::{Audience, Issuer, IssuerId};

fn main() {}

fn issuer(issuer: IssuerId, audience: Audience) -> Issuer {
    Issuer::builder().issuer(issuer).audience(audience).build()
}
