
// The engine of an extension that was never installed on this host.
$wgSearchType = 'CirrusSearch';
