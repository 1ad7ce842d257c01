//! The shapes of facts. A field that could not be read is empty or `None`, never a guess.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use crate::evidence::{Capture, EvidenceRef, Timing};
use crate::facts::network::NetworkFacts;
use crate::facts::opened::{AccessibilityFacts, ScreenFacts};
use crate::facts::outline::HomeOutline;
use crate::facts::scope::canonical;
use crate::facts::skip::Skip;
use crate::registry::TargetId;
use crate::registry::watch::{WatchKind, WatchState};
use crate::review::correction::CorrectedReading;
use crate::verdict::{Confidence, Place};

/// Version of the extractor; facts of another version can be rebuilt from bodies.
pub const FACTS_VERSION: u32 = 10;

/// Rare records keep their readable form inside of the binary one, which has no names to tell enum states by.
mod as_text {
    use serde::de::{DeserializeOwned, Error as _};
    use serde::ser::Error as _;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<T: Serialize, S: Serializer>(
        value: &T,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return value.serialize(serializer);
        }
        let text = serde_json::to_string(value).map_err(S::Error::custom)?;
        serializer.serialize_str(&text)
    }

    pub(super) fn deserialize<'de, T: DeserializeOwned, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<T, D::Error> {
        if deserializer.is_human_readable() {
            return T::deserialize(deserializer);
        }
        let text = String::deserialize(deserializer)?;
        serde_json::from_str(&text).map_err(D::Error::custom)
    }
}

/// 采集记录. One entry of a target's append-only facts segment, in the order it happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
// Looks are the most frequent records by far and are read one by one: a box each would cost more than the unused bytes.
#[allow(clippy::large_enum_variant)]
pub enum FactRecord {
    /// What the segment is about; always first.
    Header {
        /// The target, or `_outside` for outside links of a round.
        target: TargetId,
        /// [`FACTS_VERSION`] at the time of writing.
        facts_version: u32,
        /// Monitoring from.
        monitor_from: DateTime,
        /// Monitoring point.
        as_of: DateTime,
    },
    /// A page or other answer that was read for facts.
    Page(Box<PageFacts>),
    /// An answer of which only the state matters (probe, link look).
    Look(Capture),
    /// A link that was not asked.
    Skipped {
        /// Address.
        url: String,
        /// Why.
        why: Skip,
    },
    /// A phase of gathering is complete (`probe`, `crawl`, `looks`, `search` …).
    PhaseDone {
        /// Which phase.
        phase: String,
    },
    /// What the network says of the site: TLS, certificate, DNS, IPv6. Once a round.
    Network(#[serde(with = "as_text")] Box<NetworkFacts>),
    /// The rules of the site's robots.txt that hold for us, as they were when the crawl began.
    Robots {
        /// Its address.
        url: String,
        /// The rules; empty where there are none.
        rules: String,
    },
    /// A page that shows nothing without its scripts and could not be rendered.
    NotRendered {
        /// Address.
        url: String,
        /// Why, as people read it.
        why: String,
    },
    /// How wide the home page is on a phone's screen.
    Screen(#[serde(with = "as_text")] Box<ScreenFacts>),
    /// What keeps people out of a page, as an engine found it.
    Accessibility(#[serde(with = "as_text")] Box<AccessibilityFacts>),
}

impl FactRecord {
    /// The evidence that it was read from, where it is about one answer.
    pub fn evidence(&self) -> Option<&EvidenceRef> {
        match self {
            FactRecord::Page(page) => Some(&page.capture.evidence),
            FactRecord::Look(capture) => Some(&capture.evidence),
            FactRecord::Network(facts) => Some(&facts.evidence),
            FactRecord::Screen(facts) => facts.evidence.as_ref(),
            FactRecord::Accessibility(facts) => facts.evidence.as_ref(),
            _ => None,
        }
    }
}

/// 链接种类. What kind of reference a link is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    /// `a`, `area`.
    Anchor,
    /// `img`, `srcset`, `picture`, CSS images.
    Image,
    /// `script src`.
    Script,
    /// `link rel=stylesheet`, `@import`.
    Style,
    /// `iframe`, `frame`.
    Frame,
    /// `form action`: of a GET form asked without its fields, of others never asked.
    Form,
    /// `object`, `embed`, `video`, `audio`, `source`.
    Media,
    /// Meta refresh and inline `location=`.
    Refresh,
    /// Pages named by a script pager (`createPageHTML` and the like).
    Pager,
    /// Addresses that a page names without an anchor: written whole in scripts and handlers (`window.open('…')`), in jump menus,
    /// in `link rel=alternate`.
    Inline,
    /// An entry of a sitemap.
    Sitemap,
}

/// 页面区域. Where on the page a link stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Area {
    /// Header and navigation.
    Navigation,
    /// Everything between.
    Body,
    /// Footer function area.
    Footer,
    /// Boxes beside the content of a page that marks it (`<main>`): newest articles of all columns, archives, tags.
    Beside,
}

/// 链接. A distinct link of one page.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Link {
    /// Absolute, serialised by the URL standard, without fragment.
    pub url: String,
    /// Kind of reference.
    pub kind: LinkKind,
    /// Visible text, `alt` or `title`, at most 80 characters; of a form its method.
    pub text: String,
    /// Where it stands.
    pub area: Area,
    /// How often on this page.
    pub count: u32,
}

/// 日期来源. Where a publication date was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateSource {
    /// `<meta name="PubDate">` and its relatives.
    Meta,
    /// JSON-LD `datePublished`.
    JsonLd,
    /// Visible text of the article's head.
    Text,
    /// The page's address (`t20260301_1.html`, `/2026/03/01/`).
    Url,
    /// The list that names the article.
    List,
    /// A script variable.
    Script,
}

