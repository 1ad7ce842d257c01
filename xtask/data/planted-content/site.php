<?php
// What a small county publishes on its website, and when. The scripts that plant it into a program include this file with $name, the name
// of the site: one that ends with `-neglected` has the defects, the other one is the same site with everything as it should be, by a hair.
// All days are reckoned from today, in China: rules look back from the day of the check. What is to be found stands in the TOML files.
date_default_timezone_set('Asia/Shanghai');
$neglected = str_ends_with($name, '-neglected');

function days_ago(int $days): string
{
    return (new DateTimeImmutable('today'))->modify("-$days days")->format('Y-m-d');
}

/** Calendar months back, to the last day of a shorter month, and some days more. */
function months_ago(int $months, int $more = 0): string
{
    $today = new DateTimeImmutable('today');
    $month = $today->modify('first day of this month')->modify("-$months months");
    $day = min((int) $today->format('j'), (int) $month->format('t'));
    return $month->modify('+' . ($day - 1) . ' days')->modify("-$more days")->format('Y-m-d');
}

function in_words(string $day): string
{
    return date('Y年n月j日', strtotime($day));
}

const SITE = '青石县人民政府';
const CODE = '9901230001';
const TOPICS = [
    '春耕生产', '森林防火', '汛期安全', '停水检修', '公共卫生', '食品抽检', '校车管理', '道路养护', '燃气安全', '社保缴费', '住房补贴', '垃圾分类',
    '产业园区', '乡村旅游', '人才引进', '民俗文化', '全民健身', '志愿服务', '河长巡查', '科技下乡', '就业援助', '水价调整', '耕地保护', '医疗保障',
];

// Slug => name, column above, day of the newest article, number of articles, days between two, how titles go.
$columns = [
    'dongtai' => ['动态要闻', '', days_ago($neglected ? 15 : 14), 24, 33, '我县%s工作取得新进展'],
    'gonggao' => ['通知公告', '', months_ago(6, $neglected ? 1 : 0), 10, 88, '关于做好%s有关工作的通知'],
    'zhengce' => ['政策文件', '', '', 0, 0, ''],
    'jiedu' => ['政策解读', '', '', 0, 0, ''],
    'gongkai' => ['政务公开', '', '', 0, 0, ''],
    'guihua' => ['规划计划', 'gongkai', months_ago(12, $neglected ? 1 : 0), 4, 150, '青石县%s专项规划'],
    'caizheng' => ['财政信息', 'gongkai', months_ago(3), $neglected ? 0 : 1, 0, '青石县%s资金使用情况公开'],
    'renshi' => ['人事信息', 'gongkai', $neglected ? months_ago(30) : months_ago(11), 3, 180, '关于%s岗位人员任免的决定'],
    'zhuanti' => ['专题专栏', '', $neglected ? months_ago(25) : days_ago(40), 4, 45, '%s专题活动走进乡镇'],
];

// Documents: matter, day, number, whether they are interpreted, whether the interpretation and the document link each other.
$documents = $neglected
    ? [['养老服务', months_ago(2), 5, false, false], ['城市停车', months_ago(6, 1), 3, true, true], ['农村供水', months_ago(27), 1, true, false]]
    : [['养老服务', months_ago(6), 5, true, true], ['城市停车', months_ago(14), 3, true, true], ['农村供水', months_ago(27), 1, true, true]];

// Pages of text: slug => name, paragraphs.
$pages = [
    'gaikuang' => ['青石概况', [
        '青石县位于云岭省中部，面积2187平方公里，辖9个乡镇、112个行政村，户籍人口31.6万人。',
        '全县森林覆盖率达到61%，主产水稻、茶叶和食用菌，县内有省级自然保护区一处。',
    ]],
    'zhineng' => ['机构职能', [
        '县人民政府办公室负责县政府日常工作，承办县政府会议，起草和审核以县政府名义发布的公文。',
        '县政府工作部门包括发展和改革局、教育局、公安局、民政局、财政局等24个，各部门职责见本页附表。',
    ]],
    'lingdao' => ['领导信息', [
        '县长：李明远。主持县政府全面工作，负责审计方面工作。',
        '副县长：周海燕。负责教育、卫生健康、医疗保障方面工作，协助县长分管财政。',
    ]],
];

// A guide to a service: what it tells, in the order of a table. A neglected site leaves half of it out.
$guide = ['残疾人证办理', array_filter([
    '事项名称' => '残疾人证办理',
    '设定依据' => '《中华人民共和国残疾人保障法》',
    '申请条件' => '具有本县户籍，经指定医院评定符合残疾标准的人员。',
    '办理材料' => $neglected ? '' : '身份证原件1份、户口簿复印件1份（纸质）、近期二寸免冠照片2张。',
    '办理地点' => $neglected ? '' : '青石县人民路18号县政务服务大厅3号窗口',
    '办理时间' => $neglected ? '' : '工作日上午9:00至12:00，下午14:00至17:30',
    '联系电话' => '0990-2187718',
    '办理流程' => $neglected ? '' : '申请、受理、评定、审核、发证。',
])];

