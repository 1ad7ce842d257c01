-- What a notice's files were built from, as the hash that signatures are bound to. Files of before say nothing and are built again before anybody signs.
ALTER TABLE documents ADD COLUMN outcome_sha256 TEXT NOT NULL DEFAULT '';
