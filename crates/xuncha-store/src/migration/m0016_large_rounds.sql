CREATE INDEX judgements_by_class ON judgements (round, set_id, verdict);
DROP INDEX judgements_by_verdict;
CREATE INDEX judgements_of_target ON judgements (round, target, set_id, indicator, check_name);
DROP INDEX judgements_by_target;
CREATE INDEX judgements_in_doubt ON judgements (round, set_id, target, indicator, check_name) WHERE verdict = 'undetermined' OR doubt_count > 0;
CREATE INDEX sheets_by_class ON sheets (round, set_id, class, outcome, open_count);
CREATE INDEX sheets_in_short ON sheets (round, set_id, target, outcome, deduct_hundredths, final_hundredths, open_count);
CREATE INDEX subjects_in_order ON subjects (round, (CASE class WHEN 'portal' THEN 0 WHEN 'department' THEN 1 ELSE 2 END), target);
CREATE INDEX subjects_by_class ON subjects (round, class, target);
