//! What becomes of home pages after the monitoring point, for a second round to see: built anew, added to, or broken into.

use crate::content::Site;

/// 后来: what became of a site's home page the day after the monitoring point.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Later {
    /// Only news.
    #[default]
    Same,
    /// Another page stands in its place.
    Defaced,
    /// A script was put in that brings in others.
    Script,
    /// A block of text in a foreign language was put in.
    Foreign,
    /// The site has a new look, with the columns it had (near miss).
    Redesigned,
    /// A banner for a new topic, with a script that turns its pictures (near miss).
    Banner,
    /// Visitors are counted now (near miss).
    Counted,
}

/// Ways to break in.
pub(super) const BROKEN: [Later; 3] = [Later::Defaced, Later::Script, Later::Foreign];
/// What a site's own people do.
pub(super) const OWN_WORK: [Later; 3] = [Later::Redesigned, Later::Banner, Later::Counted];

impl Later {
    /// What stands on the home page since then, beside what stood there.
    #[must_use]
    pub const fn block(self) -> &'static str {
        match self {
            Self::Script => {
                "<script>(function(k){var s=document.createElement('script');s.async=true;s.src='/assets/'+k+'.js';document.getElementsByTagName('head')[0].appendChild(s);})('f3a9');</script>"
            }
            Self::Foreign => {
                "<div class=\"seo\"><h2>人気ブランドスーパーコピー通販専門店</h2><p>ブランド時計コピー、バッグコピー、財布コピーを激安で販売しております。</p></div>"
            }
            Self::Banner => {
                "<div class=\"topic\"><a href=\"/\"><img src=\"/images/pic4.svg\" alt=\"学习贯彻全会精神\" width=\"1000\" /></a></div><script>var turns=0;function turnTopic(){turns=turns+1;document.title=document.title;}</script>"
            }
            Self::Counted => {
                "<script>var _hmt=_hmt||[];</script><script src=\"https://hm.baidu.com/hm.js?8\"></script>"
            }
            Self::Same | Self::Defaced | Self::Redesigned => "",
        }
    }

    /// The page that stands in the home page's place.
    #[must_use]
    pub const fn page(self) -> Option<&'static str> {
        match self {
            Self::Defaced => Some(
                "<html><head><meta charset=\"utf-8\"><title>Security Alert</title></head><body bgcolor=\"black\"><center><h1><font color=\"red\">We were here</font></h1><p>This server has been taken over because nobody cares for its updates. Greetings to all friends of ours around the world.</p></center></body></html>",
            ),
            _ => None,
        }
    }

    /// Keys without the address, and whether they only look so.
    #[must_use]
    pub const fn keys(self) -> (&'static [&'static str], bool) {
        match self {
            Self::Same => (&[], false),
            Self::Defaced => (&["home_changed", "foreign_block"], false),
            Self::Script => (&["new_script"], false),
            Self::Foreign => (&["foreign_block"], false),
            Self::Redesigned => (&["home_changed", "new_script"], true),
            Self::Banner | Self::Counted => (&["new_script"], true),
        }
    }

    /// The word of the truth file.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Defaced => "defaced",
            Self::Script => "script_put_in",
            Self::Foreign => "foreign_text_put_in",
            Self::Redesigned => "redesigned",
            Self::Banner => "banner_of_a_topic",
            Self::Counted => "visitors_counted",
        }
    }
}

impl Site {
    /// Whether what became of the home page later can be seen.
    #[must_use]
    pub fn is_later(&self, now: jiff::civil::DateTime) -> bool {
        now > self.dates.as_of.saturating_add(jiff::Span::new().hours(24))
    }

    /// The same site with another look.
    #[must_use]
    pub fn redesigned(mut self) -> Self {
        let mutation = self.skin.look.strength;
        let hard = self.skin.look.hard;
        self.skin = crate::content::skin::Skin::draw(self.seed ^ 0x5eed, &self.plan, mutation);
        // What is asked of the site stays where it was.
        self.skin.look.hard = hard;
        self
    }
}
