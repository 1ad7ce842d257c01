CREATE TABLE publicity (
    check_name TEXT NOT NULL PRIMARY KEY,
    level TEXT NOT NULL
);
CREATE TABLE public_rounds (
    round TEXT NOT NULL PRIMARY KEY REFERENCES rounds (id),
    version BIGINT NOT NULL,
    as_of TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE TABLE public_targets (
    round TEXT NOT NULL REFERENCES rounds (id),
    target TEXT NOT NULL,
    name TEXT NOT NULL,
    class TEXT NOT NULL,
    city TEXT NOT NULL,
    outcome TEXT NOT NULL,
    search TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (round, target)
);
CREATE INDEX public_targets_by_class ON public_targets (round, class, outcome, target);
CREATE TABLE public_findings (
    round TEXT NOT NULL REFERENCES rounds (id),
    target TEXT NOT NULL,
    number BIGINT NOT NULL,
    set_id TEXT NOT NULL,
    indicator TEXT NOT NULL,
    check_name TEXT NOT NULL,
    case_id TEXT NOT NULL,
    case_title TEXT NOT NULL,
    text TEXT NOT NULL,
    url TEXT NOT NULL,
    count BIGINT NOT NULL,
    seen_on TEXT,
    is_sealed BIGINT NOT NULL,
    search TEXT NOT NULL,
    PRIMARY KEY (round, target, number)
);
CREATE INDEX public_findings_by_check ON public_findings (round, check_name, target, number, is_sealed, case_id);
