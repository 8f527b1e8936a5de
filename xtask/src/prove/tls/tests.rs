use serde_json::json;

use super::*;

#[test]
fn a_serious_finding_is_wrong_unless_the_local_authority_is_to_blame() {
    let judged = judge(&report(&[
        ("cert_chain_of_trust", "CRITICAL"),
        ("cert_revocation <cert#1>", "HIGH"),
        ("HSTS", "LOW"),
        ("cipher_order", "HIGH"),
        ("BEAST", "MEDIUM"),
    ]));

    assert_eq!(judged.unwrap().wrong, ["HIGH: cipher_order: said", "MEDIUM: BEAST: said"]);
}

#[test]
fn a_run_that_ended_early_is_no_good_one() {
    assert!(judge("[]").unwrap_err().to_string().contains("TLS1_3"));
    assert!(judge("").is_err());
    assert!(judge(&report(&[])).unwrap().wrong.is_empty());
}

fn report(findings: &[(&str, &str)]) -> String {
    let good = PARTS.iter().map(|part| (*part, "OK"));
    let all = good.chain(findings.iter().copied());
    let all = all.map(|(id, severity)| json!({"id": id, "severity": severity, "finding": "said"}));
    json!(all.collect::<Vec<_>>()).to_string()
}
