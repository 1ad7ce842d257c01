<?php
// What the old WordPress publishes, what goes wrong on the way to the new DokuWiki, and what the migration check has to say of it.
// Topic => [column, day, plant, kind of loss that is expected]; a plant without a kind is a near-miss. See dokuwiki-migration.php for the plants.
$columns = ['gonggao' => '通知公告', 'dongtai' => '新闻动态', 'zhengce' => '政策文件', 'guihua' => '规划计划', 'caizheng' => '财政信息', 'jiedu' => '政策解读'];
$articles = [
    '春耕生产' => ['gonggao', '2026-03-02', 'files_renamed', ''],
    '森林防火' => ['gonggao', '2026-02-27', 'missing', '稿件缺失'],
    '汛期安全' => ['gonggao', '2026-02-20', 'cut', '正文缺失'],
    '停水检修' => ['gonggao', '2026-02-11', 'doubled_before', ''],
    '公共卫生' => ['gonggao', '2026-02-06', 'emptied', '正文缺失'],
    '食品抽检' => ['gonggao', '2026-01-30', 'figures', '正文改动'],
    '校车管理' => ['gonggao', '2026-01-22', 'other_text', '正文改动'],
    '道路养护' => ['gonggao', '2026-01-16', 'garbled', '出现乱码'],
    '燃气安全' => ['gonggao', '2026-01-09', 'garbled_all', '出现乱码'],
    '社保缴费' => ['gonggao', '2025-12-25', 'headings', ''],
    '住房补贴' => ['gonggao', '2025-12-11', 'moved', '栏目变更'],
    '垃圾分类' => ['dongtai', '2026-03-03', 'renamed', '标题改动'],
    '产业园区' => ['dongtai', '2026-02-25', 'doubled', '稿件重复'],
    '乡村旅游' => ['dongtai', '2026-02-18', 'redated', '发布时间改变'],
    '人才引进' => ['dongtai', '2026-02-09', 'dateless', '发布时间丢失'],
    '民俗文化' => ['dongtai', '2026-01-28', 'future', '发布时间在将来'],
    '全民健身' => ['dongtai', '2026-01-19', 'picture_lost', '图片缺失'],
    '志愿服务' => ['dongtai', '2026-01-07', 'picture_dead', '图片缺失'],
    '河长巡查' => ['dongtai', '2025-12-29', 'pictures_resized', ''],
    '科技下乡' => ['dongtai', '2025-12-15', 'date_written', ''],
    '养老服务' => ['dongtai', '2025-12-03', 'table', ''],
    '创业担保' => ['dongtai', '2025-11-20', 'address_kept', ''],
    '水价调整' => ['zhengce', '2026-02-26', 'file_lost', '附件缺失'],
    '耕地保护' => ['zhengce', '2026-02-13', 'file_dead', '附件打不开'],
    '招商引资' => ['zhengce', '2026-01-27', 'file_page', '附件变成网页'],
    '医疗保障' => ['zhengce', '2026-01-13', 'file_other', '附件内容不同'],
    '扬尘治理' => ['zhengce', '2025-12-24', 'file_dead_before', ''],
    '电价补贴' => ['zhengce', '2025-12-09', 'marks', ''],
    '林权改革' => ['zhengce', '2025-11-26', 'address_dead', '旧地址失效'],
    '农机购置' => ['zhengce', '2025-11-12', 'address_home', '旧地址只转到首页'],
    '集市管理' => ['zhengce', '2025-10-30', 'address_astray', '旧地址转到别的页面'],
    '综合交通' => ['guihua', '2025-12-30', 'flattened', '发布时间成批改为同一天'],
    '水利建设' => ['guihua', '2025-11-28', 'flattened', '发布时间成批改为同一天'],
    '城市更新' => ['guihua', '2025-10-21', 'flattened', '发布时间成批改为同一天'],
    '教育布局' => ['guihua', '2025-09-16', 'flattened', '发布时间成批改为同一天'],
    '应急体系' => ['guihua', '2025-08-12', 'flattened', '发布时间成批改为同一天'],
    '年度预算' => ['caizheng', '2026-01-20', 'plain', ''],
    '部门决算' => ['caizheng', '2025-09-25', 'plain', ''],
];
// Columns that go wrong, by what the report calls them.
$column_plants = ['规划计划' => '栏目缺失', '财政信息' => '栏目为空'];

function title(string $topic, string $column): string
{
    return match ($column) {
        'gonggao' => "关于做好{$topic}有关工作的通知",
        'dongtai' => "我市{$topic}工作取得新进展",
        'zhengce' => "青石市{$topic}实施办法（试行）",
        'guihua' => "青石市{$topic}专项规划",
        default => "青石市{$topic}公开说明",
    };
}

/** Four paragraphs that differ from those of any other topic by words and figures only: what offices write is much alike. */
function paragraphs(string $topic): array
{
    $n = crc32($topic);
    [$a, $b, $c, $d] = [$n % 83 + 12, intdiv($n, 83) % 790 + 105, intdiv($n, 6000) % 9 + 1, intdiv($n, 90000) % 9 + 1];
    return [
        "为进一步推进{$topic}工作，根据上级部署和本市实际，现将有关事项公布如下，请结合实际认真组织实施。",
        "全市{$topic}涉及{$a}个乡镇（街道），计划安排资金{$b}.{$c}万元，同比增长{$c}.{$d}%，力争年底前全部完成。",
        "各单位要明确专人负责{$topic}，每月{$d}日前报送进展情况，对推进不力的予以通报，对成效明显的给予激励。",
        "{$topic}实施过程中遇到的问题，请及时向主管部门反映，咨询时间为工作日上午九时至下午五时。",
    ];
}
