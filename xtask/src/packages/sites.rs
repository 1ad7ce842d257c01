//! What the evaluations of real sites need.

use super::Need;

/// What `eval real-sites` needs.
pub const REAL_SITES: &[Need] = &[
    Need {
        package: "nginx-light",
        file: "/usr/sbin/nginx",
        why: "在本机提供网页",
    },
    Need {
        package: "debian-reference-zh-cn",
        file: "/usr/share/debian-reference",
        why: "真实站点",
    },
    Need {
        package: "python3.11-doc",
        file: "/usr/share/doc/python3.11/html",
        why: "真实站点",
    },
    Need {
        package: "postgresql-doc-15",
        file: "/usr/share/doc/postgresql-doc-15/html",
        why: "真实站点",
    },
    Need {
        package: "mediawiki",
        file: "/usr/share/mediawiki/index.php",
        why: "真实站点",
    },
    Need {
        package: "wordpress",
        file: "/usr/share/wordpress/index.php",
        why: "真实站点",
    },
    Need {
        package: "wordpress-theme-twentytwentyone",
        file: "/usr/share/wordpress/wp-content/themes/twentytwentyone",
        why: "没有主题时首页是空白的",
    },
    Need {
        package: "wordpress-l10n",
        file: "/usr/share/wordpress/wp-content/languages/zh_CN.mo",
        why: "中文界面",
    },
    Need {
        package: "mariadb-server",
        file: "/usr/sbin/mariadbd",
        why: "WordPress 的数据库",
    },
    Need {
        package: "php-cli",
        file: "/usr/bin/php",
        why: "MediaWiki 与 WordPress",
    },
    Need {
        package: "php-sqlite3",
        file: "/usr/lib/php/*/pdo_sqlite.so",
        why: "MediaWiki 的数据库",
    },
    Need {
        package: "php-mysql",
        file: "/usr/lib/php/*/mysqli.so",
        why: "WordPress 的数据库",
    },
    Need {
        package: "php-mbstring",
        file: "/usr/lib/php/*/mbstring.so",
        why: "MediaWiki",
    },
    Need {
        package: "php-xml",
        file: "/usr/lib/php/*/dom.so",
        why: "MediaWiki",
    },
    Need {
        package: "php-intl",
        file: "/usr/lib/php/*/intl.so",
        why: "MediaWiki",
    },
];

/// What `eval linkcheckers` needs on top of the programs of [`REAL_SITES`]; `migration` and `planted-content` need DokuWiki of it.
pub const CHECKERS: &[Need] = &[
    Need {
        package: "dokuwiki",
        file: "/usr/share/dokuwiki/doku.php",
        why: "真实站点",
    },
    Need {
        package: "linkchecker",
        file: "/usr/bin/linkchecker",
        why: "对比死链接",
    },
    Need {
        package: "w3c-linkchecker",
        file: "/usr/bin/checklink",
        why: "对比死链接",
    },
];