/// 发布时间. A publication day, with the time where it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// The day.
    pub date: Date,
    /// With time of day, where shown.
    pub at: Option<DateTime>,
    /// Where it was read.
    pub source: DateSource,
    /// The text it was read from.
    pub quote: String,
}

/// 稿件. What an article page says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArticleFacts {
    /// Title.
    pub title: String,
    /// Publication time; `None` where the page shows none (未注明发布时间).
    pub published: Option<Published>,
    /// 来源, empty where not shown.
    pub source: String,
    /// Visible characters of the body without navigation.
    pub body_chars: u32,
    /// Text of the body, at most 4,000 characters.
    pub body: String,
    /// 发文字号 such as 青政发〔2026〕5号, empty where none.
    pub document_number: String,
    /// 发文机关, empty where not shown.
    pub issuer: String,
    /// Links inside the article's body (attachments, interpretations, documents).
    pub body_links: Vec<Link>,
    /// The day of publication that the page states, where that lies after the capture; `published` is none then.
    #[serde(default)]
    pub later: Option<Date>,
}

/// 列表项. One item of a list page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListItem {
    /// Title.
    pub title: String,
    /// Absolute address.
    pub url: String,
    /// Date shown beside it, completed to a year where the list leaves it out.
    pub date: Option<Date>,
}

/// 列表页. The main list of a column page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListFacts {
    /// Items in page order.
    pub items: Vec<ListItem>,
    /// Newest date among the items.
    pub newest: Option<Date>,
    /// Addresses of further pages of the same list.
    pub pages: Vec<String>,
    /// Items come only from a script that could not be read.
    pub needs_script: bool,
    /// Other dated lists of the page: one of them may be its own where the main one stands on every page.
    #[serde(default)]
    pub others: Vec<Vec<ListItem>>,
}

/// 网站标识要素. The marks that a footer must carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Mark {
    /// CONAC 党政机关网站标识.
    党政机关网站标识,
    /// Site code.
    网站标识码,
    /// ICP filing.
    #[serde(rename = "ICP备案编号")]
    ICP备案编号,
    /// Police filing.
    公安机关备案标识,
    /// Host unit.
    网站主办单位,
    /// Contact.
    联系方式,
    /// “我为政府网站找错” entry.
    找错入口,
}

impl Mark {
    /// All marks in the order of the rule.
    pub const ALL: [Mark; 7] = [
        Mark::党政机关网站标识,
        Mark::网站标识码,
        Mark::ICP备案编号,
        Mark::公安机关备案标识,
        Mark::网站主办单位,
        Mark::联系方式,
        Mark::找错入口,
    ];

    /// The mark's name as findings and truth write it.
    pub fn name(self) -> &'static str {
        match self {
            Mark::党政机关网站标识 => "党政机关网站标识",
            Mark::网站标识码 => "网站标识码",
            Mark::ICP备案编号 => "ICP备案编号",
            Mark::公安机关备案标识 => "公安机关备案标识",
            Mark::网站主办单位 => "网站主办单位",
            Mark::联系方式 => "联系方式",
            Mark::找错入口 => "找错入口",
        }
    }
}

/// 标识所见. How a mark was seen on a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarkSeen {
    /// Present, with its value (number, name).
    Present {
        /// What stands there.
        value: String,
    },
    /// Perhaps inside an image or script that cannot be read.
    Unreadable,
    /// Not there.
    Absent,
}

/// 办事指南要素. The eight element classes of a service guide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum GuideElement {
    /// Item name.
    事项名称,
    /// Legal basis.
    设定依据,
    /// Conditions.
    申请条件,
    /// Materials.
    办理材料,
    /// Place.
    办理地点,
    /// Hours.
    办理时间,
    /// Telephone.
    联系电话,
    /// Procedure.
    办理流程,
}

impl GuideElement {
    /// All elements in the order of the rule.
    pub const ALL: [GuideElement; 8] = [
        GuideElement::事项名称,
        GuideElement::设定依据,
        GuideElement::申请条件,
        GuideElement::办理材料,
        GuideElement::办理地点,
        GuideElement::办理时间,
        GuideElement::联系电话,
        GuideElement::办理流程,
    ];

    /// Its name as findings and truth write it.
    pub fn name(self) -> &'static str {
        match self {
            GuideElement::事项名称 => "事项名称",
            GuideElement::设定依据 => "设定依据",
            GuideElement::申请条件 => "申请条件",
            GuideElement::办理材料 => "办理材料",
            GuideElement::办理地点 => "办理地点",
            GuideElement::办理时间 => "办理时间",
            GuideElement::联系电话 => "联系电话",
            GuideElement::办理流程 => "办理流程",
        }
    }
}

/// 办事指南. What a service-guide page holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuideFacts {
    /// The item's title.
    pub title: String,
    /// Elements found, with the text that stands there.
    pub elements: BTreeMap<GuideElement, String>,
    /// Vague wording found (有关材料、其他材料 …), quoted.
    pub vague: Vec<String>,
    /// Whether the format of the materials is stated (original/copy, paper/electronic, number of copies).
    pub material_format_stated: bool,
    /// Forms and samples offered for download.
    pub downloads: Vec<Link>,
}

/// 留言. One message of a public message box.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageFacts {
    /// Title or first words.
    pub title: String,
    /// Address of its own page, or of the list.
    pub url: String,
    /// When it was asked.
    pub asked: Option<Date>,
    /// When it was answered; `None` where no answer is shown.
    pub replied: Option<Date>,
    /// Whether an answer is shown, dated or not.
    pub has_reply: bool,
    /// Answering unit.
    pub unit: String,
}

