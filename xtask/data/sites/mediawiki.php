
// What a wiki for the public sets: short addresses, visitors that only read. The pages about the wiki itself are theirs to write:
// there a link to a missing page answers 200 with an empty form, elsewhere 404. Appended to the settings that the installer writes.
$wgArticlePath = '/wiki/$1';
$wgActionPaths['edit'] = '/edit/$1';
$wgUploadDirectory = __DIR__ . '/images';
$wgUploadPath = '/images';
$wgEnableUploads = true;
$wgFileExtensions[] = 'pdf';
foreach (range(NS_MAIN, NS_CATEGORY_TALK) as $namespace) {
    if ($namespace !== NS_PROJECT) {
        $wgNamespaceProtection[$namespace] = ['editinterface'];
    }
}
$wgGroupPermissions['*']['createaccount'] = false;
$wgMainCacheType = CACHE_DB;
$wgParserCacheType = CACHE_DB;
$wgJobRunRate = 0;
