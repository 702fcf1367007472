// id: internet-to-ai
// question: Which models, endpoints and agents can someone outside query or take over?
// columns: entry, target, kind, name, by
// bounds: 8 steps; one row for each entry, target and kind of the last step
MATCH (s:Entry)-[r:EXPOSES|NET_REACHES|RUNS_AS|ASSUMES|ESCALATES|LAUNCHES_AS|EXECUTES_ON|READS_SECRET|CONTROLS|READS_DATA|WRITES_DATA|INVOKES_AI|AI_ACTS_AS WHERE r.assumes <> 'credential']->{0,7}(h:Asset)
WITH DISTINCT s, h
MATCH (h)-[last:EXPOSES|INVOKES_AI|EXECUTES_ON|CONTROLS|AI_ACTS_AS]->(t:AIResource)
WHERE last.assumes <> 'credential'
RETURN DISTINCT s.id AS entry, t.id AS target, t.kind AS kind, t.name AS name, type(last) AS by
ORDER BY target, entry, by