/// 搜索表单. A search form of a page.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SearchForm {
    /// Absolute address of the action.
    pub action: String,
    /// Whether it is sent by GET.
    pub is_get: bool,
    /// Name of the text field.
    pub field: String,
    /// Other fields with their values.
    pub hidden: BTreeMap<String, String>,
    /// Encoding of the query, from the page or `accept-charset`.
    pub charset: String,
    /// 验证码. Whether it asks for a code that only a person can read.
    #[serde(default)]
    pub asks_code: bool,
}

/// 页面事实. What one answer says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PageFacts {
    /// The request and its result.
    pub capture: Capture,
    /// Charset used to read it.
    pub charset: String,
    /// Whether it was read as HTML.
    pub is_html: bool,
    /// `<title>`; of a sitemap its root element.
    pub title: String,
    /// Text of the header identification area (site name), empty where not found.
    pub header_name: String,
    /// `<meta name>` by name as written in the rule where it is one of those (SiteName …), else lower case; first value.
    pub metas: BTreeMap<String, String>,
    /// Distinct links.
    pub links: Vec<Link>,
    /// Breadcrumb from the home page down: text and address.
    pub breadcrumbs: Vec<Link>,
    /// Navigation entries: text, address; sub-entries follow their parent with `depth` 2.
    pub navigation: Vec<NavigationEntry>,
    /// Entries of a side navigation: the sub-columns of a column page.
    #[serde(default)]
    pub side_navigation: Vec<NavigationEntry>,
    /// Wording of an empty column (暂无信息), quoted; empty where none.
    #[serde(default)]
    pub empty_wording: String,
    /// Groups by which a result page of a search classifies its results.
    #[serde(default)]
    pub result_classes: Vec<String>,
    /// As an article.
    pub article: Option<ArticleFacts>,
    /// As a list page.
    pub list: Option<ListFacts>,
    /// As a service guide.
    pub guide: Option<GuideFacts>,
    /// As a message list or message page.
    pub messages: Vec<MessageFacts>,
    /// Marks as seen on this page.
    pub marks: BTreeMap<Mark, MarkSeen>,
    /// Search forms.
    pub search_forms: Vec<SearchForm>,
    /// Newest date of any item or text on the page that is not in the future of the capture (home pages).
    pub newest_item: Option<Date>,
    /// Words of a missing page (soft 404), quoted; empty where none.
    pub missing_wording: String,
    /// The page shows next to nothing without scripts.
    pub needs_script: bool,
    /// 64-bit simhash of the visible text, for likeness to the missing page.
    pub text_simhash: u64,
    /// Visible characters.
    pub text_chars: u32,
    /// Visible characters outside of navigation and footer.
    #[serde(default)]
    pub body_area_chars: u32,
    /// Statistics shown (service or message statistics): kind and the latest period or date named.
    pub statistics: Vec<StatisticsFacts>,
    /// Account page or feed: posts, newest first.
    pub posts: Vec<Post>,
    /// Account page: interaction entries seen (menu, message, comment), quoted.
    pub interaction: Vec<String>,
    /// Download of an app.
    pub package: Option<PackageFacts>,
    /// Text of a submission form or entry for consultation 咨询建言, quoted; empty where none.
    pub consultation: String,
    /// Anchors of the page and the fragments that its links ask for.
    #[serde(default)]
    pub anchors: Anchors,
    /// Words by which somebody between us and the page refuses us (firewall, captcha), quoted; empty where none.
    #[serde(default)]
    pub blocked_wording: String,
    /// What the first bytes are.
    #[serde(default)]
    pub body_kind: BodyKind,
    /// Characters of whole sentences outside of navigation and footer.
    #[serde(default)]
    pub sentence_chars: u32,
    /// How it was rendered, where it was read after its scripts had run.
    #[serde(default)]
    pub rendering: Option<Rendering>,
    /// Where the posts of an account go on.
    #[serde(default)]
    pub next_page: Option<String>,
    /// What a security officer would stop at, in order; personal data is masked in it.
    #[serde(default)]
    pub signs: Vec<Sign>,
    /// What a home page is built of, as one number; 0 of other pages.
    #[serde(default)]
    pub skeleton: u64,
    /// A search that only a script offers: its box, button or link, quoted; empty where none.
    #[serde(default)]
    pub scripted_search: String,
    /// What a front page says of phones and of older readers; none of other pages.
    #[serde(default)]
    pub layout: Option<Layout>,
    /// A form to sign in with, or the wording that asks for it, quoted; empty where none.
    #[serde(default)]
    pub sign_in: String,
    /// The annual form that the page bears.
    #[serde(default)]
    pub annual_form: Option<AnnualFormFacts>,
    /// Of a search: the wording that nothing was found, quoted; empty where none.
    #[serde(default)]
    pub no_results: String,
}

/// 版面. What a front page says of phones and of older readers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// Pixels to which the widest part of its frame is fixed; 0 where none is.
    pub width_px: u32,
    /// What fixes them.
    pub quote: String,
    /// The entry to an accessible version, quoted; empty where none was seen.
    pub entry: String,
}

/// 年度报表种类. Which of the annual forms (国办函〔2018〕12号).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnnualFormKind {
    /// 政府网站工作年度报表.
    Work,
    /// 政府网站监管年度报表.
    Supervision,
}

