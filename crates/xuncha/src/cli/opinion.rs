//! 第二意见的选项.

use std::path::PathBuf;

use clap::Args;

/// 第二意见. Which endpoint is asked; none by default. The key stands in `XUNCHA_OPINION_KEY` or in a file, never among the arguments.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "第二意见（默认不用） / second opinion (off by default)")]
pub struct OpinionArgs {
    /// OpenAI 兼容接口的地址，如 `https://model.office.example/v1`；给了才问 / OpenAI-compatible endpoint, asked only where given
    #[arg(long, env = "XUNCHA_OPINION_URL", value_name = "URL")]
    pub opinion_url: Option<String>,
    /// 模型的名称 / name of the model
    #[arg(
        long,
        env = "XUNCHA_OPINION_MODEL",
        default_value = "",
        hide_default_value = true,
        value_name = "NAME"
    )]
    pub opinion_model: String,
    /// 密钥文件；也可以用环境变量 XUNCHA_OPINION_KEY / file with the key; or the variable XUNCHA_OPINION_KEY
    #[arg(long, env = "XUNCHA_OPINION_KEY_FILE", value_name = "FILE")]
    pub opinion_key_file: Option<PathBuf>,
    /// 每问最多等多少秒 / seconds to wait for an answer
    #[arg(
        long,
        env = "XUNCHA_OPINION_TIMEOUT",
        default_value_t = 30,
        value_name = "S"
    )]
    pub opinion_timeout: u64,
    /// 一轮（一次）最多问多少条 / most questions of a round (of a run)
    #[arg(
        long,
        env = "XUNCHA_OPINION_MOST",
        default_value_t = 100,
        value_name = "N"
    )]
    pub opinion_most: usize,
    /// 允许问的内网主机 / private hosts that may be asked
    #[arg(
        long,
        env = "XUNCHA_OPINION_ALLOW_HOST",
        value_delimiter = ',',
        value_name = "HOST"
    )]
    pub opinion_allow_host: Vec<String>,
    /// 另加信任的证书机构 / a further certificate authority
    #[arg(long, env = "XUNCHA_OPINION_CA", value_name = "FILE")]
    pub opinion_ca: Option<PathBuf>,
}
