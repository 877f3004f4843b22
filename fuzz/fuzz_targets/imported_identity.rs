#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| chancery_tests::psk::imported_identity(bytes));
