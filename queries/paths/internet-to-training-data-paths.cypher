// id: internet-to-training-data-paths
// question: By which shortest ways does someone outside reach each training data store?
// columns: entry, target, hops, nodes, kinds, verdicts
// bounds: 8 steps; the 3 shortest lengths for each entry and target, 25 paths of them at most
//
// Phase two: k shortest for each pair that phase one finds, both ends bound.
MATCH (s:Entry)-[r:EXPOSES|NET_REACHES|RUNS_AS|ASSUMES|ESCALATES|LAUNCHES_AS|EXECUTES_ON|READS_SECRET|CONTROLS|READS_DATA|WRITES_DATA|INVOKES_AI|AI_ACTS_AS WHERE r.assumes <> 'credential']->{0,7}(h:Asset)
WITH DISTINCT s, h
MATCH (h)-[last:READS_DATA|WRITES_DATA]->(t:TrainingData)
WHERE last.assumes <> 'credential'
WITH DISTINCT s, t
CALL (s, t) {
  MATCH p = SHORTEST 3 GROUPS (s) (()-[r:EXPOSES|NET_REACHES|RUNS_AS|ASSUMES|ESCALATES|LAUNCHES_AS|EXECUTES_ON|READS_SECRET|CONTROLS|READS_DATA|WRITES_DATA|INVOKES_AI|AI_ACTS_AS WHERE r.assumes <> 'credential']->()){1,8} (t)
  WITH p
  ORDER BY length(p), [n IN nodes(p) | n.id], [r IN relationships(p) | type(r)]
  LIMIT 25
  RETURN length(p) AS hops, [n IN nodes(p) | n.id] AS nodes,
         [r IN relationships(p) | type(r)] AS kinds, [r IN relationships(p) | r.verdict] AS verdicts
}
WITH s, t, hops, nodes, kinds, verdicts
WHERE kinds[-1] IN ['READS_DATA', 'WRITES_DATA']
RETURN s.id AS entry, t.id AS target, hops, nodes, kinds, verdicts
ORDER BY target, entry, hops, nodes, kinds
