//! Chance, by purpose and index: a draw has its place, and no other draw can move it.
//!
//! The key of a run is (seed, replication, branch), the stream its purpose, the block its index. An index
//! owns one block of eight uniforms; what needs more goes on in an overflow stream of its own. Nothing is
//! hashed and nothing is shared, so that a part added to a scenario moves no other part's draws.
//! Numbers: ChaCha8, as `rand_chacha` computes it too. Decision: docs/decisions/0002-chance.md.

use chacha20::cipher::array::Array;
use chacha20::cipher::consts::U64;
use chacha20::cipher::{KeyIvInit, StreamCipherCore};
use chacha20::variants::Ietf;
use chacha20::{ChaChaCore, R8};

/// What a run is drawn from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RunKey {
    /// The seed, as the user gives it.
    pub seed: u64,
    /// The replication under that seed.
    pub replication: u64,
    /// 0, or the number of a fork.
    pub branch: u64,
}

impl RunKey {
    fn bytes(self) -> [u8; 32] {
        let mut key = *b"........................cutover1";
        key[..8].copy_from_slice(&self.seed.to_le_bytes());
        key[8..16].copy_from_slice(&self.replication.to_le_bytes());
        key[16..24].copy_from_slice(&self.branch.to_le_bytes());
        key
    }
}

/// Uniforms in one block: 16 words of 32 bits, two a uniform.
pub const DRAWS_A_BLOCK: usize = 8;
const BLOCKS_A_FILL: u64 = 4;
/// Purposes use the low bits of a stream's number; the index of an overflow stream stands above.
const PURPOSE_BITS: u32 = 16;

/// The eight uniforms of one index, each in (0, 1), never 0 or 1.
#[derive(Clone, Copy, Debug)]
pub struct Draws([u64; DRAWS_A_BLOCK]);

impl Draws {
    /// Uniform number `n` of the block: (k + 1/2) / 2^52, with 52 random bits k.
    ///
    /// # Panics
    /// If `n` is 8 or more.
    pub fn uniform(&self, n: usize) -> f64 {
        uniform(self.0[n])
    }

    /// The 64 bits behind uniform number `n`.
    pub const fn bits(&self, n: usize) -> u64 {
        self.0[n]
    }
}

fn uniform(bits: u64) -> f64 {
    ((bits >> 12) as f64 + 0.5) * (1.0 / (1_u64 << 52) as f64)
}

/// Four neighbouring blocks of one stream: the cipher makes four for the price of one.
type Fill = [u8; 8 * DRAWS_A_BLOCK * BLOCKS_A_FILL as usize];

/// So many fills of each stream are kept: indices are asked for in the order in which things happen, not in their own.
const FILLS_KEPT: usize = 4;

/// The streams of one run, for `PURPOSES` purposes.
///
/// Positions are plain data, so that a run can be copied; the same (key, purpose, index) always gives the
/// same draws, in whatever order they are asked for.
#[derive(Clone, Debug)]
pub struct Random<const PURPOSES: usize> {
    /// The key of the run.
    key: [u8; 32],
    /// The number of each fill that is held plus one; 0 if nothing was drawn yet.
    held: [[u64; FILLS_KEPT]; PURPOSES],
    fills: [[Fill; FILLS_KEPT]; PURPOSES],
    /// The same of overflow streams, by the last bit of their index: which stream, and the number.
    held_further: [(u64, u64); 2],
    further: [Fill; 2],
}

impl<const PURPOSES: usize> Random<PURPOSES> {
    /// The streams of a run.
    pub fn new(key: RunKey) -> Random<PURPOSES> {
        let fill = [0; size_of::<Fill>()];
        let (held, fills) = ([[0; FILLS_KEPT]; PURPOSES], [[fill; FILLS_KEPT]; PURPOSES]);
        Random { key: key.bytes(), held, fills, held_further: [(0, 0); 2], further: [fill; 2] }
    }

    /// Turns to another run. Allocates nothing.
    pub fn reset(&mut self, key: RunKey) {
        self.key = key.bytes();
        self.held = [[0; FILLS_KEPT]; PURPOSES];
        self.held_further = [(0, 0); 2];
    }

    /// The draws that belong to this index of this purpose.
    ///
    /// # Panics
    /// If `purpose` is not below `PURPOSES`.
    pub fn at(&mut self, purpose: usize, index: u64) -> Draws {
        let start = (index % BLOCKS_A_FILL) as usize * 8 * DRAWS_A_BLOCK;
        read(&self.fill(purpose, index / BLOCKS_A_FILL)[start..start + 8 * DRAWS_A_BLOCK])
    }

