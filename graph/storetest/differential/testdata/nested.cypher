// Relationships and nodes that stand twice, subqueries in subqueries, imports, comprehensions, map projections.
MATCH (a)((x)-[r]->(x)){1,1}(b) RETURN a.id, b.id, size(r)
MATCH ((x)-[r]->(x))+ RETURN [n IN x | n.id]
MATCH (a)((x)-[r]->(y)-[q]->(x)){1,2}(b) RETURN a.id, b.id, size(r)
MATCH (a)((x)-[r]->(y) WHERE x = y){1,2}(b) RETURN a.id, b.id, size(r)
MATCH (a)(()-[r]->(y)-[q]->(y)){1,2}(b) RETURN a.id, b.id, size(r)
MATCH p = SHORTEST 2 (a)((x)-[r]->(x)){1,2}(b) RETURN a.id, b.id, size(r)
MATCH p = ALL SHORTEST (a)((x)-[r]->(y)-[q]->(x)){1,2}(b) RETURN a.id, b.id, size(r)
MATCH (a)-[r]->(b), (c)-[r]->(d) RETURN count(*)
MATCH (a)-[r]->(b)-[r]->(c) RETURN count(*)
MATCH (a)-[r*1..2]->(b)-[r*1..2]->(c) RETURN count(*)
MATCH (a)-[r]->{1,2}(b)-[r]->{1,2}(c) RETURN count(*)
MATCH (a)-[r]->{1,2}(b), (c)-[r]->{1,2}(d) RETURN count(*)
MATCH (a)-[r]->(b) MATCH (c)-[r]->(d) RETURN count(*)
MATCH (a)-[r]->(b) MATCH (c)-[r]->(d)-[r]->(e) RETURN count(*)
MATCH (a)-[r]->(b) MATCH (c)<-[r]-(d) RETURN count(*), sum(CASE WHEN a = d AND b = c THEN 1 ELSE 0 END)
MATCH (a)-[r]->(b) MATCH (c)-[r]-(d) RETURN count(*)
MATCH (a)-[r]->(b) MATCH (a)-[r]-(d) RETURN count(*)
MATCH (a)-[r]->(b) MATCH (c)-[r:ASSUMES {cost: 1}]->(d) RETURN count(*)
MATCH (a)-[r]->(b) OPTIONAL MATCH (c)-[r:ASSUMES]->(d) RETURN a.id, c.id, d.id
MATCH (a)-[r]->(b) OPTIONAL MATCH (b)-[r]->(d) RETURN a.id, d.id
MATCH (a)-[r]->(b), (b)-[s]->(c), (c)-[t]->(a) RETURN count(*)
MATCH (a)--(b), (b)--(c), (a)--(c) RETURN count(*)
MATCH (a)-->(b), (a)-->(b) RETURN count(*)
MATCH (a)-->(b), (c)-->(b) WHERE a <> c RETURN count(*)
MATCH (a)-->(b) MATCH (c)-->(b) RETURN count(*)
MATCH (a)-[*1..2]->(b), (a)-->(c) RETURN count(*)
MATCH (a)-[*1..2]-(b), (b)-[*1..2]-(c) WHERE a.id = 'n0' RETURN count(*)
MATCH (a)-->{1,2}(b), (a)-->(c) RETURN count(*)
MATCH (a), (a)-->(b) RETURN count(*)
MATCH (a), (b), (a)-->(b) RETURN count(*)
MATCH (a)-->(a)-->(b) RETURN count(*)
MATCH (a)-->(b)-->(a) RETURN count(*)
MATCH (a:Role)-->(a:Entry) RETURN count(*)
MATCH (a {id: 'n0'}), (a:Role) RETURN count(*)
MATCH (a WHERE a.id > 'n0')-->(a WHERE a.id < 'n4') RETURN count(*)
MATCH (a:Role), (a:Bucket) RETURN count(*)
RETURN EXISTS { (a)-->(b) } AS x
RETURN EXISTS { (:Role)-[r WHERE r.cost > 1]->(b) WHERE b:Bucket } AS x
MATCH (a) RETURN a.id, EXISTS { (a)-->(b) WHERE EXISTS { (b)-->(c) WHERE c.id <> a.id } } AS x
MATCH (a) RETURN a.id, COUNT { (a)-->(b) WHERE COUNT { (b)-->(c) WHERE c <> a } > 1 } AS x
MATCH (a) RETURN a.id, COUNT { MATCH (a)-->(b) RETURN DISTINCT b } AS x
MATCH (a) RETURN a.id, COUNT { MATCH (a)-->(b) RETURN b UNION MATCH (a)<--(b) RETURN b } AS x
MATCH (a) RETURN a.id, COUNT { MATCH (a)-->(b) RETURN b UNION ALL MATCH (a)<--(b) RETURN b } AS x
MATCH (a) RETURN a.id, COUNT { UNWIND [1, 2, 3] AS x WITH x WHERE x > 1 RETURN x } AS x
MATCH (a) RETURN a.id, COLLECT { UNWIND [1, 2, 3] AS x WITH x WHERE x > 1 RETURN x } AS x
MATCH (a) RETURN a.id, COLLECT { MATCH (a)-->(b) RETURN DISTINCT b.kind ORDER BY b.kind } AS x
MATCH (a) RETURN a.id, COLLECT { MATCH (a)-->(b) RETURN b.id AS b ORDER BY b DESC LIMIT 2 } AS x
MATCH (a) RETURN a.id, COLLECT { MATCH (a)-->(b) RETURN {id: b.id, n: COUNT { (b)-->() }} AS m ORDER BY b.id SKIP 1 } AS x
MATCH (a) WITH a, COUNT { (a)-->() } AS n WHERE n > 1 RETURN a.id, n
MATCH (a) WITH a ORDER BY COUNT { (a)-->() } DESC, a.id RETURN a.id, COUNT { (a)-->() } AS n
MATCH (a) RETURN COUNT { (a)-->() } AS n, count(*) AS c
MATCH (a) RETURN sum(COUNT { (a)-->() }) AS n
MATCH (a) RETURN max(COUNT { (a)-->(b) WHERE b:Bucket }) AS n, avg(COUNT { (a)<--() }) AS m
MATCH (a) WHERE COUNT { (a)-->() } = COUNT { (a)<--() } RETURN a.id
MATCH (a) WHERE COUNT { (a)-->() } IN [0, 1] RETURN a.id
MATCH (a) WHERE size(COLLECT { MATCH (a)-->(b) RETURN b }) > 1 RETURN a.id
MATCH (a) WHERE NOT EXISTS { MATCH (a)-->(b) RETURN b LIMIT 0 } RETURN a.id
MATCH (a) WHERE EXISTS { RETURN 1 AS x } RETURN a.id
MATCH (a) WHERE EXISTS { RETURN a } RETURN a.id
MATCH (a) WHERE EXISTS { UNWIND a.tags AS t WITH t WHERE t = 'b' RETURN t } RETURN a.id
MATCH (a) WHERE EXISTS { CALL db.labels() YIELD label WITH label WHERE label = a.kind RETURN label } RETURN a.id
MATCH (a) WHERE EXISTS { (a) } RETURN a.id
MATCH (a) WHERE EXISTS { (a:Role) } RETURN a.id
MATCH (a) WHERE EXISTS { (a), (b) WHERE b.id > a.id } RETURN a.id
MATCH (a) WHERE EXISTS { MATCH p = (a)-[*1..2]->(b:Bucket) WHERE length(p) = 2 } RETURN a.id
MATCH (a) WHERE EXISTS { OPTIONAL MATCH (a)-->(b:Nope) RETURN b } RETURN a.id
MATCH (a) WHERE EXISTS { WITH a WHERE a:Role RETURN a } RETURN a.id
MATCH (a) WHERE EXISTS { WITH 1 AS x MATCH (a)-->(b) WHERE b.id = 'n' + toString(x) RETURN b } RETURN a.id
MATCH (a) WHERE EXISTS { MATCH (a)-->(b) WITH b AS a RETURN a } RETURN a.id
MATCH (a) WHERE EXISTS { MATCH (a)-->(b) WITH b, count(*) AS n WHERE n > 1 RETURN b } RETURN a.id
MATCH (a) WHERE EXISTS { MATCH (b) WHERE b.id = a.id AND EXISTS { MATCH (b)-->(c) RETURN c } RETURN b } RETURN a.id
MATCH (a) RETURN EXISTS { MATCH (a) RETURN a } AS x, EXISTS { MATCH (a)-->(a) } AS y, a.id
MATCH (a) RETURN CASE WHEN EXISTS { (a)-->(:Bucket) } THEN 'data' WHEN EXISTS { (a)-->() } THEN 'some' ELSE 'none' END AS x, a.id
MATCH (a) RETURN [x IN [1, 2] WHERE EXISTS { (a)-->() } | x] AS l, a.id
MATCH (a) RETURN [x IN [1, 2, 3] | COUNT { (a)-->() } + x] AS l, a.id
MATCH (a) RETURN [x IN [0, 1] WHERE COUNT { (a)-->(b) WHERE b.imds_hop_limit > x } > 0] AS l, a.id
MATCH (a) RETURN reduce(s = 0, x IN [1, 2] | s + COUNT { (a)-->() } * x) AS l, a.id
MATCH (a) RETURN all(x IN a.tags WHERE EXISTS { (b) WHERE x IN b.tags AND b <> a }) AS l, a.id
MATCH (a) RETURN COLLECT { MATCH (a)-->(b) RETURN COLLECT { MATCH (b)-->(c) RETURN c.id ORDER BY c.id } AS l ORDER BY size(l), b.id } AS l, a.id
MATCH (a) RETURN a{.id, n: COUNT { (a)-->() }, out: COLLECT { MATCH (a)-->(b) RETURN b.id ORDER BY b.id }} AS m
RETURN COUNT { MATCH (a) } AS x
RETURN COUNT { (a) } AS x
RETURN COUNT { (a), (b) } AS x
RETURN COUNT { MATCH (a) WITH a.kind AS k RETURN DISTINCT k } AS x
RETURN COLLECT { MATCH (a) RETURN a.id ORDER BY a.id LIMIT 2 } AS x
RETURN COLLECT { (a)-->(b) } AS x
RETURN COLLECT { MATCH (a) } AS x
RETURN COLLECT { RETURN 1 AS x UNION RETURN 2 AS x } AS x
RETURN COLLECT { RETURN 1 AS x, 2 AS y } AS x
RETURN COLLECT { RETURN 1 } AS x
RETURN COLLECT { MATCH (n) RETURN count(*) } AS x
RETURN COLLECT { RETURN null AS x } AS x
RETURN COLLECT { MATCH (a:Nope) RETURN a } AS x
RETURN COUNT { RETURN 1 AS a UNION RETURN 1 AS a } AS x
MATCH (a) CALL (a) { MATCH (a)-->(b) RETURN count(b) AS n, collect(b.id) AS l } RETURN a.id, n, size(l)
MATCH (a) CALL (a) { MATCH (a)-->(b) RETURN b.id AS i UNION ALL MATCH (a)<--(b) RETURN b.id AS i } RETURN a.id, i
MATCH (a) CALL (a) { MATCH (a)-->(b) RETURN b.id AS i UNION MATCH (a)<--(b) RETURN b.id AS i } RETURN a.id, count(i) AS n
MATCH (a) CALL (a) { MATCH (a)-->(b) RETURN b ORDER BY b.id DESC LIMIT 1 } RETURN a.id, b.id
MATCH (a) CALL (a) { MATCH (a)-->(b) RETURN b ORDER BY b.id SKIP 1 LIMIT 1 } RETURN a.id, b.id
MATCH (a) CALL (a) { MATCH (a)-->(b) WITH b ORDER BY b.id LIMIT 2 RETURN collect(b.id) AS l } RETURN a.id, l
MATCH (a) CALL (a) { WITH a.id AS i RETURN i + '!' AS j } RETURN j
MATCH (a) CALL (*) { RETURN a.id AS i } RETURN i
MATCH (a)-->(b) CALL (a, b) { MATCH (a)-[r]->(b) RETURN count(r) AS n } RETURN a.id, b.id, n
MATCH (a)-->(b) CALL (a) { MATCH (a)-[r]->(b) RETURN count(r) AS n } RETURN a.id, b.id, n
MATCH (a)-->(b) CALL (a) { RETURN b.id AS n } RETURN n
MATCH (a) CALL (b) { RETURN 1 AS n } RETURN n
MATCH (a) CALL (a, a) { RETURN 1 AS n } RETURN n
MATCH (a) CALL (a AS b) { RETURN 1 AS n } RETURN n
MATCH (a) CALL (a.id) { RETURN 1 AS n } RETURN n
MATCH (a) CALL (a) { MATCH (b) WHERE b.id > a.id RETURN b } RETURN a.id, b.id
MATCH (a) CALL (a) { MATCH (a) RETURN a AS b } RETURN a.id, b.id
MATCH (a) CALL (a) { MATCH (a)-->(b) CALL (b) { MATCH (b)-->(c) RETURN count(c) AS n } RETURN sum(n) AS n } RETURN a.id, n
MATCH (a) CALL (a) { MATCH (a)-->(b) CALL (a, b) { MATCH (b)-->(c) WHERE c <> a RETURN count(c) AS n } RETURN b.id AS i, n } RETURN a.id, i, n
MATCH (a) CALL (a) { CALL (a) { RETURN a.id AS i } RETURN i } RETURN i
MATCH (a) CALL (a) { RETURN 1 AS n UNION RETURN 2 AS n } RETURN a.id, n
MATCH (a) CALL (a) { UNWIND a.tags AS t RETURN t } RETURN a.id, t
MATCH (a) OPTIONAL CALL (a) { UNWIND a.tags AS t WITH t WHERE t > 'b' RETURN t } RETURN a.id, t
MATCH (a) OPTIONAL CALL (a) { MATCH (a)-->(b:Bucket) RETURN b.id AS i, count(*) AS n } RETURN a.id, i, n
MATCH (a) CALL (a) { MATCH (a)-->(b) RETURN * } RETURN a.id, b.id
MATCH (a) CALL (a) { MATCH (b) RETURN * } RETURN a.id, b.id
CALL () { MATCH (a) RETURN a } CALL () { MATCH (b) RETURN b } RETURN count(*)
CALL { MATCH (a) RETURN a LIMIT 1 } CALL { MATCH (b) RETURN b } RETURN count(*)
CALL { RETURN 1 AS x UNION ALL RETURN 2 AS x } RETURN sum(x)
CALL () { RETURN 1 AS x } RETURN x AS y ORDER BY x
CALL () { RETURN 1 AS x } WITH x WHERE x > 1 RETURN x
CALL () { RETURN 1 AS x } WHERE x > 1 RETURN x
CALL () { MATCH (a) } RETURN 1
CALL () { MATCH (a) RETURN a.id } RETURN 1
CALL () { RETURN 1 } RETURN 1
CALL () { } RETURN 1
CALL { MATCH (a) RETURN a } IN TRANSACTIONS RETURN a
MATCH (a) CALL (a) { RETURN 1 AS x } IN 2 CONCURRENT TRANSACTIONS RETURN x
MATCH (a) CALL (a) { RETURN 1 AS x } IN TRANSACTIONS OF 10 ROWS RETURN x
WITH 1 AS x CALL (x) { WITH 2 AS y RETURN x + y AS z } RETURN x, z
WITH 1 AS x CALL (x) { WITH x + 1 AS x RETURN x AS z } RETURN x, z
WITH 1 AS x CALL (x) { WITH * RETURN x AS z } RETURN z
WITH 1 AS x, 2 AS y CALL (x, y) { WITH x RETURN x + y AS z } RETURN z
WITH 1 AS x, 2 AS y CALL { WITH x RETURN x + y AS z } RETURN z
WITH 1 AS x, 2 AS y CALL { WITH x, y RETURN x + y AS z } RETURN z
WITH 1 AS x, 2 AS y CALL { WITH y, x WITH x AS q RETURN q AS z } RETURN x, y, z
WITH 1 AS x CALL { WITH x RETURN x AS z UNION WITH x RETURN x + 1 AS z } RETURN z
WITH 1 AS x CALL { WITH x RETURN x AS z UNION RETURN 5 AS z } RETURN z
WITH 1 AS x CALL { RETURN x AS z } RETURN z
WITH 1 AS x CALL { WITH x WHERE x > 0 RETURN x AS z } RETURN z
WITH 1 AS x CALL { WITH x LIMIT 1 RETURN x AS z } RETURN z
WITH 1 AS x CALL { WITH DISTINCT x RETURN x AS z } RETURN z
WITH 1 AS x CALL { MATCH (n) WITH x RETURN x AS z } RETURN z
UNWIND [1, 2, 3] AS x CALL (x) { UNWIND range(1, x) AS y RETURN sum(y) AS s } RETURN x, s
UNWIND [1, 2, null] AS x CALL (x) { UNWIND x AS y RETURN y } RETURN x, y
UNWIND [1, 2, 3] AS x CALL (x) { WITH x WHERE x = 2 RETURN count(*) AS c } RETURN x, c
UNWIND [3, 1, 2] AS x WITH x ORDER BY x CALL (x) { RETURN x * 2 AS y } RETURN collect(y) AS l
MATCH (n) RETURN [p = (n)-->() | length(p)] AS x, n.id
MATCH (n) RETURN [p = (n)-[r]->(m) WHERE r.cost > 0 AND m <> n | [x IN nodes(p) | x.id]] AS x, n.id
MATCH (n) RETURN [(n)-[r*1..2]->(m) | size(r)] AS x, n.id
MATCH (n) RETURN [p = (n)-[*0..1]->(m) | length(p)] AS x, n.id
MATCH (n) RETURN [p = (n)-->(m) | p][0] IS NOT NULL AS x, n.id
MATCH (n) RETURN [p IN [(n)-->(m) | m.id] WHERE p > 'n1'] AS x, n.id
MATCH (n) RETURN [n IN [(n)-->(m) | m] | n.id] AS x
MATCH (n) RETURN [(n)-->(m:Role|Bucket) | m.id] AS x, n.id
MATCH (n) RETURN [(n)-->(n) | 1] AS x, n.id
MATCH (n) RETURN [(n)-[:ASSUMES|READS_DATA]->(m {collected: true}) WHERE m.imds_hop_limit IS NOT NULL | m{.id}] AS x, n.id
MATCH (n)-[r]->() RETURN [(n)-[r]->(m) | m.id] AS x
MATCH (n) WHERE size([(n)-->() | 1]) > 1 RETURN n.id
MATCH (n) RETURN size((n)-->()) AS x
MATCH (n) RETURN (n)-->() AS x
MATCH (n) RETURN exists((n)-->()) AS x, n.id
MATCH (n) RETURN NOT (n)-->() AS x, n.id
MATCH (n) WITH n WHERE (n)-->() AND (n)<--() RETURN n.id
MATCH (n) WITH (n)-->() AS x RETURN x
MATCH (n) RETURN CASE WHEN (n)-->(:Bucket) THEN 1 ELSE 0 END AS x, n.id
MATCH (n) RETURN any(x IN [1] WHERE (n)-->()) AS x, n.id
MATCH (n) RETURN [x IN [1] WHERE (n)-->(:Role) | x] AS x, n.id
MATCH (n) RETURN [x IN [1] | (n)-->()] AS x, n.id
MATCH (n) RETURN isEmpty([(n)-->() | 1]) AS x, n.id
MATCH (n) RETURN n{.*} AS m
MATCH (n) RETURN n{.*, id: 1} AS m
MATCH (n) RETURN n{id: 1, .*} AS m
MATCH (n) RETURN n{.*, .missing} AS m
MATCH (n) RETURN n{.*, name: null} AS m
MATCH (n) RETURN n{.id, extra: [1, {a: n.id}]} AS m
MATCH (n) RETURN n{.*, labels: labels(n)[0] IS NOT NULL} AS m
MATCH (n) RETURN n {.id, `a b`: 1} AS m
MATCH (n) RETURN n {.`id`} AS m
MATCH (n)-[r]->(m) RETURN r{.*, from: n{.id}, to: m{.id}} AS m
MATCH (n)-[r]->(m) RETURN n{.id, r, m} AS x
MATCH (n)-[r]->(m) WITH n, collect(m{.id, .kind}) AS ms RETURN n{.id, n: size(ms)} AS x
MATCH (n) WITH n{.id} AS m RETURN m.id, m{.*, x: 1}, m{.y}
MATCH (n) WITH n{.id, .kind} AS m RETURN DISTINCT m.kind
MATCH (n) RETURN {.id} AS m
MATCH (n) RETURN n{.id, .*, .id} AS m
MATCH (n) RETURN n{*} AS m
MATCH (n) RETURN n{.id.x} AS m
MATCH (n) RETURN n{'id'} AS m
MATCH (n) RETURN n{id} AS m
MATCH (n) RETURN n{a: .id} AS m
MATCH p = (n)-->() RETURN p{.id} AS m
MATCH (n) RETURN [n][0]{.id} AS m
MATCH (n) RETURN properties(n){.id} AS m
WITH {a: {b: 1}} AS m RETURN m{.a}, m{.a, a: m.a.b} AS y
WITH [1] AS m RETURN m{.a} AS x
WITH 'x' AS m RETURN m{.a} AS x
WITH null AS m RETURN m{.a, b: 1} AS x, m{.*} AS y, m{} AS z
OPTIONAL MATCH (n:Nope) RETURN n{.id} AS x, n{.*} AS y, n{a: 1} AS z
RETURN COLLECT { MATCH (a) RETURN a } AS x
MATCH (n) WITH n, n.id AS i ORDER BY i SKIP 1 LIMIT 2 MATCH (n)-->(m) RETURN n.id, m.id
