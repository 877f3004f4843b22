//! Points in time as certificates write them (RFC 5280 §4.1.2.5).

use alloc::vec::Vec;
use core::time::Duration;

use pki_types::UnixTime;

use crate::writer::{GENERALIZED_TIME, UTC_TIME, Writer};

/// Seconds in a day; X.509 knows no leap seconds.
const DAY: u64 = 86_400;

/// 9999-12-31T23:59:59Z, the last second that `GeneralizedTime` can say.
pub(crate) const LAST: UnixTime = UnixTime::since_unix_epoch(Duration::from_secs(253_402_300_799));

pub(crate) const fn days(count: u16) -> Duration {
    // Widening; `From` is not const.
    #[allow(clippy::as_conversions, reason = "u16 to u64 loses nothing")]
    Duration::from_secs(count as u64 * DAY)
}

pub(crate) fn plus(time: UnixTime, span: Duration) -> UnixTime {
    let sum = UnixTime::since_unix_epoch(Duration::from_secs(
        time.as_secs().saturating_add(span.as_secs()),
    ));
    sum.min(LAST)
}

pub(crate) fn minus(time: UnixTime, span: Duration) -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_secs(time.as_secs().saturating_sub(span.as_secs())))
}

/// Writes a `Time`: `UTCTime` through 2049, `GeneralizedTime` from 2050 on (RFC 5280 §4.1.2.5).
pub(crate) fn write_time(w: &mut Writer, time: UnixTime) {
    let digits = generalized(time);
    if digits.starts_with(b"19") || (digits.starts_with(b"20") && digits.get(2..4) < Some(b"50")) {
        w.primitive(UTC_TIME, digits.get(2..).unwrap_or_default());
    } else {
        w.primitive(GENERALIZED_TIME, &digits);
    }
}

/// Writes a `GeneralizedTime`, whatever the year, as OCSP has it (RFC 6960 §4.2.2.1).
pub(crate) fn write_generalized_time(w: &mut Writer, time: UnixTime) {
    w.primitive(GENERALIZED_TIME, &generalized(time));
}

/// `YYYYMMDDHHMMSSZ`.
fn generalized(time: UnixTime) -> Vec<u8> {
    let seconds = i64::try_from(time.min(LAST).as_secs()).unwrap_or(i64::MAX);
    let (year, month, day, hour, minute, second) =
        chancery_x509::Time::from_unix_seconds(seconds).civil();
    alloc::format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}Z").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(seconds: u64, expected: &str) {
        let time = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        let der = Writer::collect(|w| write_time(w, time));
        assert_eq!(core::str::from_utf8(&der[2..]).unwrap(), expected);
        assert_eq!(der[0], if expected.len() == 13 { UTC_TIME } else { GENERALIZED_TIME });
    }

    #[test]
    fn rfc_5280_section_4_1_2_5_switches_in_2050() {
        check(0, "700101000000Z");
        check(951_782_400, "000229000000Z");
        check(1_709_164_800, "240229000000Z");
        check(1_767_225_599, "251231235959Z");
        check(2_524_607_999, "491231235959Z");
        check(2_524_608_000, "20500101000000Z");
        check(4_107_542_399, "21000228235959Z");
        check(4_107_542_400, "21000301000000Z");
        check(253_402_300_799, "99991231235959Z");
        check(u64::MAX, "99991231235959Z");
    }
}
