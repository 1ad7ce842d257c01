
// What a wiki for the public sets: short addresses, visitors that only read. Appended to the settings that the installer writes.
$wgArticlePath = '/wiki/$1';
$wgActionPaths['edit'] = '/edit/$1';
$wgUploadDirectory = __DIR__ . '/images';
$wgUploadPath = '/images';
$wgEnableUploads = true;
$wgFileExtensions[] = 'pdf';
$wgGroupPermissions['*']['edit'] = false;
$wgGroupPermissions['*']['createaccount'] = false;
$wgMainCacheType = CACHE_DB;
$wgParserCacheType = CACHE_DB;
$wgJobRunRate = 0;
