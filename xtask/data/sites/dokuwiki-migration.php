<?php
// Carries the WordPress over to DokuWiki (arguments: folder of WordPress, its address, folder of DokuWiki, its address, folder for what
// the evaluation reads), from WordPress' own content, with the plants of migration-plan.php. Writes expected.tsv (when: always or
// switched, kind, title) and moved.tsv (what the old host does with its addresses once it was switched).
[, $wordpress, $old, $wiki, $new, $out] = $argv;
$_SERVER['HTTP_HOST'] = parse_url($old, PHP_URL_HOST) . ':' . parse_url($old, PHP_URL_PORT);
$_SERVER['REQUEST_URI'] = '/';
require_once "$wordpress/wp-load.php";
require __DIR__ . '/migration-plan.php';
const MIGRATION_DAY = '2026-09-08';
$new_names = array_replace($columns, ['dongtai' => '要闻动态']);

function page(string $id, string $text): void
{
    global $wiki;
    $path = "$wiki/data/pages/" . str_replace(':', '/', $id) . '.txt';
    is_dir(dirname($path)) || mkdir(dirname($path), 0755, true);
    file_put_contents($path, $text);
}

/** The file of WordPress behind an address of its uploads; an empty name where it is not there any more. */
function stored(string $url): string
{
    global $wordpress;
    $path = $wordpress . rawurldecode(parse_url($url, PHP_URL_PATH));
    return is_file($path) ? $path : '';
}

function media(string $name, string $bytes): void
{
    global $wiki;
    file_put_contents("$wiki/data/media/$name", $bytes);
}

/** Text that was written in UTF-8 and read as GBK. */
function garbled(string $text): string
{
    return mb_scrub(mb_convert_encoding($text, 'UTF-8', 'GBK'), 'UTF-8');
}

/** The blocks of a post in the wiki's markup. */
function blocks(string $html, string $plant, string $topic): array
{
    $document = new DOMDocument();
    @$document->loadHTML("<?xml encoding=\"utf-8\"?><body>$html</body>");
    $blocks = [];
    foreach ($document->getElementsByTagName('body')[0]->childNodes as $node) {
        if (!$node instanceof DOMElement) {
            continue;
        }
        $link = $node->getElementsByTagName('a')[0] ?? null;
        $picture = $node->getElementsByTagName('img')[0] ?? null;
        $blocks[] = match (true) {
            $node->nodeName === 'h2' => "===== $node->textContent =====",
            $node->nodeName === 'table' => table($node),
            $link !== null => attachment($link, $plant, $topic),
            $picture !== null => picture($picture, $plant),
            default => trim($node->textContent),
        };
    }
    return array_values(array_filter($blocks));
}

function table(DOMElement $table): string
{
    $rows = [];
    foreach ($table->getElementsByTagName('tr') as $row) {
        $cells = array_map(fn ($cell) => $cell->textContent, iterator_to_array($row->getElementsByTagName('td')));
        $rows[] = '| ' . implode(' | ', $cells) . ' |';
    }
    return implode("\n", $rows);
}

function attachment(DOMElement $link, string $plant, string $topic): string
{
    $name = basename(rawurldecode($link->getAttribute('href')));
    $text = $link->textContent;
    $is_second = str_contains($name, '附件2');
    $path = stored($link->getAttribute('href'));
    $bytes = $path === '' ? '' : file_get_contents($path);
    if ($is_second) {
        if ($plant === 'file_lost' || $plant === 'file_dead_before') {
            return '';
        }
        $bytes = match ($plant) {
            'file_page' => '<!DOCTYPE html><html><head><title>出错了</title></head><body><p>请稍后再试。</p></body></html>',
            'file_other' => "%PDF-1.4\n% 另一个文件\n%%EOF\n",
            default => $bytes,
        };
    }
    if ($plant === 'files_renamed') {
        [$name, $text] = ['p20260908' . crc32($name) . '.pdf', "下载（{$topic}" . ($is_second ? '之二' : '之一') . '）'];
    }
    if ($plant !== 'file_dead' || !$is_second) {
        media($name, $bytes);
    }
    return "{{:$name|$text}}";
}

function picture(DOMElement $picture, string $plant): string
{
    $name = basename($picture->getAttribute('src'));
    $is_second = str_ends_with($name, '-2.png');
    if ($is_second && $plant === 'picture_lost') {
        return '';
    }
    if (!$is_second || $plant !== 'picture_dead') {
        media($name, file_get_contents(stored($picture->getAttribute('src'))));
    }
    return $plant === 'pictures_resized' ? "{{:$name?64}}" : "{{:$name}}";
}

