//! 人员与审计的命令行. Words of `person` and `audit`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use jiff::civil::Date;
use xuncha_core::person::Role;

/// 角色参数.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RoleArg {
    /// 单位填报员，只看本单位 / operator of a unit
    Operator,
    /// 检查员，人工处理 / inspector
    Inspector,
    /// 监管员，负责轮次 / supervisor
    Supervisor,
    /// 领导，只看 / leader
    Leader,
    /// 管理员，人员与设置 / administrator
    Administrator,
}

impl RoleArg {
    /// The role.
    pub fn role(self) -> Role {
        match self {
            RoleArg::Operator => Role::Operator,
            RoleArg::Inspector => Role::Inspector,
            RoleArg::Supervisor => Role::Supervisor,
            RoleArg::Leader => Role::Leader,
            RoleArg::Administrator => Role::Administrator,
        }
    }
}

/// 登录设置参数. Shared by everything that takes passwords.
#[derive(Clone, Debug, Args)]
pub struct PasswordArgs {
    /// 密码至少几个字符 / least number of characters of a password
    #[arg(long, env = "XUNCHA_PASSWORD_MIN", default_value_t = 10, value_parser = clap::value_parser!(u64).range(8..=128), value_name = "N")]
    pub password_min: u64,
}

/// 设置密码链接参数.
#[derive(Clone, Debug, Args)]
pub struct LinkArgs {
    /// 网页界面的地址，写在链接前面 / address of the web interface, for the link
    #[arg(
        long,
        env = "XUNCHA_ADDRESS",
        default_value = "http://127.0.0.1:8300",
        value_name = "URL"
    )]
    pub address: String,
}

/// 统一身份认证参数.
#[derive(Clone, Debug, Args)]
pub struct OidcArgs {
    /// 统一身份认证（OpenID Connect）的签发者地址 / issuer of a provider of identities
    #[arg(
        long,
        env = "XUNCHA_OIDC_ISSUER",
        value_name = "URL",
        requires = "oidc_client"
    )]
    pub oidc_issuer: Option<String>,
    /// 在那里登记的客户端编号 / client id there
    #[arg(long, env = "XUNCHA_OIDC_CLIENT", value_name = "ID")]
    pub oidc_client: Option<String>,
    /// 客户端密钥的文件 / file with the client's secret
    #[arg(long, env = "XUNCHA_OIDC_SECRET_FILE", value_name = "FILE")]
    pub oidc_secret_file: Option<PathBuf>,
    /// 登录页上的名称 / name on the sign-in page
    #[arg(
        long,
        env = "XUNCHA_OIDC_NAME",
        value_name = "NAME",
        default_value = "统一身份认证登录"
    )]
    pub oidc_name: String,
    /// 另加信任的证书机构 / a further certificate authority
    #[arg(long, env = "XUNCHA_OIDC_CA", value_name = "FILE")]
    pub oidc_ca: Option<PathBuf>,
}

/// 人员命令.
#[derive(Debug, Subcommand)]
pub enum PersonCommand {
    /// 新增人员：密码从终端或标准输入读入，否则打印一个设置密码的链接；没有默认密码 / add a person
    Add {
        /// 登录名 / login
        login: String,
        /// 角色 / role
        #[arg(long, value_enum)]
        role: RoleArg,
        /// 姓名，省略时同登录名 / name, the login by default
        #[arg(long)]
        name: Option<String>,
        /// 单位编号（单位填报员必填） / number of the unit, of operators only
        #[arg(long)]
        unit: Option<String>,
        /// 密码由标准输入的第一行读入 / read the password from the first line of standard input
        #[arg(long, conflicts_with = "link")]
        password_stdin: bool,
        /// 不问密码，打印设置密码的一次性链接 / do not ask, print a one-time link
        #[arg(long)]
        link: bool,
        /// 链接 / link
        #[command(flatten)]
        address: LinkArgs,
        /// 密码要求 / policy
        #[command(flatten)]
        policy: PasswordArgs,
    },
    /// 列出人员 / list people
    List {
        /// 角色 / role
        #[arg(long, value_enum)]
        role: Option<RoleArg>,
    },
    /// 打印设置密码的一次性链接，用于忘记密码时 / print a one-time link for a new password
    Link {
        /// 登录名 / login
        login: String,
        /// 链接 / link
        #[command(flatten)]
        address: LinkArgs,
    },
    /// 锁定：立即结束登录，不能再登录 / lock somebody out
    Lock {
        /// 登录名 / login
        login: String,
    },
    /// 新建接口令牌并打印，只显示这一次 / make a token for programs and print it, once
    Token {
        /// 登录名 / login
        login: String,
        /// 用途 / what it is for
        #[arg(long)]
        name: String,
        /// 范围：read 读取，decide 复核决定 / scopes
        #[arg(long, value_delimiter = ',', default_value = "read", value_parser = ["read", "decide"])]
        scope: Vec<String>,
        /// 有效天数 / how many days it lasts
        #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(i64).range(1..=365))]
        days: i64,
    },
    /// 解除与统一身份的绑定，下次登录重新绑定 / let the next sign-in through a provider bind anew
    Unbind {
        /// 登录名 / login
        login: String,
    },
    /// 解除锁定 / unlock
    Unlock {
        /// 登录名 / login
        login: String,
    },
}

/// 审计命令.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// 核验哈希链；有改动时退出码为 1，并指出第一条 / verify the chain of hashes; exit code 1 where it is broken
    Verify {
        /// 另处记下的哈希；没有一条记录是它时退出码为 1 / a hash that was noted elsewhere and has to be in the log
        #[arg(long, value_name = "SHA256")]
        expect: Option<String>,
    },
    /// 列出记录，新的在前 / list rows, newest first
    List {
        /// 人员编号（P3）或登录名、命令行用户（cli:root） / person by number or login
        #[arg(long)]
        person: Option<String>,
        /// 动作，如 signed_in / action
        #[arg(long)]
        action: Option<String>,
        /// 自某日 / first day
        #[arg(long, value_name = "DATE")]
        from: Option<Date>,
        /// 至某日 / last day
        #[arg(long, value_name = "DATE")]
        to: Option<Date>,
        /// 最多几条 / rows at most
        #[arg(long, default_value_t = 50)]
        first: u64,
        /// 写成 JSON，每行一条 / write JSON, one row a line
        #[arg(long, value_name = "FILE")]
        json: Option<PathBuf>,
    },
}