impl AnnualFormKind {
    /// Its title.
    pub fn title(self) -> &'static str {
        match self {
            AnnualFormKind::Work => "政府网站工作年度报表",
            AnnualFormKind::Supervision => "政府网站监管年度报表",
        }
    }

    /// Its name in data.
    pub fn word(self) -> &'static str {
        match self {
            AnnualFormKind::Work => "work",
            AnnualFormKind::Supervision => "supervision",
        }
    }
}

/// 年度报表内容. An annual form as a page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnnualFormFacts {
    /// Which one.
    pub kind: AnnualFormKind,
    /// Of which year.
    pub year: i16,
    /// Items that are filled in.
    pub shown: u32,
    /// Items that have to be there and are not, or stand without a value.
    pub missing: Vec<String>,
    /// The page also has pictures or files, in which the rest may stand.
    pub has_other: bool,
}

/// 互动活动种类.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActivityKind {
    /// 调查征集.
    Survey,
    /// 在线访谈.
    Interview,
}

impl ActivityKind {
    /// Chinese name.
    pub fn zh(self) -> &'static str {
        match self {
            ActivityKind::Survey => "调查征集",
            ActivityKind::Interview => "在线访谈",
        }
    }
}

/// 可疑之处. Something on a page or in a file that a security officer would stop at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Sign {
    /// What it is.
    pub case: SignCase,
    /// What it is about: an address, a host, a word; of personal data the masked form.
    pub what: String,
    /// How it shows: the way in which a link is hidden, the number of an entry of a list.
    pub way: String,
    /// The words around it, personal data masked.
    pub quote: String,
    /// How sure the machine is.
    pub confidence: Confidence,
}

/// 可疑情形.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignCase {
    /// A whole identity number.
    IdentityCard,
    /// A person's mobile phone.
    MobilePhone,
    /// A person's bank card.
    BankCard,
    /// The home of a person.
    HomeAddress,
    /// A link to a stranger that readers do not see.
    HiddenLink,
    /// A link, frame or script of a stranger that a script writes out of sight.
    ScriptedLink,
    /// A link to gambling.
    Gambling,
    /// A link to pornography.
    Pornography,
    /// A link to somebody's disk.
    FileShare,
    /// A script that mines coins.
    Miner,
    /// A script of a stranger.
    StrangeScript,
    /// A frame of a stranger.
    StrangeFrame,
    /// Title, keywords or description that advertise what no government site does.
    TamperedTitle,
    /// A text that does.
    TamperedText,
    /// Visitors from search engines are sent elsewhere.
    SearchRedirect,
    /// Search engines are shown another page.
    Cloaked,
    /// The page says that it is another site's.
    OtherHost,
    /// A wording of the list of severe wordings.
    SevereWording,
    /// An advertisement.
    Advertising,
    /// Visitors leave the site without being told.
    NoExitPrompt,
    /// A page that lists a folder of the server.
    ListedFolder,
    /// A file that no visitor is to have.
    LeakedFile,
    /// A document that runs programs.
    Macro,
    /// A document that cannot be opened.
    Unopened,
    /// A code for telephones that leads to an address.
    Code,
    /// A document of ours to read that we could not.
    Unread,
    /// A wrong, missing or doubled character.
    WrongCharacters,
    /// A file of another kind than its name says.
    OtherKind,
    /// An element of the upper levels of a home page: no fault, a part of its outline.
    HomePart,
    /// A script in a home page: a part of its outline.
    HomeScript,
    /// Text of a home page in a foreign language: a part of its outline.
    ForeignText,
}

impl SignCase {
    /// Whether it only says what a home page is built of.
    pub fn is_outline(self) -> bool {
        matches!(
            self,
            SignCase::HomePart | SignCase::HomeScript | SignCase::ForeignText
        )
    }

    /// Whether it is about a person's data.
    pub fn is_personal(self) -> bool {
        matches!(
            self,
            SignCase::IdentityCard
                | SignCase::MobilePhone
                | SignCase::BankCard
                | SignCase::HomeAddress
        )
    }
}

/// 页内锚点. Where fragments of this page lead, as hashes, and which fragments of other pages its links ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchors {
    /// Hashes of all ids and names, sorted and distinct.
    pub ids: Vec<u32>,
    /// All anchors were read: the page came whole, and no script makes others.
    pub is_whole: bool,
    /// The page runs scripts of its own, which may make anchors that nobody sees.
    pub has_scripts: bool,
    /// Places in the page's links of those that ask for a fragment; [`Anchors::OWN`] where the page asks for one of its own that is not there.
    pub wanted_links: Vec<u32>,
    /// The fragments that they ask for, as written, without `#`, in the same order, a line each.
    pub wanted_fragments: String,
}

impl Anchors {
    /// Stands for the page itself.
    pub const OWN: u32 = u32::MAX;

    /// Fragments that the page's links ask for, each with the place of its link.
    pub fn wanted(&self) -> impl Iterator<Item = (u32, &str)> {
        let links = self.wanted_links.iter().copied();
        links.zip(self.wanted_fragments.lines())
    }
}

/// 正文类型. What a body is by its first bytes, whatever the server declares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BodyKind {
    /// Nothing that we know.
    #[default]
    Other,
    /// A web page.
    Html,
    /// `%PDF-`.
    Pdf,
    /// ZIP and all that is packed in it: docx, xlsx, pptx, ofd, apk.
    Zip,
    /// OLE2: doc, xls, ppt, wps, et, dps.
    Ole,
    /// RAR.
    Rar,
    /// 7z.
    SevenZip,
    /// An image.
    Image,
    /// Rich text.
    Rtf,
    /// Nothing at all.
    Empty,
}

impl PageFacts {
    /// Whether the page, or its list, shows nothing before scripts have run.
    pub fn waits_for_script(&self) -> bool {
        self.needs_script || self.list.as_ref().is_some_and(|list| list.needs_script)
    }

