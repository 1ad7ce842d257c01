
// What the office's wiki sets on top: its name and time, no tabs for talking and editing, the footer's lines.
$wgSitename = '青石县人民政府';
$wgLocaltimezone = 'Asia/Shanghai';
$wgHooks['SkinAddFooterLinks'][] = function ($skin, string $key, array &$links) {
    if ($key === 'info') {
        $links['marks'] = file_get_contents(__DIR__ . '/pages/footer.html');
    }
};
$wgHooks['SkinTemplateNavigation::Universal'][] = function ($skin, array &$links) {
    $links['namespaces'] = $links['views'] = $links['actions'] = $links['user-menu'] = [];
};
$wgFavicon = '/resources/assets/mediawiki.png';
