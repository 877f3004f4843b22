//! Every kernel gives the same bytes as every other.
#![allow(
    clippy::unwrap_used,
    clippy::as_conversions,
    reason = "small numbers, and a failed unwrap is a failed test"
)]

use chancery_aead::{
    AeadAlgorithm, AeadError, AeadKey, Kernel, Key, OpenMessage, SealMessage, TAG_LEN,
};
use proptest::prelude::*;

const ALGORITHMS: [AeadAlgorithm; 3] =
    [AeadAlgorithm::Aes128Gcm, AeadAlgorithm::Aes256Gcm, AeadAlgorithm::ChaCha20Poly1305];

/// Bytes without a pattern that a kernel could get right by luck.
fn noise(len: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    core::iter::repeat_with(next).take(len).collect()
}

/// Seals and opens one message on every kernel, in place and not, split anywhere into input and
/// extra, and compares with the portable one.
fn check(algorithm: AeadAlgorithm, len: usize, aad_len: usize, extra: usize, offset: usize) {
    let key_bytes = noise(algorithm.key_len(), len as u64 + 1);
    let nonce: [u8; 12] = noise(12, len as u64 + 2).try_into().unwrap();
    let aad = noise(aad_len, 3);
    let plaintext = noise(len, 4);
    let reference = Key::with_kernel(Kernel::Portable, algorithm, &key_bytes).unwrap();
    let mut expected = plaintext.clone();
    let tag = reference.seal_in_place(&nonce, &aad, &mut expected).unwrap();
    expected.extend(tag);

    for kernel in Kernel::available(algorithm) {
        let what =
            format!("{kernel} {algorithm:?} len {len} aad {aad_len} extra {extra} @{offset}");
        let key = Key::with_kernel(kernel, algorithm, &key_bytes).unwrap();

        // In place, at an odd address, without touching what lies around.
        let mut place = vec![0xa5; offset + len + 64];
        place[offset..offset + len].copy_from_slice(&plaintext);
        let tag = key.seal_in_place(&nonce, &aad, &mut place[offset..offset + len]).unwrap();
        assert!(place[offset..offset + len] == expected[..len], "{what}: in place");
        assert_eq!(tag, expected[len..], "{what}: tag");
        assert!(place[..offset].iter().chain(&place[offset + len..]).all(|&b| b == 0xa5), "{what}");

        // From one place to another, aligned differently, and the tail elsewhere.
        let mut source = vec![0xa5; 63 - offset % 64];
        source.extend(&plaintext);
        let (input, tail) = source[63 - offset % 64..].split_at(len - extra.min(len));
        let tail = tail.to_vec();
        let mut output = vec![0xa5; offset + len + TAG_LEN + 64];
        let end = offset + len + TAG_LEN;
        key.seal(&nonce, &aad, input, &tail, &mut output[offset..end]).unwrap();
        assert!(output[offset..end] == expected[..], "{what}: apart");
        assert!(output[..offset].iter().chain(&output[end..]).all(|&b| b == 0xa5), "{what}");

        let opened = key.open_in_place(&nonce, &aad, &mut output[offset..end]).unwrap();
        assert!(opened == plaintext, "{what}: opened");
        assert!(output[..offset].iter().chain(&output[end..]).all(|&b| b == 0xa5), "{what}");
    }
}

#[test]
fn this_cpu() {
    // `cargo xtask kernels` shows these lines.
    for kernel in Kernel::ALL {
        let needs = kernel.needs();
        if kernel.runs() {
            println!("kernel {kernel}: ran (needs {needs})");
        } else {
            println!("kernel {kernel}: NOT TESTED on this CPU, which lacks: {needs}");
        }
        for algorithm in ALGORITHMS.into_iter().filter(|&a| kernel.implements(a)) {
            let key = noise(algorithm.key_len(), 1);
            assert_eq!(Key::with_kernel(kernel, algorithm, &key).is_ok(), kernel.runs());
        }
    }
}

#[test]
fn every_length_to_4096_and_the_record_sizes() {
    for algorithm in ALGORITHMS {
        for len in 0..=4096 {
            check(algorithm, len, 5, len % 3, len % 67);
        }
        for len in [8191, 8192, 8193, 16383, 16384, 16385, 16384 + 256, 65536, 70001] {
            for extra in [0, 1, 7, 300] {
                check(algorithm, len, 13, extra, 1);
            }
        }
    }
}

#[test]
fn every_alignment() {
    for algorithm in ALGORITHMS {
        for offset in 0..64 {
            for len in [1, 63, 64, 65, 255, 321, 511, 577, 1350, 2048] {
                check(algorithm, len, offset, 1, offset);
            }
        }
    }
}

