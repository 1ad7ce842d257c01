//! 难处: habits of real sites that make pages hard to read. They say nothing that is not true, and hide nothing that is planted: a habit
//! that would do so is not drawn.

use crate::content::conduct::AnythingPlan;
use crate::model::{SearchPlan, SitePlan};
use crate::rng::Rng;

/// 页脚形式: what the footer is made of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FooterForm {
    /// Text.
    #[default]
    Text,
    /// One picture without a word.
    Picture,
    /// Written by a script.
    Script,
}

/// 搜索框形式: how a search is offered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SearchBox {
    /// A form.
    #[default]
    Form,
    /// An input and a button without a form.
    Input,
    /// An element of a framework.
    Component,
    /// A link to a page of its own, which asks by script.
    Link,
}

/// 名称形式: how the header shows the site's name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum NameForm {
    /// A heading within the banner.
    #[default]
    Banner,
    /// A heading that leads home, in a block that nothing names.
    Linked,
    /// Bare text in a block that nothing names.
    Plain,
}

/// 难处: see the module.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Hard {
    /// Title, line of information and text of an article stand in one box, which ends with who signed it when.
    pub flat: bool,
    /// Documents are signed with days in characters: 二〇二六年三月一日.
    pub spelled: bool,
    /// A box of the newest articles with their days stands on every page but the home page.
    pub side_box: bool,
    /// It stands before the content.
    pub side_first: bool,
    /// The footer.
    pub footer: FooterForm,
    /// The search.
    pub search: SearchBox,
    /// The name.
    pub name: NameForm,
}

impl Hard {
    /// Draws the habits of a site.
    #[must_use]
    pub fn draw(seed: u64, plan: &SitePlan) -> Self {
        let mut rng = Rng::new(seed, &format!("hard {}", plan.code));
        let mut hard = Self {
            flat: rng.percent(40),
            spelled: rng.percent(50),
            side_box: rng.percent(45),
            side_first: rng.percent(40),
            footer: match rng.below(100) {
                0..=7 => FooterForm::Picture,
                8..=15 => FooterForm::Script,
                _ => FooterForm::Text,
            },
            search: match rng.below(100) {
                0..=5 => SearchBox::Input,
                6..=11 => SearchBox::Component,
                12..=17 => SearchBox::Link,
                _ => SearchBox::Form,
            },
            name: *rng.pick(&[NameForm::Banner, NameForm::Linked, NameForm::Plain]),
        };
        // What is planted in footer and search has to show.
        let defects = &plan.defects;
        let marks = [&defects.missing_marks, &defects.near_marks];
        if marks.into_iter().any(|marks| !marks.is_empty()) {
            hard.footer = FooterForm::Text;
        }
        let says_anything = plan.conduct.anything != AnythingPlan::Nothing;
        if defects.search != SearchPlan::Works || says_anything {
            hard.search = SearchBox::Form;
        }
        hard
    }
}
