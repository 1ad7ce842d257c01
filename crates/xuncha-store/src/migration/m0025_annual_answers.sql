CREATE TABLE annual_answers (
    form TEXT NOT NULL,
    subject TEXT NOT NULL,
    year BIGINT NOT NULL,
    body TEXT NOT NULL,
    person TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    PRIMARY KEY (form, year, subject)
);
