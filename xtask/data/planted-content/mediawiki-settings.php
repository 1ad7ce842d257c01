
// What the office's wiki sets on top: its name and time, no tabs and tools for editors, the footer's lines.
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
$wgHooks['SidebarBeforeOutput'][] = function ($skin, array &$sidebar) {
    unset($sidebar['TOOLBOX']);
};
$wgHooks['SiteNoticeBefore'][] = function (&$notice) {
    $notice = file_get_contents(__DIR__ . '/pages/clock.txt');
    return false;
};
$wgFavicon = '/resources/assets/mediawiki.png';
