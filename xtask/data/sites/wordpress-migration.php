<?php
// Fills WordPress (arguments: folder of the site, its address) with the site that is carried over to DokuWiki.
require __DIR__ . '/wordpress-install.php';
require __DIR__ . '/migration-plan.php';

wp_delete_post(1, true);
wp_delete_post(2, true);
$ids = [];
$menu = wp_create_nav_menu('栏目');
foreach ($columns as $slug => $name) {
    $ids[$slug] = wp_insert_category(['cat_name' => $name, 'category_nicename' => $slug]);
    wp_update_nav_menu_item($menu, 0, [
        'menu-item-title' => $name, 'menu-item-object' => 'category', 'menu-item-object-id' => $ids[$slug],
        'menu-item-type' => 'taxonomy', 'menu-item-status' => 'publish',
    ]);
}
set_theme_mod('nav_menu_locations', ['primary' => $menu]);

$logo = file_get_contents("$folder/wp-includes/images/w-logo-blue.png");
$number = 0;
foreach ($articles as $topic => [$column, $day, $plant]) {
    $number++;
    $content = '';
    foreach (paragraphs($topic) as $at => $text) {
        $content .= $plant === 'headings' && $at > 0 ? "<h2>第{$at}部分 {$topic}要求{$at}</h2>\n" : '';
        $content .= "<p>$text</p>\n";
    }
    if ($plant === 'table') {
        $content .= "<table><tr><td>类别</td><td>2024年</td><td>2025年</td></tr><tr><td>养老床位（张）</td><td>18420</td><td>19635</td></tr></table>\n";
    }
    if (str_starts_with($plant, 'file')) {
        foreach (['附件1' => '任务分解表', '附件2' => '联系人名单'] as $name => $text) {
            $bytes = "%PDF-1.4\n% $topic $text\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";
            $url = upload("$topic$name.pdf", $bytes);
            if ($plant === 'file_dead_before' && $name === '附件2') {
                unlink(wp_upload_dir('2026/09')['path'] . "/$topic$name.pdf");
            }
            $content .= "<p><a href=\"$url\">{$name}：{$topic}{$text}</a></p>\n";
        }
    }
    if (str_starts_with($plant, 'picture')) {
        foreach ([1, 2] as $at) {
            $content .= '<p><img src="' . upload("photo-$number-$at.png", $logo . $number . $at) . "\" alt=\"现场{$at}\"></p>\n";
        }
    }
    publish(title($topic, $column), "a$number", $content, $ids[$column], "$day 09:30:00");
    if ($plant === 'doubled_before') {
        publish(title($topic, $column), "a$number-again", $content, $ids[$column], "$day 09:30:00");
    }
}
flush_rewrite_rules();
