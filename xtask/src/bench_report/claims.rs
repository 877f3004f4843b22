//! What the benchmarks have to show, as ratios of times within one criterion group.

use super::results::{Groups, OURS, fastest_other};

/// Something to reach: in `group`, `ours` is at least `at_least` times as fast as `over`.
pub(super) struct Claim {
    pub(super) group: String,
    pub(super) ours: &'static str,
    pub(super) over: Over,
    at_least: f64,
    /// More than so many gigabytes a second (10^9 bytes) do too, whatever the ratio.
    or_gigabytes: Option<f64>,
}

/// What a time is compared with.
#[derive(Clone, Copy)]
pub(super) enum Over {
    /// The fastest that is not ours.
    FastestOther,
    /// One by its name.
    Named(&'static str),
    /// So many nanoseconds.
    Nanoseconds(f64),
}

impl Over {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::FastestOther => "fastest other",
            Self::Named(name) => name,
            Self::Nanoseconds(_) => "the limit",
        }
    }
}

/// What a claim comes to.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Outcome {
    /// Whom it was compared with, and how many nanoseconds that took.
    pub(super) over: (String, f64),
    /// How many nanoseconds ours took.
    pub(super) ours: f64,
    /// So many times as fast is ours.
    ratio: f64,
    /// Gigabytes a second of ours, if they count.
    gigabytes: Option<f64>,
    pub(super) reached: bool,
}

impl Outcome {
    /// What was found, to be set against [`Claim::asked`].
    pub(super) fn found(&self) -> String {
        let gigabytes = self.gigabytes.map(|found| format!(", {found:.2} GB/s"));
        format!("{:.3}{}", self.ratio, gigabytes.unwrap_or_default())
    }
}

impl Claim {
    fn new(group: impl Into<String>, ours: &'static str, over: Over, at_least: f64) -> Self {
        Self { group: group.into(), ours, over, at_least, or_gigabytes: None }
    }

    /// The ratio asked for, or what else does.
    pub(super) fn asked(&self) -> String {
        let gigabytes = self.or_gigabytes.map(|asked| format!(" or over {asked} GB/s"));
        format!("{:.2}{}", self.at_least, gigabytes.unwrap_or_default())
    }

    /// Judges the claim; `None` if it was not measured.
    pub(super) fn judge(&self, groups: &Groups) -> Option<Outcome> {
        let group = groups.get(&self.group)?;
        let ours = group.get(self.ours)?;
        let over = match self.over {
            Over::FastestOther => fastest_other(group)?,
            Over::Named(name) => (name.to_owned(), group.get(name)?.time),
            Over::Nanoseconds(time) => (self.over.name().to_owned(), time),
        };
        let ratio = over.1 / ours.time;
        let mut outcome = Outcome {
            over,
            ours: ours.time,
            ratio,
            gigabytes: None,
            reached: ratio >= self.at_least,
        };
        if let Some(asked) = self.or_gigabytes {
            // Bytes a nanosecond are gigabytes a second.
            let found = ours.bytes? / ours.time;
            outcome.gigabytes = Some(found);
            outcome.reached |= found > asked;
        }
        Some(outcome)
    }
}

