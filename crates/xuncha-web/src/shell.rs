//! What every page carries around its content: language, person, breadcrumb, tabs of the round.

use std::sync::LazyLock;

use sha2::{Digest, Sha256};
use xuncha_core::permission::{Action, Scope, scope};
use xuncha_core::person::Role;

use crate::english;
use crate::labels;
use crate::lang::Lang;
use crate::pager::encode;

/// The style sheet, compiled in.
pub(crate) const STYLE: &str = include_str!("../assets/style.css");

/// Address of the style sheet; it changes with its content, so that browsers may keep it.
static STYLE_HREF: LazyLock<String> = LazyLock::new(|| {
    format!(
        "/assets/style.css?v={}",
        &hex::encode(Sha256::digest(STYLE.as_bytes()))[..12]
    )
});

/// Letters of what a page is about in the tab of a browser.
const TAB_LETTERS: usize = 30;

/// Who looks, in which language, at which address.
#[derive(Clone, Debug, Default)]
pub(crate) struct Viewer {
    /// `P3`; empty for strangers.
    pub(crate) id: String,
    pub(crate) number: i64,
    /// Name; empty for strangers.
    pub(crate) person: String,
    pub(crate) role: Role,
    /// Unit of an operator.
    pub(crate) unit: Option<String>,
    /// Requests of the registry that wait for him.
    pub(crate) waiting_count: u64,
    /// What every form carries.
    pub(crate) csrf: String,
    pub(crate) lang: Lang,
    /// The language that the address asks for.
    pub(crate) chosen: Option<Lang>,
    /// Path and query without the language switch.
    pub(crate) here: String,
}

impl Viewer {
    /// Whether the role includes an action, on something at least.
    pub(crate) fn may(&self, action: Action) -> bool {
        scope(self.role, action) != Scope::None
    }

    /// The unit that lists are narrowed to; `None` where everything may be seen.
    pub(crate) fn narrowed(&self, action: Action) -> Option<String> {
        match scope(self.role, action) {
            Scope::All => None,
            Scope::Own | Scope::None => Some(self.unit.clone().unwrap_or_default()),
        }
    }
}

/// A step of the breadcrumb.
pub(crate) struct Crumb {
    pub(crate) text: String,
    pub(crate) href: String,
    /// Whether the text is a name of somebody's, which no language of ours changes.
    pub(crate) is_data: bool,
}

/// The round whose tabs a page shows, and which tab it is.
pub(crate) struct Tabs {
    pub(crate) base: String,
    pub(crate) title: String,
    pub(crate) current: &'static str,
}

/// What `base.html` needs.
pub(crate) struct Shell {
    pub(crate) viewer: Viewer,
    pub(crate) lang: Lang,
    pub(crate) title: String,
    /// Whether the title is a name of somebody's, which no language of ours changes.
    pub(crate) is_named: bool,
    /// What the tab of the browser says where it is more than the title; a name of somebody's.
    pub(crate) tab: Option<String>,
    pub(crate) section: &'static str,
    pub(crate) crumbs: Vec<Crumb>,
    pub(crate) tabs: Option<Tabs>,
}

impl Shell {
    pub(crate) fn new(viewer: &Viewer, section: &'static str, title: impl Into<String>) -> Shell {
        Shell {
            lang: viewer.lang,
            viewer: viewer.clone(),
            title: title.into(),
            is_named: false,
            tab: None,
            section,
            crumbs: Vec::new(),
            tabs: None,
        }
    }

    /// Of a page whose title is a name of somebody's: of a site, a unit, a round.
    pub(crate) fn named(mut self) -> Shell {
        self.is_named = true;
        self
    }

    /// With what the page is about in the tab of the browser, cut where it is long.
    pub(crate) fn about(mut self, what: &str) -> Shell {
        let mut short: String = what.chars().take(TAB_LETTERS).collect();
        if short.len() < what.len() {
            short.push('…');
        }
        self.tab = Some(short);
        self
    }

