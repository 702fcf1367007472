// id: training-data-protection
// question: Which training data is unencrypted, encrypted in an unknown way, or owned by an account that was not collected?
// columns: id, name, problem
// bounds: one row for each store and problem
MATCH (t:TrainingData)
WITH t, [x IN [
    CASE WHEN t.collected = false THEN 'owned by someone else, or not collected' END,
    CASE WHEN t.encryption = 'none' THEN 'not encrypted' END,
    CASE WHEN t.collected AND t.encryption IS NULL THEN 'encryption unknown' END,
    CASE WHEN t.encryption = 'unknown' THEN 'encryption unknown' END] WHERE x IS NOT NULL] AS problems
UNWIND problems AS problem
RETURN DISTINCT t.id AS id, t.name AS name, problem
ORDER BY id, problem