    /// Whether its own navigation leads to it: then it is a column, whatever its only item looks like.
    pub fn stands_in_navigation(&self) -> bool {
        let own = canonical(&self.capture.url);
        let mut entries = self.navigation.iter().chain(&self.side_navigation);
        entries.any(|entry| canonical(&entry.url) == own)
    }

    /// Items of its lists, each list for itself, the main one first.
    pub fn lists(&self) -> impl Iterator<Item = &[ListItem]> {
        self.list.iter().flat_map(|list| {
            let others = list.others.iter().map(Vec::as_slice);
            std::iter::once(list.items.as_slice()).chain(others)
        })
    }

    /// Whether everything that the page asked for came while it was rendered.
    pub fn is_rendered_whole(&self) -> bool {
        self.rendering.as_ref().is_some_and(|one| one.is_complete)
    }
}

/// 渲染. How a page came to be read after its scripts had run in a browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rendering {
    /// Everything that the page asked for came, and no script failed: what it does not show is not there.
    pub is_complete: bool,
    /// Why it may show less than a reader would see, in Chinese.
    pub doubts: Vec<String>,
    /// Requests that were answered.
    pub requests: u32,
}

/// 导航项. One entry of the site's navigation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NavigationEntry {
    /// Text.
    pub text: String,
    /// Absolute address.
    pub url: String,
    /// 1 for first level, 2 for below.
    pub depth: u8,
}

/// 统计数据. A page or block of statistics.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatisticsFacts {
    /// 办事统计 (`service`) or 留言统计 (`messages`).
    pub kind: String,
    /// Last day of the newest period, or the newest date shown.
    pub newest: Option<Date>,
    /// The text it was read from.
    pub quote: String,
}

/// 发文. One post of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    /// Title or first words.
    pub title: String,
    /// Address, may be empty.
    pub url: String,
    /// Day of publication.
    pub date: Option<Date>,
}

/// 安装包. What a download of an app turned out to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageFacts {
    /// `apk`, `zip`, `html`, `truncated`, `unread`, `other`.
    pub kind: String,
    /// Size in bytes.
    pub size_bytes: u64,
    /// Package name from the manifest, where it could be read.
    pub package: Option<String>,
    /// What the manifest says, where it could be read.
    #[serde(default)]
    pub manifest: Option<AppManifest>,
    /// Signature schemes (`v1`, `v2`, `v3`, `v3.1`), where the package came whole; empty where it is not signed.
    #[serde(default)]
    pub signatures: Option<Vec<String>>,
}

/// 应用清单. What AndroidManifest.xml says of an app.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppManifest {
    /// Package name.
    pub package: String,
    /// Version as people read it; empty where it is a resource.
    pub version_name: String,
    /// Version as a number.
    pub version_code: Option<u64>,
    /// Oldest Android that it runs on, by API level.
    pub min_sdk: Option<u32>,
    /// Android that it was made for, by API level.
    pub target_sdk: Option<u32>,
    /// Permissions that it asks for, in their order.
    pub permissions: Vec<String>,
}

/// 访问. One visit of the availability week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probe {
    /// Number of the visit.
    pub slot: u32,
    /// Civil time.
    pub at: DateTime,
    /// Opened in time; `None` where our own side was at fault or we were blocked.
    pub opened: Option<bool>,
    /// Milliseconds to the answer.
    pub millis: u64,
    /// What happened, in Chinese, where it did not open.
    pub detail: String,
    /// Its evidence.
    pub evidence: EvidenceRef,
    /// Where the time went, as far as it came.
    #[serde(default)]
    pub timing: Timing,
}

/// 栏目类型. What kind a column is; names as in `lexicons/columns.toml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    /// 动态、要闻.
    News,
    /// 通知公告.
    Notice,
    /// 政策文件.
    Policy,
    /// 政策解读.
    Interpretation,
    /// 概况信息.
    Overview,
    /// 机构职能.
    Duties,
    /// 领导信息.
    Leaders,
    /// 人事、规划、财政 and other columns that are updated about yearly.
    Yearly,
    /// 办事服务.
    Services,
    /// 互动交流.
    Interaction,
    /// 专题 and all others that should be updated.
    Other,
    /// Static pages: site map, about, contact: not updated by nature.
    Static,
}

/// 栏目. One column of a site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Address as the navigation links it.
    pub url: String,
    /// Name.
    pub name: String,
    /// Kind, read by name, tags and address.
    pub kind: ColumnKind,
    /// Whether the kind is certain.
    pub kind_is_sure: bool,
    /// 1 for a first-level column.
    pub depth: u8,
    /// It has sub-columns and shows no list of its own.
    pub is_parent_only: bool,
    /// Items on its first page (of its own list).
    pub item_count: u32,
    /// Newest date of its items (list dates completed by article dates).
    pub newest: Option<Date>,
    /// It shows no item at all and says so or stays blank.
    pub is_empty: bool,
    /// Its list comes from a script that could not be read.
    pub needs_script: bool,
    /// Evidence of its first page.
    pub evidence: EvidenceRef,
}

/// 链接状态. What is known of a link after both looks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum LinkState {
    /// Opens.
    Alive,
    /// Does not open, at two looks. `why` in Chinese.
    Dead {
        /// 404, 5xx, soft 404 …, in Chinese.
        why: String,
        /// Status class or `soft_404`, `loop`, `dns`, `connect`, `empty`, for the record.
        kind: String,
    },
    /// Cannot be told.
    Unknown {
        /// Reason class.
        reason: crate::verdict::UndeterminedReason,
        /// What happened, in Chinese.
        why: String,
    },
}

