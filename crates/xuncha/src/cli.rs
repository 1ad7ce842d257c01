//! 命令行. Every command, option and help text of the binary; help stands in Chinese and English.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

mod annual;
mod opinion;
mod person;
mod rectify;
mod round;

pub use annual::{AnnualArgs, AnnualCommand};
pub use opinion::OpinionArgs;
pub use person::{AuditCommand, LinkArgs, OidcArgs, PasswordArgs, PersonCommand};
pub use rectify::{
    CasesArg, ContactCommand, OutboxArgs, OutboxCommand, RectifyCommand, RemindArgs, TipsCommand,
};
pub use round::{RoundCommand, RoundNewArgs};

/// 巡查.
#[derive(Debug, Parser)]
#[command(
    name = "xuncha",
    version,
    about = "巡查：政府网站与政务新媒体季度抽查 / quarterly spot check of government websites and new media",
    after_help = "从 `xuncha demo` 开始；检查一个网站用 `xuncha check URL`。\nStart with `xuncha demo`; inspect one site with `xuncha check URL`."
)]
pub struct Cli {
    /// 数据目录（数据库、证据、文件） / data folder (database, evidence, documents)
    #[arg(
        long,
        global = true,
        env = "XUNCHA_DATA",
        default_value = "data",
        help_heading = "数据 / data"
    )]
    pub data: PathBuf,
    /// 数据库地址，默认为数据目录内的 SQLite / database URL, SQLite inside the data folder by default
    #[arg(
        long,
        global = true,
        env = "XUNCHA_DATABASE",
        value_name = "URL",
        help_heading = "数据 / data"
    )]
    pub database: Option<String>,
    /// 指标体系、词表等数据的目录，覆盖内置的 / folder that overrides the built-in indicators and lexicons
    #[arg(
        long,
        global = true,
        env = "XUNCHA_RULES",
        value_name = "DIR",
        help_heading = "数据 / data"
    )]
    pub rules: Option<PathBuf>,
    /// 命令 / command
    #[command(subcommand)]
    pub command: Command,
}

/// 命令.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// 演示：模拟一个省，从名录到通报走完全程 / demonstration: a simulated province, from registry to notice
    Demo(DemoArgs),
    /// 启动网页界面 / start the web interface
    Serve(Box<ServeArgs>),
    /// 名录：导入、导出、比较 / registry: import, export, compare
    #[command(subcommand)]
    Registry(RegistryCommand),
    /// 检查轮次：新建、抽样、公布、核验、台账、导入往期、关闭 / rounds: create, draw, publish, verify, ledger, import, close
    #[command(subcommand)]
    Round(RoundCommand),
    /// 采集证据（可随时中断，再次运行时继续） / gather evidence (may be interrupted, goes on when run again)
    Gather(GatherArgs),
    /// 判定：依据已存证据，不联网 / judge stored evidence, offline
    Judge(JudgeArgs),
    /// 人工复核：列出待办、导入结论 / review: list open items, import decisions
    #[command(subcommand)]
    Review(ReviewCommand),
    /// 评分与汇总 / score and sum up
    Score(RoundArg),
    /// 通报：生成文件 / notice: build the documents
    #[command(subcommand)]
    Notice(NoticeCommand),
    /// 检查一个网站，不用数据库 / inspect one site, without a database
    Check(CheckArgs),
    /// 迁移核对：旧网站的稿件、附件、栏目是否都迁到了新网站 / an old site against its successor: what was lost on the way
    Migration(MigrationArgs),
    /// 检查一个政务新媒体账号或客户端，不用数据库 / inspect one account or app, without a database
    Account(AccountArgs),
    /// 导入账号的发文清单：平台不向公众显示的，由人员提供或由数据服务导出 / take in a table of an account's posts
    Posts(PostsArgs),
    /// 解释一个指标，或一个检查项：规则、依据、数字的把握、什么自动、已知误判 / explain an indicator or a check
    Explain(ExplainArgs),
    /// 查错别字：文本或网页文件中的错字、漏字、多字，由人确认 / search files for wrong, missing and doubled characters
    Words(WordsArgs),
    /// 证据：核验、索引、大小、清理、导出 / evidence: verify, index, size, prune, export
    #[command(subcommand)]
    Evidence(EvidenceCommand),
    /// 派生事实：用本版本的读法重读已存网页 / facts: read stored pages again with this version's readers
    #[command(subcommand)]
    Facts(FactsCommand),
    /// 人员：新增、列出、设置密码的链接、锁定 / people: add, list, link for a password, lock
    #[command(subcommand)]
    Person(PersonCommand),
    /// 审计日志：核验、列出 / audit log: verify, list
    #[command(subcommand)]
    Audit(AuditCommand),
    /// 整改：建立、通知、回复、复查、催办、通知书 / rectification: open, notify, reply, recheck, remind, letters
    #[command(subcommand)]
    Rectify(Box<RectifyCommand>),
    /// 发件箱：列出、发送、核实后重发 / outbox: list, send, settle
    #[command(subcommand)]
    Outbox(OutboxCommand),
    /// 联系方式：单位的邮箱与群机器人 / mailboxes and robots of units
    #[command(subcommand)]
    Contact(ContactCommand),
    /// 年度报表与自评：系统知道的自动填，其余列表待填 / annual forms and self-assessment
    #[command(subcommand)]
    Annual(AnnualCommand),
    /// 找错留言：由表格导入，按工作日判断是否超期 / messages of the public and their clocks
    #[command(subcommand)]
    Tips(TipsCommand),
    /// 体检：本机缺什么，有什么影响 / what this machine lacks and what follows
    Doctor,
    /// 模拟省（演示与测试用） / the simulated province, for demonstration and tests
    #[command(disable_help_flag = true)]
    Province(ProvinceArgs),
}

