// Null logic, numbers, the order of kinds, aggregation and its keys, DISTINCT, UNION, SKIP and LIMIT.
RETURN null > 1 AS a, null <= null AS b, 1 > 'a' AS c, 'a' >= 1.5 AS d, [1] > [] AS e, [1, 2] >= [1, 2] AS f, [null] < [1] AS g
RETURN true < false AS a, true >= true AS b, {a: 1} < {b: 1} AS c, [1, 'a'] < [1, 2] AS d
RETURN 1 < null < 3 AS a, 1 < 2 > null AS b, 3 < 2 < null AS c
RETURN NOT (null AND true) AS a, null OR null AS b, true XOR null AS c, NOT NOT null AS d
RETURN null IN null AS a, [null] IN [[null]] AS b, [1, null] IN [[1, 2]] AS c, [1,null] IN [[2, 2]] AS d, null IN [null] AS e
RETURN 1 IN null AS a, 3 IN [1, 2] AS b, NOT 3 IN [1, null] AS c
RETURN {a: null} = {a: 1} AS a, {a: 1} = {b: 1} AS b, {} = {} AS c, {a: 1, b: null} = {a: 2, b: null} AS d
RETURN [1, [2, null]] = [1, [2, 3]] AS a, [1, [2, null]] = [2, [2, 3]] AS b, [] = [null] AS c
UNWIND [9007199254740993, 9007199254740992.0, 9007199254740992, 1, 1.0, 0, -0.0, 0.0] AS x RETURN DISTINCT x
UNWIND [9007199254740993, 9007199254740992.0, 9007199254740994] AS x WITH x ORDER BY x RETURN collect(x)
UNWIND [1, 1.0, null, null, '1', true] AS x RETURN x AS k, count(*) AS n ORDER BY k
UNWIND [[1, 2], [1], [], [1, 2, 3], [null], null, [1, null], ['a'], [[1]]] AS x RETURN x ORDER BY x
UNWIND [{b: 1}, {a: 2}, {a: 1}, {}, {a: 1, b: 0}, {a: null}, {a: 'x'}] AS x RETURN x ORDER BY x
UNWIND [0.0/0.0, 1.0/0.0, -1.0/0.0, 1, null, 'a', false] AS x RETURN x ORDER BY x
UNWIND [0.0/0.0, 1.0/0.0, -1.0/0.0, 1, null, 'a', false] AS x RETURN x ORDER BY x DESC
UNWIND [0.0/0.0, 1.0/0.0, 1, null] AS x RETURN min(x) AS a, max(x) AS b
UNWIND [1, 'a', null, [1], true, {a: 1}] AS x RETURN min(x) AS a, max(x) AS b
UNWIND ['a', 'B', 'ä', 'Z', '', 'aa', '😀', '\uFFFD'] AS x RETURN x ORDER BY x
UNWIND ['a', 'B', 'ä'] AS x RETURN min(x) AS a, max(x) AS b, count(x) AS c
UNWIND [] AS x RETURN min(x), max(x), sum(x), avg(x), count(x), collect(x), stDev(x), stDevP(x), percentileCont(x, 0.5), percentileDisc(x, 0.5)
UNWIND [null, null] AS x RETURN min(x), max(x), sum(x), avg(x), count(x), collect(x), stDev(x), stDevP(x), percentileCont(x, 0.5), percentileDisc(x, 0.5)
UNWIND [1, 2, 4, 8.5] AS x RETURN sum(x), avg(x), stDev(x), stDevP(x), percentileCont(x, 0.4), percentileDisc(x, 0.4), percentileCont(x, 1), percentileDisc(x, 0)
UNWIND [5] AS x RETURN stDev(x), stDevP(x), percentileCont(x, 0.9), percentileDisc(x, 0.9), avg(x)
UNWIND [1, 2] AS x RETURN percentileCont(x, 1.1)
UNWIND [1, 2] AS x RETURN percentileDisc(x, -0.1)
UNWIND [1, 2] AS x RETURN percentileDisc(x, null)
UNWIND [1, 2, 3] AS x RETURN percentileCont(x, x / 10.0)
UNWIND [1, 'a'] AS x RETURN sum(x)
UNWIND [1, 'a'] AS x RETURN avg(x)
UNWIND [9223372036854775807, 1] AS x RETURN sum(x)
UNWIND [9223372036854775807, 9223372036854775807] AS x RETURN avg(x)
UNWIND [1, 1, 2, null, 2.0, 1.0] AS x RETURN count(DISTINCT x) AS a, sum(DISTINCT x) AS b, collect(DISTINCT x) AS c, avg(DISTINCT x) AS d
UNWIND [1, 2, 3] AS x RETURN count(*) + 1 AS a, sum(x) * 2 AS b, [count(*), max(x)] AS c, {n: count(*)} AS d
UNWIND [1, 2, 3] AS x RETURN x % 2 AS k, x % 2 + count(*) AS n ORDER BY k
UNWIND [1, 2, 3] AS x RETURN x % 2 + count(*) AS n
UNWIND [1, 2, 3] AS x WITH x, x % 2 AS k RETURN k, k + count(*) AS n ORDER BY k
UNWIND [1, 2, 3] AS x WITH x, x % 2 AS k RETURN k + count(*) AS n
UNWIND [1, 2, 3] AS x RETURN sum(count(*))
UNWIND [1, 2, 3] AS x RETURN x ORDER BY count(*)
UNWIND [1, 2, 3] AS x RETURN count(*) AS c ORDER BY x
UNWIND [1, 2, 3] AS x RETURN count(*) AS c ORDER BY count(*)
UNWIND [1, 2, 3] AS x RETURN x % 2 AS k, sum(x) AS s ORDER BY sum(x) DESC
UNWIND [1, 2, 3] AS x RETURN x % 2 AS k ORDER BY max(x)
UNWIND [1, 2, 3] AS x WITH x WHERE count(*) > 1 RETURN x
UNWIND [1, 2, 3] AS x WITH x % 2 AS k, count(*) AS c WHERE c > 1 RETURN k, c
UNWIND [1, 2, 3] AS x RETURN collect(x)[0..2] AS a, size(collect(x)) AS b, head(collect(x)) AS c
UNWIND [1, 2, 3] AS x RETURN [y IN collect(x) WHERE y > 1 | y * 10] AS a
UNWIND [1, 2, 3] AS x RETURN reduce(s = 0, y IN collect(x) | s + y) AS a, all(y IN collect(x) WHERE y > 0) AS b
UNWIND [1, 2, 3] AS x RETURN [y IN [1] | count(x)] AS a
UNWIND [1, 2, 3] AS x RETURN CASE WHEN count(*) > 2 THEN 'many' ELSE 'few' END AS a
UNWIND [1, 2, 3] AS x RETURN CASE x WHEN 1 THEN count(*) ELSE 0 END AS a
MATCH (n) RETURN n.kind AS k, count(*) AS c, collect(n.id) AS ids ORDER BY k
MATCH (n) RETURN n.kind, n.imds_hop_limit + count(*) AS c
MATCH (n) RETURN n.imds_hop_limit, n.imds_hop_limit + count(*) AS c ORDER BY n.imds_hop_limit
MATCH (n) RETURN n, n.imds_hop_limit + count(*) AS c ORDER BY n.id
MATCH (n)-[r]->() WITH n, count(r) AS d ORDER BY d DESC, n.id LIMIT 3 RETURN n.id, d
MATCH (n)-[r]->(m) WITH n.kind AS k, collect(DISTINCT m.kind) AS l, count(DISTINCT m) AS c RETURN k, size(l), c ORDER BY k
MATCH (n) OPTIONAL MATCH (n)-[r:ASSUMES]->(m) RETURN n.id, count(r), count(*), count(DISTINCT m), collect(m.id) ORDER BY n.id
MATCH (n) WITH collect(n) AS ns UNWIND ns AS a UNWIND ns AS b WITH a, b WHERE a.id < b.id RETURN a.id, b.id ORDER BY a.id, b.id
MATCH (n) WITH collect(n)[..2] AS ns RETURN size(ns)
MATCH (n) RETURN DISTINCT n.kind ORDER BY n.kind SKIP 1 LIMIT 2
MATCH (n) RETURN DISTINCT n.kind AS k, n.collected AS c ORDER BY c, k DESC
MATCH (n) WITH DISTINCT n.kind AS k RETURN count(k)
MATCH (n) RETURN count(DISTINCT n.kind), count(DISTINCT [n.kind, n.collected])
MATCH (n) RETURN n.id ORDER BY n.score DESC, n.name ASCENDING, n.id DESCENDING
MATCH (n) RETURN n.id AS id ORDER BY n.tags, id
MATCH (n) RETURN n.id ORDER BY n.kind, n.id SKIP $i LIMIT $i
MATCH (n) RETURN n.id ORDER BY n.id SKIP $i - 1 LIMIT toInteger('2')
MATCH (n) RETURN n.id ORDER BY n.id LIMIT $none
MATCH (n) RETURN n.id ORDER BY n.id LIMIT $s
MATCH (n) RETURN n.id ORDER BY n.id LIMIT $missing
MATCH (n) RETURN n.id ORDER BY n.id LIMIT rand()
MATCH (n) RETURN n.id ORDER BY n.id LIMIT size($l)
MATCH (n) RETURN n.id ORDER BY n.id LIMIT 9223372036854775807
MATCH (n) RETURN n.id ORDER BY n.id LIMIT 9223372036854775808
MATCH (n) RETURN n.id ORDER BY n.id SKIP 100
MATCH (n) WITH n ORDER BY n.id LIMIT 3 MATCH (n)-->(m) RETURN n.id, m.id ORDER BY n.id, m.id
MATCH (n) WITH n SKIP 0 LIMIT 0 RETURN count(*)
RETURN 1 AS x ORDER BY y
RETURN 1 AS x ORDER BY x.y
MATCH (n) RETURN n AS m ORDER BY n.id
MATCH (n) RETURN n AS m ORDER BY m.id, n.name
MATCH (n) WITH n.id AS i ORDER BY n.score DESC, i RETURN collect(i)
MATCH (n) RETURN n.id AS n ORDER BY n
MATCH (n) RETURN n.id AS n ORDER BY n.id
MATCH (n) WITH n.kind AS k, count(*) AS c ORDER BY n.id RETURN k
RETURN 1 AS a UNION RETURN 1.0 AS a
RETURN 1 AS a UNION ALL RETURN 1 AS a UNION ALL RETURN 2 AS a
RETURN 1 AS a UNION DISTINCT RETURN 1 AS a
RETURN null AS a UNION RETURN null AS a
RETURN [1, null] AS a UNION RETURN [1, null] AS a
RETURN 0.0/0.0 AS a UNION RETURN 0.0/0.0 AS a
MATCH (n) RETURN n UNION MATCH (n) RETURN n
RETURN 1 AS a ORDER BY a LIMIT 1 UNION ALL RETURN 2 AS a ORDER BY a DESC LIMIT 1
UNWIND [3, 1] AS a RETURN a UNION UNWIND [1, 2] AS a RETURN a ORDER BY a
MATCH (a) RETURN a.id AS x UNION MATCH (b) WITH b.id AS x RETURN x
RETURN 1 UNION RETURN 1
RETURN 1 AS a, 2 AS b UNION RETURN 3 AS a
RETURN * UNION RETURN 1 AS a
WITH 1 AS a RETURN * UNION WITH 1 AS a RETURN *
UNWIND [[9007199254740993, 9007199254740992.0], [9007199254740992.0, 9007199254740993],[9223372036854775807, 9223372036854775807.0],[-9007199254740993, -9007199254740992.0], [1, 1.5]] AS p WITH p[0] AS a, p[1] AS b RETURN a, b, a = b, a <> b, a < b, a <= b, a > b, a >= b, a IN [b], [a] = [b], {k: a} = {k: b}, [a] < [b]
UNWIND [0.0/0.0, 0.0/0.0] AS x RETURN DISTINCT x
UNWIND [0.0/0.0, 0.0/0.0] AS x RETURN x, count(*)
UNWIND [0.0/0.0, 0.0/0.0] AS x RETURN count(DISTINCT x)
UNWIND [[0.0/0.0], [0.0/0.0]] AS x RETURN DISTINCT x
UNWIND [0.0/0.0, 0.0/0.0] AS x RETURN collect(DISTINCT x)
UNWIND [0.0/0.0] AS x RETURN x UNION UNWIND [0.0/0.0] AS x RETURN x
WITH 0.0/0.0 AS x RETURN x UNION WITH 0.0/0.0 AS x RETURN x
UNWIND [0.0/0.0, 0.0/0.0, 1] AS x WITH DISTINCT x RETURN x ORDER BY x
UNWIND [9223372036854775807, 9223372036854775807.0] AS x RETURN DISTINCT x
UNWIND [9007199254740993, 9007199254740992.0, 9007199254740992] AS x RETURN x, count(*)
WITH 9007199254740993 AS a, 9007199254740992.0 AS b RETURN CASE a WHEN b THEN 1 ELSE 2 END AS x, nullIf(a, b) AS y, b IN [a, 1] AS z
UNWIND [9007199254740993, 9007199254740992.0] AS x RETURN max(x), min(x)
WITH 9007199254740993 AS a, 9007199254740992.0 AS b RETURN a = b AS x
WITH [9007199254740993] AS a, [9007199254740992.0] AS b RETURN a = b AS x
