ALTER TABLE registry_outside ADD COLUMN score BIGINT NOT NULL DEFAULT 0;
CREATE TABLE registry_doubts (
    target TEXT NOT NULL,
    kind TEXT NOT NULL,
    round TEXT NOT NULL,
    state TEXT NOT NULL,
    note TEXT NOT NULL,
    person TEXT NOT NULL,
    decided_at TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (target, kind)
);
CREATE INDEX registry_doubts_by_state ON registry_doubts (state, target, kind);
