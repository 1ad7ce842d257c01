CREATE TABLE site_migrations (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    round TEXT NOT NULL,
    old_home TEXT NOT NULL,
    new_home TEXT NOT NULL,
    at TEXT NOT NULL,
    loss_count BIGINT NOT NULL,
    notice_count BIGINT NOT NULL,
    unclear_count BIGINT NOT NULL,
    summary TEXT NOT NULL
);
CREATE INDEX site_migrations_by_round ON site_migrations (round, number);
CREATE TABLE site_migration_items (
    migration BIGINT NOT NULL,
    number BIGINT NOT NULL,
    kind TEXT NOT NULL,
    search TEXT NOT NULL,
    body TEXT NOT NULL,
    opinion TEXT NOT NULL,
    note TEXT NOT NULL,
    person TEXT NOT NULL,
    PRIMARY KEY (migration, number)
);
CREATE INDEX site_migration_items_by_kind ON site_migration_items (migration, kind, number);
