// Keywords as names, style of labels within a clause, RETURN * in subqueries, names given anew, unary minus, split by several delimiters.
MATCH (a) WHERE (a)-[r WHERE r.cost > 1]->() RETURN a.id
MATCH (a) WHERE (a)-[WHERE a.id > 'n1']->() RETURN a.id
MATCH (a) WHERE (a)-[:ASSUMES WHERE a.id > 'n1']->() RETURN a.id
MATCH (a) WHERE (a)-->(:Role WHERE a.id > 'n1') RETURN a.id
MATCH (a) WHERE (a WHERE a.id > 'n1')-->() RETURN a.id
MATCH (a) RETURN a.id, [(a)-[r WHERE r.cost > 1]->(b WHERE b.id > 'n1') | b.id] AS x
MATCH (a) WHERE (a)-[:ASSUMES]->*(:Bucket) RETURN a.id
MATCH (a) WHERE exists((a)-->+(:Bucket)) RETURN a.id
MATCH (a) WHERE EXISTS { (a)-->+(:Bucket) } RETURN a.id
MATCH (n:Role:Entry) RETURN n:Role&Entry AS x
MATCH (n:Role|Bucket) WHERE n:Role:Entry RETURN n.id
MATCH (n:Role|Bucket) MATCH (m:Role:Entry) RETURN n.id, m.id
MATCH (n:Role|Bucket), (m:Role:Entry) RETURN n.id, m.id
MATCH (n:Role|Bucket) WITH n MATCH (m:Role:Entry) RETURN n.id, m.id
MATCH (n:Role|Bucket) RETURN n.id UNION MATCH (n:Role:Entry) RETURN n.id
MATCH (n:Role:Entry) WHERE EXISTS { (n)-->(:Role|Bucket) } RETURN n.id
MATCH (n:Role:Entry)-[:ASSUMES|READS_DATA]->() RETURN n.id
MATCH (n:Role:Entry)-[:!ASSUMES]->() RETURN n.id
MATCH (n:!Role) RETURN n:Role:Entry AS x
MATCH (n) RETURN n:Role:Entry AS x, n:Role AS y, n:(Role) AS z
MATCH (n) RETURN n:Role:Entry AS x, n:% AS z
MATCH (n IS Role) RETURN n:Role:Entry AS x
MATCH (n) WHERE n IS Role RETURN n:Role:Entry AS x
MATCH (n:Role) WHERE n:Role:Entry OR n:Bucket RETURN n.id
MATCH (n) CALL (n) { MATCH (n)-->(m:Role|Bucket) RETURN count(m) AS c } RETURN n:Role:Entry AS x, c
MATCH (n) WHERE n:Role|Bucket RETURN CASE WHEN n:Role:Entry THEN 1 END AS x
MATCH (n) WHERE n:Role|Bucket WITH n RETURN CASE WHEN n:Role:Entry THEN 1 END AS x
MATCH (n) WITH n WHERE n:Role|Bucket RETURN n:Role:Entry AS x
MATCH (n) CALL (n) { WITH n MATCH (m) RETURN * } RETURN n.id, m.id
MATCH (n) CALL (n) { WITH * MATCH (m) RETURN * } RETURN n.id, m.id
MATCH (n) CALL (n) { MATCH (m) WHERE m.id > n.id RETURN * } RETURN n.id, m.id
MATCH (n) CALL (n) { MATCH (m {id: n.id}) RETURN * } RETURN n.id, m.id
MATCH (n) CALL (n) { MATCH (m) WITH m, n.id AS i RETURN * } RETURN n.id, m.id, i
MATCH (n) CALL (n) { MATCH (m) WITH * RETURN * } RETURN n.id, m.id
MATCH (n) CALL { WITH n MATCH (m) RETURN * } RETURN n.id, m.id
MATCH (n) CALL { WITH n MATCH (n)-->(m) RETURN * } RETURN n.id, m.id
MATCH (n) CALL (*) { MATCH (m) RETURN * } RETURN n.id, m.id
MATCH (n) CALL (n) { MATCH (n)-->(m) WITH * RETURN m } RETURN n.id, m.id
MATCH (n) CALL (n) { OPTIONAL MATCH (n)-->(m) RETURN m, count(*) AS c } RETURN n.id, m.id, c
MATCH (n) CALL (n) { MATCH (n) RETURN n.id AS i UNION MATCH (n) RETURN n.kind AS i } RETURN n.id, i
MATCH (n) RETURN n{id: 1, .id} AS m
MATCH (n) RETURN n{.id, id: 1} AS m
MATCH (n) RETURN n{id: 1, .*, id: 2} AS m
MATCH (n) RETURN n{.*, id: 1, .id} AS m
MATCH (n) WITH n, 7 AS id RETURN n{id, .*} AS m
MATCH (n) WITH n, 7 AS id RETURN n{.*, id} AS m
MATCH (n) RETURN n{.missing, .*} AS m
MATCH (n) RETURN n{name: null, .*} AS m
WITH {a: 1, b: 2} AS m RETURN m{a: 5, .*} AS x, m{.*, a: 5} AS y, m{a: 5, .a} AS z, m{.a, a: 5} AS q
WITH {a: 1, b: 2} AS m RETURN m{c: 5, .*} AS x
MATCH (n) RETURN n{.id}
MATCH (n) RETURN n {.id, .kind }, n.id
MATCH (n) RETURN n{.*}, n
MATCH (n) RETURN n{.*} ORDER BY n.id
WITH {a: 1} AS m RETURN m{.a}, 1
MATCH (n) WITH n{.id} RETURN n
MATCH (n) CALL (n) { RETURN n{.id} } RETURN 1
CALL () { MATCH (n) RETURN n{.id} } RETURN n
MATCH (n) RETURN n{.id} UNION MATCH (n) RETURN n{.kind}
RETURN COLLECT { MATCH (n) RETURN n{.id} ORDER BY n.id } AS x
MATCH (n) RETURN DISTINCT n{.kind}
MATCH (n) RETURN n{.kind}, count(*)
RETURN [1,2,3][2147483647] AS a, [1,2,3][-2147483648] AS b
RETURN [1,2,3][2147483648] AS a
RETURN [1,2,3][-2147483649] AS a
RETURN [1,2,3][0..2147483647] AS a, [1,2,3][-2147483648..] AS b
RETURN [1,2,3][0..2147483648] AS a
RETURN [1,2,3][-2147483649..] AS a
RETURN null[9223372036854775807..] AS a
RETURN 1 / -0.0 AS a, 1 / -(0.0) AS b, 1 / (-0.0) AS c, 1 / - 0.0 AS d, 1 / -(-0.0) AS e, 1 / - -0.0 AS f
WITH 0.0 AS x RETURN 1 / -x AS a, 1 / (0 - x) AS b, 1 / (-1 * x) AS c, 1 / (x * -1.0) AS d, 1 / (-x) AS e, 1 / abs(-x) AS f, -x = x AS g, toString(-x) AS h
WITH -0.0 AS x RETURN 1 / -x AS a, 1 / x AS b, 1 / (x + 0) AS c, 1 / (x + x) AS d, toString(x) AS e, toString(-x) AS f
WITH 0.0 AS x RETURN 1 / round(-0.4) AS a, 1 / ceil(-0.5) AS b, 1 / (x / -5) AS c, 1 / (-5 % 5.0) AS d, 1 / toFloat('-0') AS e, 1 / toFloat('-0.0') AS f, 1 / sqrt(-0.0) AS g, 1 / sin(-0.0) AS h, 1 / floor(-0.0) AS i
UNWIND [9007199254740993] AS i UNWIND [9007199254740992.0] AS f RETURN i = f AS a, i <> f AS b, i > f AS c, i >= f AS d, i < f AS e, i <= f AS g, f = i AS h, f < i AS k, i IN [f] AS l, [i] = [f] AS m, {x: i} = {x: f} AS o
UNWIND [9223372036854775807] AS i UNWIND [9223372036854775807.0] AS f RETURN i = f AS a, i <> f AS b, i > f AS c, i >= f AS d, i < f AS e, i <= f AS g, f = i AS h, f < i AS k, i IN [f] AS l, [i] = [f] AS m, CASE i WHEN f THEN 1 END AS n
WITH 9007199254740993 AS i, 9007199254740992.0 AS f RETURN nullIf(i, f) AS a, [i] < [f] AS b, [f] < [i] AS c, [i] <= [f] AS d
UNWIND [9007199254740993, 9007199254740992.0, 9007199254740992] AS x RETURN x, count(*) AS c
UNWIND [9007199254740993, 9007199254740992.0, 9007199254740994] AS x RETURN max(x) AS a, min(x) AS b
UNWIND [9007199254740993, 9007199254740992.0] AS x RETURN count(DISTINCT x) AS c
UNWIND [9007199254740993, 9007199254740992.0] AS x RETURN x ORDER BY x
UNWIND [9007199254740992.0, 9007199254740993] AS x RETURN x ORDER BY x DESC
WITH [9007199254740993] AS l, [9007199254740992.0] AS m RETURN l = m AS a
RETURN split('abcd', ['', 'b']) AS a, split('abcd', ['b', '']) AS b, split('abcd', ['']) AS c, split('abcd', ['', '']) AS d, split('ab', ['', 'c']) AS e
RETURN split('aXbX', ['', 'X']) AS a, split('X', ['X', '']) AS b, split('XY', ['X', 'Y']) AS c, split('', ['X', '']) AS d, split('ab', ['ab', 'a']) AS e, split('ab', ['a', 'ab']) AS f
RETURN '\u0027' AS a
RETURN "\u0027" AS a, '\u0022' AS b
RETURN '\u005c' AS a
RETURN '\u005cn' AS a
RETURN '\\u0041' AS a, size('\\u0041') AS b
RETURN '\u000a' AS a, '\u002f\u002f x' AS b
MATCH (n) WHERE n.`\u0069d` = 'n0' RETURN n.id
RETURN 1 AS `a\u0060b`
RETURN 1 AS `a\tb`
WITH 1 AS x\u0061 RETURN xa
RETURN 1 \u002b 2 AS a
WITH 1 AS x WITH *, x AS x RETURN x
WITH 1 AS x WITH *, 2 AS x RETURN x
WITH 1 AS x RETURN *, x AS x
WITH 1 AS x RETURN *, 2 AS x
WITH 1 AS x RETURN *, x AS y
WITH 1 AS x, 2 AS y WITH *, y AS x RETURN x, y
WITH 1 AS x WITH x, 2 AS x RETURN x
UNWIND [3, 1, 2] AS x WITH x % 2 AS k, count(x) AS n WHERE count(*) > 1 RETURN k, n
UNWIND [3, 1, 2] AS x WITH x % 2 AS k, count(x) AS n WHERE count(x) + 1 > 2 RETURN k, n
UNWIND [3, 1, 2] AS x WITH x % 2 AS k, count(x) + 1 AS n WHERE count(x) > 1 RETURN k, n
UNWIND [3, 1, 2] AS x WITH x % 2 AS k, count(x) + 1 AS n WHERE count(x) + 1 > 2 RETURN k, n
UNWIND [3, 1, 2] AS x WITH x % 2 AS k WHERE count(x) > 1 RETURN k
UNWIND [3, 1, 2] AS x WITH x AS k WHERE count(k) > 1 RETURN k
UNWIND [3, 1, 2] AS x WITH x % 2 AS k, count(x) AS n WHERE x % 2 = 1 RETURN k, n
UNWIND [3, 1, 2] AS x WITH x % 2 AS k, count(x) AS n ORDER BY count(x) LIMIT 1 WHERE count(x) > 0 RETURN n
UNWIND [3, 1, 2] AS x WITH x % 2 AS k, collect(x) AS l WHERE size(collect(x)) > 1 RETURN k, l
UNWIND [3, 1, 2] AS x WITH max(x) AS m WHERE max(x) > 2 RETURN m
UNWIND [3, 1, 2] AS x WITH DISTINCT x % 2 AS k WHERE x % 2 > 0 RETURN k
UNWIND [3, 1, 2] AS x WITH DISTINCT x % 2 AS k WHERE x > 0 RETURN k
UNWIND [1, 2, 3] AS x RETURN x LIMIT size([(n)-->() | 1])
UNWIND [1, 2, 3] AS x RETURN x LIMIT CASE WHEN EXISTS { MATCH (n) } THEN 2 ELSE 3 END
UNWIND [1, 2, 3] AS x RETURN x LIMIT size([y IN [1, 2] | y])
UNWIND [1, 2, 3] AS x RETURN x LIMIT reduce(a = 0, y IN [1, 1] | a + y)
UNWIND [1, 2, 3] AS x RETURN x SKIP COUNT { MATCH (n) RETURN n }
OPTIONAL CALL db.labels() YIELD label AS l RETURN l
OPTIONAL CALL db.labels() YIELD label WHERE label = 'nope' RETURN label
MATCH (n) OPTIONAL CALL db.labels() YIELD label WHERE label = n.kind RETURN n.id, label
OPTIONAL CALL db.labels()
OPTIONAL CALL db.labels
MATCH (n)−[r]−(m) RETURN count(*)
MATCH (n)‐‐(m) RETURN count(*)
MATCH (n)—>(m) RETURN count(*)
MATCH (n)-－>(m) RETURN count(*)
MATCH (n)--〉(m) RETURN count(*)
RETURN 3 − 1 AS a
RETURN 3 – 1 AS a
RETURN –1 AS a
RETURN $   s AS a, $/* c */i AS b
RETURN reduce(a = 0, x IN [1] | a) AS x, [x IN [1] | x] AS y, all(x IN [1] WHERE x = 1) AS z
WITH 1 AS a RETURN reduce(a = 0, x IN [1] | a + x) AS b, a
WITH 1 AS x RETURN reduce(a = 0, x IN [5] | a + x) AS b, x
RETURN reduce(a = 0, x IN [1, 2] | reduce(a = 5, x IN [7] | a + x)) AS b
RETURN [x IN [1] | [x IN [2] | x]] AS a
MATCH (n) RETURN n.id AS match ORDER BY match
MATCH (where) WHERE where.id = 'n0' RETURN where.id
MATCH (n) WHERE where.id = 'n0' RETURN n
WITH 1 AS end RETURN CASE end WHEN end THEN end ELSE end END AS end
WITH 1 AS when RETURN CASE when WHEN when THEN when END AS x
WITH 1 AS then, 2 AS else RETURN CASE WHEN then = 1 THEN then ELSE else END AS x
WITH true AS not RETURN not AS a, NOT not AS b, not not AS c, not(not) AS d
WITH true AS not RETURN not = true AS a
WITH true AS not RETURN not OR true AS a
WITH true AS not RETURN (not) AS a, [not] AS b, {a: not} AS c
WITH {a: 1} AS not RETURN not.a AS a
WITH [1] AS not RETURN not[0] AS a
WITH 5 AS not RETURN not + 1 AS a
WITH 5 AS not RETURN not - 1 AS a
WITH 5 AS distinct RETURN distinct + 1 AS a
WITH 5 AS distinct RETURN distinct - 1 AS a
WITH [5] AS distinct RETURN distinct[0] AS a
WITH 5 AS distinct RETURN distinct, 1 AS a
WITH 5 AS distinct RETURN count(distinct) AS a
WITH 5 AS distinct RETURN count(DISTINCT distinct) AS a
WITH 5 AS distinct WITH distinct AS x RETURN x
WITH 5 AS distinct RETURN distinct ORDER BY distinct
WITH {a: 1} AS distinct RETURN distinct.a AS a
WITH 5 AS case RETURN case + 1 AS a
WITH 5 AS case RETURN case AS a
WITH [5] AS case RETURN case[0] AS a
WITH {a: 1} AS case RETURN case.a AS a
WITH 5 AS case RETURN case, case AS b
WITH 5 AS all RETURN all + 1 AS a, [all] AS b
WITH 5 AS count RETURN count + 1 AS a, count {.x} AS b
WITH {x: 1} AS count RETURN count {.x} AS b
WITH {x: 1} AS exists RETURN exists {.x} AS b
WITH 1 AS limit UNWIND [1, 2] AS x RETURN x LIMIT limit
WITH 1 AS order RETURN order ORDER BY order
WITH 1 AS union RETURN union UNION RETURN 2 AS union
WITH 1 AS return RETURN return
WITH 1 AS call CALL (call) { RETURN call AS x } RETURN x
WITH 1 AS in RETURN in IN [in] AS a, [in IN [in] | in] AS b
WITH 1 AS is RETURN is IS NULL AS a, is IS NOT NULL AS b
WITH true AS and, false AS or, true AS xor RETURN and AND or OR xor XOR and AS a
WITH 'a' AS starts, 'b' AS ends, 'c' AS contains RETURN starts STARTS WITH ends AS a, contains CONTAINS contains AS b
WITH 1 AS shortest, 2 AS any, 3 AS group RETURN shortest, any, group
WITH 1 AS as WITH as RETURN as
WITH 1 AS where WITH where WHERE where = 1 RETURN where
UNWIND [1] AS asc RETURN asc ORDER BY asc ASC
UNWIND [1] AS desc RETURN desc ORDER BY desc DESC
UNWIND [1] AS create RETURN create
UNWIND [1] AS merge WITH merge RETURN merge + 1 AS set
UNWIND [1] AS load RETURN load
UNWIND [1] AS foreach RETURN foreach
UNWIND [1] AS show RETURN show AS use
MATCH (create)-[delete]->(set) RETURN create.id, delete.cost, set.id
MATCH (n) WHERE n.create IS NULL RETURN count(n) AS detach
RETURN true AS `true`, null AS `null`
WITH 1 AS `true` RETURN true AS a, `true` AS b
WITH 1 AS `null` RETURN null AS a, `null` AS b
WITH 1 AS inf RETURN inf
WITH 1 AS nan RETURN nan
WITH 1 AS `nan` RETURN `nan` AS a, nan AS b
RETURN nan AS a, inf AS b, infinity AS c, -inf AS d
RETURN [1, 2, 3] IS NULL AS a, NOT null IS NULL AS b
RETURN split('aXbX', ['X', '']) AS a, split('aXXb', ['X', '']) AS b, split('XaX', ['', 'X']) AS c, split('XXX', ['X', '']) AS d
RETURN split('abXYcd', ['XY', '']) AS a, split('abXYcd', ['XY', 'X', '']) AS b, split('abXYcd', ['X', 'XY']) AS c, split('abXYcd', ['XY', 'X']) AS d
RETURN split('aXYbXc', ['X', 'Y']) AS a, split('XY', ['', 'Y']) AS b, split('ab', ['b', '']) AS c, split('ab', ['', 'b']) AS d, split('aab', ['', 'b']) AS e
RETURN split('a', ['', 'b']) AS a, split('b', ['', 'b']) AS b, split('bb', ['', 'b']) AS c, split('bb', ['b', '']) AS d
MATCH (n) CALL (n) { MATCH (n)-->(m) WITH * RETURN * } RETURN m.id
MATCH (n) CALL (n) { MATCH (n)-->(m) WITH * WHERE n.id > 'n0' RETURN * } RETURN m.id
MATCH (n) CALL (n) { MATCH (m) WHERE EXISTS { (n)-->(m) } RETURN * } RETURN m.id
MATCH (n) CALL (n) { MATCH (m) RETURN *, n.id AS i } RETURN m.id, i
MATCH (n) CALL (n) { MATCH (m) RETURN * ORDER BY n.id } RETURN m.id
MATCH (n) CALL (n) { UNWIND [n.id] AS m RETURN * } RETURN m
WITH 1 AS x, 2 AS y RETURN *, 3 AS x
WITH 1 AS x, 2 AS y RETURN *, y AS x, x AS y
WITH 1 AS x WITH *, x + 1 AS x RETURN x
WITH 1 AS x WITH *, x + 1 AS x WITH *, x + 1 AS x RETURN x
MATCH (n) WITH *, n.id AS n RETURN n
MATCH (n) WITH *, count(*) AS n RETURN n
MATCH (n)-->(m) WITH *, count(*) AS n RETURN n, m.id
UNWIND [1, 1, 2] AS x WITH *, count(*) AS c RETURN *
WITH 1 AS x WITH DISTINCT *, 2 AS x RETURN x
WITH 1 AS x WITH *, 2 AS x WHERE x = 2 RETURN x
WITH 1 AS x WITH *, 2 AS x ORDER BY x RETURN x
MATCH (n IS Role), (m:Role:Entry) RETURN n.id, m.id
MATCH (n IS Role) WHERE n:Role:Entry RETURN n.id
MATCH (n:Role:Entry)-[:(ASSUMES)]->() RETURN count(*)
MATCH (n:Role:Entry)-[:ASSUMES|READS_DATA|HAS_POLICY]->() RETURN count(*)
MATCH (n:Role:Entry)-[:(ASSUMES|READS_DATA)]->() RETURN count(*)
MATCH (n:Role:Entry)-[:ASSUMES&!READS_DATA]->() RETURN count(*)
MATCH (n:Role:Entry)-[:%]->() RETURN count(*)
MATCH (n:Role:Entry), (m:(Role)) RETURN count(*)
MATCH (n:Role:Entry) RETURN [(n)-->(m:Role|Bucket) | m.id] AS l
MATCH (n) RETURN n:Role:Entry AS a, [(n)-->(m:Role|Bucket) | m.id] AS l
MATCH (n) RETURN n:Role:Entry AS a, COUNT { (n)-->(m:Role|Bucket) } AS l
MATCH (n) RETURN n:Role:Entry AS a, COUNT { MATCH (n)-->(m:Role|Bucket) RETURN m } AS l
MATCH (n) RETURN n.id AS a, COUNT { MATCH (n)-->(m:Role|Bucket) MATCH (k:Role:Entry) RETURN m } AS l
MATCH (n) WHERE EXISTS { MATCH (n)-->(m:Role|Bucket) WHERE m:Asset:Entry } RETURN n.id
MATCH (n:Role|Bucket) CALL (n) { MATCH (m:Role:Entry) RETURN count(m) AS c } RETURN c
MATCH (n:Role:Entry) WITH n WHERE n:Role|Bucket RETURN n.id
MATCH (n) WITH n:Role:Entry AS a, n WHERE n:Role|Bucket RETURN a
MATCH (n) WITH n ORDER BY n:Role|Bucket, n:Role:Entry, n.id RETURN n.id
UNWIND [1] AS x MATCH (n:Role:Entry) WHERE x = 1 OPTIONAL MATCH (m:!Role) RETURN count(*)
RETURN DISTINCT *
WITH 1 AS distinct RETURN DISTINCT *
WITH 2 AS distinct RETURN distinct * 2 AS x
WITH 1 AS end RETURN DISTINCT end
WITH 1 AS desc RETURN DISTINCT desc ORDER BY desc DESC
WITH true AS not, true AS x RETURN not AND x AS a, NOT x AS b, not IS NULL AS c, NOT x IS NULL AS d, not IN [true] AS e
WITH true AS in RETURN NOT in AS a, NOT in = true AS b, NOT in IN [false] AS c
WITH 1 AS x RETURN CASE x WHEN 1 THEN 2 END AS case, [1] AS when
WITH 1 AS case UNWIND [1] AS x RETURN CASE x WHEN case THEN case ELSE case END AS a, case
WITH 1 AS when RETURN CASE WHEN when = 1 THEN when END AS x
WITH 1 AS when RETURN CASE when WHEN 1 THEN when END AS x
WITH 1 AS then RETURN CASE then WHEN then THEN then END AS x
WITH 1 AS else RETURN CASE 1 WHEN 2 THEN 3 ELSE else END AS x
MATCH (n) WHERE n.id = 'n0' RETURN n.id AS return, n.kind AS match
MATCH (n) RETURN n.id, WHERE
MATCH (n) RETURN n ORDER BY LIMIT 1
MATCH (n) RETURN n LIMIT
MATCH (n) RETURN n SKIP LIMIT 1
UNWIND AS x RETURN x
WITH AS x RETURN x
RETURN 1 + AS x
RETURN [x IN [1] WHERE | x] AS y
RETURN all(x IN [1] WHERE) AS y
MATCH (n) WHERE n.x = AND n.y = 1 RETURN n
MATCH (n) WHERE AND n.y = 1 RETURN n
MATCH (n) WHERE NOT RETURN n
RETURN NOT
RETURN DISTINCT
RETURN CASE
RETURN count(DISTINCT)
MATCH (n) RETURN n.id CREATE (m)
MATCH (n) DELETE n
MATCH (n) SET n.x = 1 RETURN n
MATCH (n) WHERE CREATE (m) RETURN n
MATCH (create) RETURN create.id
RETURN CREATE (n)
WITH CREATE (n) RETURN n
RETURN MATCH (n)
RETURN -x AS a
WITH 0 AS z RETURN -z AS a, - -z AS b, -(-5) AS c, -null AS d
WITH [1.5, 0.0, -0.0, 3] AS l RETURN [x IN l | toString(-x)] AS a
UNWIND [9007199254740993] AS i UNWIND [9007199254740992.0] AS f RETURN i = f AS a, i > f AS b, f < i AS c
RETURN split('😀', '😀') AS b, split('a😀b', '😀') AS c, replace('aaa', 'aa', 'b') AS d, replace('abc', 'b', '') AS e, replace('', '', 'x') AS f
