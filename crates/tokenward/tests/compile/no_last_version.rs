use tokenward::{KeySetStatement, UnixTime, Verifier};

fn main() {}

fn verify(verifier: &Verifier<KeySetStatement>, statement: &str, now: UnixTime) {
    let _claims = verifier.verify(statement, now);
}
