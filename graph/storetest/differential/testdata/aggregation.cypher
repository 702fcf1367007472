RETURN count(*) AS c
RETURN sum(null) AS a, avg(null) AS b, collect(null) AS c, min(null) AS d
UNWIND [1,2,3] AS x RETURN stDev(x) AS a, stDevP(x) AS b, percentileCont(x, 0.5) AS c, percentileDisc(x, 0.5) AS d
UNWIND [1,2,'a',true] AS x RETURN min(x) AS a, max(x) AS b
UNWIND [1,'a'] AS x RETURN sum(x) AS a
MATCH (a) WITH a.imds_hop_limit AS v, count(*) AS c RETURN v, c
MATCH (a) RETURN a.imds_hop_limit, count(*) ORDER BY a.imds_hop_limit
MATCH (a) RETURN a.imds_hop_limit AS v, count(*) AS c ORDER BY count(*), v
MATCH (a) RETURN a.imds_hop_limit + count(*) AS x
MATCH (a) RETURN a.imds_hop_limit, a.imds_hop_limit + count(*) AS x ORDER BY x
MATCH (a) RETURN a.imds_hop_limit + 1, a.imds_hop_limit + 1 + count(*) AS x
MATCH (a) RETURN labels(a), count(*) + size(labels(a)) AS x
MATCH (a) WITH a WHERE a.imds_hop_limit = 1 RETURN count(a)
MATCH (a) WITH count(a) AS c WHERE c > 0 RETURN c
MATCH (a)-[*1..3]-(b) RETURN a.id, count(DISTINCT b)
MATCH p = (a)-[*1..3]-(b) RETURN a.id, b.id, min(length(p))
RETURN count(count(*))
MATCH (n) WHERE count(n) > 1 RETURN n
RETURN percentileCont(1, 1.5) AS a
UNWIND [9223372036854775807, 1] AS x RETURN sum(x) AS a
UNWIND [9223372036854775807, 9223372036854775807, 5] AS x RETURN sum(x) AS a, avg(x) AS b
MATCH (a) WITH collect(a) AS l UNWIND l AS x RETURN x.id ORDER BY x.id
MATCH (a) WITH collect(a) AS l MATCH (b) WHERE b IN l RETURN count(b) AS c
MATCH (a) WITH a LIMIT 2 MATCH (a)-->(b) RETURN count(*) >= 0 AS c
MATCH (a) WITH a SKIP 1 RETURN count(a) AS c
MATCH (a)-[r]->(b) WITH a, collect(r) AS rs RETURN a.id, [x IN rs | x.variant][0] IS NOT NULL AS y
MATCH p = (a)-[*1..2]->(b) WITH p, length(p) AS l WHERE l = 2 RETURN count(p) AS c
MATCH (a)-[r]->(b), (c)-[q]->(d) RETURN count(*) AS c
MATCH (a)-[r]->(b) MATCH (c)-[q]->(d) RETURN count(*) AS c
MATCH (a), (b), (c) RETURN count(*) AS c
MATCH (a)--(b) WHERE a.id < b.id RETURN a.id, b.id, count(*) AS c
MATCH (n) WHERE all(k IN keys(n) WHERE n[k] >= 0) RETURN count(n) AS c
