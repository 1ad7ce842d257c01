//! WordPress zh_CN over a MariaDB of its own that listens on a file only.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{PLAN, Program, Servers, Variables, copy, data, php, planted};
use crate::eval::servers::{wait, write};
use crate::run;

/// WordPress: pretty addresses, posts over two years, an empty category, good links and bad ones.
pub const WORDPRESS: Program = Program {
    name: "wordpress",
    port: 8415,
    routes: "^",
    front: "index.php",
    recipe: &[
        INSTALL,
        include_str!("../../../data/sites/wordpress.php"),
        CONFIG,
    ],
    make,
    ready: |program, folder, servers| ready(program, folder, servers, &data("wordpress.php")),
};

/// WordPress: the site that `eval migration` carries over to DokuWiki. `moved.tsv` beside it says what its host does after the switch.
pub const OLD_SITE: Program = Program {
    name: "migration-wordpress",
    port: 8418,
    routes: "^",
    front: "index.php",
    recipe: &[
        INSTALL,
        include_str!("../../../data/sites/wordpress-migration.php"),
        include_str!("../../../data/sites/migration-plan.php"),
        CONFIG,
    ],
    make,
    ready: |program, folder, servers| {
        ready(program, folder, servers, &data("wordpress-migration.php"))?;
        Ok(vec![("MOVED", folder.join("moved.tsv"))])
    },
};

/// WordPress: the county's site as it should be, with a plugin for tags and a search that works.
pub const KEPT: Program = county("planted-wordpress-kept", 8420);
/// WordPress: the same site, neglected.
pub const NEGLECTED: Program = county("planted-wordpress-neglected", 8421);

const fn county(name: &'static str, port: u16) -> Program {
    Program {
        name,
        port,
        routes: "^",
        front: "index.php",
        recipe: &[
            INSTALL,
            PLAN,
            include_str!("../../../data/planted-content/wordpress.php"),
            include_str!("../../../data/planted-content/wordpress-zh.php"),
            include_str!("../../../data/planted-content/wordpress-tags.php"),
            include_str!("../../../data/planted-content/wordpress-search.php"),
            CONFIG,
        ],
        make,
        ready: |program, folder, servers| {
            ready(program, folder, servers, &planted("wordpress.php"))
        },
    }
}

const INSTALL: &str = include_str!("../../../data/sites/wordpress-install.php");

const CONFIG: &str = "<?php
define('DB_NAME', 'wordpress');
define('DB_USER', 'root');
define('DB_PASSWORD', '');
define('DB_HOST', 'localhost:SOCKET');
define('DB_CHARSET', 'utf8mb4');
define('DB_COLLATE', '');
define('WPLANG', 'zh_CN');
define('WP_HTTP_BLOCK_EXTERNAL', true);
define('DISABLE_WP_CRON', true);
$table_prefix = 'wp_';
if (!defined('ABSPATH')) { define('ABSPATH', __DIR__ . '/'); }
require_once ABSPATH . 'wp-settings.php';
";

fn make(_: &Program, folder: &Path) -> Result<(), String> {
    let site = folder.join("site");
    copy("/usr/share/wordpress", &site)?;
    let socket = socket(folder).display().to_string();
    write(
        &site.join("wp-config.php"),
        &CONFIG.replace("SOCKET", &socket),
    )?;
    let mut install = Command::new("mariadb-install-db");
    install.arg(format!("--datadir={}", folder.join("database").display()));
    install.args(["--auth-root-authentication-method=normal", "--user=root"]);
    run(install.arg("--skip-test-db").stdout(Stdio::null()))
}

fn ready(
    program: &Program,
    folder: &Path,
    servers: &mut Servers,
    content: &Path,
) -> Result<Variables, String> {
    let socket = socket(folder);
    let _ = fs::remove_file(&socket);
    let mut mariadb = Command::new("mariadbd");
    mariadb.args(["--no-defaults", "--skip-networking", "--user=root"]);
    mariadb.arg(format!("--datadir={}", folder.join("database").display()));
    servers.start(mariadb.arg(format!("--socket={}", socket.display())))?;
    wait(&socket.display().to_string(), || socket.exists())?;
    if !program.is_made(folder) {
        let mut create = Command::new("mariadb");
        create.arg("-S").arg(&socket);
        run(create.args(["-e", "CREATE DATABASE wordpress CHARACTER SET utf8mb4"]))?;
        let address = format!("http://127.0.0.1:{}", program.port);
        let mut fill = php(content);
        run(fill
            .arg(folder.join("site"))
            .args([&*address, program.name]))?;
    }
    Ok(Vec::new())
}

fn socket(folder: &Path) -> PathBuf {
    folder.join("mariadb.sock")
}
