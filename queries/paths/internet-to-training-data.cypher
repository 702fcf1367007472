// id: internet-to-training-data
// question: Which training data can someone outside reach, and can they read it or change it?
// columns: entry, target, name, impact
// bounds: 8 steps; one row for each entry, target and impact
//
// Phase one: existence. Reachability needs no path, so none is enumerated.
MATCH (s:Entry)-[r:EXPOSES|NET_REACHES|RUNS_AS|ASSUMES|ESCALATES|LAUNCHES_AS|EXECUTES_ON|READS_SECRET|CONTROLS|READS_DATA|WRITES_DATA|INVOKES_AI|AI_ACTS_AS WHERE r.assumes <> 'credential']->{0,7}(h:Asset)
WITH DISTINCT s, h
MATCH (h)-[last:READS_DATA|WRITES_DATA]->(t:TrainingData)
WHERE last.assumes <> 'credential'
RETURN DISTINCT s.id AS entry, t.id AS target, t.name AS name,
       CASE type(last) WHEN 'WRITES_DATA' THEN 'poisoning' ELSE 'disclosure' END AS impact
ORDER BY target, entry, impact
