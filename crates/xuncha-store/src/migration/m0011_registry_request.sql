CREATE TABLE registry_requests (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    noun TEXT NOT NULL,
    target TEXT NOT NULL,
    name TEXT NOT NULL,
    organization TEXT NOT NULL,
    unit_name TEXT NOT NULL,
    region TEXT NOT NULL,
    first_unit TEXT NOT NULL,
    filed_by TEXT NOT NULL,
    filed_at TEXT NOT NULL,
    approved_on TEXT NOT NULL,
    posted_on TEXT NOT NULL,
    state TEXT NOT NULL,
    search TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX registry_requests_by_state ON registry_requests (state, filed_at, id);
CREATE INDEX registry_requests_by_organization ON registry_requests (organization, filed_at);
CREATE INDEX registry_requests_by_first_unit ON registry_requests (first_unit, state);
CREATE INDEX registry_requests_by_target ON registry_requests (target, filed_at);
CREATE TABLE registry_request_steps (
    request TEXT NOT NULL REFERENCES registry_requests (id),
    number BIGINT NOT NULL,
    kind TEXT NOT NULL,
    level TEXT NOT NULL,
    at TEXT NOT NULL,
    person TEXT NOT NULL,
    name TEXT NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (request, number)
);
CREATE TABLE registry_sightings (
    request TEXT NOT NULL REFERENCES registry_requests (id),
    at TEXT NOT NULL,
    seen TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (request, at)
);
CREATE TABLE registry_outside (
    host TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    sign TEXT NOT NULL,
    round TEXT NOT NULL,
    site_count BIGINT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    note TEXT NOT NULL,
    person TEXT NOT NULL,
    decided_at TEXT NOT NULL,
    request TEXT NOT NULL,
    search TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX registry_outside_by_state ON registry_outside (state, site_count, host);
CREATE TABLE registry_imports (
    id TEXT NOT NULL PRIMARY KEY,
    file TEXT NOT NULL,
    mapping TEXT NOT NULL,
    person TEXT NOT NULL,
    at TEXT NOT NULL,
    known_changes BIGINT NOT NULL,
    done_at TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX sites_by_organization ON sites (organization, id);
CREATE INDEX accounts_by_organization ON accounts (organization, id);
CREATE INDEX organizations_by_region ON organizations (region, id)