    /// With the tabs of a round, and the round in the breadcrumb where the page is not its overview.
    pub(crate) fn in_round(mut self, round: &str, title: &str, current: &'static str) -> Shell {
        let base = format!("/rounds/{}", encode(round));
        self.crumbs.push(Crumb {
            text: self.lang.t("检查轮次", "Rounds").to_owned(),
            href: "/rounds".to_owned(),
            is_data: false,
        });
        if current != "round" && (current != "targets" || self.reads_rounds()) {
            let overview = if self.reads_rounds() { "" } else { "/targets" };
            self.crumbs.push(Crumb {
                text: title.to_owned(),
                href: format!("{base}{overview}"),
                is_data: true,
            });
        }
        self.tabs = Some(Tabs {
            base,
            title: title.to_owned(),
            current,
        });
        self
    }

    pub(crate) fn crumb(mut self, text: impl Into<String>, href: impl Into<String>) -> Shell {
        self.crumbs.push(Crumb {
            text: text.into(),
            href: href.into(),
            is_data: false,
        });
        self
    }

    /// A step whose text is a name of somebody's.
    pub(crate) fn name_crumb(self, text: impl Into<String>, href: impl Into<String>) -> Shell {
        let mut shell = self.crumb(text, href);
        if let Some(last) = shell.crumbs.last_mut() {
            last.is_data = true;
        }
        shell
    }

    pub(crate) fn reads_rounds(&self) -> bool {
        self.viewer.may(Action::ReadRound)
    }

    pub(crate) fn reads_notices(&self) -> bool {
        self.viewer.may(Action::ReadNotice)
    }

    pub(crate) fn reads_registry(&self) -> bool {
        self.viewer.may(Action::ReadRegistry)
    }

    pub(crate) fn files_requests(&self) -> bool {
        self.viewer.may(Action::FileRequest)
    }

    pub(crate) fn manages_registry(&self) -> bool {
        self.viewer.may(Action::ManageRegistry)
    }

    pub(crate) fn manages_rounds(&self) -> bool {
        self.viewer.may(Action::ManageRound)
    }

    pub(crate) fn decides(&self) -> bool {
        self.viewer.may(Action::DecideTask)
    }

    pub(crate) fn reads_cases(&self) -> bool {
        self.viewer.may(Action::ReadCase)
    }

    pub(crate) fn enquires(&self) -> bool {
        self.viewer.may(Action::Enquire)
    }

    /// Whether what waits for the viewer stands on a page of its own.
    pub(crate) fn has_home(&self) -> bool {
        self.decides()
    }

    /// Whether the viewer has a desk of an own unit.
    pub(crate) fn has_desk(&self) -> bool {
        self.viewer.unit.is_some() && self.viewer.may(Action::ReadUnit)
    }

    pub(crate) fn manages_people(&self) -> bool {
        self.viewer.may(Action::ManagePeople)
    }

    /// Where the name of the product leads.
    pub(crate) fn home_href(&self) -> &'static str {
        match self.viewer.person.is_empty() {
            true => "/public",
            false => "/",
        }
    }

    pub(crate) fn manages_lists(&self) -> bool {
        self.viewer.may(Action::ManageLists)
    }

    pub(crate) fn reads_audit(&self) -> bool {
        self.viewer.may(Action::ReadAudit)
    }

    pub(crate) fn role_name(&self) -> &'static str {
        labels::role(self.lang, self.viewer.role)
    }

    pub(crate) fn t<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        self.lang.t(zh, en)
    }

    /// What core and store say in Chinese, as HTML in the language of the page.
    pub(crate) fn said(&self, text: &str) -> String {
        english::html(self.lang, text)
    }

    /// A value of an entry as HTML: words of ours in the language of the page, names as they are.
    pub(crate) fn value(&self, text: &str) -> String {
        english::value(self.lang, text)
    }

    pub(crate) fn style_href(&self) -> &str {
        &STYLE_HREF
    }

    pub(crate) fn is_section(&self, section: &str) -> bool {
        self.section == section
    }

    /// This page in the other language.
    pub(crate) fn switch_href(&self) -> String {
        let other = match self.lang {
            Lang::Zh => Lang::En,
            Lang::En => Lang::Zh,
        };
        let here = if self.viewer.here.is_empty() {
            "/"
        } else {
            &self.viewer.here
        };
        let sign = if here.contains('?') { '&' } else { '?' };
        format!("{here}{sign}lang={}", other.short())
    }
}