/// 轮次参数.
#[derive(Clone, Debug, Args)]
pub struct RoundArg {
    /// 轮次编号，如 2026Q1；省略时取最近一轮 / round id, the latest by default
    #[arg(long)]
    pub round: Option<String>,
}

/// 演示规模.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Scale {
    /// 30 网站、45 账号 / 30 sites, 45 accounts
    Small,
    /// 577 网站、897 账号 / 577 sites, 897 accounts
    Full,
}

/// 演示方案.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Plan {
    /// 与真实通报相近的问题率 / rates like a real notice
    Realistic,
    /// 每类问题密集埋设，用于测准确度 / dense defects, for accuracy
    Dense,
}

/// 演示参数.
#[derive(Clone, Debug, Args)]
pub struct DemoArgs {
    /// 规模 / scale
    #[arg(long, value_enum, default_value = "small")]
    pub scale: Scale,
    /// 方案 / plan
    #[arg(long, value_enum, default_value = "realistic")]
    pub plan: Plan,
    /// 随机种子 / seed
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// 输出目录 / output folder
    #[arg(long, default_value = "out")]
    pub out: PathBuf,
    /// 完成后不启动网页 / do not serve afterwards
    #[arg(long)]
    pub no_serve: bool,
    /// 网页地址 / address of the web interface
    #[arg(long, default_value = "127.0.0.1:8300")]
    pub listen: String,
    /// 模板变形强度：0 不变，1 名称与措辞，2 加结构，3 加干扰 / how far templates vary: 0 not at all, 1 names and wording, 2 structure, 3 decoys
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(0..=3))]
    pub mutation: u8,
    /// 无障碍检测引擎 axe-core 的文件（axe.min.js），需要浏览器；不给就不检测 / file of axe-core: look for accessibility faults, needs a browser
    #[arg(long, value_name = "FILE")]
    pub axe: Option<PathBuf>,
    /// 两周后再看一次首页，与第一轮比较 / look at the home pages again two weeks later, and compare
    #[arg(long)]
    pub second_round: bool,
}

