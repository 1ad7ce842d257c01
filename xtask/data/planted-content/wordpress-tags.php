<?php
// A plugin that gives pages the tags of the rule.
add_action('wp_head', function () {
    $tags = ['SiteName' => get_bloginfo('name'), 'SiteDomain' => wp_parse_url(home_url(), PHP_URL_HOST), 'SiteIDCode' => '9901230001'];
    if (is_category()) {
        $tags += ['ColumnName' => single_cat_title('', false), 'ColumnType' => single_cat_title('', false)];
    }
    if (is_single()) {
        preg_match('/来源：([^<]+)/u', get_post()->post_content, $source);
        $tags += [
            'ColumnName' => get_the_category()[0]->name, 'ArticleTitle' => get_the_title(), 'PubDate' => get_the_date('Y-m-d H:i'),
            'ContentSource' => $source[1] ?? '本站',
        ];
    }
    foreach ($tags as $name => $content) {
        printf("<meta name=\"%s\" content=\"%s\">\n", $name, esc_attr($content));
    }
});
// Results in classes, above the list.
add_action('loop_start', function ($query) {
    if (is_search() && $query->is_main_query()) {
        $link = fn ($name, $type) => sprintf('<a href="%s">%s</a>', esc_url(add_query_arg('post_type', $type, home_url('/?s=' . urlencode(get_search_query())))), $name);
        echo '<div class="result-types">', $link('全部', 'any'), ' ', $link('新闻', 'post'), ' ', $link('服务', 'page'), '</div>';
    }
});
