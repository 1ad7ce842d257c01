//! Where the browser stands on this machine.

use std::path::PathBuf;

/// Where distributions put it.
const USUAL: [&str; 4] = [
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome-stable",
    "/usr/bin/google-chrome",
];

/// 浏览器选择. `auto`, `off` or a path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum BrowserChoice {
    /// The machine's, where there is one.
    #[default]
    Auto,
    /// None.
    Off,
    /// This one.
    Path(PathBuf),
}

impl BrowserChoice {
    /// As the command line writes it.
    pub fn parse(text: &str) -> BrowserChoice {
        match text {
            "auto" | "" => BrowserChoice::Auto,
            "off" => BrowserChoice::Off,
            path => BrowserChoice::Path(PathBuf::from(path)),
        }
    }
}

/// The executable; `None` where there is none or none is wanted. A path that was named is not looked for elsewhere.
pub fn find(choice: &BrowserChoice) -> Option<PathBuf> {
    match choice {
        BrowserChoice::Off => None,
        BrowserChoice::Path(path) => path.is_file().then(|| path.clone()),
        BrowserChoice::Auto => USUAL.iter().map(PathBuf::from).find(|path| path.is_file()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_named_browser_is_that_one_or_none() {
        assert_eq!(find(&BrowserChoice::parse("off")), None);
        assert_eq!(find(&BrowserChoice::parse("/nowhere/chromium")), None);
        assert_eq!(
            find(&BrowserChoice::parse("/bin/sh")),
            Some(PathBuf::from("/bin/sh"))
        );
        assert_eq!(BrowserChoice::parse("auto"), BrowserChoice::Auto);
    }
}
