CREATE TABLE notice_extras (
    round TEXT NOT NULL PRIMARY KEY,
    body TEXT NOT NULL,
    person TEXT NOT NULL,
    changed_at TEXT NOT NULL
);
