<?php
// The words of the theme in Chinese: its translation is no part of Debian's package, and every Chinese site has it.
add_filter('gettext_twentytwentyone', function ($translation, $text) {
    $words = [
        'Published %s' => '发布于%s', 'By %s' => '作者：%s', 'Categorized as %s' => '分类：%s', 'Continue reading %s' => '继续阅读%s',
        'Nothing here' => '这里什么都没有', 'Search&hellip;' => '搜索…', 'Results for &quot;%s&quot;' => '“%s”的搜索结果', 'Results for "%s"' => '“%s”的搜索结果',
        'It seems we can&rsquo;t find what you&rsquo;re looking for. Perhaps searching can help.' => '我们好像找不到您要的内容，也许搜索一下会有帮助。',
        'Sorry, but nothing matched your search terms. Please try again with some different keywords.' => '抱歉，没有符合搜索条件的结果，请换其他关键词再试。',
        'Proudly powered by %s.' => '自豪地采用%s', 'Menu' => '菜单', 'Close' => '关闭', 'Skip to content' => '跳至内容',
        'Older <span class="nav-short">posts</span>' => '较早的文章', 'Newer <span class="nav-short">posts</span>' => '较新的文章',
    ];
    return $words[$text] ?? $translation;
}, 10, 2);
