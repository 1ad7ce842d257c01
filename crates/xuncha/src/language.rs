//! 语言模型. The model that wrong characters are found by, read once for the whole program and shared by all that read pages.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use xuncha_core::words::model::Model;
use xuncha_core::words::{Room, WrongWords};

/// Names the model's file; the same variable as of `xuncha words --model`.
const VARIABLE: &str = "XUNCHA_WORDS";
/// Where `cargo xtask lexicon` puts it.
const BUILT: &str = "target/lexicon/words.model";
/// Its name beside the program.
const BESIDE: &str = "words.model";

static MODEL: OnceLock<Option<&'static Model<'static>>> = OnceLock::new();

/// A room for finding wrong characters by the model and this list; `None` where there is no model.
pub fn room(wrong_words: Option<&String>) -> Option<Arc<Room>> {
    let model = (*MODEL.get_or_init(read))?;
    let list = wrong_words.map_or("", String::as_str);
    let list = WrongWords::parse(list).unwrap_or_else(|_| WrongWords::builtin());
    Some(Arc::new(Room::new(model, list)))
}

fn read() -> Option<&'static Model<'static>> {
    let path = path()?;
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) => {
            tracing::error!(path = %path.display(), %error, "the model of words cannot be read: wrong characters are not looked for");
            return None;
        }
    };
    // It is read once and used to the end of the program.
    match Model::open(Box::leak(bytes.into_boxed_slice())) {
        Ok(model) => Some(Box::leak(Box::new(model))),
        Err(error) => {
            tracing::error!(path = %path.display(), %error, "the model of words cannot be used: wrong characters are not looked for");
            None
        }
    }
}

/// Where the model lies: where the variable says, beside the program, or where it was built.
fn path() -> Option<PathBuf> {
    if let Some(named) = std::env::var_os(VARIABLE) {
        return (!named.is_empty()).then(|| PathBuf::from(named));
    }
    let program = std::env::current_exe().ok();
    let beside = program.and_then(|program| Some(program.parent()?.join(BESIDE)));
    let built = Path::new(BUILT).to_owned();
    beside
        .into_iter()
        .chain([built])
        .find(|path| path.is_file())
}
