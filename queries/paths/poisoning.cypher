// id: poisoning
// question: Who can write to what a production model trains on or an agent retrieves from?
// columns: principal, store, why, verdict, techniques
// bounds: one row for each principal and store
MATCH (p:Principal)-[w:WRITES_DATA]->(t:TrainingData)
RETURN p.id AS principal, t.id AS store, t.training_data_why AS why, w.verdict AS verdict, w.techniques AS techniques
ORDER BY store, principal
