use crate::random::Random;

/// Damages the bytes of a database file.
pub(super) fn damage(random: &mut Random, file: &mut Vec<u8>) {
    const PAGE: usize = 512;
    for _ in 0..random.between(1, 12) {
        if file.is_empty() {
            return;
        }
        let at = random.below(file.len());
        let byte = u8::try_from(random.below(256)).unwrap_or(0);
        match random.below(10) {
            0 => file.truncate(at),
            1 | 2 => file[at] ^= 1 << random.below(8),
            3 => file[at] = byte,
            // The header: page size, versions, counts, encoding.
            4 => {
                let place = random.below(100.min(file.len()));
                file[place] = byte;
            }
            5 if file.len() > 60 => file[59] = u8::try_from(random.below(5)).unwrap_or(0),
            // The first page's cells: the schema.
            6 | 7 => {
                let place = random.below(1024.min(file.len()));
                file[place] = byte;
            }
            8 if file.len() >= 2 * PAGE => {
                let (one, other) = (random.below(file.len() / PAGE), random.below(file.len() / PAGE));
                for offset in 0..PAGE {
                    file.swap(one * PAGE + offset, other * PAGE + offset);
                }
            }
            _ => {
                let end = (at + random.below(200)).min(file.len());
                file[at..end].fill(byte);
            }
        }
    }
}