    /// Uniform number `n` of this index of this purpose: the same as `self.at(purpose, index).uniform(n)`.
    ///
    /// # Panics
    /// If `purpose` is not below `PURPOSES`, or `n` is 8 or more.
    pub fn uniform(&mut self, purpose: usize, index: u64, n: usize) -> f64 {
        assert!(n < DRAWS_A_BLOCK, "a block has eight uniforms");
        let start = 8 * ((index % BLOCKS_A_FILL) as usize * DRAWS_A_BLOCK + n);
        let word = &self.fill(purpose, index / BLOCKS_A_FILL)[start..start + 8];
        uniform(u64::from_le_bytes(word.try_into().expect("eight bytes")))
    }

    /// The `n`-th further block (from 0) of an index whose own block is used up.
    ///
    /// # Panics
    /// If `index` is 2^48 - 1 or more.
    pub fn overflow(&mut self, purpose: usize, index: u64, n: u64) -> Draws {
        assert!(index < (1 << (64 - PURPOSE_BITS)) - 1, "an index has 48 bits");
        let stream = (index + 1) << PURPOSE_BITS | purpose as u64;
        let wanted = (stream, n / BLOCKS_A_FILL + 1);
        // Two neighbouring indices are asked for in turn: the two sides of a minute.
        let place = (index % 2) as usize;
        let (held, fill) = (&mut self.held_further[place], &mut self.further[place]);
        if *held != wanted {
            draw(&self.key, stream, n / BLOCKS_A_FILL * BLOCKS_A_FILL, fill);
            *held = wanted;
        }
        let start = (n % BLOCKS_A_FILL) as usize * 8 * DRAWS_A_BLOCK;
        read(&fill[start..start + 8 * DRAWS_A_BLOCK])
    }

    /// The `number`-th fill of a stream, counted from 0.
    fn fill(&mut self, purpose: usize, number: u64) -> &Fill {
        let place = number as usize % FILLS_KEPT;
        let (held, fill) = (&mut self.held[purpose][place], &mut self.fills[purpose][place]);
        if *held != number + 1 {
            draw(&self.key, purpose as u64, number * BLOCKS_A_FILL, fill);
            *held = number + 1;
        }
        fill
    }
}

/// So many levels of a tree share a fill.
const LEVELS_A_FILL: u32 = 5;

/// The uniforms of a binary tree, one for each node: the same in whatever order they are asked for.
///
/// Positions are plain data; the nodes below node `n` are `2 n` and `2 n + 1`, the root is 1.
#[derive(Clone, Debug)]
pub struct Branches {
    key: [u8; 32],
    stream: u64,
    /// The root of the part of the tree that is held; 0 if nothing was drawn yet.
    held: u32,
    fill: Fill,
}

impl Branches {
    /// A tree of its own for these draws.
    pub fn new(draws: Draws) -> Branches {
        let mut key = [0; 32];
        for (bytes, n) in key.chunks_exact_mut(8).zip(0..) {
            bytes.copy_from_slice(&draws.bits(n).to_le_bytes());
        }
        Branches { key, stream: 0, held: 0, fill: [0; size_of::<Fill>()] }
    }

    /// Another tree of the same draws.
    pub fn sibling(&self, number: u64) -> Branches {
        Branches { stream: number, held: 0, ..self.clone() }
    }

    /// The uniform of a node, in (0, 1).
    ///
    /// # Panics
    /// If `node` is 0.
    pub fn uniform(&mut self, node: u32) -> f64 {
        let depth = node.ilog2() % LEVELS_A_FILL;
        let root = node >> depth;
        if self.held != root {
            draw(&self.key, self.stream, u64::from(root) * BLOCKS_A_FILL, &mut self.fill);
            self.held = root;
        }
        let place = (node - (root << depth) + (1 << depth)) as usize;
        let word = &self.fill[8 * place..8 * place + 8];
        uniform(u64::from_le_bytes(word.try_into().expect("eight bytes")))
    }
}

/// Fills `bytes`, as many as the cipher makes at once, from this block of a stream on; blocks are counted in fours.
///
/// The cipher's state is its constants, the key, 64 bits of the block's number and 64 of the stream's. The library counts
/// blocks in the lower 32; what stands above is the first word of what it takes for a nonce.
fn draw(key: &[u8; 32], stream: u64, block: u64, bytes: &mut Fill) {
    let mut nonce = [0; 12];
    nonce[..4].copy_from_slice(&((block >> 32) as u32).to_le_bytes());
    nonce[4..].copy_from_slice(&stream.to_le_bytes());
    let mut cipher = ChaChaCore::<R8, Ietf>::new(key.into(), &nonce.into());
    cipher.set_block_pos(block as u32);
    cipher.write_keystream_blocks(Array::<u8, U64>::slice_as_chunks_mut(bytes).0);
}

