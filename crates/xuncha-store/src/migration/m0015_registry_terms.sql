ALTER TABLE registry_requests ADD COLUMN due_on TEXT NOT NULL DEFAULT '';
ALTER TABLE registry_request_steps ADD COLUMN stead TEXT NOT NULL DEFAULT '';
CREATE TABLE registry_suspensions (
    request TEXT NOT NULL PRIMARY KEY REFERENCES registry_requests (id),
    target TEXT NOT NULL,
    from_day TEXT NOT NULL,
    until_day TEXT NOT NULL,
    phase TEXT NOT NULL
);
CREATE INDEX registry_suspensions_by_phase ON registry_suspensions (phase, from_day);
CREATE INDEX registry_suspensions_by_target ON registry_suspensions (target, phase)
