use super::*;

#[test]
fn waits_double_up_to_the_longest_and_begin_anew_once_it_worked() {
    let mut backoff = Backoff::new(ms(100), ms(400));

    for whole in [100, 200, 400, 400, 400] {
        let wait = backoff.failed(None);
        assert!(ms(whole / 2) <= wait && wait <= ms(whole), "{wait:?} for {whole}");
    }
    backoff.worked();

    assert!(backoff.failed(None) <= ms(100));
}

#[test]
fn what_the_server_asks_for_is_respected_within_reason() {
    let mut backoff = Backoff::new(ms(100), ms(400));

    assert_eq!(backoff.failed(Some(ms(7_000))), ms(7_000));
    assert_eq!(backoff.failed(Some(Duration::MAX)), Backoff::MOST_ASKED);
}

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}
