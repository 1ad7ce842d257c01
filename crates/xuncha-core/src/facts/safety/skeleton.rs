//! 页面骨架: what a page is built of, as one number that stays near while nobody builds it anew.

use crate::facts::dom::Dom;
use crate::facts::html::names::Tag;

/// 64-bit simhash of the page's elements with their parents and classes. Texts, addresses and numbers in names do not bear on it.
pub(super) fn of(dom: &Dom) -> u64 {
    const NODES_MAX: usize = 20_000;
    let mut weights = [0i32; 64];
    for (index, node) in dom.nodes.iter().enumerate().take(NODES_MAX) {
        if matches!(node.tag, Tag::Text | Tag::Document) {
            continue;
        }
        let up = &dom.nodes[node.parent()];
        let mut hash = mix(mix(0xcbf2_9ce4_8422_2325, node.tag as u64), up.tag as u64);
        for byte in dom
            .tokens(index)
            .bytes()
            .filter(|byte| !byte.is_ascii_digit())
        {
            hash = mix(hash, u64::from(byte));
        }
        hash ^= hash >> 31;
        hash = hash.wrapping_mul(0xbf58_476d_1ce4_e5b9);
        hash ^= hash >> 29;
        for (bit, weight) in weights.iter_mut().enumerate() {
            *weight += if hash >> bit & 1 == 1 { 1 } else { -1 };
        }
    }
    (0..64)
        .filter(|bit| weights[*bit] > 0)
        .fold(0, |skeleton, bit| skeleton | 1 << bit)
}

fn mix(hash: u64, value: u64) -> u64 {
    (hash ^ value).wrapping_mul(0x0000_0100_0000_01b3)
}
