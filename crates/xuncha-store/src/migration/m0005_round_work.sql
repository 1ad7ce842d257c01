ALTER TABLE jobs ADD COLUMN asked_by TEXT NOT NULL DEFAULT '';
ALTER TABLE jobs ADD COLUMN asked_at TEXT NOT NULL DEFAULT '';
ALTER TABLE jobs ADD COLUMN begun_at TEXT NOT NULL DEFAULT '';
ALTER TABLE jobs ADD COLUMN ended_at TEXT NOT NULL DEFAULT '';
CREATE TABLE job_steps (
    job BIGINT NOT NULL,
    position BIGINT NOT NULL,
    name TEXT NOT NULL,
    done BIGINT NOT NULL,
    total BIGINT NOT NULL,
    PRIMARY KEY (job, position)
);
CREATE TABLE round_phases (
    round TEXT NOT NULL REFERENCES rounds (id),
    phase TEXT NOT NULL,
    day_from TEXT NOT NULL,
    day_to TEXT NOT NULL,
    PRIMARY KEY (round, phase)
);
CREATE TABLE draw_publications (
    round TEXT NOT NULL PRIMARY KEY REFERENCES rounds (id),
    at TEXT NOT NULL,
    person TEXT NOT NULL,
    sha256 TEXT NOT NULL
);
CREATE TABLE notice_steps (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    round TEXT NOT NULL REFERENCES rounds (id),
    version BIGINT NOT NULL,
    step TEXT NOT NULL,
    person TEXT NOT NULL,
    at TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX notice_steps_by_round ON notice_steps (round, number);
CREATE TABLE round_inspectors (
    round TEXT NOT NULL REFERENCES rounds (id),
    person BIGINT NOT NULL,
    region TEXT NOT NULL,
    PRIMARY KEY (round, person)
);
CREATE TABLE assignments (
    round TEXT NOT NULL REFERENCES rounds (id),
    target TEXT NOT NULL,
    person BIGINT NOT NULL,
    second_person BIGINT,
    PRIMARY KEY (round, target)
);
CREATE INDEX assignments_by_person ON assignments (round, person, target);
CREATE TABLE blind_shares (
    round TEXT NOT NULL PRIMARY KEY REFERENCES rounds (id),
    double_percent BIGINT NOT NULL,
    pass_percent BIGINT NOT NULL
);
CREATE TABLE opinions (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    round TEXT NOT NULL REFERENCES rounds (id),
    kind TEXT NOT NULL,
    target TEXT NOT NULL,
    check_name TEXT NOT NULL,
    key TEXT NOT NULL,
    person BIGINT NOT NULL,
    at TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX opinions_by_place ON opinions (round, kind, target, check_name, key, number);
CREATE TABLE corrections (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    round TEXT NOT NULL REFERENCES rounds (id),
    target TEXT NOT NULL,
    is_withdrawn BIGINT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX corrections_by_target ON corrections (round, target, number);
CREATE TABLE exemptions (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    target TEXT NOT NULL,
    check_name TEXT NOT NULL,
    key TEXT NOT NULL,
    round TEXT NOT NULL,
    person TEXT NOT NULL,
    reason TEXT NOT NULL,
    at TEXT NOT NULL,
    is_withdrawn BIGINT NOT NULL
);
CREATE INDEX exemptions_by_key ON exemptions (check_name, key, target);
ALTER TABLE findings ADD COLUMN host TEXT NOT NULL DEFAULT '';
ALTER TABLE findings ADD COLUMN path TEXT NOT NULL DEFAULT '';
CREATE INDEX findings_by_url ON findings (round, set_id, check_name, url, target);
CREATE INDEX findings_by_host ON findings (round, set_id, check_name, host, target);
CREATE INDEX findings_by_path ON findings (round, set_id, check_name, path, target);
CREATE TABLE doubts (
    round TEXT NOT NULL REFERENCES rounds (id),
    set_id TEXT NOT NULL,
    target TEXT NOT NULL,
    indicator TEXT NOT NULL,
    check_name TEXT NOT NULL,
    reason TEXT NOT NULL,
    place_count BIGINT NOT NULL,
    is_whole BIGINT NOT NULL,
    PRIMARY KEY (round, set_id, target, indicator, check_name, reason)
);
CREATE INDEX doubts_by_reason ON doubts (round, set_id, reason, check_name);