#[test]
fn every_split_of_a_short_message() {
    for algorithm in ALGORITHMS {
        for len in [1, 31, 33, 64, 65, 193, 320, 448, 704, 960] {
            for extra in 0..=len {
                check(algorithm, len, 13, extra, 1);
            }
        }
    }
}

#[test]
fn every_length_of_additional_data() {
    for algorithm in ALGORITHMS {
        for aad in 0..=600 {
            for len in [0, 16, 17, 100, 300, 576, 640] {
                check(algorithm, len, aad, 0, 0);
            }
        }
        check(algorithm, 100, 70_000, 0, 0);
    }
}

#[test]
fn the_32_bit_counter_runs_through_its_bytes() {
    // 1.1 MiB: the counter passes 2^8 and 2^16.
    for algorithm in ALGORITHMS {
        check(algorithm, (1 << 20) + 123_457, 5, 1, 3);
    }
}

#[test]
fn a_forgery_is_refused_and_wiped() {
    for algorithm in ALGORITHMS {
        for kernel in Kernel::available(algorithm) {
            let key = Key::with_kernel(kernel, algorithm, &noise(algorithm.key_len(), 9)).unwrap();
            for len in [0, 1, 16, 64, 100, 300, 576, 577, 1350, 4096, 16385] {
                let mut sealed = vec![0; len + TAG_LEN];
                key.seal(&[1; 12], b"aad", &noise(len, 5), b"", &mut sealed).unwrap();
                // Every bit of the tag, and the ends and the middle of the ciphertext.
                let tag_bits = (len * 8)..(len + TAG_LEN) * 8;
                let others = [0, len * 4, (len * 8).saturating_sub(1)];
                for bit in tag_bits.chain(others) {
                    let mut forged = sealed.clone();
                    forged[bit / 8] ^= 1 << (bit % 8);
                    let result = key.open_in_place(&[1; 12], b"aad", &mut forged);
                    assert!(result.is_err(), "{kernel} {algorithm:?} len {len} bit {bit}");
                    assert!(forged.iter().all(|&b| b == 0), "{kernel} wipes");
                }
                for (nonce, aad) in [([2; 12], &b"aad"[..]), ([1; 12], b"aae"), ([1; 12], b"")] {
                    let mut other = sealed.clone();
                    assert!(key.open_in_place(&nonce, aad, &mut other).is_err());
                    assert!(other.iter().all(|&b| b == 0), "{kernel} wipes");
                }
                key.open_in_place(&[1; 12], b"aad", &mut sealed).unwrap();
            }
            for short in 0..TAG_LEN {
                assert!(key.open_in_place(&[1; 12], b"", &mut vec![0; short]).is_err());
            }
        }
    }
}

/// What a batch is made of.
#[derive(Debug)]
struct Batch<'a> {
    lens: &'a [usize],
    aads: &'a [usize],
    /// How much of each message is behind the input.
    extra: usize,
    keys: usize,
    /// So many messages in a row have the same key.
    run: usize,
    /// So many bytes are between one message and the next.
    gap: usize,
}

