CREATE TABLE attachments (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    owner TEXT NOT NULL,
    about TEXT NOT NULL,
    organization TEXT,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    person TEXT NOT NULL,
    at TEXT NOT NULL,
    is_withdrawn BIGINT NOT NULL
);
CREATE INDEX attachments_by_owner ON attachments (owner, number);
