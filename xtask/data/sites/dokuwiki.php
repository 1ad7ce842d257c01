<?php
// The settings of a DokuWiki that visitors only read (argument: its folder). Pages are put in by its own bin/dwpage.php afterwards.
[, $folder] = $argv;
foreach (['pages', 'media', 'attic', 'meta', 'media_meta', 'media_attic', 'cache', 'index', 'locks', 'tmp', 'log'] as $name) {
    if (!is_dir("$folder/data/$name")) {
        mkdir("$folder/data/$name", 0755, true);
    }
}
file_put_contents("$folder/inc/preload.php", "<?php\ndefine('DOKU_CONF', '$folder/conf/');\n");
$closed = 'recent,revisions,backlink,index,login,register,resendpwd,profile,profile_delete,edit,source,export_raw,export_xhtml,subscribe,media,diff,search,locked,rss';
file_put_contents("$folder/conf/local.php", <<<PHP
<?php
\$conf['title'] = '巡查知识库';
\$conf['lang'] = 'zh';
\$conf['license'] = '';
\$conf['useacl'] = 1;
\$conf['superuser'] = '@admin';
\$conf['savedir'] = '$folder/data';
\$conf['disableactions'] = '$closed';
\$conf['updatecheck'] = 0;
\$conf['fnencode'] = 'utf-8';
\$conf['indexdelay'] = 0;

PHP);
file_put_contents("$folder/conf/acl.auth.php", "# <?php exit()?>\n*\t@ALL\t1\n*\t@user\t8\n");
file_put_contents("$folder/conf/users.auth.php", "# <?php exit()?>\n");