/// 网页参数.
#[derive(Clone, Debug, Args)]
pub struct ServeArgs {
    /// 监听地址 / listen on
    #[arg(long, default_value = "127.0.0.1:8300")]
    pub listen: String,
    /// 浏览器经 HTTPS 访问（前面有反向代理）：Cookie 只随 HTTPS 发送 / browsers come over HTTPS: cookies are sent over nothing else
    #[arg(long, env = "XUNCHA_HTTPS")]
    pub https: bool,
    /// 浏览器访问的地址，如 `https://xuncha.example`，默认为监听地址 / address in browsers, the one listened on by default
    #[arg(long, env = "XUNCHA_ADDRESS", value_name = "URL")]
    pub address: Option<String>,
    /// 总是打印管理员的一次性登录（默认只在还没有设了密码的管理员时打印） / always print a one-time login of an administrator
    #[arg(long)]
    pub login: bool,
    /// 密码要求 / policy
    #[command(flatten)]
    pub policy: PasswordArgs,
    /// 统一身份认证 / provider of identities
    #[command(flatten)]
    pub oidc: OidcArgs,
    /// 后台任务 / jobs
    #[command(flatten)]
    pub work: WorkArgs,
    /// 催办 / reminders
    #[command(flatten)]
    pub remind: RemindArgs,
    /// 发件 / outbox
    #[command(flatten)]
    pub outbox: OutboxArgs,
}

/// 后台任务参数. How the jobs that pages ask for are done.
#[derive(Clone, Debug, Args)]
pub struct WorkArgs {
    /// 只提供网页，不执行任务 / pages only, run no jobs
    #[arg(long)]
    pub no_jobs: bool,
    /// 采集时不做监测期内的访问 / gather without the visits of the monitoring time
    #[arg(long)]
    pub no_visits: bool,
    /// 模拟省的 province.json：采集用它的时钟与地址 / gather with the clock and addresses of a simulated province
    #[arg(long, value_name = "FILE")]
    pub province: Option<PathBuf>,
    /// 网络 / network
    #[command(flatten)]
    pub network: NetworkArgs,
}

impl WorkArgs {
    /// As they are where nothing is said.
    pub fn usual() -> WorkArgs {
        #[derive(clap::Parser)]
        struct Alone {
            #[command(flatten)]
            work: WorkArgs,
        }
        <Alone as clap::Parser>::parse_from(["xuncha"]).work
    }
}

/// 名录命令.
#[derive(Debug, Subcommand)]
pub enum RegistryCommand {
    /// 导入 Excel；有任何错误则全部不导入 / import a spreadsheet; all or nothing
    Import {
        /// 文件 / file
        file: PathBuf,
        /// 列对应关系（内置名或文件） / column mapping (built-in name or file)
        #[arg(long, default_value = "own")]
        mapping: String,
        /// 只预览变化 / preview the changes only
        #[arg(long)]
        dry_run: bool,
    },
    /// 导出 Excel / export a spreadsheet
    Export {
        /// 文件 / file
        file: PathBuf,
        /// 列对应关系 / column mapping
        #[arg(long, default_value = "own")]
        mapping: String,
    },
    /// 写出空白模板 / write an empty template
    Template {
        /// 文件 / file
        file: PathBuf,
    },
    /// 与另一份表格比较，列出不一致 / compare with another spreadsheet
    Diff {
        /// 文件 / file
        file: PathBuf,
        /// 列对应关系 / column mapping
        #[arg(long, default_value = "reporting-sites")]
        mapping: String,
    },
    /// 变更历史 / history of changes
    History,
    /// 查看关停公告与域名变更公告（后台每天查看一次） / look at the notices of closing sites and old domains
    Watch {
        /// 网络 / network
        #[command(flatten)]
        network: Box<NetworkArgs>,
    },
    /// 从一轮证据的链接中查找名录外的网站 / sites outside the registry, from the links of a round
    Outside {
        /// 轮次；缺省为最近一轮 / round, the latest by default
        #[arg(long)]
        round: Option<String>,
        /// 再访问线索的首页，看标识、主办单位和是否假冒 / ask the home pages of what was found too
        #[arg(long)]
        look: bool,
        /// 只查看一个网址（如群众举报的） / look at one address only, such as a reported one
        #[arg(long, value_name = "URL")]
        url: Option<String>,
        /// 网络 / network
        #[command(flatten)]
        network: Box<NetworkArgs>,
    },
    /// 应有网站：各地区通常设有而名录里没有的 / kinds of sites that regions usually have and the registry lacks
    Expected {
        /// 已登记的也列出 / list those that are registered too
        #[arg(long)]
        all: bool,
    },
    /// 应开设而没有正常运行账号的单位 / units that have to run accounts and have none
    Gaps {
        /// 写出 CSV / write CSV
        #[arg(long, value_name = "FILE")]
        csv: Option<PathBuf>,
        /// 写出 JSON / write JSON
        #[arg(long, value_name = "FILE")]
        json: Option<PathBuf>,
    },
}

