//! The comparison itself can fail: a peer that cannot be pleased is noticed, and so is an exception
//! that nothing needs.

use tokenward::Algorithm;
use tokenward_differential::peer::{Answer, Peer};
use tokenward_differential::{Accept, Comparison, Exception, Exceptions, KeyRing, Question};

#[test]
fn a_refusal_that_is_not_listed_breaks_the_law() {
    let violation = compare(Answer::Refused("no".to_owned()), &[]).unwrap_err();

    assert!(violation.starts_with("the stubborn, ES256 []: Refused(\"no\")"), "{violation}");
}

#[test]
fn another_subject_breaks_the_law() {
    let violation = compare(Answer::Accepted("u-2".to_owned()), &[]).unwrap_err();

    assert!(violation.contains("Accepted(\"u-2\")"), "{violation}");
    assert_eq!(compare(Answer::Accepted("u-1".to_owned()), &[]), Ok(Vec::new()));
}

#[test]
fn a_listed_refusal_is_excused_and_only_then_is_the_exception_used() {
    let refused = || Answer::Refused("no".to_owned());

    assert_eq!(compare(refused(), &[exception("the stubborn", "ES256")]), Ok(Vec::new()));

    let unused = vec!["the stubborn, *, RS256".to_owned()];
    let needed = exception("the stubborn", "ES256");
    assert_eq!(compare(refused(), &[needed, exception("the stubborn", "RS256")]), Ok(unused));
    assert!(compare(refused(), &[exception("another", "ES256")]).is_err());
}

/// Compares our verdict on a good token with one answer; gives the unused exceptions.
fn compare(answer: Answer, exceptions: &[Exception]) -> Result<Vec<String>, String> {
    let ring = KeyRing::generate(&[Algorithm::Es256]);
    let peers: Vec<Box<dyn Peer>> = vec![Box::new(Stubborn(answer))];
    let mut comparison = Comparison::new(peers, Exceptions::new(exceptions));
    let keys = ring.iter().next().expect("keys");
    comparison.compare("none", keys, &ring, &[], Accept::AccessToken)?;
    Ok(comparison.unused_exceptions())
}

fn exception(peer: &str, algorithm: &str) -> Exception {
    Exception {
        peers: vec![peer.to_owned()],
        changes: Vec::new(),
        algorithms: vec![algorithm.to_owned()],
        reason: "a test".to_owned(),
        sometimes: false,
    }
}

/// Says the same of every token.
struct Stubborn(Answer);

impl Peer for Stubborn {
    fn name(&self) -> &'static str {
        "the stubborn"
    }

    fn finish(&mut self, _: &Question<'_>) -> Answer {
        self.0.clone()
    }
}
