//! How fast data went one way.

use core::fmt;
use core::time::Duration;
use std::time::Instant;

use serde::Serialize;

use crate::diagram;

/// Bytes and the time that they took, from the first write at one end to the last check at the other:
/// both ends share a clock.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Throughput {
    bytes: u64,
    #[serde(rename = "seconds", serialize_with = "seconds")]
    took: Duration,
}

fn seconds<S: serde::Serializer>(took: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(took.as_secs_f64())
}

impl Throughput {
    pub(crate) fn new(bytes: u64, start: Instant, end: Instant) -> Self {
        Self { bytes, took: end.saturating_duration_since(start) }
    }
}

impl fmt::Display for Throughput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanoseconds = self.took.as_nanos().max(1);
        let megabytes = u128::from(self.bytes).saturating_mul(1000) / nanoseconds;
        let seconds = self.took.as_secs_f64();
        write!(f, "{} in {seconds:.3} s, {megabytes} MB/s", diagram::bytes(self.bytes))
    }
}