/// 链接事实. One distinct address linked by the site, with its places.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkFacts {
    /// Address.
    pub url: String,
    /// State after both looks.
    pub state: LinkState,
    /// Whether the home page links it.
    pub on_home: bool,
    /// Pages that link it, at most 50, in order of address.
    pub places: Vec<Place>,
    /// Number of pages that link it.
    pub place_count: u64,
    /// Evidence of the looks (first, second).
    pub evidence: Vec<EvidenceRef>,
}

/// 政策文件. A policy document found on the site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyFacts {
    /// Address.
    pub url: String,
    /// Title.
    pub title: String,
    /// 发文字号.
    pub document_number: String,
    /// Publication day.
    pub date: Option<Date>,
    /// Issued in the site's own name (its region's government or its unit).
    pub is_own: bool,
    /// Interpretations that belong to it: by link or by title.
    pub interpretations: Vec<String>,
    /// Evidence.
    pub evidence: EvidenceRef,
}

/// 政策解读. An interpretation found on the site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InterpretationFacts {
    /// Address.
    pub url: String,
    /// Title.
    pub title: String,
    /// Publication day.
    pub date: Option<Date>,
    /// The policy document it interprets, where found on the site.
    pub policy: Option<String>,
    /// The interpretation links the document.
    pub links_policy: bool,
    /// The document links the interpretation.
    pub policy_links_back: bool,
    /// Evidence.
    pub evidence: EvidenceRef,
}

/// 站内搜索. What asking the site's search gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchFacts {
    /// The form, `None` where no page shows one.
    pub form: Option<SearchForm>,
    /// One entry per question.
    pub questions: Vec<SearchQuestion>,
    /// Evidence (home page or first result page).
    pub evidence: EvidenceRef,
    /// A search that only a script offers, where no page shows a form.
    #[serde(default)]
    pub scripted: Option<EvidenceRef>,
    /// What was shown for a word that nobody published; `None` where it was not asked or not read.
    #[serde(default)]
    pub nonsense: Option<NonsenseAnswer>,
}

/// 无意义词的结果. What a search shows for a word that nobody published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NonsenseAnswer {
    /// The word.
    pub query: String,
    /// Articles and guides of the site that stand there and in no box of its pages.
    pub shown: Vec<Place>,
    /// Evidence of the answer.
    pub evidence: EvidenceRef,
}

/// 互动栏目. A column of surveys or interviews with what took place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityColumn {
    /// Which.
    pub kind: ActivityKind,
    /// Address.
    pub url: String,
    /// Name.
    pub name: String,
    /// What its lists show, newest first.
    pub activities: Vec<Activity>,
    /// All pages of its list were read, or back to more than a year.
    pub is_whole: bool,
    /// Its list comes from a script that could not be read.
    pub needs_script: bool,
    /// Evidence of its first page.
    pub evidence: EvidenceRef,
}

/// 互动活动. One survey or interview.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    /// Address.
    pub url: String,
    /// Title.
    pub title: String,
    /// Day.
    pub date: Option<Date>,
    /// It takes opinions by mail only.
    pub by_mail: bool,
}

/// 登录情形.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignInCase {
    /// A service guide is shown only to who is signed in.
    Guide,
    /// Published messages are.
    Messages,
    /// A message can be written only after signing in.
    Sending,
    /// An entry for signing in is dead.
    Dead,
    /// An entry for signing in leads to a page that offers none.
    Astray,
}

/// 登录. Where a site asks for signing in, or offers it in vain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignIn {
    /// Which.
    pub case: SignInCase,
    /// Address.
    pub url: String,
    /// Text of the link, or the wording of the page.
    pub text: String,
    /// Pages that link it, at most 50, in order of address.
    pub places: Vec<Place>,
    /// Evidence.
    pub evidence: Vec<EvidenceRef>,
}

/// 站内年度报表. An annual form that the site publishes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteAnnualForm {
    /// Which one.
    pub kind: AnnualFormKind,
    /// Of which year.
    pub year: i16,
    /// Address.
    pub url: String,
    /// Title.
    pub title: String,
    /// Day of publication.
    pub published: Option<Date>,
    /// What it shows; `None` of a file.
    pub content: Option<AnnualFormFacts>,
    /// Evidence.
    pub evidence: EvidenceRef,
}

/// 手机与适老. What the home page offers to phones and to older readers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrontFacts {
    /// `<meta name=viewport>`.
    pub viewport: Option<String>,
    /// Pixels to which its layout is fixed; 0 where none.
    pub width_px: u32,
    /// What fixes them.
    pub quote: String,
    /// A version for phones that opens.
    pub phone_version: Option<Place>,
    /// The entry to an accessible version, quoted; empty where none was seen.
    pub entry: String,
    /// Where it leads, with what is known of it; `None` where a script opens it.
    pub entry_link: Option<EntryLink>,
    /// How wide it is on a phone's screen, where a browser opened it.
    #[serde(default)]
    pub screen: Option<ScreenFacts>,
    /// Evidence of the home page.
    pub evidence: EvidenceRef,
}

/// 入口链接. Where an entry leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryLink {
    /// Address.
    pub url: String,
    /// State after both looks.
    pub state: LinkState,
    /// Evidence of the looks.
    pub evidence: Vec<EvidenceRef>,
}

