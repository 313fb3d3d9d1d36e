//! Bodies in gzip (RFC 1952), never decoded into more than the limit.

use std::io::Read;

use bytes::Bytes;
use flate2::bufread::GzDecoder;

use crate::app::body::too_large;
use crate::error::PoveryError;

/// Room for the first bytes that are decoded.
const FIRST: usize = 8 * 1024;

/// The most members of a body. Each takes its time to begin, also if it holds nothing.
const MEMBERS: usize = 1_000;

/// What the members hold, one after another.
///
/// # Errors
///
/// 413 for more than `limit` bytes, 400 for a member that is broken, cut off or followed by what is none,
/// and for more members than anybody needs.
pub(super) fn decoded(mut encoded: &[u8], limit: usize) -> Result<Bytes, PoveryError> {
    let mut decoded = Decoded {
        bytes: Vec::new(),
        length: 0,
        limit,
    };
    let mut members = 0;
    while !encoded.is_empty() {
        if members == MEMBERS {
            let text = format!("The body has more than {MEMBERS} members of gzip");
            return Err(PoveryError::bad_request(text));
        }
        members += 1;
        // It reads its member from the slice, and not a byte more.
        decoded.read(GzDecoder::new(&mut encoded))?;
    }
    decoded.bytes.truncate(decoded.length);
    Ok(decoded.bytes.into())
}

/// What has been decoded: the first `length` of the bytes. The rest is room.
struct Decoded {
    bytes: Vec<u8>,
    length: usize,
    limit: usize,
}

impl Decoded {
    fn read(&mut self, mut member: impl Read) -> Result<(), PoveryError> {
        loop {
            self.grow();
            let mut over = [0];
            let room = match self.bytes.get_mut(self.length..) {
                Some(room) if !room.is_empty() => room,
                // It is full: whatever comes is too much.
                _ => &mut over,
            };
            match member.read(room) {
                Ok(0) => return Ok(()),
                Ok(_) if self.length == self.limit => return Err(too_large(self.limit)),
                Ok(read) => self.length += read,
                Err(error) => {
                    let text = "The body is not valid gzip";
                    return Err(PoveryError::bad_request(text).with_source(error));
                }
            }
        }
    }

    /// Makes room where there is none left: as much again as has come, whatever the body announces, and
    /// never beyond the limit.
    fn grow(&mut self) {
        if self.length == self.bytes.len() {
            let room = self.length.max(FIRST).min(self.limit - self.length);
            self.bytes.reserve_exact(room);
            self.bytes.resize(self.length + room, 0);
        }
    }
}

#[cfg(test)]
mod tests;
