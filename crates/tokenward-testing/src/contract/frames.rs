//! What a store of the feeds' frames promises.

use tokenward::BackendErrorKind;
use tokenward_revocation::{FrameStore, Seq, StoredFrame};

use super::{at, audience, keep};

/// Runs every promise of a [`FrameStore`] on fresh stores made by `make`.
///
/// # Panics
///
/// At the first broken promise.
pub async fn frame_contract<S: FrameStore>(make: impl AsyncFn() -> S) {
    keep!(make:
        a_chain_reads_back_as_it_was_written,
        a_page_begins_with_the_frame_that_reaches_further,
        of_two_that_append_behind_the_same_frame_one_wins,
        chains_do_not_meet,
        a_chain_is_forgotten_from_its_beginning_and_never_to_its_end,
    );
}

async fn a_chain_reads_back_as_it_was_written(store: impl FrameStore) {
    let api = audience("api");
    assert_eq!(store.last_frame(&api).await.unwrap(), None);
    assert_eq!(store.frames_since(&api, Seq::ZERO, 10).await.unwrap(), []);

    store.append_frame(&api, Seq::ZERO, frame(7, 9, 10)).await.unwrap();
    store.append_frame(&api, Seq::new(9), frame(10, 10, 20)).await.unwrap();

    let all = store.frames_since(&api, Seq::ZERO, 10).await.unwrap();
    assert_eq!(all, [frame(7, 9, 10), frame(10, 10, 20)]);
    assert_eq!(store.last_frame(&api).await.unwrap(), Some(frame(10, 10, 20)));
}

async fn a_page_begins_with_the_frame_that_reaches_further(store: impl FrameStore) {
    let api = audience("api");
    for number in 0..5 {
        let (from, to) = (number * 2 + 1, number * 2 + 2);
        store.append_frame(&api, Seq::new(number * 2), frame(from, to, 10)).await.unwrap();
    }

    let page = store.frames_since(&api, Seq::new(4), 2).await.unwrap();
    assert_eq!(page, [frame(5, 6, 10), frame(7, 8, 10)]);
    let page = store.frames_since(&api, Seq::new(5), 1).await.unwrap();
    assert_eq!(page, [frame(5, 6, 10)]);
    assert_eq!(store.frames_since(&api, Seq::new(10), 2).await.unwrap(), []);
}

async fn of_two_that_append_behind_the_same_frame_one_wins(store: impl FrameStore) {
    let api = audience("api");
    store.append_frame(&api, Seq::ZERO, frame(1, 1, 10)).await.unwrap();
    let [first, second] = tokio::join!(
        store.append_frame(&api, Seq::new(1), frame(2, 3, 10)),
        store.append_frame(&api, Seq::new(1), frame(2, 4, 10)),
    )
    .into();

    assert!(first.is_ok() != second.is_ok());
    let winner = if first.is_ok() { frame(2, 3, 10) } else { frame(2, 4, 10) };
    let lost = first.err().or_else(|| second.err()).unwrap();
    assert_eq!(lost.kind(), BackendErrorKind::Conflict);
    assert_eq!(store.last_frame(&api).await.unwrap(), Some(winner));
    for last in [Seq::ZERO, Seq::new(2), Seq::new(9)] {
        let late = store.append_frame(&api, last, frame(20, 20, 10)).await.unwrap_err();
        assert_eq!(late.kind(), BackendErrorKind::Conflict);
    }
}

async fn chains_do_not_meet(store: impl FrameStore) {
    store.append_frame(&audience("api"), Seq::ZERO, frame(1, 1, 10)).await.unwrap();

    assert_eq!(store.last_frame(&audience("other")).await.unwrap(), None);
    store.append_frame(&audience("other"), Seq::ZERO, frame(1, 3, 10)).await.unwrap();
    assert_eq!(store.last_frame(&audience("api")).await.unwrap(), Some(frame(1, 1, 10)));
}

async fn a_chain_is_forgotten_from_its_beginning_and_never_to_its_end(store: impl FrameStore) {
    let api = audience("api");
    for (last, ends) in [(0, 10), (1, 30), (2, 10), (3, 40)] {
        let next = frame(last + 1, last + 1, ends);
        store.append_frame(&api, Seq::new(last), next).await.unwrap();
    }
    store.append_frame(&audience("other"), Seq::ZERO, frame(1, 1, 10)).await.unwrap();

    assert_eq!(store.prune_frames(at(9)).await.unwrap(), 0);
    assert_eq!(store.prune_frames(at(10)).await.unwrap(), 1);
    let left = store.frames_since(&api, Seq::ZERO, 10).await.unwrap();
    assert_eq!(left, [frame(2, 2, 30), frame(3, 3, 10), frame(4, 4, 40)]);
    assert_eq!(store.prune_frames(at(50)).await.unwrap(), 2);
    assert_eq!(store.frames_since(&api, Seq::ZERO, 10).await.unwrap(), [frame(4, 4, 40)]);
    assert_eq!(store.last_frame(&audience("other")).await.unwrap(), Some(frame(1, 1, 10)));
}

fn frame(seq_from: u64, seq_to: u64, ends_after: u64) -> StoredFrame {
    let jws = format!("frame.{seq_from}.{seq_to}");
    let (seq_from, seq_to) = (Seq::new(seq_from), Seq::new(seq_to));
    StoredFrame { seq_from, seq_to, ends_at: at(ends_after), jws }
}
