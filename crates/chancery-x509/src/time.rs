//! Times, as seconds since the epoch.
//!
//! ```text
//! Time ::= CHOICE {                                        RFC 5280 §4.1
//!     utcTime      UTCTime,            YYMMDDHHMMSSZ, 1950 to 2049
//!     generalTime  GeneralizedTime }   YYYYMMDDHHMMSSZ
//! ```

use core::fmt;

use crate::error::{ErrorKind, Fault};
use crate::reader::{Element, Reader, tag};
use crate::strictness::Strictness;

/// A moment, to the second, from the year 0 to the end of 9999.
///
/// `Display` writes RFC 3339, as in `2026-11-23T18:30:00Z`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(i64);

impl Time {
    /// 9999-12-31T23:59:59Z: no well-defined end (RFC 5280 §4.1.2.5).
    pub const NO_WELL_DEFINED_END: Self = Self(253_402_300_799);

    /// From seconds since 1970-01-01T00:00:00Z, without leap seconds.
    #[must_use]
    pub const fn from_unix_seconds(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Seconds since 1970-01-01T00:00:00Z, without leap seconds; negative before it.
    #[must_use]
    pub const fn unix_seconds(&self) -> i64 {
        self.0
    }

    /// UTCTime or GeneralizedTime.
    pub(crate) fn read<S: Strictness>(s: &mut S, reader: &mut Reader<'_>) -> Result<Self, Fault> {
        let element = reader.element(s)?;
        match element.tag {
            tag::UTC_TIME => utc(s, element),
            tag::GENERALIZED_TIME => {
                let (time, year) = generalized(s, element)?;
                if year < 2050 {
                    // RFC 5280 §4.1.2.5: MUST encode dates through 2049 as UTCTime.
                    s.deviation(ErrorKind::WrongTimeForm, element.raw)?;
                }
                Ok(time)
            }
            _ => Err(Fault::new(ErrorKind::UnexpectedTag, element.raw)),
        }
    }

    /// GeneralizedTime only, of any year.
    pub(crate) fn read_generalized<S: Strictness>(
        s: &mut S,
        reader: &mut Reader<'_>,
    ) -> Result<Self, Fault> {
        let element = reader.expect(s, tag::GENERALIZED_TIME)?;
        Ok(generalized(s, element)?.0)
    }

    /// `[n] IMPLICIT GeneralizedTime`.
    pub(crate) fn parse_generalized<S: Strictness>(s: &mut S, value: &[u8]) -> Result<Self, Fault> {
        Ok(generalized(s, Element { tag: tag::GENERALIZED_TIME, value, raw: value })?.0)
    }

    /// Of an element that was checked before.
    pub(crate) fn checked(element: Element<'_>) -> Self {
        let mut unchecked = crate::reader::Unchecked;
        let time = match element.tag {
            tag::UTC_TIME => utc(&mut unchecked, element),
            _ => generalized(&mut unchecked, element).map(|(time, _)| time),
        };
        time.unwrap_or(Self(0))
    }

    /// Year, month, day, hour, minute, second.
    #[must_use]
    pub fn civil(&self) -> (i64, u8, u8, u8, u8, u8) {
        let (days, seconds) = (self.0.div_euclid(86_400), self.0.rem_euclid(86_400));
        // Days are counted from the 1st of March of the year 0, in eras of 400 years.
        let shifted = days + 719_468;
        let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        let small = |n: i64| u8::try_from(n).unwrap_or_default();
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        (year, small(month), small(day), small(hour), small(minute), small(second))
    }
}

fn invalid(element: Element<'_>) -> Fault {
    Fault::new(ErrorKind::InvalidTime, element.raw)
}

/// `YYMMDDHHMMSSZ`. RFC 5280 §4.1.2.5.1: seconds and `Z` are always there, and 50 is 1950.
#[inline]
fn utc<S: Strictness>(_: &mut S, element: Element<'_>) -> Result<Time, Fault> {
    let time = match element.value {
        [text @ .., b'Z'] => moment(text, Year::of_two_digits),
        _ => None,
    };
    time.map(|(time, _)| time).ok_or_else(|| invalid(element))
}

/// `YYYYMMDDHHMMSSZ`. RFC 5280 §4.1.2.5.2: no fractions.
#[inline]
fn generalized<S: Strictness>(_: &mut S, element: Element<'_>) -> Result<(Time, u32), Fault> {
    let time = match *element.value {
        [y3 @ b'0'..=b'9', y2 @ b'0'..=b'9', ref text @ .., b'Z'] => {
            let century = u32::from(y3 - b'0') * 10 + u32::from(y2 - b'0');
            moment(text, |year| Year::new(century * 100 + year))
        }
        _ => None,
    };
    time.ok_or_else(|| invalid(element))
}

/// Eight digits as four numbers, all at once.
#[inline]
fn pairs(text: [u8; 8]) -> Option<[u32; 4]> {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let digits = u64::from_le_bytes(text) ^ (EACH * u64::from(b'0'));
    // A byte above 9 reaches 80, by itself or with 76 added.
    if (digits | digits.wrapping_add(EACH * 0x76)) & (EACH * 0x80) != 0 {
        return None;
    }
    // Of each pair the first digit is the lower byte. No sum carries: it is 99 at most.
    let [a, _, b, _, c, _, d, _] = (digits * 10 + (digits >> 8)).to_le_bytes();
    Some([a.into(), b.into(), c.into(), d.into()])
}

struct Year {
    number: u32,
    is_leap: bool,
    /// From the 1st of January of the year 0 to that of this one.
    days_before: u32,
}

impl Year {
    #[inline(always)]
    fn new(number: u32) -> Self {
        let year = number;
        Self {
            number,
            is_leap: year.is_multiple_of(4)
                && (!year.is_multiple_of(100) || year.is_multiple_of(400)),
            // One more for each leap year that has passed. 0 is one.
            days_before: year * 365 + year.div_ceil(4) - year.div_ceil(100) + year.div_ceil(400),
        }
    }