/** What the plant does to an article: [title, day as shown, blocks]. */
function planted(string $plant, string $title, string $day, array $blocks): array
{
    $spoiled = match ($plant) {
        'cut' => array_slice($blocks, 0, -1),
        'emptied' => [],
        'figures' => preg_replace_callback('/资金(\d+)/u', fn ($hit) => '资金' . strrev($hit[1]) . '0', $blocks),
        'other_text' => ['欢迎使用新网站。本页内容正在整理之中，给您带来的不便敬请谅解。', '新网站于九月上线，设有公开、服务、互动等栏目，欢迎提出意见和建议。', '技术支持由云岭省大数据中心提供，服务热线在工作时间有人值守。'],
        'garbled', 'garbled_all' => array_map('garbled', $blocks),
        'marks' => preg_replace('/，/u', ', ', str_replace(['。', '（', '）'], ['. ', '(', ')'], $blocks)),
        default => $blocks,
    };
    $shown = match ($plant) {
        'redated' => '2026-02-28',
        'dateless' => '',
        'future' => '2099-01-28',
        'flattened' => MIGRATION_DAY,
        'date_written' => date('Y年n月j日', strtotime($day)),
        default => $day,
    };
    $called = match ($plant) {
        'renamed' => '青石分类收集设施实现城区全覆盖',
        'garbled_all' => garbled($title),
        'marks' => str_replace(['（', '）'], ['(', ')'], $title),
        default => $title,
    };
    return [$called, $shown, $spoiled];
}

function line(string $id, string $title, string $day): string
{
    return "  * [[$id|$title]] $day\n";
}

$expected = $moved = [];
$lists = array_fill_keys(array_keys($columns), '');
$start = '';
$seen = [];
foreach (get_posts(['numberposts' => -1, 'orderby' => 'date', 'order' => 'DESC']) as $post) {
    $column = get_the_category($post->ID)[0]->slug;
    foreach ($articles as $topic => [$in, $day, $plant, $kind]) {
        if (title($topic, $in) === $post->post_title) {
            break;
        }
    }
    if (isset($seen[$topic])) {
        continue;
    }
    $seen[$topic] = true;
    $path = rawurldecode(parse_url(get_permalink($post), PHP_URL_PATH));
    [$title, $shown, $blocks] = planted($plant, $post->post_title, $day, blocks($post->post_content, $plant, $topic));
    $in = $plant === 'moved' ? 'dongtai' : $column;
    $id = "$in:d$post->ID";
    $target = "$new/doku.php?id=$id";
    if ($kind !== '') {
        $when = str_starts_with($plant, 'address') ? 'switched' : 'always';
        $shown_title = $plant === 'flattened' ? '发布时间 ' . MIGRATION_DAY : $post->post_title;
        $expected["$when\t$kind\t$shown_title"] = true;
    }
    if ($plant !== 'address_kept') {
        $moved[] = "$path\t" . match ($plant) {
            'address_dead' => '404',
            'address_home' => "$new/",
            'address_astray' => "$new/doku.php?id=lanmu:zhengce",
            'missing' => '404',
            default => $target,
        };
    }
    if ($plant === 'missing') {
        continue;
    }
    $published = $shown === '' ? '' : "发布时间：$shown\n\n";
    $text = "====== $title ======\n$published" . implode("\n\n", $blocks) . "\n";
    foreach ($plant === 'doubled' ? [$id, "$id-copy"] : [$id] as $each) {
        page($each, $text);
        $lists[$in] .= line($each, $title, $shown);
        $start .= line($each, $title, $shown);
    }
}
foreach ($column_plants as $name => $kind) {
    $expected["always\t$kind\t$name"] = true;
}

// 规划计划 and the empty 政策解读 are not carried over, 财政信息 without its list; their articles stand on the front page.
unset($lists['guihua'], $lists['jiedu']);
$lists['caizheng'] = "暂无信息\n";
$side = '';
foreach ($lists as $slug => $list) {
    page("lanmu:$slug", "====== $new_names[$slug] ======\n$list");
    $side .= "  * [[lanmu:$slug|$new_names[$slug]]]\n";
}
page('sidebar', "  * [[start|首页]]\n$side");
page('start', "====== 青石市人民政府 ======\n===== 最新信息 =====\n$start");
file_put_contents("$out/expected.tsv", implode("\n", array_keys($expected)) . "\n");
file_put_contents("$out/moved.tsv", implode("\n", $moved) . "\n");
