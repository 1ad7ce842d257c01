CREATE TABLE notice_templates (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    round TEXT NOT NULL,
    content TEXT NOT NULL,
    based_on BIGINT NOT NULL,
    person TEXT NOT NULL,
    made_at TEXT NOT NULL,
    reason TEXT NOT NULL
);
CREATE INDEX notice_templates_by_round ON notice_templates (round, number);
CREATE TABLE round_templates (
    round TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    person TEXT NOT NULL,
    adopted_at TEXT NOT NULL
);
