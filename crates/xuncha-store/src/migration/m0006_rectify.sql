CREATE TABLE cases (
    id TEXT NOT NULL PRIMARY KEY,
    target TEXT NOT NULL,
    target_name TEXT NOT NULL,
    check_name TEXT NOT NULL,
    key TEXT NOT NULL,
    organization TEXT NOT NULL,
    unit_name TEXT NOT NULL,
    region TEXT NOT NULL,
    region_name TEXT NOT NULL,
    indicators TEXT NOT NULL,
    round TEXT NOT NULL,
    detail TEXT NOT NULL,
    is_veto BIGINT NOT NULL,
    stake_hundredths BIGINT NOT NULL,
    state TEXT NOT NULL,
    since TEXT,
    deadline TEXT,
    is_late BIGINT NOT NULL,
    relapses BIGINT NOT NULL,
    version BIGINT NOT NULL,
    search TEXT NOT NULL
);
CREATE INDEX cases_by_stake ON cases (is_veto DESC, stake_hundredths DESC, target, id);
CREATE INDEX cases_by_unit ON cases (organization, state);
CREATE INDEX cases_by_state ON cases (state, deadline);
CREATE INDEX cases_by_target ON cases (target);
CREATE TABLE case_facts (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    case_id TEXT NOT NULL REFERENCES cases (id),
    on_day TEXT NOT NULL,
    at TEXT NOT NULL,
    person TEXT NOT NULL,
    round TEXT NOT NULL,
    owner TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX case_facts_by_case ON case_facts (case_id, number);
CREATE INDEX case_facts_by_round ON case_facts (round, case_id);
CREATE TABLE round_rates (
    round TEXT NOT NULL PRIMARY KEY,
    on_day TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE TABLE contacts (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    organization TEXT NOT NULL,
    channel TEXT NOT NULL,
    address TEXT NOT NULL,
    secret TEXT,
    UNIQUE (organization, channel, address)
);
CREATE TABLE reminders (
    case_id TEXT NOT NULL,
    deadline TEXT NOT NULL,
    step BIGINT NOT NULL,
    PRIMARY KEY (case_id, deadline, step)
);
CREATE TABLE outbox (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    idempotency_key TEXT NOT NULL UNIQUE,
    channel TEXT NOT NULL,
    address TEXT NOT NULL,
    secret TEXT,
    organization TEXT NOT NULL,
    subject TEXT NOT NULL,
    text TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    due_at TEXT NOT NULL,
    at TEXT NOT NULL,
    note TEXT NOT NULL
);
CREATE INDEX outbox_by_state ON outbox (state, due_at, number);
CREATE TABLE tips (
    code TEXT NOT NULL PRIMARY KEY,
    target TEXT NOT NULL,
    target_name TEXT NOT NULL,
    organization TEXT NOT NULL,
    received TEXT NOT NULL,
    due TEXT NOT NULL,
    answered TEXT,
    text TEXT NOT NULL,
    answer TEXT NOT NULL,
    search TEXT NOT NULL
);
CREATE INDEX tips_by_received ON tips (received, code);
CREATE INDEX tips_by_unit ON tips (organization, received);
CREATE TABLE rechecks (
    id TEXT NOT NULL PRIMARY KEY,
    case_id TEXT NOT NULL REFERENCES cases (id),
    asked_at TEXT NOT NULL,
    person TEXT NOT NULL,
    state TEXT NOT NULL,
    done_at TEXT,
    note TEXT NOT NULL,
    body TEXT
);
CREATE INDEX rechecks_by_case ON rechecks (case_id, asked_at);
ALTER TABLE rounds ADD COLUMN appeal_until TEXT;
CREATE TABLE appeals (
    id TEXT NOT NULL PRIMARY KEY,
    round TEXT NOT NULL REFERENCES rounds (id),
    target TEXT NOT NULL,
    target_name TEXT NOT NULL,
    check_name TEXT NOT NULL,
    key TEXT NOT NULL,
    organization TEXT NOT NULL,
    unit_name TEXT NOT NULL,
    detail TEXT NOT NULL,
    text TEXT NOT NULL,
    person TEXT NOT NULL,
    at TEXT NOT NULL,
    state TEXT NOT NULL,
    reasons TEXT NOT NULL,
    answered_by TEXT NOT NULL,
    answered_at TEXT,
    outcome_before TEXT,
    outcome_after TEXT,
    deduct_before BIGINT,
    deduct_after BIGINT,
    final_before BIGINT,
    final_after BIGINT
);
CREATE INDEX appeals_by_round ON appeals (round, state, at);
CREATE INDEX appeals_by_target ON appeals (round, target);
CREATE INDEX appeals_by_unit ON appeals (organization, at);
CREATE TABLE self_checks (
    id TEXT NOT NULL PRIMARY KEY,
    round TEXT NOT NULL,
    target TEXT NOT NULL,
    organization TEXT NOT NULL,
    asked_at TEXT NOT NULL,
    person TEXT NOT NULL,
    state TEXT NOT NULL,
    done_at TEXT,
    note TEXT NOT NULL,
    body TEXT
);
CREATE INDEX self_checks_by_target ON self_checks (target, asked_at)
