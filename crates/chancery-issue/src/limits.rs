//! How long things may last, by the day on which a certificate is issued.

use core::time::Duration;

use pki_types::UnixTime;

use crate::time::days;

/// BR §7.1.2.7: "within 48 hours of the certificate signing operation".
pub(crate) const MAX_BACKDATE: Duration = days(2);

/// 2026-03-15, 2027-03-15 and 2029-03-15, at midnight UTC.
const MARCH_2026: u64 = 1_773_532_800;
const MARCH_2027: u64 = 1_805_068_800;
const MARCH_2029: u64 = 1_868_227_200;

/// The most days that a TLS server's certificate may be valid (BR §6.3.2).
///
/// ```
/// use chancery_issue::max_server_validity_days;
/// use pki_types::UnixTime;
///
/// let at = |seconds| UnixTime::since_unix_epoch(core::time::Duration::from_secs(seconds));
/// assert_eq!(max_server_validity_days(at(1_800_000_000)), 200); // 2027-01-15
/// assert_eq!(max_server_validity_days(at(1_900_000_000)), 47); // 2030-03-17
/// ```
#[must_use]
pub fn max_server_validity_days(issued: UnixTime) -> u16 {
    match issued.as_secs() {
        ..MARCH_2026 => 398,
        MARCH_2026..MARCH_2027 => 200,
        MARCH_2027..MARCH_2029 => 100,
        MARCH_2029.. => 47,
    }
}

/// How old evidence of control may be (BR §4.2.1).
pub(crate) fn evidence_lifetime(issued: UnixTime) -> Duration {
    days(match issued.as_secs() {
        ..MARCH_2026 => 398,
        MARCH_2026..MARCH_2027 => 200,
        MARCH_2027..MARCH_2029 => 100,
        MARCH_2029.. => 10,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn br_section_6_3_2_and_4_2_1_change_on_three_days() {
        let check = |date: i64, before: (u16, u16), from: (u16, u16)| {
            let at = |seconds: i64| {
                UnixTime::since_unix_epoch(Duration::from_secs(seconds.try_into().unwrap()))
            };
            let limits = |time| (max_server_validity_days(time), evidence_lifetime(time));
            assert_eq!(limits(at(date - 1)), (before.0, days(before.1)));
            assert_eq!(limits(at(date)), (from.0, days(from.1)));
            let (_, month, day, hour, minute, second) =
                chancery_x509::Time::from_unix_seconds(date).civil();
            assert_eq!((month, day, hour, minute, second), (3, 15, 0, 0, 0));
        };
        check(1_773_532_800, (398, 398), (200, 200));
        check(1_805_068_800, (200, 200), (100, 100));
        check(1_868_227_200, (100, 100), (47, 10));
    }
}