/// 网络参数. Shared by `gather` and `check`.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "网络 / network")]
pub struct NetworkArgs {
    /// 每个网站每秒请求数，或 unlimited / requests a second and host, or `unlimited` (needs --allow-host)
    #[arg(long, default_value = "2")]
    pub rate: String,
    /// 每个网站同时连接数 / connections per host
    #[arg(long, default_value_t = 1)]
    pub concurrency: usize,
    /// 打开时限（秒） / time limit in seconds
    #[arg(long, default_value_t = 15)]
    pub timeout_s: u64,
    /// 每个网站最多页数 / pages per site
    #[arg(long, default_value_t = 10_000)]
    pub max_pages: usize,
    /// 允许访问的内网主机 / private hosts that may be asked
    #[arg(long, value_name = "HOST")]
    pub allow_host: Vec<String>,
    /// 连接改向，同 curl：HOST:PORT:ADDR:PORT / like curl's --connect-to
    #[arg(long, value_name = "HOST:PORT:ADDR:PORT")]
    pub connect_to: Vec<String>,
    /// hosts 文件 / a hosts file
    #[arg(long, value_name = "FILE")]
    pub hosts: Option<PathBuf>,
    /// 另加信任的证书机构 / a further certificate authority
    #[arg(long, value_name = "FILE")]
    pub ca: Option<PathBuf>,
    /// 未打开的访问经此 HTTP 代理（CONNECT）再看一次 / repeat failed visits over this HTTP proxy, a second path
    #[arg(long, value_name = "ADDR:PORT")]
    pub second_path: Option<SocketAddr>,
    /// 只在这些时段抓取（按 UTC+8），连续访问不受限 / crawl in these hours only; visits go on
    #[arg(long, value_name = "HH:MM-HH:MM")]
    pub crawl_hours: Option<String>,
    /// 使用指定的域名服务器 / ask this name server
    #[arg(long, value_name = "ADDR:PORT")]
    pub dns: Option<SocketAddr>,
    /// 渲染需脚本页面的浏览器：auto、off 或路径 / browser for pages that need scripts: auto, off or a path
    #[arg(long, value_name = "auto|off|PATH", default_value = "auto")]
    pub browser: String,
    /// 每个网站最多渲染页数 / pages rendered per site
    #[arg(long, default_value_t = 50)]
    pub render_pages: usize,
    /// 无障碍检测引擎 axe-core 的文件（axe.min.js），需要浏览器；不给就不检测 / file of axe-core: look for accessibility faults, needs a browser
    #[arg(long, env = "XUNCHA_AXE", value_name = "FILE")]
    pub axe: Option<PathBuf>,
}

/// 采集参数.
#[derive(Clone, Debug, Args)]
pub struct GatherArgs {
    /// 轮次 / round
    #[command(flatten)]
    pub round: RoundArg,
    /// 网络 / network
    #[command(flatten)]
    pub network: NetworkArgs,
    /// 模拟省的 province.json：用它的时钟与地址 / use the clock and addresses of a simulated province
    #[arg(long, value_name = "FILE")]
    pub province: Option<PathBuf>,
    /// 不做监测期内的访问，只抓取 / crawl only, leave out the visits of the monitoring time
    #[arg(long)]
    pub no_visits: bool,
    /// 采集小结写入 JSON 文件：各阶段用时、各主机请求数 / write times and counts as JSON
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
}

