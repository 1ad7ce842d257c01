CREATE TABLE regions (
    code TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    level TEXT NOT NULL,
    parent TEXT,
    body TEXT NOT NULL
);
CREATE TABLE organizations (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    region TEXT NOT NULL,
    level TEXT NOT NULL,
    parent TEXT,
    search TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE TABLE sites (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    organization TEXT NOT NULL,
    region TEXT NOT NULL,
    state TEXT NOT NULL,
    search TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX sites_by_region ON sites (region, id);
CREATE TABLE accounts (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    platform TEXT NOT NULL,
    organization TEXT NOT NULL,
    region TEXT NOT NULL,
    state TEXT NOT NULL,
    search TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX accounts_by_region ON accounts (region, id);
CREATE TABLE registry_changes (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    noun TEXT NOT NULL,
    entry TEXT NOT NULL,
    kind TEXT NOT NULL,
    body_before TEXT,
    body_after TEXT,
    at TEXT NOT NULL,
    person TEXT NOT NULL,
    reason TEXT NOT NULL
);
CREATE INDEX registry_changes_by_entry ON registry_changes (noun, entry, number);
CREATE TABLE rounds (
    id TEXT NOT NULL PRIMARY KEY,
    title TEXT NOT NULL,
    state TEXT NOT NULL,
    coverage TEXT NOT NULL,
    as_of TEXT NOT NULL,
    set_id TEXT NOT NULL,
    set_sha256 TEXT NOT NULL,
    close_reason TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE TABLE samples (
    round TEXT NOT NULL PRIMARY KEY REFERENCES rounds (id),
    seed TEXT NOT NULL,
    drawn_count BIGINT NOT NULL,
    body TEXT NOT NULL
);
CREATE TABLE subjects (
    round TEXT NOT NULL REFERENCES rounds (id),
    target TEXT NOT NULL,
    class TEXT NOT NULL,
    name TEXT NOT NULL,
    region TEXT NOT NULL,
    search TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (round, target)
);
CREATE TABLE judgements (
    round TEXT NOT NULL REFERENCES rounds (id),
    set_id TEXT NOT NULL,
    target TEXT NOT NULL,
    indicator TEXT NOT NULL,
    check_name TEXT NOT NULL,
    verdict TEXT NOT NULL,
    doubt_count BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (round, set_id, target, indicator, check_name)
);
CREATE INDEX judgements_by_target ON judgements (round, target);
CREATE INDEX judgements_by_verdict ON judgements (round, verdict);
CREATE TABLE findings (
    id TEXT NOT NULL PRIMARY KEY,
    round TEXT NOT NULL REFERENCES rounds (id),
    set_id TEXT NOT NULL,
    target TEXT NOT NULL,
    indicator TEXT NOT NULL,
    check_name TEXT NOT NULL,
    key TEXT NOT NULL,
    case_name TEXT NOT NULL,
    verdict TEXT NOT NULL,
    detail TEXT NOT NULL,
    url TEXT,
    confidence TEXT NOT NULL,
    count BIGINT NOT NULL,
    place_count BIGINT NOT NULL,
    position BIGINT NOT NULL,
    search TEXT NOT NULL
);
CREATE INDEX findings_by_target ON findings (round, target, set_id, indicator, check_name, key);
CREATE TABLE reviews (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    round TEXT NOT NULL REFERENCES rounds (id),
    target TEXT NOT NULL,
    check_name TEXT NOT NULL,
    key TEXT NOT NULL,
    person TEXT NOT NULL,
    at TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX reviews_by_target ON reviews (round, target, check_name, key, number);
CREATE TABLE sheets (
    round TEXT NOT NULL REFERENCES rounds (id),
    set_id TEXT NOT NULL,
    target TEXT NOT NULL,
    class TEXT NOT NULL,
    outcome TEXT NOT NULL,
    deduct_hundredths BIGINT,
    final_hundredths BIGINT,
    open_count BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (round, set_id, target)
);
CREATE INDEX sheets_by_outcome ON sheets (round, set_id, outcome, target);
CREATE TABLE previous_rounds (
    id TEXT NOT NULL PRIMARY KEY,
    title TEXT NOT NULL,
    as_of TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE TABLE previous_results (
    round TEXT NOT NULL REFERENCES previous_rounds (id),
    target TEXT NOT NULL,
    indicator TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (round, target, indicator)
);
CREATE TABLE documents (
    round TEXT NOT NULL REFERENCES rounds (id),
    name TEXT NOT NULL,
    path TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (round, name)
);
CREATE TABLE jobs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    idempotency_key TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    payload TEXT NOT NULL,
    done BIGINT NOT NULL,
    total BIGINT NOT NULL,
    note TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    due_at TEXT NOT NULL
);
CREATE INDEX jobs_by_state ON jobs (state, due_at, number);
CREATE TABLE logins (
    token_sha256 TEXT NOT NULL PRIMARY KEY,
    person TEXT NOT NULL,
    expires_at_s BIGINT NOT NULL
);
CREATE TABLE sessions (
    token_sha256 TEXT NOT NULL PRIMARY KEY,
    person TEXT NOT NULL,
    expires_at_s BIGINT NOT NULL
);
