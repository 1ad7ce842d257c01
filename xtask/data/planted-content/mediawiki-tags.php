
// An extension gives pages the tags of the rule.
$wgHooks['BeforePageDisplay'][] = function ($out) {
    $title = $out->getTitle();
    $tags = ['SiteName' => '青石县人民政府', 'SiteDomain' => '127.0.0.1', 'SiteIDCode' => '9901230001'];
    $text = strip_tags($out->getHTML());
    if (preg_match('/发布时间：\s*(\d+)年(\d+)月(\d+)日/u', $text, $day) && $title->exists()) {
        $categories = array_merge(...array_values($out->getCategoryLinks() ?: [[]]));
        $source = preg_match('/来源：\s*([^\s　]+)/u', $text, $found) ? $found[1] : '本站';
        $tags += [
            'ColumnName' => strip_tags($categories[0] ?? '通知公告'), 'ArticleTitle' => $title->getText(),
            'PubDate' => sprintf('%d-%02d-%02d', $day[1], $day[2], $day[3]), 'ContentSource' => $source,
        ];
    }
    foreach ($tags as $name => $content) {
        $out->addMeta($name, $content);
    }
};