/// 判定参数.
#[derive(Clone, Debug, Args)]
pub struct JudgeArgs {
    /// 轮次 / round
    #[command(flatten)]
    pub round: RoundArg,
    /// 改用另一套指标（不保存，只输出）；可以给几套，第一套计分，其余只列出 / judge under another set, printed only; the first of several is scored
    #[arg(long, value_name = "SET")]
    pub under: Vec<String>,
    /// 结果写入文件 / write the results to a file
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// 只显示与已存判定的差别 / show only what differs from the stored verdicts
    #[arg(long)]
    pub diff: bool,
    /// 与模拟省的 truth.json 比较准确度（不保存） / measure against a simulated province's truth.json, nothing is kept
    #[arg(long, value_name = "FILE", conflicts_with_all = ["under", "diff"])]
    pub truth: Option<PathBuf>,
    /// 不保存：数据库里什么也不写 / keep nothing: nothing is written to the database
    #[arg(long)]
    pub dry_run: bool,
    /// 与另一次判定（--out 写出的文件，可出自另一版程序或另一套指标）比较：影响了谁（不保存） / compare with another judging, which --out wrote
    #[arg(long, value_name = "FILE", conflicts_with_all = ["truth", "diff"])]
    pub compare: Option<PathBuf>,
    /// 比较时，每个检查项先列几项 / changes shown of each check when comparing
    #[arg(long, value_name = "N", default_value_t = 10, requires = "compare")]
    pub first: usize,
    /// 比较时，把全部变化写成 CSV / write all changes as CSV when comparing
    #[arg(long, value_name = "FILE", requires = "compare")]
    pub csv: Option<PathBuf>,
}

/// 复核命令.
#[derive(Debug, Subcommand)]
pub enum ReviewCommand {
    /// 列出待人工项 / list what a person has to answer
    Open(RoundArg),
    /// 从 CSV 导入结论（target,check,key,decision,number,by,reason） / import decisions from CSV
    Import {
        /// 文件 / file
        file: PathBuf,
        /// 轮次 / round
        #[command(flatten)]
        round: RoundArg,
    },
    /// 第二意见：就查出的疑似错别字逐条问一个语言模型，记在证据旁，供复核时参考 / ask a language model about suspected wrong characters
    Ask {
        /// 轮次 / round
        #[command(flatten)]
        round: RoundArg,
        /// 第二意见 / second opinion
        #[command(flatten)]
        opinion: Box<OpinionArgs>,
    },
}

/// 通报命令.
#[derive(Debug, Subcommand)]
pub enum NoticeCommand {
    /// 生成通报（docx、pdf、html）与附件表 / build the notice and the workbook
    Build {
        /// 由文件夹中的表格生成，不用数据库 / build from a folder of tables, without a database
        #[arg(long, value_name = "FOLDER")]
        from: Option<PathBuf>,
        /// 输出目录 / output folder
        #[arg(long)]
        out: PathBuf,
        /// 轮次 / round
        #[command(flatten)]
        round: RoundArg,
        /// 补充信息的文件夹：日期、文号、落款、批准、邮箱，整改、关停、填报、年度报表 / date, number, names and lists beside the results
        #[arg(long, value_name = "FOLDER", conflicts_with = "from")]
        details: Option<PathBuf>,
    },
}