/// 公告期. A notice that a site or its old domain has to bear, as the registry's watch saw it until the monitoring point.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeTerm {
    /// What is watched.
    pub kind: WatchKind,
    /// Address that has to bear the notice.
    pub url: String,
    /// State.
    pub state: WatchState,
    /// The day from which the term is counted.
    pub start: Option<Date>,
    /// The day on which it is over.
    pub due: Option<Date>,
    /// First look that showed it.
    pub first_seen: Option<Date>,
    /// Last look that showed it.
    pub last_seen: Option<Date>,
    /// Looks.
    pub looks: u32,
    /// What the last look said.
    pub quote: String,
}

/// 搜索提问. One title asked of the site's search.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchQuestion {
    /// Title asked for.
    pub query: String,
    /// Address that should be found.
    pub expected_url: String,
    /// On the first result page; `None` where the answer could not be read.
    pub found: Option<bool>,
    /// Results are shown by class (tabs, groups).
    pub classified: Option<bool>,
    /// Status of the answer; 0 where none came.
    #[serde(default)]
    pub status: u16,
    /// Evidence of the answer.
    pub evidence: EvidenceRef,
}

/// 网站事实. All that checks may know of a site.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SiteFacts {
    /// Monitoring from.
    pub monitor_from: DateTime,
    /// Monitoring point.
    pub as_of: DateTime,
    /// Pages read as HTML.
    pub page_count: u64,
    /// Phases that are complete; a check whose phase is missing is `NotGathered`.
    pub phases: BTreeSet<String>,
    /// Something an inspector would look at was left unread: crawling stopped at the page budget, robots.txt forbids what the navigation
    /// leads to, or the home page did not come whole.
    pub is_partial: bool,
    /// Visits of the availability week.
    pub probes: Vec<Probe>,
    /// The home page at the monitoring point, `None` where it never opened.
    pub home: Option<HomeFacts>,
    /// Columns in the order of navigation.
    pub columns: Vec<Column>,
    /// Links in the order of address, dead and unknown ones, and the number of all.
    pub links: Vec<LinkFacts>,
    /// Number of distinct links looked at.
    pub link_count: u64,
    /// Marks over sampled pages: best sighting per mark.
    pub marks: BTreeMap<Mark, MarkSeen>,
    /// Evidence for the marks (home page).
    pub marks_evidence: Option<EvidenceRef>,
    /// Tags missing per article page: tag → pages without it (places), over `article_count` pages.
    pub missing_tags: BTreeMap<String, Vec<Place>>,
    /// Article pages read.
    pub article_count: u64,
    /// Evidence of one article page.
    pub article_evidence: Option<EvidenceRef>,
    /// Site search.
    pub search: Option<SearchFacts>,
    /// Policy documents.
    pub policies: Vec<PolicyFacts>,
    /// Interpretations.
    pub interpretations: Vec<InterpretationFacts>,
    /// Service guides with their address and evidence.
    pub guides: Vec<SiteGuide>,
    /// A service directory exists: its address.
    pub service_directory: Option<String>,
    /// Statistics of services and of messages.
    pub statistics: Vec<SiteStatistics>,
    /// Messages published.
    pub messages: Vec<SiteMessage>,
    /// Consultation channel: address and quote, `None` where none was found.
    pub channel: Option<EvidenceRef>,
    /// Pages that show nothing without scripts and were not rendered.
    pub unrendered_pages: Vec<String>,
    /// Links that open and yet do not do what they promise, in the order of case and address.
    #[serde(default)]
    pub weak_links: Vec<WeakLink>,
    /// What the network says of the site; `None` where it was not asked.
    #[serde(default)]
    pub network: Option<Box<NetworkFacts>>,
    /// Why pages could not be rendered, or not wholly, by address; empty where nobody tried.
    #[serde(default)]
    pub rendering_troubles: BTreeMap<String, String>,
    /// What a security officer would stop at, over all pages and files, in order.
    #[serde(default)]
    pub signs: Vec<SiteSign>,
    /// Articles with their day of publication, in order of address, with everything else that says when they came to be.
    #[serde(default)]
    pub articles: Vec<DatedArticle>,
    /// What the home page is built of, beside an earlier round's.
    #[serde(default)]
    pub home_outline: Option<Box<HomeOutline>>,
    /// What people read otherwise than the machine, as far as it is put into these facts.
    #[serde(default)]
    pub corrected: Vec<CorrectedReading>,
    /// Columns of surveys and interviews, in the order of navigation.
    #[serde(default)]
    pub activities: Vec<ActivityColumn>,
    /// Where the site asks for signing in, in the order of case and address.
    #[serde(default)]
    pub sign_ins: Vec<SignIn>,
    /// Annual forms, in order of kind, year and address.
    #[serde(default)]
    pub annual_forms: Vec<SiteAnnualForm>,
    /// What the home page offers to phones and to older readers; `None` where it was not read.
    #[serde(default)]
    pub front: Option<Box<FrontFacts>>,
    /// What keeps people out of its pages, where an engine looked: home page, a list page, an article page.
    #[serde(default)]
    pub accessibility: Vec<AccessibilityFacts>,
    /// Notices that the registry has watched; laid beside where a round is judged.
    #[serde(default)]
    pub notices: Vec<NoticeTerm>,
}

/// 稿件日期. The day that an article shows, beside what else says when it came to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatedArticle {
    /// Address.
    pub url: String,
    /// Title.
    pub title: String,
    /// Day of publication that the page shows.
    pub date: Date,
    /// Where on the page it was read.
    pub source: DateSource,
    /// The text it was read from.
    pub quote: String,
    /// It is a document with a number of its own, which bears other days besides.
    pub is_document: bool,
    /// Day in the line that names the source (来源：青石日报 2026-03-01).
    pub origin_day: Option<Date>,
    /// Day in the address.
    pub address_day: Option<Date>,
    /// Day of `Last-Modified`.
    pub modified: Option<Date>,
    /// Day on which the page was read.
    pub read: Date,
    /// Where a column lists it.
    pub listed: Option<Listed>,
    /// As an earlier round saw it.
    pub earlier: Option<EarlierSight>,
    /// Evidence.
    pub evidence: EvidenceRef,
}

