CREATE TABLE api_tokens (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    token_sha256 TEXT NOT NULL UNIQUE,
    person BIGINT NOT NULL,
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    made_at_s BIGINT NOT NULL,
    expires_at_s BIGINT NOT NULL,
    used_at_s BIGINT NOT NULL
);
CREATE INDEX api_tokens_by_person ON api_tokens (person, number);
