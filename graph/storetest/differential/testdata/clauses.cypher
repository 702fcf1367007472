MATCH (n) RETURN n.id, n.imds_hop_limit ORDER BY n.id
MATCH (n) RETURN n ORDER BY n.id LIMIT 2
MATCH (n) RETURN n{.id, .*, x: 1} AS m ORDER BY n.id
MATCH (n) RETURN n{.id, n} AS m
MATCH (n) RETURN n {} AS m
MATCH (n) WHERE n:Role RETURN n.id
MATCH (n) WHERE n:Role|Bucket RETURN n.id
MATCH (n) WHERE n:Role&Bucket RETURN n.id
MATCH (n) WHERE n:!Role RETURN n.id
MATCH (n) WHERE n:Role:Bucket RETURN n.id
MATCH (n:%) RETURN n.id
MATCH (n:!%) RETURN n.id
MATCH (n IS Role) RETURN n.id
MATCH (n WHERE n.imds_hop_limit = 1) RETURN n.id
OPTIONAL MATCH (x:Missing) RETURN x, x.y, labels(x)
MATCH (a) WITH a AS b RETURN b.id ORDER BY b.id
MATCH (a) WITH a.id AS x ORDER BY a.imds_hop_limit, x LIMIT 2 RETURN x
MATCH (a) WITH DISTINCT a.imds_hop_limit AS v ORDER BY v RETURN v
MATCH (a) RETURN DISTINCT a.imds_hop_limit ORDER BY a.id
MATCH (a) RETURN DISTINCT a.imds_hop_limit ORDER BY a.imds_hop_limit
MATCH (a) RETURN a.id ORDER BY a.imds_hop_limit, a.id DESC
MATCH (a) WITH * RETURN a.id
MATCH (a), (b) RETURN * LIMIT 0
MATCH (b), (a) RETURN *, 1 AS c LIMIT 0
MATCH () RETURN *
MATCH (a) RETURN a.id AS x, a.imds_hop_limit AS x
MATCH (a) WITH a, a.imds_hop_limit RETURN a
MATCH (a) WITH a.imds_hop_limit AS v WHERE a.id = 'n1' RETURN v
MATCH (a:Role) RETURN a.id UNION MATCH (a:Bucket) RETURN a.id
MATCH (a:Role) RETURN a.id AS x UNION ALL MATCH (a:Bucket) RETURN a.id AS x
MATCH p = (a) RETURN length(p), nodes(p)
MATCH (n) RETURN keys(n), properties(n) ORDER BY n.id
MATCH (n) RETURN n['id'] AS x ORDER BY n.id
MATCH (n) RETURN n.missing, n.missing.x, n.missing IS NULL
MATCH (n) WHERE n.id = '1' RETURN n.id
MATCH (n) WHERE n.id = 1.0 RETURN n.id
MATCH (n) WHERE n.id IN [0, 1.0, '2', null] RETURN n.id
MATCH (n) WHERE 0 <= n.id < 2 RETURN n.id
MATCH (n) WHERE n.id > 0 XOR n.imds_hop_limit = 1 RETURN n.id
MATCH (n) WHERE n RETURN n
MATCH (n) WHERE n.imds_hop_limit RETURN n
MATCH (n) WHERE 1 RETURN n
MATCH (n) WHERE null RETURN n
MATCH (n) RETURN n:Role AS x, n.id ORDER BY n.id
MATCH (n) RETURN [x IN [n] WHERE x:Role | x.id] AS y ORDER BY n.id
MATCH (n {id: 'n0', imds_hop_limit: 1}) RETURN n
MATCH (a), (b {imds_hop_limit: a.imds_hop_limit}) WHERE a <> b RETURN a.id, b.id
MATCH (n) RETURN m
MATCH (n) WITH n.imds_hop_limit AS v RETURN n
MATCH (n), (n) RETURN n.id
MATCH p = (p) RETURN p
MATCH (a) WITH 1 AS a MATCH (a) RETURN a
MATCH (n) RETURN n LIMIT -1
MATCH (n) RETURN n LIMIT 1.5
MATCH (n) RETURN n LIMIT n.id
MATCH (n) RETURN n SKIP 'a'
MATCH (a) (b) RETURN a
MATCH ((a)){1,2} RETURN a
MATCH (`n x`) RETURN `n x`.id
MATCH (n) RETURN n.`id`
MATCH (match) RETURN match.id
MATCH (count) RETURN count.id
MATCH (return) RETURN 1
MATCH (in) RETURN in.id
MATCH (n) RETURN n.id as order
MATCH (n:Match) RETURN n
MATCH (n {match: 1}) RETURN n
MATCH (n) FINISH
MATCH (n) RETURN [n IN [1] | n] AS l LIMIT 1
MATCH (n) RETURN 'a' + n AS a
MATCH (n) WHERE n.id + 'x' = '1x' RETURN n.id
MATCH (n) WHERE n.id STARTS WITH 1 RETURN n.id
MATCH (n) WHERE n.id =~ '1' RETURN n.id
MATCH (n) RETURN size(n.id) AS a
MATCH (n) RETURN n.id.x AS a
MATCH (n) RETURN n.id[0] AS a
MATCH (n) RETURN -n.missing AS a, n.missing + 1 AS b, toString(n.missing) AS c LIMIT 1
MATCH (n) RETURN toUpper(n.id) AS a
MATCH (n) WHERE n.id AND true RETURN n
MATCH (n) WHERE NOT n.id RETURN n
MATCH (n) RETURN CASE WHEN n.id THEN 1 END AS a
MATCH (a) RETURN a = 1 AS x, a IN [a] AS y LIMIT 1
MATCH (a) RETURN a < 1 AS x LIMIT 1
UNWIND [0, 1, 99] AS i OPTIONAL MATCH (n {id: i}) RETURN i, n.imds_hop_limit ORDER BY i
UNWIND [{k: 0}, {k: 1}] AS m MATCH (n) WHERE n.id = m.k RETURN n.id
WITH [0, 1] AS ids MATCH (n) WHERE n.id IN ids RETURN n.id
MATCH (n) WHERE any(l IN labels(n) WHERE l IN ['Role', 'Bucket']) RETURN n.id
