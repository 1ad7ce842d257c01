//! 进度. Bars on standard error for all that takes over two seconds; nothing where standard error is no terminal but one line a step.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// A bar of known length.
pub fn bar(title: &str, length: u64) -> ProgressBar {
    let bar = ProgressBar::new(length);
    // The template is a constant of ours; a faulty one falls back to the default look.
    let style =
        ProgressStyle::with_template("{msg:<16} [{bar:32}] {pos}/{len} {elapsed} 剩余 {eta}")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.set_style(style.progress_chars("█▉ "));
    bar.set_message(title.to_owned());
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}
