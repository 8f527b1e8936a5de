use super::*;

#[test]
fn what_could_come_to_mean_another_key_is_no_name_of_one() {
    for text in [
        "",
        "1234abcd-12ab",
        "alias/store",
        "key/1234abcd",
        "arn:aws:kms:eu-central-1:111122223333:alias/store",
        "arn:aws:kms:eu-central-1:111122223333:key/",
        "arn:aws:kms:eu-central-1:111122223333:key/a:b",
        "arn:aws:kms:eu-central-1:111122223333:key/a b",
        "arn:aws:kms:eu-central-1::key/a",
        "arn:aws:kms:Frankfurt:111122223333:key/a",
        "arn:aws:s3:eu-central-1:111122223333:key/a",
        " arn:aws:kms:eu-central-1:111122223333:key/a",
    ] {
        assert_eq!(KeyArn::new(text), Err(BadKeyArn), "{text}");
    }
}

#[test]
fn a_key_of_any_partition_and_of_many_regions_has_a_name() {
    for text in [
        "arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/mrk-1234abcd",
        "arn:aws-cn:kms:cn-north-1:111122223333:key/1234abcd-12ab",
    ] {
        assert_eq!(KeyArn::new(text).unwrap().as_str(), text);
    }
}

#[test]
fn a_name_that_kms_would_not_take_is_none() {
    let of = |length: usize| {
        let begin = "arn:aws:kms:eu-central-1:111122223333:key/";
        KeyArn::new(&format!("{begin}{}", "a".repeat(length - begin.len())))
    };
    assert!(of(2048).is_ok());
    assert_eq!(of(2049), Err(BadKeyArn));
}
