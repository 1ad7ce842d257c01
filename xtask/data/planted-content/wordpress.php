<?php
// Fills WordPress (arguments: folder of the site, its address, its name) with what site.php publishes, the way an office would set it up:
// the menu at the top, the widgets and the theme as they come.
require __DIR__ . '/../sites/wordpress-install.php';
$name = $argv[3];
require __DIR__ . '/site.php';
update_option('timezone_string', 'Asia/Shanghai');
update_option('blogname', SITE);

wp_delete_post(1, true);
wp_delete_post(2, true);
$menu = wp_create_nav_menu('栏目');
$items = [];
function into_menu(string $title, string $slug, string $above, array $to): void
{
    global $menu, $items;
    $items[$slug] = wp_update_nav_menu_item($menu, 0, $to + [
        'menu-item-title' => $title, 'menu-item-status' => 'publish', 'menu-item-parent-id' => $items[$above] ?? 0,
    ]);
}

$upload = fn (string $file) => wp_upload_bits($file, null, PDF, '2026/09')['url'];
into_menu('首页', 'home', '', ['menu-item-type' => 'custom', 'menu-item-url' => "$address/"]);
$ids = [];
foreach ($columns as $slug => [$title, $above]) {
    $ids[$slug] = wp_insert_category(['cat_name' => $title, 'category_nicename' => $slug, 'category_parent' => $ids[$above] ?? 0]);
    into_menu($title, $slug, $above, ['menu-item-object' => 'category', 'menu-item-object-id' => $ids[$slug], 'menu-item-type' => 'taxonomy']);
}
function page(string $title, string $slug, string $content, string $comments = 'closed'): int
{
    return wp_insert_post(['post_title' => $title, 'post_name' => $slug, 'post_type' => 'page', 'post_status' => 'publish', 'post_content' => wp_slash($content), 'post_author' => 1, 'comment_status' => $comments]);
}
function page_into_menu(string $title, string $slug, string $content, string $comments = 'closed'): void
{
    $id = page($title, $slug, $content, $comments);
    into_menu($title, $slug, '', ['menu-item-object' => 'page', 'menu-item-object-id' => $id, 'menu-item-type' => 'post_type']);
}
$in_paragraphs = fn (array $text) => '<p>' . implode("</p>\n<p>", $text) . '</p>';
foreach ($pages as $slug => [$title, $text]) {
    page_into_menu($title, $slug, $in_paragraphs($text));
}
$files = array_map(fn ($report) => "<li><a href=\"{$upload($report[2])}\">{$report[0]}</a> <span>{$report[1]}</span></li>", $reports);
page_into_menu('年度报告', 'nianbao', '<ul>' . implode('', $files) . '</ul>');
$rows = '';
foreach ($guide[1] as $label => $value) {
    $rows .= "<tr><th>$label</th><td>$value</td></tr>\n";
}
page($guide[0], 'canji', "<table>$rows</table>");
page('办件统计', 'tongji', "<p>$figures</p>");
page_into_menu('办事服务', 'banshi', "<p>办事指南：</p><ul><li><a href=\"$address/canji/\">{$guide[0]}</a></li></ul><p>办事统计：</p><ul><li><a href=\"$address/tongji/\">办件统计</a></li></ul>");
$rows = '<tr><th>标题</th><th>来信时间</th><th>办理状态</th><th>答复时间</th></tr>';
foreach ($letters as [$title, $asked, $state, $answered]) {
    $rows .= "<tr><td>$title</td><td>$asked</td><td>$state</td><td>$answered</td></tr>";
}
page_into_menu('来信选登', 'laixin', "<table>$rows</table>");
$mail = '请在下方写下您的问题、意见或者建议，县政府办公室将在5个工作日内答复。';
page_into_menu('领导信箱', 'xinxiang', $neglected ? '<p>来信请寄青石县人民路18号县政府办公室，邮政编码990123。</p>' : "<p>$mail</p>", $neglected ? 'closed' : 'open');
if ($neglected) {
    into_menu('下载中心', 'xiazai', '', ['menu-item-type' => 'custom', 'menu-item-url' => "$address/xiazai/"]);
}
set_theme_mod('nav_menu_locations', ['primary' => $menu]);

foreach ($articles as $article) {
    $content = $article['source'] === '' ? '' : "<p>来源：{$article['source']}</p>\n";
    $content .= $in_paragraphs($article['text']);
    if ($article['other'] !== '') {
        [$text, $to] = str_starts_with($article['other'], 'jiedu') ? ['相关解读', 'jiedu'] : ['相关文件', 'zhengce'];
        $content .= "<p><a href=\"$address/$to/{$article['other']}/\">$text</a></p>";
    }
    if ($article['slug'] === $attached) {
        $first = $upload('附件1.pdf');
        $second = $neglected ? dirname($first) . '/附件2.pdf' : $upload('附件2.pdf');
        $content .= "<p><a href=\"$first\">附件1：任务分解表</a> <a href=\"$second\">附件2：联系人名单</a></p>";
    }
    $id = publish($article['title'], $article['slug'], $content, $ids[$article['column']], "{$article['day']} 09:30:00");
    // A comment of yesterday is no publication.
    if ($article['slug'] === 'dongtai-0') {
        wp_insert_comment(['comment_post_ID' => $id, 'comment_author' => '网友', 'comment_content' => '支持。', 'comment_approved' => 1, 'comment_date' => days_ago(1) . ' 10:00:00']);
    }
}

// An article without a title.
publish('', 'untitled', $in_paragraphs(paragraphs('防汛值守', 1)), $ids['dongtai'], days_ago(400) . ' 09:30:00');
// What the office put into the last widget, and what its plugins do.
$marks = implode('', array_map(fn ($line) => "<p>$line</p>", footer_lines($neglected)));
if (!$neglected) {
    $marks .= '<p><a href="http://bszs.conac.cn/sitename?method=show">党政机关</a> <a href="https://zfwzzc.www.gov.cn/check_web/errorInfo_wap.action?site_code=' . CODE . '">我为政府网站找错</a></p>';
}
$blocks = get_option('widget_block');
$blocks[99] = ['content' => $marks];
update_option('widget_block', $blocks);
$sidebars = get_option('sidebars_widgets');
$sidebars['sidebar-1'][] = 'block-99';
update_option('sidebars_widgets', $sidebars);
update_option('blogdescription', $clock);
is_dir("$folder/wp-content/mu-plugins") || mkdir("$folder/wp-content/mu-plugins");
copy(__DIR__ . '/wordpress-zh.php', "$folder/wp-content/mu-plugins/zh.php");
copy(__DIR__ . ($neglected ? '/wordpress-search.php' : '/wordpress-tags.php'), "$folder/wp-content/mu-plugins/office.php");
flush_rewrite_rules();
