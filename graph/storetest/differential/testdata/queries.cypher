// Subqueries, procedures, prefixes, comments, names, parameters, whole queries, errors of syntax.
MATCH (a) CALL (a) { OPTIONAL MATCH (a)-->(b) RETURN collect(b.id) AS bs } RETURN a.id, size(bs)
MATCH (a), (b) CALL (a, b) { OPTIONAL MATCH (a)-[r]->(b) RETURN count(r) AS n } WITH a, b, n WHERE n > 1 RETURN a.id, b.id, n
MATCH (a) CALL (a) { RETURN a.id AS x UNION ALL RETURN a.name AS x } RETURN a.id, x
MATCH (a) CALL { WITH a RETURN a.id AS x UNION WITH a RETURN a.name AS x } RETURN a.id, x
MATCH (a) CALL { WITH a RETURN a.id AS x UNION RETURN 1 AS x } RETURN a.id, x
MATCH (a) CALL { RETURN 1 AS one } RETURN a.id, one
MATCH (a) CALL { MATCH (b) RETURN count(b) AS n } RETURN a.id, n
MATCH (a) CALL { MATCH (b) WHERE b.id > a.id RETURN count(b) AS n } RETURN a.id, n
MATCH (a) CALL () { MATCH (b) WHERE b.id > a.id RETURN count(b) AS n } RETURN a.id, n
MATCH (a) CALL (a) { MATCH (b) WHERE b.id > a.id RETURN count(b) AS n } RETURN a.id, n
MATCH (a) CALL (a AS x) { RETURN x.id AS y } RETURN y
MATCH (a) CALL (b) { RETURN 1 AS y } RETURN y
MATCH (a) CALL (a, a) { RETURN 1 AS y } RETURN y
MATCH (a) CALL (a.id) { RETURN 1 AS y } RETURN y
MATCH (a) CALL (a) { WITH a RETURN a.id AS y } RETURN y
MATCH (a) CALL (a) { WITH * RETURN a.id AS y } RETURN y
MATCH (a) CALL (a) { MATCH (a)-->(b) WITH b RETURN a.id AS x, b.id AS y } RETURN x, y
MATCH (a) CALL (a) { MATCH (a)-->(b) WITH b RETURN b.id AS y } RETURN a.id, y
MATCH (a) CALL (a) { MATCH (a)-->(b) RETURN a.id, b.id AS y } RETURN y
MATCH (a) CALL (a) { MATCH (a)-->(a2) RETURN a2 AS a } RETURN a
MATCH (a) CALL (*) { RETURN a.id AS y } RETURN y
MATCH (a) CALL (a) { CALL (a) { RETURN a.id AS z } RETURN z AS y } RETURN a.id, y
MATCH (a) CALL (a) { CALL { WITH a RETURN a.id AS z } RETURN z AS y } RETURN a.id, y
MATCH (a) CALL (a) { UNWIND [1, 2] AS x RETURN x } RETURN a.id, x
MATCH (a) CALL (a) { MATCH (a)-->(b) RETURN b } CALL (b) { MATCH (b)-->(c) RETURN c } RETURN a.id, b.id, c.id
MATCH (a) CALL (a) { MATCH (a)-->(b) RETURN b UNION ALL MATCH (a)<--(b) RETURN b } RETURN a.id, count(b)
MATCH (a) CALL (a) { MATCH (a)-->(b) } RETURN a
MATCH (a) CALL (a) { } RETURN a
CALL { RETURN 1 AS x } RETURN x
CALL () { RETURN 1 AS x } CALL (x) { RETURN x + 1 AS y } RETURN x, y
CALL { RETURN 1 AS x UNION RETURN 2 AS x } RETURN sum(x)
CALL { RETURN 1 AS x }
MATCH (n) CALL (n) { RETURN n.id AS i } WITH i WHERE i > 'n1' RETURN i ORDER BY i
UNWIND [1, 2] AS x CALL (x) { UNWIND range(1, x) AS y RETURN sum(y) AS s } RETURN x, s
UNWIND [1, 2] AS x CALL { WITH x UNWIND range(1, x) AS y RETURN sum(y) AS s } RETURN x, s
UNWIND [1, 2] AS x CALL { WITH x WITH x WHERE x > 1 RETURN x AS y } RETURN x, y
UNWIND [1, 2] AS x CALL { WITH x WHERE x > 1 RETURN x AS y } RETURN x, y
UNWIND [1, 2] AS x CALL { WITH x LIMIT 1 RETURN x AS y } RETURN x, y
UNWIND [1, 2] AS x CALL { WITH DISTINCT x RETURN x AS y } RETURN x, y
UNWIND [1, 2] AS x OPTIONAL CALL (x) { WITH x WHERE x > 1 RETURN x AS y } RETURN x, y
MATCH (a) WHERE EXISTS { (a)-->(b)-->(a) } RETURN a.id
MATCH (a) WHERE EXISTS { (a)-[r]->() WHERE r.cost > 1 } AND NOT EXISTS { (a)<--() } RETURN a.id
MATCH (a) WHERE EXISTS { MATCH (a)-->(b) WHERE EXISTS { (b)-->(c) WHERE c.id = a.id } } RETURN a.id
MATCH (a) WHERE EXISTS { MATCH (x) WHERE x.id = a.name } RETURN a.id
MATCH (a) WHERE EXISTS { UNWIND [1] AS x RETURN x } RETURN count(a)
MATCH (a) WHERE EXISTS { RETURN 1 } RETURN count(a)
MATCH (a) WHERE EXISTS { MATCH (a)-->(b) RETURN b UNION MATCH (a)<--(b) RETURN b } RETURN a.id
MATCH (a) WHERE EXISTS { MATCH (a)-->(b) RETURN count(b) AS n } RETURN count(a)
MATCH (a) WHERE EXISTS { MATCH (a)-->(b) WITH count(b) AS n WHERE n > 1 RETURN n } RETURN a.id
MATCH (a) WHERE EXISTS { MATCH (b)-->(a) RETURN a } RETURN a.id
MATCH (a) WHERE EXISTS { MATCH (b) RETURN b AS a } RETURN a.id
MATCH (a) WHERE EXISTS { WITH a MATCH (a)-->(b) } RETURN a.id
MATCH (a) WHERE EXISTS { (a)-->(b), (b)-->(c) } RETURN a.id
MATCH (a) WHERE EXISTS { p = (a)-->(b) WHERE length(p) = 1 } RETURN a.id
MATCH (a) WHERE EXISTS { } RETURN a.id
MATCH (a) WHERE EXISTS((a)-->()) RETURN a.id
MATCH (a) WHERE exists(a.id) RETURN a.id
MATCH (a) RETURN a.id, COUNT { (a)-->() } + COUNT { (a)<--() } AS d ORDER BY d, a.id
MATCH (a) RETURN a.id, COUNT { MATCH (a)-->(b) RETURN DISTINCT b } AS d ORDER BY a.id
MATCH (a) RETURN a.id, COUNT { MATCH (a)-->(b) RETURN b UNION MATCH (a)<--(b) RETURN b } AS d ORDER BY a.id
MATCH (a) RETURN a.id, COUNT { (a)-[:ASSUMES*1..2]->() } AS d ORDER BY a.id
MATCH (a) RETURN a.id, COUNT { (a) } AS d, COUNT { () } AS e ORDER BY a.id
MATCH (a) WHERE COUNT { (a)-->(b) WHERE b:Bucket } >= 1 RETURN a.id
MATCH (a) WITH a ORDER BY COUNT { (a)-->() } DESC, a.id LIMIT 2 RETURN a.id
MATCH (a) RETURN COUNT { (a)-->() } AS d, count(*) AS n ORDER BY d
MATCH (a) RETURN sum(COUNT { (a)-->() }) AS d
MATCH (a) RETURN a.id, COLLECT { MATCH (a)-->(b) RETURN b.id ORDER BY b.id LIMIT 2 } AS d ORDER BY a.id
MATCH (a) RETURN size(COLLECT { MATCH (a)-->(b) RETURN b.nope }) AS d, a.id
MATCH (a) RETURN COLLECT { (a)-->(b) } AS d
MATCH (a) RETURN COLLECT { RETURN 1 } AS d
MATCH (a) WHERE 'n1' IN COLLECT { MATCH (a)-->(b) RETURN b.id } RETURN a.id
RETURN COUNT { MATCH (n) } AS n, EXISTS { MATCH (n:Nope) } AS e, COLLECT { UNWIND [1, 2] AS x RETURN x } AS c
RETURN COUNT { (n:Role) } AS n
WITH 5 AS x RETURN COUNT { MATCH (n) WHERE n.imds_hop_limit < x } AS n
MATCH (a) RETURN CASE WHEN EXISTS { (a)-->() } THEN 'out' WHEN EXISTS { (a)<--() } THEN 'in' ELSE 'none' END AS x, count(*) AS n ORDER BY x
MATCH (a) RETURN [b IN [a] WHERE EXISTS { (b)-->() } | b.id] AS x
MATCH (a) WHERE any(x IN ['n1', 'n2'] WHERE EXISTS { (a)-->({id: x}) }) RETURN a.id
MATCH (a) RETURN a {.id, out: COUNT { (a)-->() }, friends: [(a)-->(b) | b.id]} AS x
CALL db.labels()
CALL db.labels() YIELD label
CALL db.labels() YIELD label RETURN label
CALL db.labels YIELD label RETURN count(label) AS n
CALL db.labels() YIELD label AS l WHERE l STARTS WITH 'R' RETURN l
CALL db.labels() YIELD * RETURN 1
CALL db.labels() YIELD nope RETURN nope
CALL db.labels(1) YIELD label RETURN label
CALL db.relationshipTypes() YIELD relationshipType AS t RETURN t ORDER BY t
CALL db.propertyKeys() YIELD propertyKey RETURN propertyKey ORDER BY propertyKey
CALL db.schema.nodeTypeProperties() YIELD nodeType, propertyName, mandatory RETURN nodeType, propertyName, mandatory
CALL db.schema.nodeTypeProperties() YIELD nodeType, propertyName, propertyTypes RETURN DISTINCT propertyName, propertyTypes
MATCH (n) WITH count(n) AS c CALL db.labels() YIELD label RETURN c, label
CALL DB.LABELS() YIELD label RETURN label
CALL db.nope() YIELD x RETURN x
CALL db.schema.visualization() YIELD nodes RETURN size(nodes)
CALL db.schema.relTypeProperties() YIELD relType RETURN relType
CALL db.info() YIELD name RETURN name
CALL dbms.components() YIELD name RETURN name
RETURN db.labels()
EXPLAIN MATCH (n) RETURN n
PROFILE MATCH (n) RETURN n
CYPHER 5 MATCH (n) RETURN n.id
CYPHER runtime=slotted MATCH (n) RETURN n.id
USE neo4j MATCH (n) RETURN n.id
MATCH (n) USING SCAN n:Role RETURN n
/* c */ RETURN /* d */ 1 AS x /* e */
RETURN 1 AS x // tail
RETURN 1 /* unclosed
RETURN 'http://x' AS u, '/* no */' AS v
RETURN 1 AS `weird ``name```
RETURN 1 AS ``
RETURN 1 AS ünïcode, 2 AS 变量, 3 AS _x, 4 AS x1, 5 AS x_1
RETURN 1 AS 1x
RETURN 1 AS x$y
RETURN 1 AS $x
RETURN 1 AS a-b
RETURN 1 AS 😀
WITH 1 AS é RETURN é
MATCH (n:Role {`id`: 'n0'}) RETURN n.`id`
MATCH (n) WHERE n.`name` = 'alpha' RETURN n.id
RETURN $s, $i, $l, $m, $none
RETURN $`s` AS x
RETURN $1 AS x
RETURN $missing AS x
RETURN {s} AS x
RETURN $m.k AS a, $m['k'] AS b, $l[0] AS c, size($l) AS d, $m.nope AS e
RETURN $s + $i AS a, $i * 2 AS b, $i / 4 AS c, $i / 4.0 AS d
UNWIND $m AS x RETURN x
UNWIND keys($m) AS x RETURN x
MATCH (n) WHERE n.id IN [$s, 'n0'] RETURN n.id
MATCH (n) WHERE n.imds_hop_limit = $i OR n.name = $s RETURN n.id
MATCH (n) WHERE n.name = $none RETURN n.id
MATCH (n) WHERE $none IS NULL RETURN count(n)
MATCH (n)-[r*1..$i]->(m) RETURN n
MATCH (n)-->{1,$i}(m) RETURN n
MATCH (n:$s) RETURN n
MATCH (n:$($s)) RETURN n
MATCH (n)-[r:$s]->() RETURN n
return 1 as X, 2 as x
RETURN 1 AS x, 2 AS x
RETURN 1, 1
RETURN 1 + 1, 1+1
RETURN 1+1, "a", 'b', [1,2], {a:1}, $i, true, null, 1.50, 0x10, -1, NOT true, size([1])
MATCH (n) RETURN n.id, n . id
MATCH (n) RETURN count( * ), count(n), COUNT(DISTINCT n), Count(*)
RETURN CASE WHEN true THEN 1 END
RETURN [x IN [1] WHERE x>0 | x ]
MATCH (n) RETURN n:Role
RETURN 1 IN [1]
RETURN EXISTS { MATCH (n) }
RETURN
RETURN ,
MATCH (n)
MATCH (n) WHERE n.id = 'n0'
WITH 1 AS x
UNWIND [1] AS x
RETURN 1 RETURN 2
RETURN 1 MATCH (n) RETURN n
MATCH (n) RETURN n MATCH (m) RETURN m
MATCH n RETURN n
MATCH (n RETURN n
MATCH (n)) RETURN n
MATCH (n)-[r->(m) RETURN n
MATCH (n)-(m) RETURN n
MATCH (n)->(m) RETURN n
MATCH (n)=>(m) RETURN n
MATCH (n)<-[r]-(m) RETURN count(*)
MATCH (n)<--(m)-->(k) RETURN count(*)
MATCH (n)-- (m) RETURN count(*)
MATCH (n) - [r] -> (m) RETURN count(*)
MATCH (n) < - - (m) RETURN count(*)
MATCH (n)-[r:ASSUMES] - > (m) RETURN count(*)
MATCH (n), RETURN n
MATCH (n) WHERE RETURN n
MATCH (n) WHERE n.id = RETURN n
MATCH (n) WHERE n.id == 'n0' RETURN n
MATCH (n) WHERE n.id = 'n0' && true RETURN n
MATCH (n) WHERE n.id IS NOT NULL AND n.name IS NULL RETURN n.id
MATCH (n) WHERE n.id NOT IN ['n0'] RETURN n.id
MATCH (n) WHERE NOT n.id IN ['n0'] RETURN n.id
MATCH (n) WHERE n.id LIKE 'n%' RETURN n.id
MATCH (n) WHERE n.id IS NOT 'n0' RETURN n
MATCH (n) WHERE n.name =~ '.*a' RETURN n.id
MATCH (n) WHERE n.tags = ['a', 'b', 'c'] RETURN n.id
MATCH (n) WHERE 'a' IN n.tags RETURN n.id
MATCH (n) WHERE n.tags[0] = 'a' RETURN n.id
MATCH (n) WHERE size(n.tags) > 1 RETURN n.id
MATCH (n) WHERE size(n.name) > 1 RETURN n.id
MATCH (n) WHERE n.score > 0 RETURN n.id, n.score
MATCH (n) WHERE 0 < n.score <= 2 RETURN n.id
MATCH (n) WHERE n.imds_hop_limit < n.score RETURN n.id
MATCH (n) WHERE n.imds_hop_limit <> 1 RETURN n.id
MATCH (n) WHERE n.collected RETURN n.id
MATCH (n) WHERE NOT n.collected RETURN n.id
MATCH (n) WHERE n.collected = true XOR n.score > 0 RETURN n.id
MATCH (n) WHERE n.collected IS NULL OR n.collected RETURN n.id
MATCH (n) WHERE n.name + 1 = 'alpha1' RETURN n.id
MATCH (n) WHERE toInteger(substring(n.id, 1)) > 2 RETURN n.id
MATCH (n) WHERE toUpper(n.name) STARTS WITH 'A' RETURN n.id
MATCH (n) WHERE n.nope STARTS WITH 'A' RETURN n.id
MATCH (n) WHERE n.imds_hop_limit STARTS WITH 'A' RETURN n.id
MATCH (n) WHERE n.imds_hop_limit + 'x' STARTS WITH '1' RETURN n.id
MATCH (n) WHERE n.imds_hop_limit / 0 > 1 RETURN n.id
MATCH (n) WHERE n.imds_hop_limit > 'a' RETURN n.id
MATCH (n) WHERE n.id > 5 RETURN n.id
MATCH (n) WHERE n.id = 5 OR n.id = 'n1' RETURN n.id
MATCH (n) WHERE [n.id, n.name] = ['n1', 'alpha'] RETURN n.id
MATCH (n) WHERE {a: n.id} = {a: 'n1'} RETURN n.id
MATCH (n) WHERE n = n RETURN count(n)
MATCH (a), (b) WHERE a = b RETURN count(*)
MATCH (a), (b) WHERE a <> b AND a.kind = b.kind RETURN count(*)
MATCH (a), (b) WHERE a < b RETURN count(*)
MATCH (a), (b) WHERE a.id < b.id AND a.score = b.score RETURN a.id, b.id
MATCH (a) WHERE a IN [a, null] RETURN count(a)
MATCH (a)-[r]->(b) WITH collect(r) AS rs, collect(a) AS ns RETURN size([x IN rs WHERE type(x) = 'ASSUMES']), size([x IN ns WHERE x:Role])
MATCH (a)-[r]->(b) WITH collect(r) AS rs UNWIND rs AS r RETURN type(r), startNode(r).id, endNode(r).id
MATCH (a) WITH collect(a) AS l UNWIND l AS x MATCH (x)-->(y) RETURN x.id, y.id
MATCH (a) WITH collect(a) AS l MATCH (x)-->(y) WHERE x IN l AND NOT y IN l RETURN count(*)
MATCH (a) WITH {n: a} AS m RETURN m.n.id
MATCH (a) WITH {n: a} AS m MATCH (m.n)-->(b) RETURN b
MATCH (a) WITH [a] AS l MATCH (l[0])-->(b) RETURN b
WITH [1, 2, 3] AS l WITH l, size(l) AS s UNWIND range(0, s - 1) AS i RETURN l[i] AS x ORDER BY x DESC
WITH * RETURN 1
WITH 1 AS x, 2 AS y WITH * WHERE x < y RETURN *
WITH 1 AS x WITH x AS y RETURN x
WITH 1 RETURN 1
WITH 1 + 1 RETURN 1
MATCH (n) WITH n.id RETURN 1
MATCH (n) WITH n, n.id AS id, n.id AS id2 RETURN id = id2 AS same, count(*)
MATCH (n) WITH n AS m, n RETURN m = n AS same, count(*)
MATCH (n) WITH n ORDER BY n.id WITH collect(n.id) AS l RETURN l
UNWIND [1, 2] AS x UNWIND ['a', 'b'] AS y RETURN x, y ORDER BY x DESC, y
UNWIND [[], [1], null, [null]] AS l UNWIND l AS x RETURN l, x
UNWIND {a: 1} AS x RETURN x
UNWIND 'abc' AS x RETURN x
UNWIND range(1, 3) AS x WITH x, x * x AS y WHERE y > 1 RETURN sum(x) AS s, collect(y) AS l
UNWIND [3, 1, 2] AS x WITH x ORDER BY x SKIP 1 RETURN collect(x) AS l
UNWIND [1, 2] AS x MATCH (n {id: 'n' + x}) RETURN x, n.id
UNWIND [1, 2] AS x MATCH (n) WHERE n.id = 'n' + toString(x) RETURN x, n.id
UNWIND [1] AS x UNWIND [x] AS x RETURN x
UNWIND x AS x RETURN x
RETURN foo.bar(1)
RETURN toupper('a'), TOLOWER('A'), Size([1]), COLLECT(1)
RETURN size(), 1
RETURN size(1, 2)
RETURN count()
RETURN count(1, 2)
RETURN count(DISTINCT *)
RETURN collect(*)
RETURN toUpper(DISTINCT 'a')
RETURN sum(DISTINCT null) AS s, count(DISTINCT null) AS c
RETURN max([1, 2]) AS a, min([[2], [1, 3]]) AS b, max(['a', 1]) AS c
RETURN stDev([1])
RETURN percentileCont(5, 0.5) AS a, percentileDisc(5.0, 1) AS b
RETURN shortestPath((a)-[*]->(b))
RETURN length('abc')
RETURN length(null) AS a, nodes(null) AS b, relationships(null) AS c
RETURN type('a')
RETURN labels('a')
MATCH (n) RETURN type(n)
MATCH ()-[r]->() RETURN labels(r)
MATCH (n) RETURN n.id.x
MATCH (n) RETURN (n).id AS x ORDER BY x
MATCH (n) RETURN ((n)).id AS x, (n.id) AS y ORDER BY x
MATCH (n) WITH [n] AS l RETURN l[0].id AS x ORDER BY x
MATCH (n) RETURN head(collect(n)).kind IS NOT NULL AS x
MATCH (n) RETURN n.tags[0] AS x, n.tags[-1] AS y, n.tags[0..2] AS z ORDER BY n.id
MATCH (n) RETURN toFloat(n.imds_hop_limit) AS x, toString(n.score) AS y, toString(n.collected) AS z ORDER BY n.id
MATCH (n) RETURN n.score * 2 AS x, n.score / 0 AS y, n.imds_hop_limit % 2 AS z ORDER BY n.id
MATCH (n) RETURN sum(n.score) AS a, avg(n.imds_hop_limit) AS b, min(n.name) AS c, max(n.tags) AS d, stDev(n.score) AS e, percentileCont(n.score, 0.5) AS f
MATCH (n) RETURN sum(n.name)
MATCH (n) RETURN avg(n.tags)
MATCH (n) RETURN coalesce(n.name, n.nope, 'none') AS x, count(*) AS c ORDER BY x
MATCH (n) RETURN n.collected AS k, collect(n.score) AS l, count(n.score) AS c ORDER BY k
MATCH (n)-[r]->(m) RETURN type(r) AS t, count(DISTINCT n) AS a, count(DISTINCT m) AS b, sum(r.cost) AS c, avg(r.cost) AS d ORDER BY t
MATCH (n)-[r]->(m) RETURN n.kind, m.kind, count(*) AS c ORDER BY c DESC, n.kind, m.kind
MATCH (n)-[r]->(m) WITH n, r, m WHERE r.cost IS NOT NULL WITH n, max(r.cost) AS c MATCH (n)-[r]->(m) WHERE r.cost = c RETURN n.id, m.id, c