/// 列表所示. An article in the list of its column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// Address of the column.
    pub url: String,
    /// Its place in the list, from 0.
    pub place: u32,
    /// Day beside it.
    pub day: Option<Date>,
    /// The same list as an earlier round saw it.
    pub before: Option<EarlierList>,
}

/// 往轮所见. An article as an earlier round saw it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlierSight {
    /// Round.
    pub round: String,
    /// Day on which it was read.
    pub read: Date,
    /// Day of publication that it showed then; `None` where only a list named it without one.
    pub date: Option<Date>,
    /// It bore the same title.
    pub is_same_title: bool,
}

/// 往轮列表. The list of a column as an earlier round saw it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlierList {
    /// Round.
    pub round: String,
    /// Day on which it was read.
    pub read: Date,
    /// Oldest day in it: what is newer than that had its place there.
    pub oldest: Date,
    /// Newest day in it.
    pub newest: Date,
}

/// 站内可疑之处. A sign with all its places. Personal data is one sign for each page that shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteSign {
    /// The sign, as the first of its pages shows it.
    pub sign: Sign,
    /// Address of that page or file.
    pub url: String,
    /// Whether the home page shows it.
    pub on_home: bool,
    /// Pages that show it, at most 50, in order of address.
    pub places: Vec<Place>,
    /// Number of pages that show it.
    pub place_count: u64,
    /// Evidence of the first.
    pub evidence: EvidenceRef,
}

/// 欠妥链接. A link that opens and yet does not do what it promises: less than a dead one, listed and not counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeakLink {
    /// Address, with its fragment where that is at fault.
    pub url: String,
    /// Which case.
    pub case: WeakCase,
    /// What is wrong, in Chinese.
    pub why: String,
    /// Scripts may have had a hand in it, so that we are less sure.
    pub is_unsure: bool,
    /// Pages that link it, at most 50, in order of address.
    pub places: Vec<Place>,
    /// Number of pages that link it.
    pub place_count: u64,
    /// Evidence of the looks.
    pub evidence: Vec<EvidenceRef>,
}

/// 欠妥情形.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WeakCase {
    /// The page opens, the anchor is not on it.
    MissingFragment,
    /// Dead, and linked by the sitemap only, where no reader meets it.
    SitemapLink,
}

/// 首页. The home page over the monitoring time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HomeFacts {
    /// Address after redirects.
    pub url: String,
    /// `<title>`.
    pub title: String,
    /// Name in the header area.
    pub header_name: String,
    /// SiteName tag.
    pub site_name: String,
    /// Newest dated item on it, or on the articles it links, over all snapshots.
    pub newest: Option<Date>,
    /// Title and address of that item.
    pub newest_item: Option<Place>,
    /// The home page is only an entrance: navigation, no news.
    pub is_navigation_only: bool,
    /// Links that were on the last snapshot and not on the first.
    pub new_links: u32,
    /// Evidence at the monitoring point.
    pub evidence: EvidenceRef,
}

/// 站内办事指南. A guide page of the site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteGuide {
    /// Address.
    pub url: String,
    /// Its content.
    pub guide: GuideFacts,
    /// Evidence.
    pub evidence: EvidenceRef,
}

/// 站内统计. Statistics of the site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteStatistics {
    /// Address.
    pub url: String,
    /// Content.
    pub statistics: StatisticsFacts,
    /// Evidence.
    pub evidence: EvidenceRef,
}

/// 站内留言. A message of the site, with evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteMessage {
    /// Content.
    pub message: MessageFacts,
    /// Evidence.
    pub evidence: EvidenceRef,
}

/// 新媒体事实. All that checks may know of an account or app.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccountFacts {
    /// Monitoring from.
    pub monitor_from: DateTime,
    /// Monitoring point.
    pub as_of: DateTime,
    /// Posts from page and feed, newest first.
    pub posts: Vec<Post>,
    /// Whether the account's page or feed could be read; `None` where neither is filed.
    pub is_readable: Option<bool>,
    /// Interaction entries seen, quoted.
    pub interaction: Vec<String>,
    /// Account page: evidence.
    pub page_evidence: Option<EvidenceRef>,
    /// Feed: evidence.
    pub feed_evidence: Option<EvidenceRef>,
    /// Store page: opened?
    pub store_page: Option<LinkFacts>,
    /// Download: what came.
    pub package: Option<PackageFacts>,
    /// Download: state.
    pub download: Option<LinkFacts>,
    /// Why nothing can be told, where we were blocked.
    pub trouble: Option<crate::verdict::Undetermined>,
    /// Whether page or feed say that nothing was ever posted; a page of which no post was read may only be built otherwise.
    #[serde(default)]
    pub says_empty: bool,
    /// Whether the account's own page was seen: menu and comments stand nowhere else.
    #[serde(default = "yes")]
    pub is_page_shown: bool,
    /// Whether nothing but one article was seen, filed as the account: it proves what is new, and nothing about what is absent.
    #[serde(default)]
    pub is_one_article: bool,
}

fn yes() -> bool {
    true
}

/// 事实. Facts of one target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "facts")]
pub enum Facts {
    /// Of a site.
    Site(Box<SiteFacts>),
    /// Of an account.
    Account(Box<AccountFacts>),
}
