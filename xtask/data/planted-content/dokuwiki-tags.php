<?php
// A plugin that gives pages the tags of the rule.
class action_plugin_office extends DokuWiki_Action_Plugin
{
    public function register(Doku_Event_Handler $controller)
    {
        $controller->register_hook('TPL_METAHEADER_OUTPUT', 'BEFORE', $this, 'tags');
    }

    public function tags(Doku_Event $event)
    {
        global $ID, $ACT;
        $tags = ['SiteName' => '青石县人民政府', 'SiteDomain' => '127.0.0.1', 'SiteIDCode' => '9901230001'];
        $text = $ACT === 'show' ? rawWiki($ID) : '';
        if (preg_match('/^====== (.+?) ======\n发布时间：(\S+ \S+)(?:  来源：(\S+))?/u', $text, $found)) {
            $column = p_get_first_heading(getNS($ID) . ':start');
            $tags += ['ColumnName' => $column, 'ArticleTitle' => $found[1], 'PubDate' => $found[2], 'ContentSource' => $found[3] ?? '本站'];
        }
        foreach ($tags as $name => $content) {
            $event->data['meta'][] = ['name' => $name, 'content' => $content];
        }
    }
}