/// 单站检查参数.
#[derive(Clone, Debug, Args)]
pub struct CheckArgs {
    /// 首页地址 / address of the home page
    pub url: String,
    /// 网站登记名称 / name of the site as filed
    #[arg(long)]
    pub name: Option<String>,
    /// 网站标识码 / site code
    #[arg(long)]
    pub code: Option<String>,
    /// 按部门网站检查（默认按门户） / inspect as a department's site
    #[arg(long)]
    pub department: bool,
    /// 指标体系 / indicator set
    #[arg(long, default_value = "gov-2019")]
    pub set: String,
    /// 只检查一类：links 为链接与页内锚点，快而省内存 / inspect only links and anchors: fast, in little memory
    #[arg(long, value_enum)]
    pub only: Option<Only>,
    /// 不查站外链接 / leave links to other hosts alone
    #[arg(long)]
    pub no_outside: bool,
    /// 两次查看的间隔（秒） / seconds between the two looks
    #[arg(long, default_value_t = 5)]
    pub second_look_s: u64,
    /// 结果写成 JSON / write the result as JSON
    #[arg(long, value_name = "FILE", help_heading = "结果 / results")]
    pub json: Option<PathBuf>,
    /// 结果写成网页 / write the result as HTML
    #[arg(long, value_name = "FILE", help_heading = "结果 / results")]
    pub html: Option<PathBuf>,
    /// 在 --html 中附首页与问题页面的图片（需要 Chromium） / pictures of pages in --html, needs Chromium
    #[arg(
        long,
        requires = "html",
        conflicts_with = "only",
        help_heading = "结果 / results"
    )]
    pub screenshots: bool,
    /// 把抓到的网页逐行列入文件 / list the pages that were read, one a line
    #[arg(long, value_name = "FILE", help_heading = "结果 / results")]
    pub list: Option<PathBuf>,
    /// 证据（WARC）存入目录，已存的接着用（不能与 --only 同用） / keep the evidence (WARC) in a folder; an interrupted run goes on
    #[arg(
        long,
        value_name = "DIR",
        conflicts_with = "only",
        help_heading = "结果 / results"
    )]
    pub evidence: Option<PathBuf>,
    /// 网络 / network
    #[command(flatten)]
    pub network: NetworkArgs,
}

/// 单个账号检查参数.
#[derive(Clone, Debug, Args)]
pub struct AccountArgs {
    /// 账号页面或应用商店页面 / page of the account, or store page of an app
    pub url: Option<String>,
    /// 文章列表（RSS、Atom、JSON） / feed of posts
    #[arg(long, value_name = "URL")]
    pub feed: Option<String>,
    /// 安装包下载地址；给出时按客户端检查 / download of a package: inspected as an app
    #[arg(long, value_name = "URL")]
    pub download: Option<String>,
    /// 账号名称 / name of the account
    #[arg(long, default_value = "")]
    pub name: String,
    /// 平台，如 微信公众号 / platform
    #[arg(long, default_value = "其他")]
    pub platform: String,
    /// 监测时间点，默认现在 / monitoring point, now by default
    #[arg(long, value_name = "TIME")]
    pub as_of: Option<jiff::civil::DateTime>,
    /// 结果写成 JSON / write the result as JSON
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// 指标体系 / indicator set
    #[arg(long, default_value = "gov-2019")]
    pub set: String,
    /// 网络 / network
    #[command(flatten)]
    pub network: NetworkArgs,
    /// 两次查看的间隔（秒） / seconds between the two looks
    #[arg(long, default_value_t = 5)]
    pub second_look_s: u64,
}

/// 发文清单参数.
#[derive(Clone, Debug, Args)]
pub struct PostsArgs {
    /// 表格（xlsx、xls、ods、CSV）：账号编号、标题、链接、发布时间 / spreadsheet with 账号编号, 标题, 链接, 发布时间
    pub file: PathBuf,
    /// 轮次 / round
    #[command(flatten)]
    pub round: RoundArg,
}

/// 迁移核对参数.
#[derive(Clone, Debug, Args)]
pub struct MigrationArgs {
    /// 旧网站首页地址 / home page of the old site
    pub old: String,
    /// 新网站首页地址 / home page of its successor
    pub new: String,
    /// 结果写成 JSON / write the result as JSON
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// 结果写成网页 / write the result as HTML
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// 存入这一轮（须已在数据目录中），网页上逐项核对 / keep it with this round, which must be there, to be gone through on its page
    #[arg(long, value_name = "ROUND")]
    pub round: Option<String>,
    /// 旧网站切换前的证据（check --evidence 的目录）；旧地址再问一遍 / evidence of the old site from before the switch; its addresses are asked again
    #[arg(long, value_name = "DIR")]
    pub old_evidence: Option<PathBuf>,
    /// 网络 / network
    #[command(flatten)]
    pub network: NetworkArgs,
    /// 两次查看的间隔（秒） / seconds between the two looks
    #[arg(long, default_value_t = 5)]
    pub second_look_s: u64,
}