/// All claims, in the order of the report.
pub(super) fn claims() -> Vec<Claim> {
    let mut claims = Vec::new();
    let rows = [
        (["seal", "open"], 16_384, 1.15),
        (["seal", "open"], 4096, 1.35),
        (["seal64", "open64"], 1350, 1.9),
        (["seal64", "open64"], 256, 5.0),
        (["seal64", "open64"], 64, 8.0),
        (["seal", "open"], 256, 1.3),
        (["seal", "open"], 64, 1.3),
    ];
    for (works, len, at_least) in rows {
        claims.extend(works.map(|work| {
            let group = format!("aead/{work}/aes128gcm/{len}");
            Claim::new(group, OURS, Over::FastestOther, at_least)
        }));
    }
    for work in ["seal", "open"] {
        let group = format!("aead/{work}/chacha20poly1305/16384");
        claims.extend(
            [("ring", 1.7), ("aws-lc-rs", 1.7), ("openssl", 1.0)].map(|(name, at_least)| {
                Claim::new(group.clone(), OURS, Over::Named(name), at_least)
            }),
        );
    }
    // A fresh key for one message of 64 bytes.
    claims.extend(["aes128gcm", "aes256gcm", "chacha20poly1305"].map(|algorithm| {
        Claim::new(format!("aead/setup/{algorithm}/64"), OURS, Over::Named("ring"), 1.0)
    }));
    let facade = "facade/TLS_AES_128_GCM_SHA256/16384";
    claims.push(Claim::new(facade, OURS, Over::Named("rustls+aws-lc-rs"), 1.4));
    claims.extend(
        ["two cores", "two cores, rayon"]
            .map(|ours| Claim::new("record/16 MiB", ours, Over::Named("one core"), 1.85)),
    );
    let chain =
        |ours, over, at_least| Claim::new("chain_verify", ours, Over::Named(over), at_least);
    claims.extend([
        // Within 5 % of the signatures alone.
        chain("chancery cold", "bare signatures", 1.0 / 1.05),
        chain("chancery cold", "rustls-webpki", 1.0),
        chain("chancery warm", "chancery cold", 20.0),
    ]);
    claims.extend(
        [("x509-parser", 5.0), ("x509-cert", 8.0)].map(|(name, at_least)| {
            Claim::new("x509/certificate", OURS, Over::Named(name), at_least)
        }),
    );
    let crl = "x509/crl of 1,000,000";
    claims.push(Claim {
        or_gigabytes: Some(1.0),
        ..Claim::new(crl, "chancery walk", Over::Named("memory scan"), 0.5)
    });
    claims.extend(["revoked", "not revoked"].map(|ours| {
        Claim::new("x509/crl look-up in 1,000,000", ours, Over::Nanoseconds(1000.0), 1.0)
    }));
    claims
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench_report::results::tests::groups;

    #[test]
    fn ratios_of_made_up_results() {
        let groups = groups(&[
            ("g", &[("chancery", 100.0), ("chancery lenient", 1.0), ("ring", 130.0), ("c", 200.0)]),
            ("alone", &[("chancery", 100.0), ("chancery lenient", 90.0)]),
            ("without us", &[("ring", 100.0)]),
        ]);
        let check = |group: &str, over, at_least, expected: Option<(&str, f64, bool)>| {
            let outcome = Claim::new(group, "chancery", over, at_least).judge(&groups);
            let found = outcome.as_ref().map(|o| (o.over.0.as_str(), o.ratio, o.reached));
            assert_eq!(found, expected);
        };
        check("g", Over::FastestOther, 1.3, Some(("ring", 1.3, true)));
        check("g", Over::FastestOther, 1.31, Some(("ring", 1.3, false)));
        check("g", Over::Named("c"), 2.0, Some(("c", 2.0, true)));
        check("g", Over::Named("c"), 2.5, Some(("c", 2.0, false)));
        check("g", Over::Nanoseconds(50.0), 1.0, Some(("the limit", 0.5, false)));
        // Not measured is neither reached nor missed.
        check("g", Over::Named("openssl"), 1.0, None);
        check("alone", Over::FastestOther, 1.0, None);
        check("without us", Over::FastestOther, 1.0, None);
        check("no such group", Over::FastestOther, 1.0, None);
    }

    #[test]
    fn one_core_over_two_cores() {
        let check = |one, two, reached| {
            let groups = groups(&[("record/16 MiB", &[("one core", one), ("two cores", two)])]);
            let claims = claims();
            let claim = claims.iter().find(|claim| claim.ours == "two cores").unwrap();
            assert_eq!(claim.judge(&groups).map(|outcome| outcome.reached), Some(reached));
        };
        check(1850.0, 1000.0, true);
        check(1849.0, 1000.0, false);
    }

    #[test]
    fn a_crl_as_fast_as_asked_or_within_twice_a_memory_scan() {
        let crl = "x509/crl of 1,000,000";
        let claims = claims();
        let claim = claims.iter().find(|claim| claim.group == crl).unwrap();
        assert_eq!(claim.asked(), "0.50 or over 1 GB/s");
        let judge = |scan, walk, bytes| {
            let mut groups = groups(&[(crl, &[("memory scan", scan), ("chancery walk", walk)])]);
            let walk = groups.get_mut(crl).and_then(|group| group.get_mut("chancery walk"));
            walk.unwrap().bytes = bytes;
            claim.judge(&groups).map(|outcome| (outcome.found(), outcome.reached))
        };
        let check = |scan, walk, bytes, found: &str, reached| {
            assert_eq!(judge(scan, walk, Some(bytes)), Some((found.to_owned(), reached)));
        };
        check(10.0, 200.0, 400.0, "0.050, 2.00 GB/s", true);
        check(100.0, 200.0, 100.0, "0.500, 0.50 GB/s", true);
        check(100.0, 200.0, 400.0, "0.500, 2.00 GB/s", true);
        check(99.0, 200.0, 200.0, "0.495, 1.00 GB/s", false);
        assert_eq!(judge(100.0, 200.0, None), None);
    }

    #[test]
    fn no_claim_stands_twice() {
        let claims = claims();
        for (index, claim) in claims.iter().enumerate() {
            let key = |claim: &Claim| (claim.group.clone(), claim.ours, claim.over.name());
            let same = |other: &&Claim| key(other) == key(claim);
            assert_eq!(claims[index..].iter().filter(same).count(), 1, "{}", claim.group);
        }
    }
}
