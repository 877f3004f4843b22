//! RFC 9954 §3.3, RFC 10024: which secret comes first, and how long each is.

use chancery_key_schedule::{
    HybridGroup::{self, SecP256r1MlKem768, SecP384r1MlKem1024, X25519MlKem768},
    KeyScheduleError::WrongLength,
};

#[test]
fn order_and_lengths() {
    let (curve, ml_kem) = ([0xc0; 32], [0x3e; 32]);
    let check = |group: HybridGroup, curve: &[u8], expected: [&[u8]; 2]| {
        let secret = group.shared_secret(curve, &ml_kem).unwrap();
        assert_eq!(secret.as_bytes(), expected.concat());
    };
    check(X25519MlKem768, &curve, [&ml_kem, &curve]);
    check(SecP256r1MlKem768, &curve, [&curve, &ml_kem]);
    check(SecP384r1MlKem1024, &[0xc0; 48], [&[0xc0; 48], &ml_kem]);

    for (group, curve_len) in
        [(X25519MlKem768, 32), (SecP256r1MlKem768, 32), (SecP384r1MlKem1024, 48)]
    {
        for (curve, ml_kem) in
            [(0, 32), (curve_len - 1, 32), (curve_len + 1, 32), (curve_len, 31), (curve_len, 33)]
        {
            let secret = group.shared_secret(&vec![1; curve], &vec![1; ml_kem]);
            assert_eq!(secret.err(), Some(WrongLength), "{group:?} {curve} {ml_kem}");
        }
    }
}
