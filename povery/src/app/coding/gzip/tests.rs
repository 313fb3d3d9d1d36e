use std::io::Write;

use flate2::write::GzEncoder;
use flate2::{Compression, GzBuilder};

use super::*;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn status(encoded: &[u8], limit: usize) -> u16 {
    let error = decoded(encoded, limit).unwrap_err();
    error.status().as_u16()
}

#[test]
fn the_limit_is_of_what_was_decoded() {
    for length in [0, 1, FIRST - 1, FIRST, FIRST + 1, 3 * FIRST, 100_000] {
        let bytes: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
        let encoded = gzip(&bytes);
        for limit in [length, length + 1, 1 << 20, usize::MAX] {
            assert_eq!(decoded(&encoded, limit).unwrap(), bytes, "{length} {limit}");
        }
        if length > 0 {
            assert_eq!(status(&encoded, length - 1), 413, "{length}");
            assert_eq!(status(&encoded, 0), 413, "{length}");
        }
    }
}

/// 64 MiB of zeros are 64 KiB, and it takes no more room than the limit to find out.
#[test]
fn a_bomb_takes_no_more_room_than_the_limit() {
    let bomb = gzip(&vec![0; 64 << 20]);
    assert!(bomb.len() < 128 << 10);
    assert_eq!(status(&bomb, 1 << 20), 413);
    let zeros = gzip(&vec![0; 100_000]);
    for limit in [100_000, 100_001, 150_000, 1 << 20] {
        let room = Vec::from(decoded(&zeros, limit).unwrap()).capacity();
        assert!(room <= limit.min(2 * 131_072), "{room} for {limit}");
    }
}

#[test]
fn members_are_joined() {
    let mut named = GzBuilder::new()
        .filename("a.txt")
        .comment("c")
        .extra(vec![1, 2, 3])
        .write(Vec::new(), Compression::none());
    named.write_all(b"two").unwrap();
    let encoded = [gzip(b"one "), gzip(b""), named.finish().unwrap()].concat();
    assert_eq!(decoded(&encoded, 7).unwrap(), "one two");
    assert_eq!(status(&encoded, 6), 413);
}

#[test]
fn members_are_counted() {
    let most = gzip(b"a").repeat(MEMBERS);
    assert_eq!(decoded(&most, MEMBERS).unwrap().len(), MEMBERS);
    let empty = gzip(b"").repeat(MEMBERS + 1);
    let error = decoded(&empty, 0).unwrap_err();
    assert_eq!(error.status(), 400);
    assert!(error.to_string().contains("members"), "{error}");
}

#[test]
fn what_is_cut_off_or_followed_by_something_is_refused() {
    let encoded = gzip(b"some text, and some text again");
    for end in 0..encoded.len() {
        // Nothing at all is no body, which is not decoded.
        if end > 0 {
            assert_eq!(status(&encoded[..end], 100), 400, "{end}");
        }
    }
    for garbage in [&b"\0"[..], b"\x1f", b"\x1f\x8b", b"garbage", &encoded[..20]] {
        let encoded = [&encoded, garbage].concat();
        assert_eq!(status(&encoded, 100), 400, "{garbage:?}");
    }
    for body in [&b"plain text"[..], b"{}", &[0; 40], &[0xff; 40]] {
        assert_eq!(status(body, 100), 400, "{body:?}");
    }
}

/// A flipped bit is found, by the checksum at the latest, and none panics.
#[test]
fn what_is_broken_is_refused() {
    let text = b"some text, and some text again";
    let encoded = gzip(text);
    for bit in 0..encoded.len() * 8 {
        let mut broken = encoded.clone();
        broken[bit / 8] ^= 1 << (bit % 8);
        match decoded(&broken, 100) {
            Ok(decoded) => assert_eq!(decoded.as_ref(), text, "{bit}"),
            Err(error) => assert!([400, 413].contains(&error.status().as_u16()), "{bit}"),
        }
    }
    let error = decoded(b"s3cret", 100).unwrap_err();
    assert!(!format!("{error:?}").contains("s3cret"), "{error:?}");
}
