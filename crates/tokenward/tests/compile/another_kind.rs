use tokenward::{AccessClaims, ForeignClaims, Verified};

fn main() {}

fn handle(_claims: &Verified<AccessClaims>) {}

fn call(foreign: &Verified<ForeignClaims>) {
    handle(foreign);
}
