// id: model-lineage
// question: What was this model made of, and what serves it?
// param id string: the model's, endpoint's or agent's id
// columns: from, relation, to, to_kind, confidence
// bounds: 6 steps of lineage to each side; each relation once
MATCH (m:Asset {id: $id})-[:TRAINED_ON|PRODUCED|SERVES|USES_MODEL|USES_TOOL|GROUNDS|STORED_IN|RUNS_IMAGE|DERIVED_FROM|GUARDED_BY|LOGS_TO]-{0,6}(x:Asset)
WITH DISTINCT x
MATCH (x)-[r:TRAINED_ON|PRODUCED|SERVES|USES_MODEL|USES_TOOL|GROUNDS|STORED_IN|RUNS_IMAGE|DERIVED_FROM|GUARDED_BY|LOGS_TO]->(y:Asset)
RETURN DISTINCT x.id AS from, type(r) AS relation, y.id AS to, y.kind AS to_kind, r.confidence AS confidence
ORDER BY from, relation, to
