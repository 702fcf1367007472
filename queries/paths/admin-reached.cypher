// id: admin-reached
// question: From where outside can someone become administrator of an account?
// columns: entry, capability, account
// bounds: 8 steps; one row for each entry and account
MATCH (s:Entry)-[r:EXPOSES|NET_REACHES|RUNS_AS|ASSUMES|ESCALATES|LAUNCHES_AS|EXECUTES_ON|READS_SECRET|CONTROLS|READS_DATA|WRITES_DATA|INVOKES_AI|AI_ACTS_AS WHERE r.assumes <> 'credential']->{1,8}(c:Capability)
WITH DISTINCT s, c
WHERE c.id ENDS WITH '/admin'
RETURN s.id AS entry, c.id AS capability, c.environment AS account
ORDER BY capability, entry