/// Seals and opens messages in one call and compares each with the portable kernel's.
fn check_batch(algorithm: AeadAlgorithm, batch: &Batch<'_>) {
    let Batch { lens, aads, extra, keys, run, gap } = *batch;
    let key_bytes: Vec<_> = (0..keys).map(|i| noise(algorithm.key_len(), i as u64 + 77)).collect();
    let plain: Vec<_> = lens.iter().map(|&len| noise(len, len as u64)).collect();
    // Some neighbours have the same, and some differ in the last byte alone.
    let aad = |i: usize| {
        let mut aad = noise(aads[i % aads.len()], 6);
        if let Some(last) = aad.last_mut() {
            *last ^= u8::from(i % 11 > 6);
        }
        aad
    };
    let aad: Vec<_> = (0..lens.len()).map(aad).collect();
    let nonce = |i: usize| <[u8; 12]>::try_from(noise(12, i as u64 + 1000)).unwrap();
    let key_of = |i: usize| (i / run) % keys;
    let expected: Vec<_> = (0..lens.len())
        .flat_map(|i| {
            let bytes = &key_bytes[key_of(i)];
            let key = Key::with_kernel(Kernel::Portable, algorithm, bytes).unwrap();
            let mut sealed = plain[i].clone();
            let tag = key.seal_in_place(&nonce(i), &aad[i], &mut sealed).unwrap();
            sealed.extend(tag);
            sealed.resize(sealed.len() + gap, 0xa5);
            sealed
        })
        .collect();
    for kernel in Kernel::available(algorithm) {
        let what = || format!("{kernel} {algorithm:?} {batch:?}");
        let keys: Vec<_> = key_bytes
            .iter()
            .map(|bytes| Key::with_kernel(kernel, algorithm, bytes).unwrap())
            .collect();
        let mut place = vec![0xa5; expected.len()];
        let mut messages: Vec<_> = parts(&mut place, lens, gap)
            .into_iter()
            .enumerate()
            .map(|(i, output)| {
                let (input, extra) = plain[i].split_at(lens[i] - extra.min(lens[i]));
                let (key, aad) = (&keys[key_of(i)], &aad[i][..]);
                SealMessage { key, nonce: nonce(i), aad, input, extra, output }
            })
            .collect();
        Key::seal_batch(&mut messages).unwrap();
        assert!(place == expected, "{}: sealed", what());

        // Every seventh is forged.
        for part in parts(&mut place, lens, gap).into_iter().step_by(7) {
            part[0] ^= 1;
        }
        let mut messages: Vec<_> = parts(&mut place, lens, gap)
            .into_iter()
            .enumerate()
            .map(|(i, in_out)| OpenMessage {
                key: &keys[key_of(i)],
                nonce: nonce(i),
                aad: &aad[i],
                in_out,
                opened: Err(AeadError::new()),
            })
            .collect();
        Key::open_batch(&mut messages);
        let verdicts: Vec<_> = messages.iter().map(|m| m.opened.is_ok()).collect();
        for (i, part) in parts(&mut place, lens, gap).into_iter().enumerate() {
            let forged = i % 7 == 0;
            assert_eq!(verdicts[i], !forged, "{}: message {i}", what());
            if forged {
                assert!(part.iter().all(|&b| b == 0), "{}: {i} wiped", what());
            } else {
                assert!(part[..lens[i]] == plain[i], "{}: {i} opened", what());
            }
        }
        let mut rest = &place[..];
        for len in lens {
            let (_, after) = rest.split_at(len + TAG_LEN);
            let (between, after) = after.split_at(gap);
            assert!(between.iter().all(|&b| b == 0xa5), "{}: between", what());
            rest = after;
        }
    }
}

/// Room for each message and its tag, `gap` bytes apart.
fn parts<'a>(mut place: &'a mut [u8], lens: &[usize], gap: usize) -> Vec<&'a mut [u8]> {
    lens.iter()
        .map(|len| {
            let part = place.split_off_mut(..len + TAG_LEN).unwrap();
            place.split_off_mut(..gap).unwrap();
            part
        })
        .collect()
}

/// Lengths of which messages end in each of the ways that a stage can.
const LONG_BATCHES: [usize; 16] =
    [639, 640, 641, 703, 765, 830, 895, 960, 1024, 1087, 1088, 1350, 2048, 4096, 8192, 8193];

#[test]
fn batches_of_every_length() {
    for algorithm in ALGORITHMS {
        for len in (0..=600).chain(LONG_BATCHES) {
            let lens = [len; 13];
            let (extra, gap) = (len % 3, len % 65);
            check_batch(algorithm, &Batch { lens: &lens, aads: &[5], extra, keys: 1, run: 5, gap });
        }
    }
}

#[test]
fn batches_of_very_different_lengths() {
    let lens = [0, 16_385, 1, 64, 4096, 17, 1350, 1350, 1350, 1350, 0, 0, 600, 8192, 63, 65, 255];
    for algorithm in ALGORITHMS {
        for (keys, run) in [(1, 1), (2, 1), (3, 1), (2, 4), (3, 5)] {
            for rotation in 0..lens.len() {
                let mut lens = lens;
                lens.rotate_left(rotation);
                let (extra, gap) = (rotation % 3, rotation);
                let aads = &[5, 0, 13, 40];
                check_batch(algorithm, &Batch { lens: &lens, aads, extra, keys, run, gap });
            }
        }
    }
}

#[test]
fn batches_with_lengths_that_change() {
    // Runs of one length end and begin anywhere among the fours, also within one.
    for algorithm in ALGORITHMS {
        for len in [0, 63, 64, 65, 128, 200, 256, 257, 320, 384, 448, 512, 513] {
            for (at, other) in [(4, len + 1), (8, len), (9, 64), (11, 0), (13, 1350)] {
                let lens: [_; 24] = core::array::from_fn(|i| if i < at { len } else { other });
                for aads in [&[5, 5, 5, 5, 13, 13, 13, 13][..], &[5], &[16, 17]] {
                    let batch = Batch { lens: &lens, aads, extra: 1, keys: 1, run: 1, gap: 3 };
                    check_batch(algorithm, &batch);
                }
            }
        }
    }
}