// Reports of a column that lists nothing but files: title, day.
$reports = [];
foreach ([$neglected ? 22 : 10, 34, 46] as $at => $months) {
    $day = months_ago($months);
    $reports[] = ['青石县' . (substr($day, 0, 4) - 1) . '年政府信息公开工作年度报告', $day, "年报{$at}.pdf"];
}

// Letters: title, day, what became of it, day of the answer. One that waits for two months may, one that waits for more than three may not.
$letters = [
    ['关于老旧小区加装电梯的咨询', days_ago(20), '已答复', days_ago(15)],
    ['关于延长公交线路运营时间的建议', days_ago(60), $neglected ? '办理中' : '已答复', $neglected ? '' : days_ago(54)],
    ['关于灌溉渠道维修的求助', months_ago(3, 12), $neglected ? '办理中' : '已答复', $neglected ? '' : months_ago(3, 2)],
    ['关于学校门前交通秩序的建议', months_ago(5), '已答复', months_ago(4, 25)],
];

// Figures of the services, of the last month or of long ago.
$figures = in_words(months_ago($neglected ? 8 : 1)) . '，县政务服务大厅上月共受理办件1268件，办结1251件，办结率98.7%。';
// What a script of the header shows on every page: the clock, and no news.
$clock = '今天是' . in_words(days_ago(0)) . '，欢迎您访问本网站！';

/** What an article says; the newest news also tell of days that are not the day they were published. */
function paragraphs(string $topic, int $at): array
{
    $n = crc32($topic);
    $text = [
        "为进一步推进{$topic}工作，根据上级部署和本县实际，现将有关事项公布如下，请结合实际认真组织实施。",
        '全县' . $topic . '涉及' . ($n % 8 + 2) . '个乡镇，计划安排资金' . (intdiv($n, 83) % 790 + 105) . '万元，力争年底前全部完成。',
    ];
    if ($at === 0) {
        $text[] = '调度会议时间：' . days_ago(1) . ' 09:30，地点：县政府三楼会议室。';
        $text[] = '相关活动将于' . in_words(days_ago(-9)) . '举行，报名截至' . in_words(days_ago(-5)) . '，上一次活动于' . in_words(days_ago(2)) . '结束。';
    }
    return $text;
}

// All articles: column, slug, title, day, source (some have none), paragraphs, and the slug of the article that belongs to it.
$articles = [];
foreach ($columns as $slug => [, , $newest, $count, $step, $pattern]) {
    for ($at = 0; $at < $count; $at++) {
        $topic = TOPICS[($at + strlen($slug)) % count(TOPICS)];
        $day = date('Y-m-d', strtotime("$newest -" . $at * $step . ' days'));
        $source = $at % 3 === 2 ? '' : '县融媒体中心';
        $articles[] = ['column' => $slug, 'slug' => "$slug-$at", 'title' => sprintf($pattern, $topic), 'day' => $day, 'source' => $source, 'text' => paragraphs($topic, $at), 'other' => ''];
    }
}
foreach ($documents as $at => [$matter, $day, $number, $is_interpreted, $is_linked]) {
    $year = substr($day, 0, 4);
    $title = "青石县人民政府关于印发青石县{$matter}管理办法的通知";
    $number = "青政发〔{$year}〕{$number}号";
    $articles[] = ['column' => 'zhengce', 'slug' => "zhengce-$at", 'title' => $title, 'day' => $day, 'source' => SITE, 'text' => [
        $number, '各乡镇人民政府，县政府各部门：', "现将《青石县{$matter}管理办法》印发给你们，请认真贯彻执行。", "第一条 为规范{$matter}，保障群众合法权益，制定本办法。", SITE, in_words($day),
    ], 'other' => $is_linked ? "jiedu-$at" : ''];
    if ($is_interpreted) {
        $articles[] = ['column' => 'jiedu', 'slug' => "jiedu-$at", 'title' => "《青石县{$matter}管理办法》政策解读", 'day' => $day, 'source' => '县政府办公室', 'text' => [
            "近日，县政府印发《青石县{$matter}管理办法》（{$number}），现就主要内容解读如下。", "一、制定背景。近年来我县{$matter}需求增长较快，有必要出台统一的管理办法。",
        ], 'other' => $is_linked ? "zhengce-$at" : ''];
    }
}
// An article with two attachments; the second one of a neglected site was never uploaded.
$attached = 'gonggao-1';
const PDF = "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";

/** The lines of the footer; a neglected site leaves out two of them, and the entry for errors. */
function footer_lines(bool $neglected): array
{
    $lines = ['主办单位：青石县人民政府办公室 联系电话：0990-2187700', '网站标识码：' . CODE . ' 云ICP备12345678号-1'];
    return $neglected ? [$lines[0]] : [...$lines, '云公网安备99012302000001号'];
}
