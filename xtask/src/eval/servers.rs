//! Real sites on loopback: nginx for documentation packages, PHP's own server for MediaWiki (SQLite) and WordPress (MariaDB).
//!
//! Everything is kept under `target/eval`; nothing outside it is written. The servers end with the task.

use std::fs;
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::Served;
use crate::run;

/// Running servers; ended when dropped.
pub struct Servers {
    /// What they serve.
    pub sites: Vec<Served>,
    children: Vec<Child>,
}

impl Drop for Servers {
    fn drop(&mut self) {
        for child in &mut self.children {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// A documentation package: name, folder, home page, port.
type Documentation = (&'static str, &'static str, &'static str, u16);

/// What `bench crawl` serves.
pub const DOCUMENTATION: &[Documentation] = &[
    (
        "python3.11-doc",
        "/usr/share/doc/python3.11/html",
        "index.html",
        8412,
    ),
    (
        "postgresql-doc-15",
        "/usr/share/doc/postgresql-doc-15/html",
        "index.html",
        8413,
    ),
    (
        "openjdk-17-doc",
        "/usr/share/doc/openjdk-17-jre-headless/api",
        "index.html",
        8416,
    ),
];

/// What `eval real-sites` serves beside the dynamic sites.
const STATIC: &[Documentation] = &[
    (
        "debian-reference-zh-cn",
        "/usr/share/debian-reference",
        "index.zh-cn.html",
        8411,
    ),
    (
        "python3.11-doc",
        "/usr/share/doc/python3.11/html",
        "index.html",
        8412,
    ),
    (
        "postgresql-doc-15",
        "/usr/share/doc/postgresql-doc-15/html",
        "index.html",
        8413,
    ),
];
const MEDIAWIKI_PORT: u16 = 8414;
const WORDPRESS_PORT: u16 = 8415;

/// Starts every server and waits until each answers.
pub fn start(folder: &Path) -> Result<Servers, String> {
    let mut servers = start_static(folder, STATIC)?;
    servers.children.push(mediawiki(&folder.join("mediawiki"))?);
    servers.sites.push(Served {
        name: "mediawiki",
        home: format!("http://127.0.0.1:{MEDIAWIKI_PORT}/index.php"),
    });
    servers
        .children
        .extend(wordpress(&folder.join("wordpress"))?);
    servers.sites.push(Served {
        name: "wordpress",
        home: format!("http://127.0.0.1:{WORDPRESS_PORT}/"),
    });
    [MEDIAWIKI_PORT, WORDPRESS_PORT]
        .into_iter()
        .try_for_each(wait_for)?;
    Ok(servers)
}

/// Starts nginx over these packages and waits until it answers.
pub fn start_static(folder: &Path, packages: &[Documentation]) -> Result<Servers, String> {
    let mut servers = Servers {
        sites: Vec::new(),
        children: vec![nginx(folder, packages)?],
    };
    for (name, _, home, port) in packages {
        servers.sites.push(Served {
            name,
            home: format!("http://127.0.0.1:{port}/{home}"),
        });
        wait_for(*port)?;
    }
    Ok(servers)
}

fn nginx(folder: &Path, packages: &[Documentation]) -> Result<Child, String> {
    let mut blocks = String::new();
    for (_, root, _, port) in packages {
        blocks += &format!(
            "  server {{ listen 127.0.0.1:{port}; root {root}; index index.html index.zh-cn.html; }}\n"
        );
    }
    let place = folder.display();
    let text = format!(
        "daemon off; worker_processes 1; pid {place}/nginx.pid; error_log {place}/nginx.log;\n\
         events {{ worker_connections 512; }}\n\
         http {{\n  include /etc/nginx/mime.types; access_log off; charset utf-8;\n\
         client_body_temp_path {place}/b; proxy_temp_path {place}/p; fastcgi_temp_path {place}/f; uwsgi_temp_path {place}/u; scgi_temp_path {place}/s;\n{blocks}}}\n"
    );
    let config = folder.join("nginx.conf");
    write(&config, &text)?;
    spawn(
        Command::new("nginx")
            .arg("-c")
            .arg(&config)
            .arg("-p")
            .arg(folder),
    )
}

fn mediawiki(folder: &Path) -> Result<Child, String> {
    let config = folder.join("LocalSettings.php");
    if !config.is_file() {
        fs::create_dir_all(folder).map_err(|error| error.to_string())?;
        let maintenance = Path::new("/usr/share/mediawiki/maintenance");
        run(Command::new("php")
            .arg(maintenance.join("install.php"))
            .args(["--dbtype", "sqlite", "--dbpath"])
            .arg(folder)
            .args([
                "--server",
                &format!("http://127.0.0.1:{MEDIAWIKI_PORT}"),
                "--scriptpath",
                "",
                "--lang",
                "zh-cn",
            ])
            .args(["--pass", "Xuncha-2026-loopback", "--confpath"])
            .arg(folder)
            .args(["巡查维基", "Admin"])
            .env("MW_CONFIG_FILE", folder.join("none.php")))?;
        for (title, text) in wiki_pages() {
            let source = folder.join("page.txt");
            write(&source, &text)?;
            let input = fs::File::open(&source).map_err(|error| error.to_string())?;
            run(Command::new("php")
                .arg(maintenance.join("edit.php"))
                .args(["--conf"])
                .arg(&config)
                .args(["--user", "Admin", &title])
                .stdin(input)
                .stdout(Stdio::null()))?;
        }
    }
    let mut command = Command::new("php");
    command.args([
        "-q",
        "-S",
        &format!("127.0.0.1:{MEDIAWIKI_PORT}"),
        "-t",
        "/usr/share/mediawiki",
    ]);
    spawn(
        command
            .env("MW_CONFIG_FILE", config)
            .env("PHP_CLI_SERVER_WORKERS", "2"),
    )
}

fn wiki_pages() -> Vec<(String, String)> {
    let link = |number: usize| format!("[[通知公告{}]]", number + 1);
    let mut pages: Vec<(String, String)> = (1..=12)
        .map(|number| {
            (
                format!("通知公告{number}"),
                format!(
                    "这是第{number}号通知。参见{}。\n[[分类:通知公告]]",
                    link(number)
                ),
            )
        })
        .collect();
    pages.push((
        "首页".to_owned(),
        "欢迎。[[通知公告1]]、[[通知公告2]]、[[并不存在的页面]]。".to_owned(),
    ));
    pages
}

fn wordpress(folder: &Path) -> Result<Vec<Child>, String> {
    let site = folder.join("site");
    let database = folder.join("database");
    let socket = folder.join("mariadb.sock");
    if !site.is_dir() {
        fs::create_dir_all(folder).map_err(|error| error.to_string())?;
        run(Command::new("cp")
            .args(["-rL", "/usr/share/wordpress"])
            .arg(&site))?;
        write(&site.join("wp-config.php"), &wordpress_config(&socket))?;
    }
    let is_new = !database.is_dir();
    if is_new {
        run(Command::new("mariadb-install-db")
            .arg(format!("--datadir={}", database.display()))
            .args([
                "--auth-root-authentication-method=normal",
                "--user=root",
                "--skip-test-db",
            ])
            .stdout(Stdio::null()))?;
    }
    let mut mariadb = Command::new("mariadbd");
    mariadb.args(["--no-defaults", "--skip-networking", "--user=root"]);
    mariadb
        .arg(format!("--datadir={}", database.display()))
        .arg(format!("--socket={}", socket.display()));
    let mut children = vec![spawn(&mut mariadb)?];
    wait_for_file(&socket)?;
    if is_new {
        run(Command::new("mariadb")
            .arg("-S")
            .arg(&socket)
            .args(["-e", "CREATE DATABASE wordpress CHARACTER SET utf8mb4"]))?;
        let script = folder.join("fill.php");
        write(&script, &fill_wordpress(&site))?;
        run(Command::new("php").arg("-q").arg(&script))?;
    }
    let mut command = Command::new("php");
    command
        .args(["-q", "-S", &format!("127.0.0.1:{WORDPRESS_PORT}"), "-t"])
        .arg(&site);
    children.push(spawn(command.env("PHP_CLI_SERVER_WORKERS", "2"))?);
    Ok(children)
}

fn wordpress_config(socket: &Path) -> String {
    format!(
        "<?php\ndefine('DB_NAME','wordpress');define('DB_USER','root');define('DB_PASSWORD','');define('DB_HOST','localhost:{}');\n\
         define('DB_CHARSET','utf8mb4');define('DB_COLLATE','');define('WPLANG','zh_CN');define('WP_HTTP_BLOCK_EXTERNAL',true);define('DISABLE_WP_CRON',true);\n\
         $table_prefix='wp_';if(!defined('ABSPATH'))define('ABSPATH',__DIR__.'/');require_once ABSPATH.'wp-settings.php';\n",
        socket.display()
    )
}

/// Installs WordPress in Chinese and fills it: posts over two years, an empty category, one dead link.
fn fill_wordpress(site: &Path) -> String {
    format!(
        "<?php\n$_SERVER['HTTP_HOST']='127.0.0.1:{WORDPRESS_PORT}';$_SERVER['REQUEST_URI']='/';define('WP_INSTALLING',true);\n\
         require '{0}/wp-load.php';require '{0}/wp-admin/includes/upgrade.php';\n\
         wp_install('巡查测试站','admin','a@example.invalid',true,'','Xuncha-2026-loopback','zh_CN');\n\
         update_option('siteurl','http://127.0.0.1:{WORDPRESS_PORT}');update_option('home','http://127.0.0.1:{WORDPRESS_PORT}');\n\
         $news=wp_create_category('新闻动态');$notice=wp_create_category('通知公告');$empty=wp_create_category('政策解读');\n\
         for($i=0;$i<24;$i++){{$day=date('Y-m-d H:i:s',strtotime(\"2026-10-01 -$i month\"));\n\
         wp_insert_post(['post_title'=>\"关于第{{$i}}项工作的通知\",'post_content'=>\"<p>各单位：现将第{{$i}}项工作安排如下。</p>\".($i==3?'<p><a href=\"/no-such-file.pdf\">附件</a></p>':''),\n\
         'post_status'=>'publish','post_date'=>$day,'post_author'=>1,'post_category'=>[$i%2?$news:$notice]]);}}\n",
        site.display()
    )
}

fn spawn(command: &mut Command) -> Result<Child, String> {
    let shown = format!("{command:?}");
    let quiet = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    quiet
        .spawn()
        .map_err(|error| format!("无法启动 {shown}：{error}"))
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("无法写入 {}：{error}", path.display()))
}

fn wait_for(port: u16) -> Result<(), String> {
    wait(&format!("端口 {port}"), || {
        TcpStream::connect(("127.0.0.1", port)).is_ok()
    })
}

fn wait_for_file(path: &Path) -> Result<(), String> {
    wait(&path.display().to_string(), || path.exists())
}

fn wait(what: &str, is_there: impl Fn() -> bool) -> Result<(), String> {
    let limit = Instant::now() + Duration::from_secs(30);
    while !is_there() {
        if Instant::now() > limit {
            return Err(format!("等待 {what} 超过 30 秒"));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}
