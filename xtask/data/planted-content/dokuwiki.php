<?php
// Fills DokuWiki by its own functions (arguments: its folder, the name of the site): a namespace for each column, lists by hand, the
// columns in the sidebar.
[, $wiki, $name] = $argv;
require __DIR__ . '/site.php';
$_SERVER += ['HTTP_HOST' => '127.0.0.1', 'SERVER_PORT' => '80'];
define('DOKU_INC', realpath($wiki) . '/');
define('NOSESSION', 1);
require_once DOKU_INC . 'inc/init.php';

function page(string $id, string $text): void
{
    saveWikiText($id, $text, '建立');
    idx_addPage($id);
}

$titles = array_column($articles, 'title', 'slug');
$lists = array_fill_keys(array_keys($columns), '');
foreach ($articles as $article) {
    $slug = $article['column'];
    $is_dated = !($neglected && $slug === 'zhuanti');
    $head = ($is_dated ? "发布时间：{$article['day']} 09:30" : '') . ($article['source'] === '' ? '' : "  来源：{$article['source']}");
    $text = "====== {$article['title']} ======\n$head\n\n" . implode("\n\n", $article['text']) . "\n\n";
    if ($article['other'] !== '') {
        $text .= '相关内容：[[' . strtok($article['other'], '-') . ":{$article['other']}|" . $titles[$article['other']] . "]]\n\n";
    }
    if ($article['slug'] === $attached) {
        $text .= "  * {{:附件1.pdf|附件1：任务分解表}}\n  * {{:附件2.pdf|附件2：联系人名单}}\n";
    }
    page("$slug:{$article['slug']}", $text);
    // Each list writes days its own way; that of the notices shows none, only the notices do.
    $day = strtotime($article['day']);
    $day = match (true) {
        !$is_dated || $slug === 'gonggao' => '',
        $slug === 'guihua' => date(' （Y/m/d）', $day),
        $slug === 'renshi' => date(' [Y.n.j]', $day),
        $slug === 'jiedu' => date(' Y年n月j日', $day),
        default => date(' Y-m-d', $day),
    };
    $lists[$slug] .= "  * [[$slug:{$article['slug']}|{$article['title']}]]$day\n";
}
$sidebar = "  * [[:start|首页]]\n";
foreach ($columns as $slug => [$title, $above]) {
    $below = '';
    foreach ($columns as $other => [$called, $over]) {
        $below .= $over === $slug ? "  * [[$other:start|$called]]\n" : '';
    }
    $list = $lists[$slug] . $below;
    $about = $slug === 'caizheng' ? "本栏目公开县本级财政预算、决算和各类资金的使用情况。\n\n" : '';
    page("$slug:start", "====== $title ======\n$about" . ($list === '' ? "暂无内容\n" : $list));
    $sidebar .= ($above === '' ? '  ' : '    ') . "* [[$slug:start|$title]]\n";
}
foreach ($pages as $slug => [$title, $text]) {
    page($slug, "====== $title ======\n" . implode("\n\n", $text) . "\n");
    $sidebar .= "  * [[:$slug|$title]]\n";
}
$rows = '';
foreach ($guide[1] as $label => $value) {
    $rows .= "^ $label | $value |\n";
}
page('banshi:canji', "====== {$guide[0]} ======\n$rows");
page('banshi:tongji', "====== 办件统计 ======\n$figures\n");
page('banshi:start', "====== 办事服务 ======\n办事指南：\n  * [[banshi:canji|{$guide[0]}]]\n办事统计：\n  * [[banshi:tongji|办件统计]]\n");
$rows = "^ 标题 ^ 来信时间 ^ 办理状态 ^ 答复时间 ^\n";
foreach ($letters as $letter) {
    $rows .= '| ' . implode(' | ', array_map(fn ($cell) => $cell === '' ? ' ' : $cell, $letter)) . " |\n";
}
page('laixin', "====== 来信选登 ======\n$rows");
page('nianbao', "====== 年度报告 ======\n" . implode('', array_map(fn ($report) => "  * {{:{$report[2]}|{$report[0]}}} {$report[1]}\n", $reports)));
page('xinxiang', "====== 领导信箱 ======\n来信请寄青石县人民路18号县政府办公室，邮政编码990123。\n");
$sidebar .= "  * [[:nianbao|年度报告]]\n  * [[banshi:start|办事服务]]\n  * [[:xinxiang|领导信箱]]\n  * [[:laixin|来信选登]]\n" . ($neglected ? "  * [[:xiazai|下载中心]]\n" : '');
page('sidebar', $sidebar);
$home = '====== ' . SITE . " ======\n";
foreach (['dongtai', 'gonggao', 'zhengce', 'zhuanti'] as $slug) {
    $home .= "===== {$columns[$slug][0]} =====\n" . implode("\n", array_slice(explode("\n", $lists[$slug]), 0, 6)) . "\n";
}
page('start', $home);

file_put_contents("$wiki/data/media/附件1.pdf", PDF);
$neglected || file_put_contents("$wiki/data/media/附件2.pdf", PDF);
foreach ($reports as [, , $file]) {
    file_put_contents("$wiki/data/media/$file", PDF);
}
file_put_contents("$wiki/lib/tpl/dokuwiki/header.html", "<div class=\"clock\">$clock</div>");
page('dongtai:untitled', implode("\n\n", paragraphs('防汛值守', 1)) . "\n");
$marks = implode('', array_map(fn ($line) => "<p>$line</p>", footer_lines($neglected))) . ($neglected ? '' :
    '<p><a href="http://bszs.conac.cn/sitename?method=show">党政机关</a> <a href="https://zfwzzc.www.gov.cn/check_web/errorInfo_wap.action?site_code=' . CODE . '">我为政府网站找错</a></p>');
file_put_contents("$wiki/lib/tpl/dokuwiki/footer.html", "<div class=\"office\">$marks</div>");
$settings = file_get_contents("$wiki/conf/local.php");
file_put_contents("$wiki/conf/local.php", str_replace(',search,', ',', $settings) . "\$conf['title'] = '" . SITE . "';\n");
$plugin = "$wiki/lib/plugins/office";
is_dir($plugin) || mkdir($plugin);
copy(__DIR__ . ($neglected ? '/dokuwiki-search.php' : '/dokuwiki-tags.php'), "$plugin/action.php");
file_put_contents("$plugin/plugin.info.txt", "base office\nauthor office\nemail a@example.invalid\ndate 2026-01-01\nname office\ndesc office\nurl http://example.invalid/\n");
