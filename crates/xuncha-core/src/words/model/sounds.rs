//! 读音: keys of sounds, and which syllables are easily mistaken for each other.

/// The key of a row of fuzzy classes.
pub fn sound_key(classes: impl IntoIterator<Item = u16>) -> u32 {
    classes.into_iter().fold(0x811C_9DC5_u32, sound_key_on)
}

/// The key of a row with one class more.
pub fn sound_key_on(key: u32, class: u16) -> u32 {
    (key ^ u32::from(class))
        .wrapping_mul(0x0100_0193)
        .rotate_left(7)
}

/// A syllable with what many speakers do not tell apart made one: zh/z, ch/c, sh/s, ang/an, eng/en, ing/in.
pub fn fuzzy(syllable: &str) -> String {
    let mut plain = syllable.to_owned();
    for (from, to) in [("zh", "z"), ("ch", "c"), ("sh", "s")] {
        if let Some(rest) = syllable.strip_prefix(from) {
            plain = format!("{to}{rest}");
        }
    }
    for ending in ["ang", "eng", "ing"] {
        if plain.ends_with(ending) {
            plain.pop();
            break;
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fuzzy_syllables() {
        for (syllable, plain) in [
            ("zhang", "zan"),
            ("shi", "si"),
            ("ping", "pin"),
            ("gong", "gong"),
            ("a", "a"),
        ] {
            assert_eq!(fuzzy(syllable), plain);
        }
        assert_ne!(sound_key([1, 2]), sound_key([2, 1]));
    }
}
