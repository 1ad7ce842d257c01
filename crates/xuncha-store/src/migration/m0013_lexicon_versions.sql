CREATE TABLE lexicon_versions (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    list TEXT NOT NULL,
    content TEXT NOT NULL,
    based_on BIGINT NOT NULL,
    state TEXT NOT NULL,
    person TEXT NOT NULL,
    made_at TEXT NOT NULL,
    reason TEXT NOT NULL,
    round TEXT NOT NULL,
    preview TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    decided_at TEXT NOT NULL
);
CREATE INDEX lexicon_versions_by_list ON lexicon_versions (list, state, number);
CREATE TABLE round_lexicons (
    round TEXT NOT NULL,
    list TEXT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (round, list)
);
