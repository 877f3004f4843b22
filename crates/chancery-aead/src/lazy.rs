//! A value that is computed when it is first needed, behind a shared reference and without a lock.

use core::cell::UnsafeCell;
use core::mem::MaybeUninit;
use core::sync::atomic::{AtomicU8, Ordering};

/// A `T` that may not be there yet, and is not dropped: whoever has one wipes it.
pub(crate) struct Lazy<T> {
    state: AtomicU8,
    value: UnsafeCell<MaybeUninit<T>>,
}

const EMPTY: u8 = 0;
/// One thread is writing the value.
const BUSY: u8 = 1;
/// The value is there, and nobody writes it again.
const READY: u8 = 2;

// SAFETY: threads share only a `&T`; the one that writes is alone, by its step from EMPTY to BUSY.
unsafe impl<T: Send + Sync> Sync for Lazy<T> {}

impl<T> Lazy<T> {
    #[inline]
    pub(crate) const fn new() -> Self {
        Self { state: AtomicU8::new(EMPTY), value: UnsafeCell::new(MaybeUninit::uninit()) }
    }

    /// The value, kept from now on. A thread that finds another one computing it does not wait, but
    /// takes its own into `spare`.
    #[inline]
    pub(crate) fn get<'t>(
        &'t self,
        spare: &'t mut Option<T>,
        compute: impl FnOnce() -> T,
    ) -> &'t T {
        if self.state.load(Ordering::Acquire) == READY {
            // SAFETY: READY was stored after the value was written, and is never left.
            return unsafe { (*self.value.get()).assume_init_ref() };
        }
        self.get_slowly(spare, compute)
    }

    #[cold]
    #[inline(never)]
    fn get_slowly<'t>(&'t self, spare: &'t mut Option<T>, compute: impl FnOnce() -> T) -> &'t T {
        let begun =
            self.state.compare_exchange(EMPTY, BUSY, Ordering::Relaxed, Ordering::Relaxed).is_ok();
        if !begun {
            return spare.insert(compute());
        }
        // SAFETY: only this thread got from EMPTY to BUSY, and others look only after READY.
        let value = unsafe { (*self.value.get()).write(compute()) };
        self.state.store(READY, Ordering::Release);
        value
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use core::sync::atomic::AtomicUsize;
    use std::thread;

    use super::*;

    #[test]
    fn every_thread_sees_the_value_and_one_keeps_it() {
        static COMPUTED: AtomicUsize = AtomicUsize::new(0);
        let lazy = Lazy::new();
        let get = || {
            let compute = || {
                COMPUTED.fetch_add(1, Ordering::Relaxed);
                thread::yield_now();
                [7_u64; 100]
            };
            assert_eq!(*lazy.get(&mut None, compute), [7; 100]);
        };
        thread::scope(|scope| (0..4).for_each(|_| drop(scope.spawn(get))));
        let before = COMPUTED.load(Ordering::Relaxed);
        get();
        assert_eq!(COMPUTED.load(Ordering::Relaxed), before);
    }
}
