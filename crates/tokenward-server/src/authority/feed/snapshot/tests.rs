use super::*;

#[test]
fn a_snapshot_that_took_long_serves_for_a_while_whatever_happens() {
    for (took, serves) in [(0, 0), (10, 50), (500, 2_500), (5_000, 15_000)] {
        let snapshot = Snapshot::new(Vec::new(), at(0), at(took), Seq::new(1));
        let newer = Seq::new(2);
        assert!(!snapshot.serves(at(serves), newer), "{took}");
        assert_eq!(snapshot.serves(at(serves.saturating_sub(1)), newer), serves > 0, "{took}");
    }
}

#[test]
fn a_snapshot_beyond_which_nothing_is_known_serves_for_a_second() {
    let snapshot = Snapshot::new(Vec::new(), at(0), at(1), Seq::new(1));
    assert!(snapshot.serves(at(999), Seq::new(1)));
    assert!(!snapshot.serves(at(1_000), Seq::new(1)));
    // A clock that was set back says nothing of its age.
    assert!(!snapshot.serves(UnixTime::from_millis(0), Seq::new(1)));
}

#[test]
fn a_snapshot_that_serves_nobody_takes_no_memory() {
    let snapshots = Snapshots::default();
    let snapshot = Snapshot::new(Vec::new(), at(0), at(1), Seq::new(1));
    *snapshots.0.try_lock().unwrap() = Some(snapshot);
    snapshots.tidy(at(999));
    assert!(snapshots.0.try_lock().unwrap().is_some());
    snapshots.tidy(at(1_000));
    assert!(snapshots.0.try_lock().unwrap().is_none());
}

fn at(millis: u64) -> UnixTime {
    UnixTime::from_secs(1_800_000_000).saturating_add(Duration::from_millis(millis))
}
