//! 让位. Long work gives way to people: gathering and judging take what the pages leave of the processor.

/// How much long work gives way, as `nice` counts it: against a page it gets about a tenth of a contended processor, and all of an idle one.
const GIVES_WAY_BY: i32 = 10;

/// Lowers the priority of this thread and of every thread and process that it starts from now on.
///
/// On Linux a priority belongs to a thread and is inherited, so this stands before the runtime is built whose threads shall give way. What a
/// person has set with `nice` is added to and never undone.
pub fn give_way() {
    if let Err(error) = rustix::process::nice(GIVES_WAY_BY) {
        tracing::warn!(%error, "cannot lower the priority of long work");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_thread_starts_gives_way_too_and_nothing_else_does() {
        let of_this_thread = || rustix::process::getpriority_process(None).ok();
        let before = of_this_thread();
        let inherited = std::thread::spawn(move || {
            give_way();
            std::thread::spawn(of_this_thread).join().ok().flatten()
        });
        let lowered = before.map(|before| (before + GIVES_WAY_BY).min(19));
        assert!(lowered.is_some());
        assert_eq!(inherited.join().ok().flatten(), lowered);
        assert_eq!(of_this_thread(), before);
    }
}
