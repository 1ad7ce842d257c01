CREATE TABLE round_changes (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    round TEXT NOT NULL REFERENCES rounds (id),
    state_before TEXT NOT NULL,
    state_after TEXT NOT NULL,
    at TEXT NOT NULL,
    person TEXT NOT NULL,
    reason TEXT NOT NULL
);
CREATE INDEX round_changes_by_round ON round_changes (round, number);
