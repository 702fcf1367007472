// id: exposed
// question: What can be reached or used from outside, by which ports, and what does that assume?
// columns: id, kind, name, from, verdict, assumes, ports, techniques
// bounds: one row for each exposed asset and outsider
MATCH (s:Entry)-[r:EXPOSES|READS_DATA|WRITES_DATA|ASSUMES|INVOKES_AI]->(n:Asset)
RETURN n.id AS id, n.kind AS kind, n.name AS name, s.id AS from, r.verdict AS verdict, r.assumes AS assumes,
       r.ports AS ports, r.techniques AS techniques
ORDER BY id, from, techniques
