//! Times, as seconds since the epoch.
//!
//! ```text
//! Time ::= CHOICE {                                        RFC 5280 §4.1
//!     utcTime      UTCTime,            YYMMDDHHMMSSZ, 1950 to 2049
//!     generalTime  GeneralizedTime }   YYYYMMDDHHMMSSZ
//! ```

use core::fmt;

use crate::error::{Error, ErrorKind};
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
    pub(crate) fn read<S: Strictness>(s: &mut S, reader: &mut Reader<'_>) -> Result<Self, Error> {
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
            _ => Err(Error::new(ErrorKind::UnexpectedTag, element.raw)),
        }
    }

    /// GeneralizedTime only, of any year.
    pub(crate) fn read_generalized<S: Strictness>(
        s: &mut S,
        reader: &mut Reader<'_>,
    ) -> Result<Self, Error> {
        let element = reader.expect(s, tag::GENERALIZED_TIME)?;
        Ok(generalized(s, element)?.0)
    }

    /// `[n] IMPLICIT GeneralizedTime`.
    pub(crate) fn parse_generalized<S: Strictness>(s: &mut S, value: &[u8]) -> Result<Self, Error> {
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

fn invalid(element: Element<'_>) -> Error {
    Error::new(ErrorKind::InvalidTime, element.raw)
}

/// `YYMMDDHHMMSSZ`. RFC 5280 §4.1.2.5.1: seconds and `Z` are always there, and 50 is 1950.
#[inline]
fn utc<S: Strictness>(_: &mut S, element: Element<'_>) -> Result<Time, Error> {
    let [y1, y0, rest @ .., b'Z'] = element.value else { return Err(invalid(element)) };
    let year = two([*y1, *y0]).ok_or_else(|| invalid(element))?;
    let year = if year < 50 { 2000 + year } else { 1900 + year };
    moment(year, rest).ok_or_else(|| invalid(element))
}

/// `YYYYMMDDHHMMSSZ`. RFC 5280 §4.1.2.5.2: no fractions.
#[inline]
fn generalized<S: Strictness>(_: &mut S, element: Element<'_>) -> Result<(Time, u32), Error> {
    let [y3, y2, y1, y0, rest @ .., b'Z'] = element.value else { return Err(invalid(element)) };
    let year = two([*y3, *y2]).zip(two([*y1, *y0])).map(|(high, low)| high * 100 + low);
    let year = year.ok_or_else(|| invalid(element))?;
    Ok((moment(year, rest).ok_or_else(|| invalid(element))?, year))
}

#[inline]
fn two(digits: [u8; 2]) -> Option<u32> {
    let [tens, units] = digits.map(|digit| digit.wrapping_sub(b'0'));
    (tens < 10 && units < 10).then(|| u32::from(tens) * 10 + u32::from(units))
}

/// From the year and `MMDDHHMMSS`.
#[inline]
fn moment(year: u32, rest: &[u8]) -> Option<Time> {
    let &[o1, o0, d1, d0, h1, h0, m1, m0, s1, s0] = rest else { return None };
    let (month, day) = (two([o1, o0])?, two([d1, d0])?);
    let (hour, minute, second) = (two([h1, h0])?, two([m1, m0])?, two([s1, s0])?);
    if !(1..=12).contains(&month) || day == 0 || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let last = match month {
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(leap),
        _ => 31,
    };
    if day > last {
        return None;
    }
    // The year begins in March here, so that the leap day is its last.
    let early = month <= 2;
    let shifted_year = i64::from(year) - i64::from(early);
    let shifted_month = if early { month + 9 } else { month - 3 };
    let day_of_year = i64::from((153 * shifted_month + 2) / 5 + day - 1);
    let era = shifted_year.div_euclid(400);
    let year_of_era = shifted_year.rem_euclid(400);
    let days = era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100
        + day_of_year
        - 719_468;
    Some(Time(days * 86_400 + i64::from(hour * 3600 + minute * 60 + second)))
}

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
