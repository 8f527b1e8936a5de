use tokenward::{IdToken, UnixTime, Verifier};

fn main() {}

fn verify(verifier: &Verifier<IdToken>, token: &str, now: UnixTime) {
    let _claims = verifier.verify(token, now);
}
