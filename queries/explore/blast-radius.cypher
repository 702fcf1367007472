// id: blast-radius
// question: What does an attacker reach who holds this node?
// param id string: the node's id
// columns: id, kind, name, training_data
// bounds: 8 steps; each node once
MATCH (n:Asset {id: $id})-[r:EXPOSES|NET_REACHES|RUNS_AS|ASSUMES|ESCALATES|LAUNCHES_AS|EXECUTES_ON|READS_SECRET|CONTROLS|READS_DATA|WRITES_DATA|INVOKES_AI|AI_ACTS_AS WHERE r.assumes <> 'credential']->{1,8}(m:Asset)
WHERE m.id <> n.id
RETURN DISTINCT m.id AS id, m.kind AS kind, m.name AS name, m.training_data AS training_data
ORDER BY kind, id