/// 只检查一类.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Only {
    /// 链接与页内锚点 / links and anchors
    Links,
}

/// 解释参数.
#[derive(Clone, Debug, Args)]
pub struct ExplainArgs {
    /// 指标编号（如 D-21）、名称或检查项（如 broken_links）；省略时列出全部 / indicator or check; all of them when left out
    pub name: Option<String>,
    /// 指标体系，默认为 gov-2019 / indicator set, gov-2019 by default
    #[arg(long)]
    pub set: Option<String>,
    /// 把每个检查项的说明写成文件，不用 --set 时写全部体系 / write the pages of all checks, under all sets unless --set names one
    #[arg(long, value_name = "DIR", conflicts_with = "name")]
    pub markdown: Option<PathBuf>,
    /// explain figure NAME 的指标名，省略时列出全部 / name of a figure of the notice, with `explain figure`; all of them when left out
    #[arg(requires = "name")]
    pub figure: Option<String>,
    /// explain figure 的轮次，默认最近一轮 / the round whose figure is explained, the last one by default
    #[arg(long, conflicts_with = "from")]
    pub round: Option<String>,
    /// explain figure 用一个目录里的轮次（docs/golden-round.md）/ a round as a folder instead
    #[arg(long, value_name = "DIR")]
    pub from: Option<PathBuf>,
}

impl ExplainArgs {
    /// Whether it asks for a figure of a notice and not for a check.
    pub fn is_figure(&self) -> bool {
        self.name.as_deref() == Some("figure")
    }
}

/// 查错别字参数.
#[derive(Clone, Debug, Args)]
pub struct WordsArgs {
    /// UTF-8 文本或 .html 文件，视为同一网站的 / UTF-8 texts or .html files, taken for one site's
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// 语言模型，由 cargo xtask lexicon 建成；没有时只查错词表 / model of words; without one only known wrong words are found
    #[arg(
        long,
        env = "XUNCHA_WORDS",
        default_value = "target/lexicon/words.model",
        value_name = "FILE"
    )]
    pub model: PathBuf,
    /// 确认不算错的写法，每行一条 / texts that a person said are not wrong, one a line
    #[arg(long, value_name = "FILE")]
    pub not_wrong: Option<PathBuf>,
    /// 把握的下限，0 到 1 / least confidence
    #[arg(long, default_value_t = xuncha_core::words::SHIPPED, value_name = "N")]
    pub confidence: f32,
    /// 另存为 JSON / write the hits as JSON
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// 第二意见 / second opinion
    #[command(flatten)]
    pub opinion: OpinionArgs,
}

