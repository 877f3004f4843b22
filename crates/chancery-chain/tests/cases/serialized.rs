//! The report as data.

use chancery_chain::Source;
use serde_json::{Value, json};

use crate::make::{DAY, NOW, Pki, Setup};

#[test]
fn an_accepted_path() {
    let pki = Pki::new();
    let junk = vec![0x30, 0x03, 2, 1, 1].into();
    let setup = Setup::new(pki.root_cert());
    let path = setup.verify(&pki.leaf_cert(), &[junk, pki.ica_cert()], "leaf.example").unwrap();
    let report = serde_json::to_value(path.report()).unwrap();
    let Value::Object(fields) = &report else { panic!("{report}") };
    let names: Vec<_> = fields.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        [
            "accepted",
            "at",
            "candidates",
            "ignored",
            "needs",
            "omitted",
            "purpose",
            "usage",
            "wanted"
        ]
    );
    assert_eq!(report["accepted"], true);
    assert_eq!(report["at"], "2027-01-15T08:00:00Z");
    assert_eq!(
        (&report["wanted"], &report["purpose"]),
        (&json!("leaf.example"), &json!("serverAuth"))
    );
    let validity = "2026-12-16T08:00:00Z to 2027-02-14T08:00:00Z";
    assert_eq!(
        report["candidates"],
        json!([{
            "accepted": true,
            "anchor": "CN=root",
            "certificates": [
                { "source": "leaf", "subject": "CN=leaf", "validity": validity },
                { "source": "intermediate 1", "subject": "CN=ica", "validity": validity },
            ],
            "findings": [],
        }])
    );
    assert_eq!(report["ignored"][0]["intermediate"], 0);
    assert_eq!(report["usage"]["signatures"], 2);
}

#[test]
fn a_refusal() {
    let pki = Pki::new();
    let leaf = pki.leaf_spec().valid(NOW - 2 * DAY, NOW - DAY).dns(&["leaf.example"]);
    let leaf = leaf.sign("ica", &pki.ica);
    let setup = Setup::new(pki.root_cert());
    let no = setup.verify(&leaf, &[pki.ica_cert()], "leaf.example").unwrap_err();
    assert_eq!(no.certificate(), Source::Leaf);
    let rejection = serde_json::to_value(&no).unwrap();
    let report = serde_json::to_value(no.report()).unwrap();
    assert_eq!(report["accepted"], false);
    let finding = json!({
        "position": 0,
        "severity": "Fatal",
        "rule": "Expired",
        "section": "RFC 5280 §6.1.3 (a)(2)",
        "found": "notAfter 2027-01-14T08:00:00Z",
        "wanted": "a validity that includes 2027-01-15T08:00:00Z",
        "offset": null,
    });
    assert_eq!(report["candidates"][0]["findings"], json!([finding]));
    assert_eq!(rejection, report);
}
