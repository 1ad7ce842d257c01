DROP TABLE sessions;
DROP TABLE logins;
CREATE TABLE persons (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    login TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    organization TEXT,
    password_hash TEXT,
    is_locked BIGINT NOT NULL,
    failed_count BIGINT NOT NULL,
    locked_until_s BIGINT NOT NULL,
    totp_secret TEXT,
    totp_step BIGINT NOT NULL,
    totp_offered TEXT,
    signed_in_at_s BIGINT,
    subject TEXT UNIQUE,
    search TEXT NOT NULL
);
CREATE TABLE recovery_codes (
    person BIGINT NOT NULL,
    code_sha256 TEXT NOT NULL,
    PRIMARY KEY (person, code_sha256)
);
CREATE TABLE logins (
    token_sha256 TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    person BIGINT NOT NULL,
    expires_at_s BIGINT NOT NULL
);
CREATE TABLE sessions (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    token_sha256 TEXT NOT NULL UNIQUE,
    person BIGINT NOT NULL,
    agent TEXT NOT NULL,
    opened_at_s BIGINT NOT NULL,
    expires_at_s BIGINT NOT NULL
);
CREATE INDEX sessions_by_person ON sessions (person, number);
CREATE TABLE audit (
    number BIGINT NOT NULL PRIMARY KEY,
    at TEXT NOT NULL,
    person TEXT NOT NULL,
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    previous_sha256 TEXT NOT NULL,
    sha256 TEXT NOT NULL
);
CREATE INDEX audit_by_person ON audit (person, number);
CREATE INDEX audit_by_action ON audit (action, number);
CREATE INDEX audit_by_time ON audit (at, number);
CREATE TABLE audit_head (
    id BIGINT NOT NULL PRIMARY KEY,
    number BIGINT NOT NULL,
    sha256 TEXT NOT NULL
);
INSERT INTO audit_head (id, number, sha256) VALUES (1, 0, '');
ALTER TABLE subjects ADD COLUMN organization TEXT NOT NULL DEFAULT '';
CREATE INDEX subjects_by_organization ON subjects (round, organization, target);
