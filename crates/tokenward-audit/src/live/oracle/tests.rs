use bytes_of::answer;

use super::*;
use crate::live::look::Look;

#[test]
fn an_accepted_answer_is_told_by_its_status_where_that_suffices() {
    let oracle = learn("200 {\"a\":1}", "401 {}", "401 {}").unwrap();

    assert_eq!(oracle.judge(&look("200 {\"a\":2}")), Verdict::Accepted);
    assert_eq!(oracle.judge(&look("401 {\"error\":\"why\"}")), Verdict::Refused);
    assert_eq!(oracle.judge(&look("403 {}")), Verdict::Refused);
    assert_eq!(oracle.judge(&look("500 {}")), Verdict::Failed);
    assert_eq!(oracle.judge(&look("302 ")), Verdict::Unclear);
}

#[test]
fn where_everybody_gets_200_the_shape_of_the_answer_decides() {
    let oracle =
        learn("200 {\"ok\":true,\"user\":\"a\"}", "200 {\"ok\":false}", "200 {\"ok\":false}")
            .unwrap();

    assert_eq!(oracle.judge(&look("200 {\"ok\":true,\"user\":\"b\"}")), Verdict::Accepted);
    assert_eq!(oracle.judge(&look("200 {\"ok\":false}")), Verdict::Refused);
    assert_eq!(oracle.judge(&look("200 {\"other\":1}")), Verdict::Unclear);
}

#[test]
fn a_good_answer_may_itself_be_a_refusal() {
    let oracle = learn("403 {\"error\":\"no rights\",\"need\":\"x\"}", "401 {}", "401 {}").unwrap();

    assert_eq!(oracle.judge(&look("403 {\"error\":\"other\",\"need\":\"y\"}")), Verdict::Accepted);
}

#[test]
fn a_server_that_takes_any_text_is_told_from_one_that_takes_none() {
    assert!(learn("200 {\"a\":1}", "401 {}", "200 {\"a\":1}").unwrap().takes_anything);
    assert!(learn("200 {\"a\":1}", "200 {\"a\":1}", "401 {}").unwrap().is_open);
    assert_eq!(learn("200 {}", "200 {}", "200 {}").unwrap_err(), Blind::Open(200));
    assert_eq!(learn("401 {}", "401 {}", "401 {}").unwrap_err(), Blind::Refused(401));
    assert_eq!(learn("302 ", "302 ", "302 ").unwrap_err(), Blind::Elsewhere(302));
    assert_eq!(learn("500 ", "401 ", "401 ").unwrap_err(), Blind::Failing(500));
}

#[test]
fn equal_requests_with_different_answers_give_no_verdict() {
    let good = vec![look("200 {}"), look("401 {}"), look("200 {}")];

    let unsteady = Oracle::learn(good, &[look("401 {}")], &[look("401 {}")]);

    assert_eq!(unsteady.unwrap_err(), Blind::Unsteady);
}

fn learn(good: &str, none: &str, garbage: &str) -> Result<Oracle, Blind> {
    Oracle::learn(vec![look(good); 3], &[look(none), look(none)], &[look(garbage), look(garbage)])
}

fn look(told: &str) -> Look {
    Look::of(&answer(told))
}

mod bytes_of {
    use crate::live::http::Answer;

    /// A status, and a body after it.
    pub(super) fn answer(told: &str) -> Answer {
        let (status, body) = told.split_once(' ').unwrap();
        Answer {
            status: status.parse().unwrap(),
            headers: http::HeaderMap::new(),
            body: body.to_owned().into(),
        }
    }
}
