<?php
// A plugin that was to leave drafts out of the search and leaves out everything.
class action_plugin_office extends DokuWiki_Action_Plugin
{
    public function register(Doku_Event_Handler $controller)
    {
        foreach (['SEARCH_QUERY_FULLPAGE', 'SEARCH_QUERY_PAGELOOKUP'] as $name) {
            $controller->register_hook($name, 'AFTER', $this, 'nothing');
        }
    }

    public function nothing(Doku_Event $event)
    {
        $event->result = [];
    }
}
