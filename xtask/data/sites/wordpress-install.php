<?php
// Installs WordPress in Chinese (arguments: folder of the site, its address); the scripts that fill it begin with this one.
[, $folder, $address] = $argv;
$host = parse_url($address, PHP_URL_HOST) . ':' . parse_url($address, PHP_URL_PORT);
$_SERVER['HTTP_HOST'] = $host;
$_SERVER['REQUEST_URI'] = '/';
define('WP_INSTALLING', true);
require_once "$folder/wp-load.php";
require_once "$folder/wp-admin/includes/upgrade.php";

wp_install('巡查测试站', 'admin', 'a@example.invalid', true, '', 'Xuncha-2026-loopback', 'zh_CN');
update_option('siteurl', $address);
update_option('home', $address);
update_option('posts_per_page', 8);
switch_theme('twentytwentyone');
$GLOBALS['wp_rewrite']->set_permalink_structure('/%category%/%postname%/');
// An editor may write any link; the filter is for visitors.
kses_remove_filters();

function publish(string $title, string $slug, string $content, int $category, string $date): int
{
    return wp_insert_post([
        'post_title' => $title, 'post_name' => $slug, 'post_content' => wp_slash($content), 'post_status' => 'publish',
        'post_date' => $date, 'post_author' => 1, 'post_category' => [$category],
    ]);
}

function upload(string $name, string $bytes): string
{
    return wp_upload_bits($name, null, $bytes, '2026/09')['url'];
}
