//! 年度报表的命令行.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// 年度报表命令.
#[derive(Clone, Debug, Subcommand)]
pub enum AnnualCommand {
    /// 一个网站的《政府网站工作年度报表》 / the annual form of one site
    Work {
        /// 网站标识码 / number of the site
        #[arg(long)]
        site: String,
        /// 年度、填报内容和输出目录 / year, answers and output
        #[command(flatten)]
        asked: AnnualArgs,
    },
    /// 《政府网站监管年度报表》 / the supervisor's annual form
    Supervision {
        /// 年度、填报内容和输出目录 / year, answers and output
        #[command(flatten)]
        asked: AnnualArgs,
    },
    /// 按监管工作年度考核指标自评 / the supervisor's self-assessment
    Assess {
        /// 年度、填报内容和输出目录 / year, answers and output
        #[command(flatten)]
        asked: AnnualArgs,
    },
}

/// 年度报表参数.
#[derive(Clone, Debug, Args)]
pub struct AnnualArgs {
    /// 年度，如 2025 / the year that the form speaks of
    #[arg(long, value_parser = clap::value_parser!(i16).range(2015..=2100))]
    pub year: i16,
    /// 填好的 answers.csv；没有时只填系统知道的 / the filled-in table; without it only what is known is filled in
    #[arg(long, value_name = "FILE")]
    pub answers: Option<PathBuf>,
    /// 输出目录 / output folder
    #[arg(long)]
    pub out: PathBuf,
}
