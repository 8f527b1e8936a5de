use super::*;

#[test]
fn a_delegation_ends_soon_from_the_last_third_of_its_life_on() {
    let at = |day: u64| UnixTime::from_secs(day * DAY);
    let term = Term { begins_at: at(100), ends_at: at(190) };

    assert!(term.check(at(159)).is_ok());
    let said = |day| term.check(at(day)).unwrap_err().to_string();
    assert_eq!(said(160), "30 days are left; sign another with `tokenward root delegate`");
    assert!(said(191).starts_with("0 days are left"));
}
