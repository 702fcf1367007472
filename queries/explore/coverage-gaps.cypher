// id: coverage-gaps
// question: Which AI resources, training data and their identities are not fully known, and what was not read?
// columns: id, kind, gaps
// bounds: one row for each node with a gap
MATCH (n:Asset)
WHERE n.gaps IS NOT NULL AND (n:AIResource OR n:TrainingData OR n:Workload OR n:Principal)
RETURN n.id AS id, n.kind AS kind, n.gaps AS gaps
ORDER BY id
