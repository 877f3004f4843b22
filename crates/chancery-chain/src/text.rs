//! Text for people: times as RFC 3339 writes them, and foreign text made harmless.

use alloc::{boxed::Box, string::ToString};
use core::{
    cell::Cell,
    fmt::{self, Write},
};

use chancery_x509::{Certificate, GeneralNames, Name, Oid, SubjectPublicKeyInfo, Time, Validity};
use pki_types::UnixTime;

/// Foreign text of at most this many bytes is shown.
const LIMIT: usize = 240;

/// Shows at most [`LIMIT`] bytes of something, with control characters replaced.
pub(crate) struct Bounded<T>(pub(crate) T);

impl<T: fmt::Display> Bounded<T> {
    pub(crate) fn render(value: T) -> Box<str> {
        Self(value).to_string().into_boxed_str()
    }
}

impl<T: fmt::Display> fmt::Display for Bounded<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut cut = Cut { inner: f, left: LIMIT, ended: false };
        let result = write!(cut, "{}", self.0);
        // An error after the cut is ours; one before is the formatter's.
        if cut.ended { cut.inner.write_str("...") } else { result }
    }
}

/// Whether [`Bounded`] would show this as it is.
pub(crate) fn is_plain(text: &str) -> bool {
    text.len() <= LIMIT && text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

struct Cut<'a, 'b> {
    inner: &'a mut fmt::Formatter<'b>,
    left: usize,
    ended: bool,
}

impl Write for Cut<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            let Some(left) = self.left.checked_sub(character.len_utf8()) else {
                self.ended = true;
                return Err(fmt::Error);
            };
            self.left = left;
            // Bidirectional controls can make a terminal show another name than the one that is there.
            let is_control = character.is_control()
                || matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
            self.inner.write_char(if is_control { '\u{fffd}' } else { character })?;
        }
        Ok(())
    }
}

/// The time of a verification.
pub(crate) fn time(at: UnixTime) -> Time {
    Time::from_unix_seconds(i64::try_from(at.as_secs()).unwrap_or(i64::MAX).min(MAX_SECONDS))
}

/// The end of the year 9999, the last time that a certificate can name.
const MAX_SECONDS: i64 = Time::NO_WELL_DEFINED_END.unix_seconds();

/// A time, in words that say what it means.
pub(crate) struct When(&'static str, Time);

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0, self.1)
    }
}

pub(crate) fn not_before(time: Time) -> When {
    When("notBefore", time)
}

pub(crate) fn not_after(time: Time) -> When {
    When("notAfter", time)
}

pub(crate) fn now(at: UnixTime) -> When {
    When("a validity that includes", time(at))
}

pub(crate) fn at_latest(limit: UnixTime) -> When {
    When("notBefore at the latest", time(limit))
}

pub(crate) fn validity(validity: &Validity) -> impl fmt::Display + use<> {
    struct Both(Validity);
    impl fmt::Display for Both {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "{} to {}", self.0.not_before(), self.0.not_after())
        }
    }
    Both(*validity)
}

/// An object identifier by its name, if it has one.
pub(crate) struct OidName<'a>(pub(crate) Oid<'a>);

impl fmt::Display for OidName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.name() {
            Some(name) => f.write_str(name),
            None => fmt::Display::fmt(&self.0, f),
        }
    }
}

/// Whom a certificate is for: the certificates of servers often have nothing but alternative names.
pub(crate) fn subject<'c>(certificate: &'c Certificate<'_>) -> impl fmt::Display + use<'c> {
    struct Subject<'c>(Name<'c>, Option<GeneralNames<'c>>);
    impl fmt::Display for Subject<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            match self {
                Self(subject, Some(names)) if subject.is_empty() => {
                    fmt::Display::fmt(&list(names.iter()), f)
                }
                Self(subject, _) => fmt::Display::fmt(subject, f),
            }
        }
    }
    Subject(*certificate.subject(), certificate.extensions().subject_alt_name())
}

/// A name by its DER.
pub(crate) struct NameOf<'a>(pub(crate) &'a [u8]);

impl fmt::Display for NameOf<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Name::parse(self.0) {
            Ok(name) => fmt::Display::fmt(&name, f),
            Err(error) => fmt::Display::fmt(&error, f),
        }
    }
}

/// The algorithm of a key, by the DER of its SubjectPublicKeyInfo.
pub(crate) struct KeyAlgorithm<'a>(pub(crate) &'a [u8]);

impl fmt::Display for KeyAlgorithm<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match SubjectPublicKeyInfo::parse(self.0) {
            Ok(key) => fmt::Display::fmt(&OidName(key.algorithm().oid()), f),
            Err(error) => fmt::Display::fmt(&error, f),
        }
    }
}

/// What an iterator gives, with commas; it is shown once.
pub(crate) fn list<I>(items: I) -> impl fmt::Display
where
    I: IntoIterator,
    I::Item: fmt::Display,
{
    struct List<I>(Cell<Option<I>>);
    impl<I: Iterator<Item: fmt::Display>> fmt::Display for List<I> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            let mut is_empty = true;
            for item in self.0.take().into_iter().flatten() {
                f.write_str(if is_empty { "" } else { ", " })?;
                fmt::Display::fmt(&item, f)?;
                is_empty = false;
            }
            if is_empty { f.write_str("nothing") } else { Ok(()) }
        }
    }
    List(Cell::new(Some(items.into_iter())))
}

/// A length of time in the largest unit that fits.
pub(crate) struct Span(pub(crate) i64);

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            seconds if seconds.abs() >= 2 * 86_400 => write!(f, "{} days", seconds / 86_400),
            seconds if seconds.abs() >= 2 * 3_600 => write!(f, "{} hours", seconds / 3_600),
            seconds if seconds.abs() >= 120 => write!(f, "{} minutes", seconds / 60),
            seconds => write!(f, "{seconds} seconds"),
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use super::*;

    #[test]
    fn go_cve_2025_61729_text_is_cut_and_harmless() {
        let text = Bounded::render("a\x1b[31m\u{202e}b");
        assert_eq!(&*text, "a\u{fffd}[31m\u{fffd}b");
        let long = "x".repeat(10_000);
        let text = format!("{}", Bounded(&long));
        assert_eq!(text.len(), LIMIT + 3);
        assert!(text.ends_with("..."));
        assert!(is_plain("www.example.com") && !is_plain("a\x1b") && !is_plain(&long));
    }
}
