MATCH (a) WHERE EXISTS { (a)-->(b) WHERE b.imds_hop_limit > 0 } RETURN a.id
MATCH (a) WHERE EXISTS { MATCH (a)-->(b) RETURN b } RETURN a.id
MATCH (a) WHERE EXISTS { MATCH (a)-->(b) MATCH (b)-->(c) } RETURN a.id
MATCH (a) WHERE EXISTS { WITH a MATCH (a)-->(b) RETURN b } RETURN a.id
MATCH (a) WHERE COUNT { (a)-->() } > 1 RETURN a.id
MATCH (a) RETURN a.id, COUNT { (a)--() } AS c ORDER BY a.id
MATCH (a) RETURN a.id, COUNT { (a)-->(a) } AS c ORDER BY a.id
MATCH (a) RETURN a.id, COLLECT { MATCH (a)-->(b) RETURN b.id ORDER BY b.id } AS c ORDER BY a.id
MATCH (a) RETURN a.id, COLLECT { MATCH (a)-->(b) RETURN b.id, b.imds_hop_limit } AS c
MATCH (a) CALL (a) { MATCH (a)-->(b) RETURN count(b) AS c } RETURN a.id, c
MATCH (a) CALL { WITH a MATCH (a)-->(b) RETURN count(b) AS c } RETURN a.id, c
MATCH (a) CALL (*) { MATCH (a)-->(b) RETURN count(b) AS c } RETURN a.id, c
MATCH (a) CALL (a) { RETURN a.id AS a } RETURN a
MATCH (a) CALL (a) { RETURN a } RETURN a
MATCH (a) CALL () { RETURN 1 AS x } RETURN a.id, x
MATCH (a) OPTIONAL CALL (a) { MATCH (a)-->(b) RETURN b.id AS b } RETURN a.id, b
MATCH (a) CALL (a) { WITH 1 AS x RETURN x + a.id AS y } RETURN a.id, y
MATCH (a) CALL (a) { MATCH (a)-->(b) RETURN b UNION MATCH (a)<--(b) RETURN b } RETURN a.id, b.id
WITH 1 AS a CALL (a) { MATCH (n) WITH n.id AS a RETURN a AS b } RETURN b
WITH 1 AS a CALL (a) { UNWIND [1] AS a RETURN a AS b } RETURN b
WITH 1 AS a CALL (a) { RETURN a + 1 AS b } RETURN a, b
WITH 1 AS a CALL { WITH a WITH a + 1 AS a RETURN a AS b } RETURN a, b
WITH 1 AS a CALL { WITH a + 1 AS b RETURN b } RETURN a, b
WITH 1 AS a CALL { WITH a AS b RETURN b } RETURN a, b
WITH 1 AS a CALL { WITH * RETURN a AS b } RETURN a, b
WITH 1 AS a RETURN EXISTS { UNWIND [1] AS x WITH x AS a RETURN a } AS e
WITH 1 AS a RETURN EXISTS { WITH a AS b RETURN b } AS e
WITH 1 AS a RETURN EXISTS { WITH 2 AS b RETURN a + b AS c } AS e
WITH 1 AS a RETURN COUNT { UNWIND [1,2] AS a RETURN a } AS e
WITH 1 AS a RETURN COLLECT { RETURN a } AS e
MATCH (a) CALL (a) { MATCH (a)-->(b) RETURN b.id } RETURN a
CALL { MATCH (n) RETURN * } RETURN n.id
CALL { MATCH (n) RETURN n, count(*) } RETURN n.id
CALL { MATCH (n) RETURN n.id AS x, count(*) AS c } RETURN x, c
