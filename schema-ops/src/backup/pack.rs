use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufReader, Read, Write};
use std::path::Path;

use flate2::read::GzDecoder;
use flate2::{Compression, GzBuilder};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::progress::{Progress, Watch};
use crate::durable::create_private;

/// Bytes that are read at a time.
const CHUNK: usize = 1 << 18;

/// Size and SHA-256 of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest {
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256, in lower-case hexadecimal digits.
    pub sha256: String,
}

/// Digests of a database file and of the same file packed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Digests {
    pub(crate) raw: Digest,
    pub(crate) packed: Digest,
}

/// Packs a file that nobody has open into a new one, which is on the disk when this returns.
pub(crate) fn pack(raw: &Path, packed: &Path, watch: &mut Watch<'_>) -> io::Result<Digests> {
    let mut source = Hashed::new(File::open(raw)?);
    let total = source.inner.metadata()?.len();
    let target = Hashed::new(create_private(packed)?);
    // No name and no time in its head: the same database packs into the same bytes.
    let mut target = GzBuilder::new().write(target, Compression::default());
    let mut chunk = vec![0; CHUNK];
    loop {
        watch(Progress { what: "packing the copy", done: source.bytes, total }).map_err(io::Error::other)?;
        let read = source.read(&mut chunk)?;
        if read == 0 {
            break;
        }
        target.write_all(&chunk[..read])?;
    }
    let target = target.finish()?;
    target.inner.sync_all()?;
    Ok(Digests { raw: source.digest(), packed: target.digest() })
}

/// Unpacks a file to its very end, and says what went in and what came out.
pub(crate) fn unpack(
    packed: &Path,
    into: &mut dyn Write,
    what: &'static str,
    watch: &mut Watch<'_>,
) -> io::Result<Digests> {
    let file = File::open(packed)?;
    let total = file.metadata()?.len();
    let source = Hashed::new(BufReader::with_capacity(CHUNK, file));
    let mut source = GzDecoder::new(source);
    let mut target = Hashed::new(into);
    let mut chunk = vec![0; CHUNK];
    loop {
        watch(Progress { what, done: source.get_ref().bytes, total }).map_err(io::Error::other)?;
        let read = source.read(&mut chunk)?;
        if read == 0 {
            break;
        }
        target.write_all(&chunk[..read])?;
    }
    let mut source = source.into_inner();
    // Behind the end of the packed data there is nothing in a file of ours.
    while source.read(&mut chunk)? > 0 {}
    Ok(Digests { raw: target.digest(), packed: source.digest() })
}

/// Hashes what goes through it.
struct Hashed<T> {
    inner: T,
    bytes: u64,
    hash: Sha256,
}

impl<T> Hashed<T> {
    fn new(inner: T) -> Self {
        Self { inner, bytes: 0, hash: Sha256::new() }
    }

    fn saw(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        self.hash.update(bytes);
    }

    fn digest(self) -> Digest {
        Digest { bytes: self.bytes, sha256: hex(&self.hash.finalize()) }
    }
}

impl<T: Read> Read for Hashed<T> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.saw(&buffer[..read]);
        Ok(read)
    }
}

impl<T: Write> Write for Hashed<T> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(buffer)?;
        self.saw(&buffer[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
