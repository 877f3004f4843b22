//! RFC 9850: writing, parsing, looking up.

use chancery_key_schedule::{KeyLog, KeyLogLabel, KeyLogLine};
use proptest::prelude::*;

const NAMES: [&str; 10] = [
    "CLIENT_EARLY_TRAFFIC_SECRET",
    "EARLY_EXPORTER_SECRET",
    "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
    "SERVER_HANDSHAKE_TRAFFIC_SECRET",
    "CLIENT_TRAFFIC_SECRET_0",
    "SERVER_TRAFFIC_SECRET_0",
    "EXPORTER_SECRET",
    "CLIENT_RANDOM",
    "ECH_SECRET",
    "ECH_CONFIG",
];

proptest! {
    #[test]
    fn what_is_written_is_read(
        name in prop::sample::select(&NAMES[..]),
        random in any::<[u8; 32]>(),
        secret in prop::collection::vec(any::<u8>(), 1..80),
        upper in any::<bool>(),
    ) {
        let label = KeyLogLabel::from_name(name.as_bytes()).unwrap();
        let mut text = String::new();
        label.dangerous_write(&random, &secret, &mut text).unwrap();
        // RFC 9850 §2: either case is accepted.
        if upper {
            text.make_ascii_uppercase();
        }
        let line = KeyLogLine::parse(text.trim_end().as_bytes()).unwrap();
        prop_assert_eq!((line.label(), line.client_random()), (label, &random));
        prop_assert_eq!(line.secret_len(), secret.len());
        let mut read = [0; 80];
        prop_assert_eq!(line.write_secret(&mut read), Some(secret.len()));
        prop_assert_eq!(&read[..secret.len()], &secret[..]);
        prop_assert!(line.write_secret(&mut read[..secret.len() - 1]).is_none());
        prop_assert_eq!(line.secret().is_some(), secret.len() <= 64);
        if let Some(digest) = line.secret() {
            prop_assert_eq!(digest.as_bytes(), &secret[..]);
        }
    }

    #[test]
    fn any_text_is_read_without_panic(text in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = KeyLog::new(&text).lines().count();
    }
}

fn zeros(count: usize) -> String {
    "0".repeat(count)
}

#[test]
fn malformed_lines() {
    let check = |line: String, good: bool| {
        assert_eq!(KeyLogLine::parse(line.as_bytes()).is_some(), good, "{line}");
    };
    let random = zeros(64);
    check(format!("CLIENT_RANDOM {random} {}", zeros(96)), true);
    check(format!("CLIENT_RANDOM {random} {}", zeros(95)), false);
    check(format!("CLIENT_RANDOM {random} {}g", zeros(95)), false);
    check(format!("CLIENT_RANDOM {random} "), false);
    check(format!("CLIENT_RANDOM {random}"), false);
    check(format!("CLIENT_RANDOM  {random} {}", zeros(96)), false);
    check(format!("CLIENT_RANDOM {random} {} ", zeros(96)), false);
    check(format!(" CLIENT_RANDOM {random} {}", zeros(96)), false);
    check(format!("CLIENT_RANDOM {} {}", zeros(62), zeros(96)), false);
    check(format!("CLIENT_RANDOM {} {}", zeros(66), zeros(96)), false);
    check(format!("client_random {random} {}", zeros(96)), false);
    check(format!("RSA {random} {}", zeros(96)), false);
    check(format!("#CLIENT_RANDOM {random} {}", zeros(96)), false);
    check(String::new(), false);
}

#[test]
fn looking_up_in_a_file_of_several_connections() {
    // RFC 9850 §2: CR, LF and CRLF all end lines; comments and unknown lines are passed over.
    let one = format!("{}01", zeros(62));
    let two = format!("{}02", zeros(62));
    let text = format!(
        "# comment é\r\nEXPORTER_SECRET {one} 0a\rSOMETHING {one} 0b\n\nEXPORTER_SECRET {two} 0c\n\
         CLIENT_TRAFFIC_SECRET_0 {one} 0D\r\nEXPORTER_SECRET {two} 0e"
    );
    let log = KeyLog::new(text.as_bytes());
    assert_eq!(log.lines().count(), 4);
    let lookup = |label, last| {
        let mut random = [0; 32];
        random[31] = last;
        log.lookup(label, &random).map(|line| line.secret().unwrap().as_bytes().to_vec())
    };
    assert_eq!(lookup(KeyLogLabel::ExporterSecret, 1), Some(vec![10]));
    assert_eq!(lookup(KeyLogLabel::ExporterSecret, 2), Some(vec![12]));
    assert_eq!(lookup(KeyLogLabel::ClientTrafficSecret0, 1), Some(vec![13]));
    assert_eq!(lookup(KeyLogLabel::ClientTrafficSecret0, 2), None);
    assert_eq!(lookup(KeyLogLabel::ExporterSecret, 3), None);
}

#[test]
fn debug_shows_no_secret() {
    let line = format!("CLIENT_RANDOM {} {}", zeros(64), "ab".repeat(48));
    assert_eq!(
        format!("{:?}", KeyLogLine::parse(line.as_bytes()).unwrap()),
        "KeyLogLine(ClientRandom, [..])"
    );
    assert_eq!(format!("{:?}", KeyLog::new(line.as_bytes())), "KeyLog(175 bytes, [..])");
}