/// 证据命令.
#[derive(Debug, Subcommand)]
pub enum EvidenceCommand {
    /// 核验一轮证据的哈希与格式 / verify hashes and form of a round's evidence
    Verify {
        /// 轮次 / round
        #[command(flatten)]
        round: RoundArg,
        /// 核验 check --evidence 的目录，不需要数据库 / verify a folder of `check --evidence`, without a database
        #[arg(long, value_name = "DIR", conflicts_with = "round")]
        folder: Option<PathBuf>,
        /// 核验一个对象的证据包，不需要数据库 / verify the package of one target, without a database
        #[arg(long, value_name = "DIR", conflicts_with_all = ["round", "folder"])]
        package: Option<PathBuf>,
    },
    /// 一个对象的评分表和证据包，交主办单位自行核验 / score sheet and evidence of one target, for its unit to verify
    Package {
        /// 轮次 / round
        #[command(flatten)]
        round: RoundArg,
        /// 对象编号 / number of the target
        #[arg(long)]
        target: String,
        /// 新的目录 / a new folder
        #[arg(long)]
        out: PathBuf,
    },
    /// 补建或重建 CDXJ 索引 / make missing indexes, or all of them
    Index {
        /// 轮次 / round
        #[command(flatten)]
        round: RoundArg,
        /// 全部重建 / make all of them anew
        #[arg(long)]
        all: bool,
    },
    /// 按对象与用途列出大小 / what evidence weighs, per target and purpose
    Size {
        /// 轮次 / round
        #[command(flatten)]
        round: RoundArg,
        /// 列出的对象数，从大到小 / targets to list, largest first
        #[arg(long, default_value_t = 20)]
        top: usize,
    },
    /// 按留存策略清理存档正文；不加 --yes 只试算 / remove bodies under a retention policy; only reckons without --yes
    Prune {
        /// 只清理这一轮；省略时按策略的期限选取往期 / this round only; by the age that the policy names when left out
        #[command(flatten)]
        round: RoundArg,
        /// 策略名，见 retention/policies.toml / name of the policy
        #[arg(long, default_value = "findings")]
        policy: String,
        /// 比最近一轮早几轮及以上才清理，覆盖策略的期限 / only rounds that are this many rounds older than the latest
        #[arg(long, value_name = "ROUNDS")]
        older_than: Option<usize>,
        /// 真的清理 / do it
        #[arg(long)]
        yes: bool,
    },
    /// 导出存档（WARC 与 CDXJ），供其他工具使用 / export archives (WARC and CDXJ) for other tools
    Export {
        /// 轮次 / round
        #[command(flatten)]
        round: RoundArg,
        /// 只导出这些对象 / these targets only
        #[arg(long)]
        target: Vec<String>,
        /// 输出目录 / output folder
        #[arg(long)]
        out: PathBuf,
    },
    /// 由证据生成首页与问题页面的图片，不联网 / pictures of home pages and pages of findings, from the evidence, offline
    Pictures(PicturesArgs),
}

/// 页面图片参数.
#[derive(Clone, Debug, Args)]
pub struct PicturesArgs {
    /// 轮次 / round
    #[command(flatten)]
    pub round: RoundArg,
    /// 每个网站最多几张问题页面 / pages of findings per site
    #[arg(long, default_value_t = 20)]
    pub per_site: usize,
    /// 浏览器：auto 或路径 / browser: auto or a path
    #[arg(long, value_name = "auto|PATH", default_value = "auto")]
    pub browser: String,
}

/// 派生事实命令.
#[derive(Debug, Subcommand)]
pub enum FactsCommand {
    /// 用本版本的读法重读一轮已存的网页 / read a round's stored pages again
    Rebuild(RoundArg),
    /// 显示从一个网页读出的事实（JSON） / show what was read in one page, as JSON
    Show(ShowArgs),
}

/// 显示事实参数.
#[derive(Clone, Debug, Args)]
pub struct ShowArgs {
    /// 一轮中读过的网址 / address that was read in a round
    #[arg(required_unless_present = "file")]
    pub url: Option<String>,
    /// 轮次 / round
    #[command(flatten)]
    pub round: RoundArg,
    /// 改读一个网页文件，不用轮次和数据库 / read a file instead, without a round or a database
    #[arg(long, value_name = "PAGE.html", requires = "from", conflicts_with_all = ["url", "round"])]
    pub file: Option<PathBuf>,
    /// 文件原来的网址，页内链接据以补全 / address that the file came from
    #[arg(id = "from", long = "url", value_name = "URL", requires = "file")]
    pub from: Option<String>,
    /// 视为何时取得，默认现在 / when it was fetched, now by default
    #[arg(long, value_name = "TIME", requires = "file")]
    pub at: Option<jiff::civil::DateTime>,
}

/// 模拟省参数，原样传给 xuncha-province.
#[derive(Clone, Debug, Args)]
pub struct ProvinceArgs {
    /// 参数 / arguments
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub arguments: Vec<String>,
}
