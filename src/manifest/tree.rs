//! The RFC 6962 Merkle tree: a digest that names the content, however the work was cut up.

use rayon::prelude::*;

use super::Entry;
use crate::model::{Digest, Hasher};

/// The hash of a leaf.
pub fn leaf(bytes: &[u8]) -> Digest {
    Hasher::default().raw(&[0]).raw(bytes).finish()
}

/// The hash of each entry, as canonical JSON.
pub(super) fn leaves(entries: &[Entry]) -> Vec<Digest> {
    let hash = |bytes: &mut Vec<u8>, entry: &Entry| {
        bytes.clear();
        entry.write(bytes);
        leaf(bytes)
    };
    entries.par_iter().map_init(Vec::new, hash).collect()
}

/// Leaves whose root one thread makes alone.
const ON_ONE_THREAD: usize = 4096;

/// The root over leaves in their order (RFC 6962, section 2.1).
pub fn root(leaves: &[Digest]) -> Digest {
    match leaves {
        [] => Digest::of(b""),
        [only] => *only,
        _ => {
            // The largest power of two below the number of leaves.
            let split = 1 << (usize::BITS - 1 - (leaves.len() - 1).leading_zeros());
            let (left, right) = leaves.split_at(split);
            let (left, right) = if leaves.len() > ON_ONE_THREAD {
                rayon::join(|| root(left), || root(right))
            } else {
                (root(left), root(right))
            };
            Hasher::default().raw(&[1]).raw(left.as_bytes()).raw(right.as_bytes()).finish()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The test vectors of the Certificate Transparency reference implementation.
    #[test]
    fn roots_match_the_reference_vectors() {
        let inputs: [&[u8]; 8] = [
            b"",
            b"\x00",
            b"\x10",
            b"\x20\x21",
            b"\x30\x31",
            b"\x40\x41\x42\x43",
            b"\x50\x51\x52\x53\x54\x55\x56\x57",
            b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
        ];
        let leaves: Vec<Digest> = inputs.iter().map(|input| leaf(input)).collect();
        let expected = [
            (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
            (2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
            (3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
            (5, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"),
            (8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
        ];
        for (count, hex) in expected {
            assert_eq!(root(&leaves[..count]).hex(), hex, "{count} leaves");
        }
    }
}
