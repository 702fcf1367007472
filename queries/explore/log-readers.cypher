// id: log-readers
// question: Who can read prompts, completions and captured requests?
// columns: reader, log, of, verdict
// bounds: one row for each reader, log and AI resource that writes it
MATCH (src:AIResource)-[:LOGS_TO]->(log:DataStore)
MATCH (p:Asset)-[r:READS_DATA]->(log)
RETURN p.id AS reader, log.id AS log, src.id AS of, r.verdict AS verdict
ORDER BY log, reader, of
