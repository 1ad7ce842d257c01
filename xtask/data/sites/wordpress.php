<?php
// Fills WordPress (arguments: folder of the site, its address) with what an office would publish, good links and bad ones.
require __DIR__ . '/wordpress-install.php';

$news = wp_insert_category(['cat_name' => '新闻动态', 'category_nicename' => 'news']);
$notice = wp_insert_category(['cat_name' => '通知公告', 'category_nicename' => '通知公告']);
$empty = wp_insert_category(['cat_name' => '政策解读', 'category_nicename' => 'jiedu']);

for ($i = 0; $i < 24; $i++) {
    $date = date('Y-m-d H:i:s', strtotime("2026-10-01 -$i month"));
    $text = "<p>各单位：现将第{$i}项工作安排如下，请认真组织实施。</p>";
    publish("关于第{$i}项工作的通知", "notice-$i", $text, $i % 2 ? $news : $notice, $date);
}

$png = upload('banner.png', file_get_contents("$folder/wp-includes/images/w-logo-blue.png"));
$pdf = upload('附件1.pdf', "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n");
$nothing = upload('空白.txt', '');
$page_as_pdf = upload('扫描件.pdf', '<!DOCTYPE html><html><head><title>扫描件</title></head><body><p>请重新上传。</p></body></html>');

publish('办事指南（一）', '办事指南一', <<<HTML
<h2 id="条件">一、受理条件</h2><p>见<a href="#材料">申请材料</a>、<a href="#liucheng">办理流程</a>。</p>
<h2 id="材料">二、申请材料</h2><p><a href="$pdf">附件1：申请表</a>　<a href="/wp-content/uploads/2026/09/附件2.pdf">附件2：承诺书</a></p>
<p><img src="$png" alt="横幅"><img src="/wp-content/uploads/2026/09/missing.png" alt="流程图"></p>
<p><a href="$nothing">附件3：空白文件</a>　<a href="$page_as_pdf">附件4：扫描件</a></p>
HTML, $news, '2026-10-02 09:00:00');

$renamed = publish('关于更名的通知', 'old-name', '<p>本文改过名。</p>', $notice, '2026-10-03 09:00:00');
wp_update_post(['ID' => $renamed, 'post_name' => 'new-name']);
$draft = wp_insert_post(['post_title' => '草稿', 'post_content' => '未发布', 'post_status' => 'draft', 'post_author' => 1]);
$gone = publish('撤下的通知', 'withdrawn', '<p>将被撤下。</p>', $notice, '2026-10-03 10:00:00');
wp_trash_post($gone);
$locked = publish('凭密码查看', 'locked', '<p>内部。</p>', $notice, '2026-10-03 11:00:00');
wp_update_post(['ID' => $locked, 'post_password' => 'neibu']);
publish('“页面不存在”怎么办', 'ask-404', '<p>网友问：打开网页提示“您访问的页面不存在”怎么办？答：请刷新。</p>', $news, '2026-10-03 12:00:00');

publish('链接汇总', '链接汇总', <<<HTML
<p>站内：<a href="/news/办事指南一/">办事指南</a>、<a href="/news/办事指南一/#条件">受理条件</a>、<a href="/news/办事指南一/#meiyou">没有的锚点</a>、
<a href="/?p=$renamed">短地址</a>、<a href="/通知公告/old-name/">旧名</a>、<a href="/notice-3">旧地址</a>、<a href="/通知公告">没有斜杠的栏目</a>、
<a href="/category/jiedu/">空栏目</a>、<a href="/?s=没有这个词语">没有结果的搜索</a>、<a href="//$host/category/news/">沿用协议</a>、<a href=" /category/news/ ">前后有空格</a>、
<a href="../../news/./notice-1/">相对地址</a>、<a href="\\category\\news\\">反斜杠</a>、<a href="/category/news/?utm_source=wx">带来源</a>、<a href="/news/notice-1/#:~:text=工作">指到文字</a>。</p>
<p>打不开的：<a href="/wp-content/uploads/2026/no-such-file.pdf">附件</a>、<a href="/通知公告/并不存在的通知/">不存在的通知</a>、<a href="/?p=99999">不存在的短地址</a>、
<a href="/?p=$draft">草稿</a>、<a href="/通知公告/withdrawn/">撤下的通知</a>、<a href="/category/no-such/">不存在的栏目</a>、<a href="/?page_id=4711">不存在的页面</a>、<a href="/author/nobody/">不存在的作者</a>、
<a href="/news/page/99/">不存在的分页</a>、<a href="www.example.invalid/">漏写协议</a>、<a href="/2019/13/">不存在的月份</a>。</p>
<p>须登录或密码：<a href="/通知公告/locked/">凭密码查看</a>、<a href="/wp-admin/">后台</a>、<a href="/dashboard">控制台</a>。站外：<a href="https://www.example.invalid/">不存在的域名</a>、<a href="mailto:a@example.invalid">邮箱</a>。</p>
<div style="background:url(/wp-content/uploads/2026/09/no-background.png)">样式里的图片</div>
<p><a href="/sample-page/" onclick="window.open('/news/opened-by-script/'); return false;">脚本打开</a>　<iframe src="/embedded/missing/" title="嵌入"></iframe></p>
HTML, $notice, '2026-10-04 09:00:00');
flush_rewrite_rules();
