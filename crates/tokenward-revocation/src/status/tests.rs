use proptest::prelude::*;

use super::StatusListId;

#[test]
fn a_list_has_one_name() {
    for other in [
        "",
        "-",
        "1",
        "1-",
        "-1",
        "01-2",
        "1-02",
        "+1-2",
        "1-+2",
        "1-2-3",
        " 1-2",
        "1-65536",
        "4294967296-0",
    ] {
        assert!(other.parse::<StatusListId>().is_err(), "{other:?}");
    }
}

proptest! {
    #[test]
    fn a_name_leads_back_to_its_list(minute: u32, shard: u16) {
        let list = StatusListId { minute, shard };
        prop_assert_eq!(list.to_string().parse(), Ok(list));
    }
}
