CREATE TABLE holidays (
    on_day TEXT NOT NULL PRIMARY KEY,
    is_off BIGINT NOT NULL
);
CREATE TABLE holiday_years (
    year BIGINT NOT NULL PRIMARY KEY
);
CREATE TABLE question_bank (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    text TEXT NOT NULL UNIQUE,
    is_retired BIGINT NOT NULL
);
CREATE TABLE enquiries (
    id TEXT NOT NULL PRIMARY KEY,
    round TEXT NOT NULL REFERENCES rounds (id),
    target TEXT NOT NULL,
    target_name TEXT NOT NULL,
    unit_name TEXT NOT NULL,
    question TEXT NOT NULL,
    assigned TEXT NOT NULL,
    place TEXT NOT NULL,
    sent_at TEXT,
    due TEXT,
    answered TEXT,
    reply TEXT NOT NULL,
    quality TEXT,
    counted BIGINT,
    person TEXT NOT NULL,
    at TEXT NOT NULL,
    UNIQUE (round, target)
);
CREATE INDEX enquiries_by_due ON enquiries (round, due, id)
