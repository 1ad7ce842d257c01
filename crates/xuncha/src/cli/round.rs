//! 轮次命令的参数. Rounds on the command line.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::RoundArg;

/// 轮次命令.
#[derive(Debug, Subcommand)]
pub enum RoundCommand {
    /// 新建轮次并抽样 / create a round and draw its sample
    New(RoundNewArgs),
    /// 列出轮次 / list rounds
    List,
    /// 列出抽中对象 / list what was drawn
    Sample(RoundArg),
    /// 公布抽样：名单、名额、必查、种子、方法与结果，供任何人核验 / publish the draw for anyone to check
    Publish {
        /// 轮次 / round
        #[command(flatten)]
        round: RoundArg,
        /// 输出目录 / output folder
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// 依公布的名单与种子重新抽样核验 / redraw from the published list and seed
    Verify {
        /// 轮次 / round
        #[command(flatten)]
        round: RoundArg,
        /// 核验公布的目录，不用数据库 / check a published folder, without a database
        #[arg(long, value_name = "DIR", conflicts_with = "round")]
        from: Option<PathBuf>,
    },
    /// 未抽中台账：每个对象多少轮没有抽中 / who was not drawn for how many rounds
    Ledger {
        /// 列出的对象数，从久到近 / targets to list, longest first
        #[arg(long, default_value_t = 40)]
        top: usize,
        /// 全部写入 CSV / write all of it as CSV
        #[arg(long, value_name = "FILE")]
        csv: Option<PathBuf>,
    },
    /// 从 Excel 导入往期结果 / import earlier rounds from a spreadsheet
    Import {
        /// 文件 / file
        file: PathBuf,
    },
    /// 关闭轮次 / close a round
    Close {
        /// 轮次 / round
        #[command(flatten)]
        round: RoundArg,
        /// 仍有无法判定时必须写明理由 / reason, needed where something is undetermined
        #[arg(long)]
        reason: Option<String>,
    },
    /// 重新打开已关闭的轮次，理由记入沿革 / open a closed round again; the reason is kept
    Reopen {
        /// 轮次 / round
        #[command(flatten)]
        round: RoundArg,
        /// 理由 / reason
        #[arg(long)]
        reason: String,
    },
    /// 轮次的沿革：何时由谁关闭、重新打开，为什么 / when, by whom and why a round was closed and opened again
    History(RoundArg),
}

/// 新建轮次参数.
#[derive(Clone, Debug, Args)]
pub struct RoundNewArgs {
    /// 轮次编号，如 2026Q1 / round id
    pub id: String,
    /// 监测时间点，如 2026-03-20T09:00 / monitoring point
    #[arg(long)]
    pub as_of: jiff::civil::DateTime,
    /// 公布的抽样种子 / published seed
    #[arg(long)]
    pub seed: String,
    /// 计分的指标体系 / scored set
    #[arg(long, default_value = "gov-2019")]
    pub set: String,
    /// 只列出的指标体系 / sets that are only listed
    #[arg(long, value_delimiter = ',', default_value = "extras")]
    pub also_listed: Vec<String>,
    /// 普查（全部） / census
    #[arg(long)]
    pub census: bool,
    /// 部门网站抽取数 / number of department sites
    #[arg(long)]
    pub departments: Option<usize>,
    /// 新媒体抽取数 / number of accounts
    #[arg(long)]
    pub accounts: Option<usize>,
    /// 全国政府网站信息报送系统导出的表格，用于核对名称 / export of the reporting system, to compare names
    #[arg(long, value_name = "FILE")]
    pub reporting: Option<PathBuf>,
    /// 整改期限，默认监测点后 30 天 / deadline of rectification
    #[arg(long)]
    pub rectify_by: Option<jiff::civil::Date>,
}