fn read(bytes: &[u8]) -> Draws {
    let mut draws = [0; DRAWS_A_BLOCK];
    for (draw, word) in draws.iter_mut().zip(bytes.chunks_exact(8)) {
        *draw = u64::from_le_bytes(word.try_into().expect("eight bytes"));
    }
    Draws(draws)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::{Rng, SeedableRng};

    const KEY: RunKey = RunKey { seed: 1, replication: 2, branch: 0 };

    #[test]
    fn a_draw_does_not_depend_on_what_was_drawn_before() {
        let mut one = Random::<3>::new(KEY);
        let mut other = Random::<3>::new(KEY);
        let wanted = one.at(2, 77).bits(5);
        for index in [0, 5, 78, 4_000_000_000] {
            other.at(0, index);
            other.at(2, index);
        }
        assert_eq!(other.at(2, 77).bits(5), wanted);
    }

    #[test]
    fn overflow_blocks_are_the_same_in_whatever_order_they_are_asked_for() {
        let mut random = Random::<2>::new(KEY);
        let places = [(0, 3, 0), (0, 4, 0), (1, 3, 9), (0, 3, 5), (0, 5, 1), (0, 3, 0), (1, 4, 2)];
        let in_turn = places.map(|(purpose, index, n)| random.overflow(purpose, index, n).0);
        let alone = places.map(|(purpose, index, n)| {
            let mut bytes = [0; size_of::<Fill>()];
            draw(&KEY.bytes(), (index + 1) << PURPOSE_BITS | purpose as u64, n, &mut bytes);
            read(&bytes[..8 * DRAWS_A_BLOCK]).0
        });
        assert_eq!(in_turn, alone);
        random.reset(RunKey { seed: 2, ..KEY });
        assert_ne!(random.overflow(0, 3, 0).0, alone[0], "another run, other draws");
    }

    #[test]
    fn key_purpose_index_and_overflow_name_different_streams() {
        let mut random = Random::<2>::new(KEY);
        let mut seen = vec![
            random.at(0, 0).bits(0),
            random.at(0, 1).bits(0),
            random.at(1, 0).bits(0),
            random.overflow(0, 0, 0).bits(0),
            random.overflow(0, 0, 1).bits(0),
            random.overflow(1, 0, 0).bits(0),
        ];
        for key in [
            RunKey { seed: 2, ..KEY },
            RunKey { replication: 3, ..KEY },
            RunKey { branch: 1, ..KEY },
        ] {
            random.reset(key);
            seen.push(random.at(0, 0).bits(0));
        }
        let count = seen.len();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), count);
    }

    #[test]
    fn a_node_of_a_tree_has_its_uniform_whatever_was_asked_before() {
        let draws = Random::<1>::new(KEY).at(0, 0);
        let (mut down, mut across) = (Branches::new(draws), Branches::new(draws));
        let mut path = vec![];
        let mut node = 1;
        for _ in 0..14 {
            path.push((node, down.uniform(node)));
            node = 2 * node + node % 3 % 2;
        }
        assert!(path.iter().rev().all(|&(node, uniform)| across.uniform(node) == uniform));
        let mut seen: Vec<u64> = (1..4096).map(|node| across.uniform(node).to_bits()).collect();
        seen.extend((1..64).map(|node| across.sibling(1).uniform(node).to_bits()));
        let count = seen.len();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), count);
        let mean = (1..4096).map(|node| across.uniform(node)).sum::<f64>() / 4095.0;
        assert!((mean - 0.5).abs() < 4.0 / libm::sqrt(12.0 * 4095.0), "{mean}");
    }

    /// The cipher's own published stream: ChaCha8, key and nonce zero (eSTREAM test vector, 256-bit key).
    #[test]
    fn the_cipher_is_chacha8() {
        let mut bytes = [0; size_of::<Fill>()];
        draw(&[0; 32], 0, 0, &mut bytes);
        assert_eq!(bytes[..8], [0x3e, 0x00, 0xef, 0x2f, 0x89, 0x5f, 0x40, 0xd6]);
    }

    #[test]
    fn another_library_draws_the_same() {
        let far = (1 << 40) + (1 << 33) + 4;
        for (stream, block) in
            [(0, 0), (3, 8), (u64::MAX, 4), (1 << 35 | 7, far), (9, u64::MAX - 3)]
        {
            let mut other = ChaCha8Rng::from_seed(KEY.bytes());
            other.set_stream(stream);
            other.set_word_pos(u128::from(block) * 16);
            let mut bytes = [[0; size_of::<Fill>()]; 2];
            other.fill_bytes(&mut bytes[0]);
            draw(&KEY.bytes(), stream, block, &mut bytes[1]);
            assert_eq!(bytes[0], bytes[1], "stream {stream}, block {block}");
        }
    }

    #[test]
    fn one_uniform_is_that_of_its_block() {
        let mut random = Random::<2>::new(KEY);
        for (index, n) in [(0, 0), (1, 7), (5, 3), (4_000, 2)] {
            let of_block = random.at(1, index).uniform(n);
            assert_eq!(random.uniform(1, index, n), of_block);
        }
    }

    #[test]
    fn a_uniform_is_never_zero_or_one() {
        assert_eq!(uniform(0), 0.5 / 4_503_599_627_370_496.0);
        assert!(uniform(0) > 0.0 && uniform(u64::MAX) < 1.0);
    }
}
