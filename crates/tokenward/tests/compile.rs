//! What does not compile, and what the compiler says then.
//!
//! The words beside ours are the compiler's, and change with it: `TRYBUILD=overwrite cargo test -p
//! tokenward --test compile` writes them anew. Look at what has changed.
#![cfg(test)]

#[test]
fn what_must_not_be_forgotten_does_not_compile_without() {
    trybuild::TestCases::new().compile_fail("tests/compile/*.rs");
}
