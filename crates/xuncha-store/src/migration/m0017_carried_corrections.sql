CREATE TABLE correction_ends (
    correction BIGINT NOT NULL REFERENCES corrections (number),
    round TEXT NOT NULL REFERENCES rounds (id),
    at TEXT NOT NULL,
    person TEXT NOT NULL,
    PRIMARY KEY (correction, round)
);
CREATE INDEX corrections_of_target ON corrections (target, number);
