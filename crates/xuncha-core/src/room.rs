//! Room for big buffers.
//!
//! The C library keeps blocks that were freed for the next who asks, each thread in a heap of its own, and the more of it the bigger
//! they were: after one page of eight megabytes every thread may hold on to sixteen. Only blocks above 32 MB go back to the system at
//! once. So a buffer of megabytes reserves more than that: what is never written to takes no memory, and it is never copied to grow.

/// Buffers below this are taken as they are.
const BIG_BYTES: usize = 1 << 20;
/// Blocks above this are the system's own.
const OWN_BLOCK_BYTES: usize = (32 << 20) + (64 << 10);

/// Bytes to reserve for a buffer that may come to hold so many.
pub fn room(bytes: usize) -> usize {
    match bytes > BIG_BYTES {
        true => bytes.max(OWN_BLOCK_BYTES),
        false => bytes,
    }
}

/// [`room`] for so many values.
pub fn room_for<T>(count: usize) -> usize {
    room(count * size_of::<T>()) / size_of::<T>().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_big_buffers_get_more_than_they_ask_for() {
        assert_eq!(room(30_000), 30_000);
        assert!(room(2 << 20) > 32 << 20);
        assert_eq!(room(100 << 20), 100 << 20);
        assert_eq!(room_for::<u64>(1_000), 1_000);
        assert!(room_for::<u64>(1 << 18) * 8 > 32 << 20);
    }
}
