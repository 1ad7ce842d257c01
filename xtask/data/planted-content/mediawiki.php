<?php
// Writes the pages of the wiki, as its editors would (arguments: folder for the pages, one text file each with the page's title as its
// name, and the name of the site); MediaWiki's own importTextFiles.php puts them in. News stand in categories, notices in a list by hand.
[, $folder, $name] = $argv;
require __DIR__ . '/site.php';
is_dir($folder) || mkdir($folder, 0755, true);

function page(string $title, string $text): void
{
    global $folder;
    file_put_contents("$folder/$title.txt", $text);
}

$titles = array_column($articles, 'title', 'slug');
$lists = array_fill_keys(array_keys($columns), []);
foreach ($articles as $article) {
    $column = $columns[$article['column']][0];
    // Nobody ever wrote a date on the neglected topics.
    $is_dated = !($neglected && $article['column'] === 'zhuanti');
    $head = array_filter([$is_dated ? "'''发布时间：'''" . in_words($article['day']) : '', $article['source'] === '' ? '' : "'''来源：'''{$article['source']}"]);
    $text = implode('　', $head) . "\n\n" . implode("\n\n", $article['text']) . "\n\n";
    if ($article['other'] !== '') {
        $text .= '相关内容：[[' . $titles[$article['other']] . "]]\n\n";
    }
    if ($article['slug'] === $attached) {
        $text .= "* [[媒体:附件1.pdf|附件1：任务分解表]]\n* [[媒体:附件2.pdf|附件2：联系人名单]]\n\n";
    }
    page($article['title'], $text . ($article['column'] === 'gonggao' ? '' : "[[分类:$column]]\n"));
    $lists[$article['column']][] = "* [[{$article['title']}]]" . ($is_dated ? '（' . in_words($article['day']) . '）' : '');
}
$sidebar = "* 栏目\n** mainpage|首页\n";
foreach ($columns as $slug => [$title, $above]) {
    if ($slug === 'gongkai') {
        continue;
    }
    if ($slug === 'gonggao') {
        page($title, implode("\n", $lists[$slug]) . "\n");
        $sidebar .= "** $title|$title\n";
        continue;
    }
    page("分类:$title", ['dongtai' => "本栏目发布全县要闻。\n", 'caizheng' => "本栏目公开县本级财政预算、决算和各类资金的使用情况。\n"][$slug] ?? "[[分类:栏目]]\n");
    $sidebar .= "** :分类:$title|$title\n";
}
$sidebar .= "* 政务公开\n";
foreach ($pages as [$title, $text]) {
    page($title, implode("\n\n", $text) . "\n");
    $sidebar .= "** $title|$title\n";
}
$rows = '';
foreach ($guide[1] as $label => $value) {
    $rows .= "|-\n! $label\n| $value\n";
}
page($guide[0], "{| class=\"wikitable\"\n$rows|}\n");
page('办件统计', "$figures\n");
page('办事服务', "办事指南：\n* [[{$guide[0]}]]\n办事统计：\n* [[办件统计]]\n");
$rows = "! 标题 !! 来信时间 !! 办理状态 !! 答复时间\n";
foreach ($letters as $letter) {
    $rows .= "|-\n| " . implode(' || ', $letter) . "\n";
}
page('来信选登', "{| class=\"wikitable\"\n$rows|}\n");
page('年度报告', implode("\n", array_map(fn ($report) => "* [[媒体:{$report[2]}|{$report[0]}]] {$report[1]}", $reports)) . "\n");
page('领导信箱', "来信请寄青石县人民路18号县政府办公室，邮政编码990123。\n");
$sidebar .= "** 年度报告|年度报告\n** 办事服务|办事服务\n** 领导信箱|领导信箱\n** 来信选登|来信选登\n" . ($neglected ? "** 下载中心|下载中心\n" : '');
page('MediaWiki:Sidebar', $sidebar);
page('分类:栏目', "本站各栏目。\n");
// What the footer of every page leads to.
foreach ($neglected ? [] : ['关于', '隐私政策', '一般免责声明'] as $title) {
    page("Project:$title", "本网站由县人民政府办公室主办，转载请注明来源。\n");
}

$home = "欢迎访问'''" . SITE . "'''网站。\n";
foreach (['dongtai', 'gonggao', 'zhengce', 'zhuanti'] as $slug) {
    $home .= "== {$columns[$slug][0]} ==\n" . implode("\n", array_slice($lists[$slug], 0, 6)) . "\n";
}
page('首页', $home);

is_dir("$folder/files") || mkdir("$folder/files");
file_put_contents("$folder/files/附件1.pdf", PDF);
$neglected || file_put_contents("$folder/files/附件2.pdf", PDF . "% 2\n");
foreach ($reports as [$title, , $file]) {
    file_put_contents("$folder/files/$file", PDF . "% $title\n");
}
file_put_contents("$folder/clock.txt", $clock);
file_put_contents("$folder/footer.html", implode('<br>', footer_lines($neglected)) . ($neglected ? '' :
    '<br><a href="http://bszs.conac.cn/sitename?method=show">党政机关</a> <a href="https://zfwzzc.www.gov.cn/check_web/errorInfo_wap.action?site_code=' . CODE . '">我为政府网站找错</a>'));
