// id: entry-points
// question: Where does an attacker come in without an invitation, and how many ways lead on from there?
// columns: id, kind, ways
// bounds: one row for each entry
MATCH (s:Entry)
RETURN s.id AS id, s.kind AS kind, COUNT { (s)-[:EXPOSES|ASSUMES|READS_DATA|WRITES_DATA|INVOKES_AI|AI_ACTS_AS|EXECUTES_ON]->() } AS ways
ORDER BY ways DESC, id
