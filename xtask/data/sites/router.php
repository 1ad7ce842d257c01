<?php
// What nginx or Apache would do in front of these sites: files as they are, addresses that ROUTES describes to the program FRONT,
// anything else is not found. MOVED names a file of addresses that were switched: a path, a tab, and where it leads, or 404. The header lifts the limit of requests a second of Debian's linkchecker.
header('LinkChecker: welcome');
$root = $_SERVER['DOCUMENT_ROOT'];
$path = rawurldecode(parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH) ?: '/');
$moved = getenv('MOVED');
foreach ($moved && is_file($moved) ? file($moved, FILE_IGNORE_NEW_LINES) : [] as $line) {
    [$from, $to] = explode("\t", $line);
    if ($from !== $path) {
        continue;
    }
    http_response_code($to === '404' ? 404 : 301);
    $to === '404' || header("Location: $to");
    echo '<!DOCTYPE html><title>404 Not Found</title><h1>Not Found</h1>';
    return true;
}
$is_program = preg_match('#^(/.*?\.php)(/|$)#', $path, $match) && is_file($root . $match[1]);
if ($is_program || is_file($root . $path) || is_file(rtrim($root . $path, '/') . '/index.php')) {
    return false;
}
if (!preg_match('#' . getenv('ROUTES') . '#', $path)) {
    http_response_code(404);
    header('Content-Type: text/html; charset=utf-8');
    echo '<!DOCTYPE html><title>404 Not Found</title><h1>Not Found</h1>';
    return true;
}
$front = '/' . getenv('FRONT');
$_SERVER['SCRIPT_NAME'] = $_SERVER['PHP_SELF'] = $front;
$_SERVER['SCRIPT_FILENAME'] = $root . $front;
unset($_SERVER['PATH_INFO']);
chdir($root);
require $_SERVER['SCRIPT_FILENAME'];