#[test]
fn a_batch_of_several_algorithms() {
    let keys = ALGORITHMS.map(|a| Key::new(a, &noise(a.key_len(), 9)).unwrap());
    let plain = noise(300, 1);
    let mut outputs = vec![[0; 300 + TAG_LEN]; 20];
    let key = |i: usize| &keys[i / 2 % 3];
    let messages = outputs.iter_mut().enumerate().map(|(i, output)| SealMessage {
        key: key(i),
        nonce: [i as u8; 12],
        aad: b"aad",
        input: &plain,
        extra: b"",
        output,
    });
    Key::seal_batch(&mut messages.collect::<Vec<_>>()).unwrap();
    for (i, output) in outputs.iter().enumerate() {
        let mut expected = [0; 300 + TAG_LEN];
        key(i).seal(&[i as u8; 12], b"aad", &plain, b"", &mut expected).unwrap();
        assert!(*output == expected, "message {i}");
    }
    let messages = outputs.iter_mut().enumerate().map(|(i, in_out)| OpenMessage {
        key: key(i),
        nonce: [i as u8; 12],
        aad: b"aad",
        in_out,
        opened: Err(AeadError::new()),
    });
    let mut messages = messages.collect::<Vec<_>>();
    Key::open_batch(&mut messages);
    assert!(messages.iter().all(|message| message.opened.is_ok()));
    assert!(outputs.iter().all(|output| output[..300] == plain));
}

#[test]
fn a_batch_with_a_wrong_length_fails() {
    for algorithm in ALGORITHMS {
        for kernel in Kernel::available(algorithm) {
            let key = Key::with_kernel(kernel, algorithm, &noise(algorithm.key_len(), 9)).unwrap();
            for wrong in 0..5 {
                let mut outputs: [_; 5] =
                    core::array::from_fn(|i| vec![0; 26 - (i == wrong) as usize]);
                let mut outputs = outputs.iter_mut();
                let mut messages: [_; 5] = core::array::from_fn(|i| SealMessage {
                    key: &key,
                    nonce: [i as u8; 12],
                    aad: b"",
                    input: b"0123456789",
                    extra: b"",
                    output: outputs.next().unwrap(),
                });
                assert!(Key::seal_batch(&mut messages).is_err());
            }
            let mut short: [_; 5] = core::array::from_fn(|i| vec![0; 3 * i]);
            let mut messages: Vec<_> = short
                .iter_mut()
                .map(|in_out| OpenMessage {
                    key: &key,
                    nonce: [0; 12],
                    aad: b"",
                    in_out,
                    opened: Ok(()),
                })
                .collect();
            Key::open_batch(&mut messages);
            assert!(messages.iter().all(|m| m.opened.is_err()));
        }
    }
}

#[test]
fn lengths_that_do_not_fit_are_errors() {
    for algorithm in ALGORITHMS {
        for kernel in Kernel::available(algorithm) {
            let key = Key::with_kernel(kernel, algorithm, &noise(algorithm.key_len(), 9)).unwrap();
            for output in [0, 15, 16, 21, 23, 100] {
                let mut output = vec![0; output];
                assert!(key.seal(&[0; 12], b"", b"hello", b"!", &mut output).is_err());
            }
            key.seal(&[0; 12], b"", b"hello", b"!", &mut [0; 22]).unwrap();
            for len in [0, 1, 15, 17, 24, 31, 33, 64] {
                if len != algorithm.key_len() {
                    assert!(Key::with_kernel(kernel, algorithm, &vec![0; len]).is_err());
                }
            }
        }
    }
    for kernel in [Kernel::GcmVaes512, Kernel::GcmVaes256] {
        assert!(Key::with_kernel(kernel, AeadAlgorithm::ChaCha20Poly1305, &[0; 32]).is_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_message(
        which in 0..3usize,
        len in 0..=20_000usize,
        aad in 0..=100usize,
        extra in 0..=700usize,
        offset in 0..64usize,
    ) {
        check(ALGORITHMS[which], len, aad, extra, offset);
    }

    #[test]
    fn any_batch(
        which in 0..3usize,
        lens in prop::collection::vec(prop_oneof![4 => 0..=700usize, 1 => 0..=5000usize], 0..40),
        aads in prop::collection::vec(0..=24usize, 1..5),
        extra in 0..=100usize,
        keys in 1..4usize,
        run in 1..6usize,
        gap in 0..=64usize,
    ) {
        let batch = Batch { lens: &lens, aads: &aads, extra, keys, run, gap };
        check_batch(ALGORITHMS[which], &batch);
    }
}
