//! Builds the model of words: `lexicon SOURCES OUT`.
//!
//! SOURCES holds `lm_sc.arpa`, `dict_sc.txt`, `cj.txt` and `wbx.txt` of the Debian source package libime, and `source` with the name of
//! the archive they come from; the rest stands in `data/words/` of this crate. Beside OUT a `.toml` says what it is made of.
// An example reads and writes files; the purity that the library keeps is not asked of it.
#![allow(clippy::disallowed_methods, clippy::disallowed_types)]

use std::error::Error;
use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};
use xuncha_core::words::model::Model;
use xuncha_core::words::model::build::Builder;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const OFFICIAL: &str = include_str!("../data/words/official.txt");
const WORDS: &str = include_str!("../data/words/words.txt");
const TITLES: &str = include_str!("../data/words/titles.txt");
const ALIKE: &str = include_str!("../data/words/alike.txt");
/// Probability (log10) of a word of `official.txt`.
const OFFICIAL_WORD: f32 = -5.6;
/// How often what stands in `official.txt` is counted.
const OFFICIAL_TIMES: usize = 2;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [sources, out] = arguments.as_slice() else {
        return Err("usage: lexicon SOURCES OUT".into());
    };
    let sources = Path::new(sources);
    let read = |name: &str| -> Result<String> {
        let path = sources.join(name);
        let bytes = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    };
    let source = read("source")?;
    let about = format!(
        "错别字模型。语言模型、拼音、形码：Debian 源码包 {}，LGPL-2.1-or-later，© CSSlayer。\n词表：THUOCL 等，MIT。形近字：ECSpell，MIT；pycorrector，Apache-2.0。公文用语：xuncha。\n本文件适用 LGPL-2.1-or-later。\n",
        source.trim()
    );
    let mut builder = Builder::new(&about);
    builder.arpa(&read("lm_sc.arpa")?)?;
    builder.pinyin(&read("dict_sc.txt")?)?;
    builder.shape_codes(&read("cj.txt")?);
    builder.shape_codes(&read("wbx.txt")?);
    builder.alike(ALIKE);
    builder.words(listed()?);
    let of_official = || lines(OFFICIAL).flat_map(|line| line.split([' ', '、']));
    builder.words(
        of_official()
            .filter(|word| (2..=5).contains(&word.chars().count()))
            .map(|word| (word, OFFICIAL_WORD)),
    );
    let base = builder.clone().finish()?;
    let official =
        (0..OFFICIAL_TIMES).flat_map(|_| lines(OFFICIAL).flat_map(|line| line.split(' ')));
    let words = listed()?
        .into_iter()
        .filter(|(_, log10)| *log10 > -6.2)
        .map(|(word, _)| word);
    builder.adapt(
        official.chain(lines(TITLES)).chain(words),
        &Model::open(&base)?,
    );
    let bytes = builder.finish()?;
    let words = Model::open(&bytes)?.words();
    fs::write(out, &bytes)?;
    let sha256 = hex::encode(Sha256::digest(&bytes));
    let note = format!(
        "# What the model beside this file is made of.\nsource = \"{}\"\nlayout = {}\nwords = {words}\nbytes = {}\nsha256 = \"{sha256}\"\nlicence = \"LGPL-2.1-or-later\"\n",
        source.trim(),
        xuncha_core::words::model::VERSION,
        bytes.len(),
    );
    fs::write(Path::new(out).with_extension("toml"), note)?;
    println!("{out}：{words} 词，{} 字节，sha256 {sha256}", bytes.len());
    Ok(())
}

fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter(|line| !line.starts_with('#'))
}

/// The words of `words.txt` with the probability of their part.
fn listed() -> Result<Vec<(&'static str, f32)>> {
    let mut log10 = 0.0;
    let mut words = Vec::new();
    for line in lines(WORDS) {
        match line.strip_prefix("= ") {
            Some(number) => log10 = number.parse()?,
            None => words.extend(line.split(' ').map(|word| (word, log10))),
        }
    }
    Ok(words)
}