    /// 1950 to 2049. Of these every fourth is a leap year, and so was every fourth that has passed since 1900, which was none.
    #[inline(always)]
    fn of_two_digits(digits: u32) -> Self {
        let since_1900 = if digits < 50 { 100 + digits } else { digits };
        Self {
            number: 1900 + since_1900,
            is_leap: since_1900.is_multiple_of(4),
            days_before: DAYS_TO_1900 + since_1900 * 365 + (since_1900 - 1) / 4,
        }
    }
}

/// Of `YYMMDDHHMMSS`, where `full` gives the year of all its digits; that year, too.
#[inline]
fn moment(text: &[u8], full: impl FnOnce(u32) -> Year) -> Option<(Time, u32)> {
    let (front, back) = text.split_first_chunk()?;
    let &[m1, m0, s1, s0] = back else { return None };
    let [year, month, day, hour] = pairs(*front)?;
    let [minute, second, ..] = pairs([m1, m0, s1, s0, b'0', b'0', b'0', b'0'])?;
    let year = full(year);
    if !(1..=12).contains(&month) || day == 0 || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let leap = year.is_leap;
    let last = match month {
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(leap),
        _ => 31,
    };
    if day > last {
        return None;
    }
    let before = DAYS_BEFORE.get(usize::try_from(month).ok()?)? + u32::from(leap && month > 2);
    let days = i64::from(year.days_before + before + day - 1) - DAYS_TO_EPOCH;
    Some((Time(days * 86_400 + i64::from(hour * 3600 + minute * 60 + second)), year.number))
}

/// The days before a month of a common year; months count from 1.
const DAYS_BEFORE: [u32; 13] = [0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

/// From 0000-01-01 to 1900-01-01.
const DAYS_TO_1900: u32 = 693_961;

/// From 0000-01-01 to 1970-01-01.
const DAYS_TO_EPOCH: i64 = 719_528;

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day, hour, minute, second) = self.civil();
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Time({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::strict;
    use crate::strictness::Strict;

    fn check(tag: u8, text: &[u8; 13], rfc3339: &str, seconds: i64) {
        extern crate std;
        use std::string::ToString;
        let mut der = [0; 15];
        der[0] = tag;
        der[1] = 13;
        der[2..].copy_from_slice(text);
        let time = strict(&der, Time::read).unwrap();
        assert_eq!(time.to_string(), rfc3339);
        assert_eq!(time.unix_seconds(), seconds);
    }

    #[test]
    fn utc_times() {
        check(0x17, b"700101000000Z", "1970-01-01T00:00:00Z", 0);
        check(0x17, b"691231235959Z", "1969-12-31T23:59:59Z", -1);
        check(0x17, b"500101000000Z", "1950-01-01T00:00:00Z", -631_152_000);
        check(0x17, b"491231235959Z", "2049-12-31T23:59:59Z", 2_524_607_999);
        check(0x17, b"000229120000Z", "2000-02-29T12:00:00Z", 951_825_600);
        check(0x17, b"261123183000Z", "2026-11-23T18:30:00Z", 1_795_458_600);
    }

    /// Each byte at each place of a time: it is read if and only if all are digits that make a time of the calendar.
    #[test]
    fn every_byte_at_every_place() {
        let good = b"20491231235959Z";
        for (place, byte) in (0..good.len()).flat_map(|place| (0..=255).map(move |b| (place, b))) {
            let mut text = *good;
            text[place] = byte;
            let number = |at: usize| {
                let digits = core::str::from_utf8(&text[at..at + 2]).ok()?;
                digits.parse::<u8>().ok().filter(|_| digits.as_bytes()[0] != b'+')
            };
            let fields: [Option<u8>; 7] = core::array::from_fn(|i| number(2 * i));
            let [Some(_), Some(year), Some(month), Some(day), Some(hour), Some(m), Some(s)] =
                fields
            else {
                check_bytes(&text, None);
                continue;
            };
            let last = [0, 31, if year % 4 == 0 { 29 } else { 28 }, 31, 30, 31, 30];
            let last = last.get(usize::from(month)).copied();
            let last = last.unwrap_or(if matches!(month, 9 | 11) { 30 } else { 31 });
            let fine = (1..=12).contains(&month) && (1..=last).contains(&day);
            let fine = fine && hour < 24 && m < 60 && s < 60 && text[14] == b'Z';
            check_bytes(&text, fine.then_some((month, day, hour, m, s)));
        }
    }

    fn check_bytes(text: &[u8; 15], wanted: Option<(u8, u8, u8, u8, u8)>) {
        for (tag, value) in [(tag::GENERALIZED_TIME, &text[..]), (tag::UTC_TIME, &text[2..])] {
            // Of the first two bytes UTCTime knows nothing.
            if tag == tag::UTC_TIME && text[..2] != *b"20" {
                continue;
            }
            let read = match tag {
                tag::UTC_TIME => utc(&mut Strict::new(), Element { tag, value, raw: value }),
                _ => generalized(&mut Strict::new(), Element { tag, value, raw: value })
                    .map(|(time, _)| time),
            };
            let read = read.ok().map(|time| {
                let (_, month, day, hour, minute, second) = time.civil();
                (month, day, hour, minute, second)
            });
            assert_eq!(read, wanted, "{text:?}");
        }
    }

    /// Each day from the year 0 to 9999, one after another: the reading and the writing are each other's inverse.
    #[test]
    fn every_day_of_ten_thousand_years() {
        extern crate std;
        use std::format;
        let mut wanted = -62_167_219_200i64;
        for year in 0..=9999u32 {
            for month in 1..=12u32 {
                let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
                let last = match month {
                    2 => 28 + u32::from(leap),
                    4 | 6 | 9 | 11 => 30,
                    _ => 31,
                };
                for day in 1..=last {
                    let text = format!("{:02}{month:02}{day:02}000000", year % 100);
                    let (time, _) = moment(text.as_bytes(), |_| Year::new(year)).unwrap();
                    assert_eq!(time.unix_seconds(), wanted, "{year}-{month}-{day}");
                    if (1950..2050).contains(&year) {
                        let utc = moment(text.as_bytes(), Year::of_two_digits).unwrap();
                        assert_eq!(utc, (time, year));
                    }
                    let (y, m, d, ..) = time.civil();
                    assert_eq!((y, m.into(), d.into()), (i64::from(year), month, day));
                    wanted += 86_400;
                }
            }
        }
        assert_eq!(wanted - 1, Time::NO_WELL_DEFINED_END.unix_seconds());
    }
}
