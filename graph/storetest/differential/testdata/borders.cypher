// What Neo4j 5.26 and the dialect once answered differently, and its neighbours.
WITH 1.5 AS x RETURN x / 0 AS a
WITH 1.5 AS x, 0 AS y RETURN x / y AS a
WITH null AS x RETURN x / 0 AS a
WITH null AS x RETURN x % 0 AS a
WITH 1.5 AS x RETURN x % 0 AS a
WITH 1.5 AS x RETURN x / 0.0 AS a, x % 0.0 AS b
WITH 1 AS x RETURN x / 0.0 AS a, x % 0.0 AS b
RETURN 1.5 % 0 AS a
WITH 'a\u00a0b\u2003' AS x RETURN trim(x) AS a, rtrim(x) AS b, btrim(x) AS c, ltrim('\u001c\u0085\u2007\u202f\u3000\u1680a') AS d, btrim('\u001c\u0085\u2007\u202f\u3000\u1680a') AS e, trim('\u001c\u0085\u2007\u202f\u3000\u1680a') AS f
UNWIND ['\u0009', '\u000b', '\u000c', '\u001c', '\u001f', '\u0020', '\u0085', '\u00a0', '\u1680', '\u180e', '\u2000', '\u2007', '\u2028', '\u2029', '\u202f', '\u205f', '\u3000', '\ufeff', '\u0001', '\u0000'] AS c RETURN size(trim(c)) AS a, size(ltrim(c)) AS b, size(rtrim(c)) AS d, size(btrim(c)) AS e, size(trim(BOTH FROM c)) AS f, size(trim(LEADING FROM c)) AS g
RETURN split('abc', ['b', '']) AS a
RETURN split('aXbYc', ['X', 'Y', 'XbY']) AS a, split('aaa', ['a', 'aa']) AS b, split('aaa', ['aa', 'a']) AS c
RETURN split('abc', null) AS a, split('abc', [null]) AS b
RETURN split('abc', ['a', null]) AS b
RETURN split('abc', [1]) AS b
RETURN split('', ['']) AS a, split('', []) AS b, split('a', '') AS c, split('', 'a') AS d
RETURN split('a.b', ['.']) AS a, split('a.b|c', ['|', '.']) AS b
RETURN toInteger('１２') AS a, toFloat('１') AS b, toInteger('٣') AS c, toInteger('１.５') AS d, toInteger('+') AS e, toInteger('-') AS f, toInteger('--1') AS g
RETURN toInteger('1d') AS a, toInteger('1.0f') AS b, toInteger('1L') AS c, toInteger('0x10') AS d, toFloat('1d') AS e, toFloat('Infinity') AS f, toFloat('-Infinity') AS g, toFloat('+1') AS h
RETURN 'b' =~ '[a-z&&[^b]]' AS a, 'c' =~ '[a-z&&[^b]]' AS b, 'c' =~ '[a[bc]]' AS c, ']' =~ '[]]' AS d
RETURN ']' =~ '[]a]' AS a, ']' =~ '[^]]' AS b
RETURN '\u000b' =~ '\\s' AS a, ' ' =~ '\\h' AS b, '\u0085' =~ '.' AS c, '\u2028' =~ '.' AS d, '\r' =~ '.' AS e, '\u00a0' =~ '\\s' AS f
RETURN 'É' =~ '(?i)é' AS a, 'É' =~ '(?iu)é' AS b, 'K' =~ '(?i)k' AS c, 'K' =~ '(?i)k' AS d, 'ſ' =~ '(?i)s' AS e
RETURN 'a' =~ '\\p{Alpha}' AS a, 'a' =~ '\\p{Lower}' AS b, 'é' =~ '\\p{IsAlphabetic}' AS c, 'a' =~ '\\p{L}' AS d, 'a' =~ '\\pL' AS e, 'a' =~ '\\p{IsLatin}' AS f, 'α' =~ '\\p{InGreek}' AS g, 'a' =~ '\\P{L}' AS h, 'a' =~ '\\p{Latin}' AS i
RETURN 'α' =~ '\\p{IsGreek}' AS a
RETURN 'a' =~ '\\x61' AS a, 'a' =~ '\\u0061' AS b, 'a' =~ '\\0141' AS c, '\t' =~ '\\cI' AS d, '\u001b' =~ '\\e' AS e, 'a' =~ '\\x{61}' AS f, '\u0007' =~ '\\a' AS g
RETURN 'ab' =~ '(?<x>a)b' AS a, 'ab' =~ '(?:a)b' AS b, 'ab' =~ '(?i:A)b' AS c, 'ab' =~ 'a(?i)B' AS d, 'AB' =~ '(?-i)ab' AS e
RETURN 'ab' =~ '(?P<x>a)b' AS a
RETURN 'ab' =~ '(?x) a b' AS a, 'a' =~ '(?U)\\w' AS b, 'é' =~ '(?U)\\w' AS c
RETURN 'a' =~ '\\Aa\\z' AS a, 'a' =~ '\\Aa\\Z' AS b, 'a\n' =~ 'a\\n' AS c, 'a\n' =~ 'a$\\n' AS d, 'a\nb' =~ '(?m)a$\\n^b' AS e
RETURN 'a{' =~ 'a{' AS a
RETURN 'a' =~ 'a{,2}' AS a
RETURN 'aa' =~ 'a{2}' AS a, 'aa' =~ 'a{1,}' AS b, 'a' =~ 'a{0,1}?' AS c, 'a}' =~ 'a}' AS d
RETURN 'a' =~ '*a' AS a
RETURN 'a' =~ 'a**' AS a
RETURN 'a' =~ 'a|' AS a, '' =~ 'a|' AS b, '' =~ '()' AS c, '' =~ '(|a)' AS d
RETURN 'a' =~ 'a)' AS a
RETURN 'a-b' =~ 'a\\-b' AS a, 'a_b' =~ 'a\\_b' AS b, 'a/b' =~ 'a\\/b' AS c, 'é' =~ '\\é' AS d
RETURN 'a' =~ '\\y' AS a
RETURN 'a' =~ '\\' AS a
RETURN '-' =~ '[a-]' AS a, 'b' =~ '[a-c-e]' AS b, '\\' =~ '[\\\\]' AS c, 'd' =~ '[\\d]' AS d, '5' =~ '[\\d]' AS e, '^' =~ '[a^]' AS f, '&' =~ '[&]' AS g, '&' =~ '[a&b]' AS h
RETURN 'b' =~ '[z-a]' AS a
RETURN 'a' =~ '[[]' AS a
RETURN '[' =~ '[\\[]' AS a, 'x' =~ '[^\\W]' AS b, 'é' =~ '[^\\w]' AS c, '.' =~ '[.]' AS d
RETURN '😀' =~ '.' AS a, '😀😀' =~ '..' AS b, '😀' =~ '[😀]' AS c
RETURN 'aaa' =~ 'a*?' AS a, 'aaa' =~ 'a+?a' AS b, 'abc' =~ '.*?' AS c
RETURN '1' =~ '\\D' AS a, 'a' =~ '\\S' AS b, '-' =~ '\\W' AS c, '\n' =~ '\\R' AS d, 'a' =~ '\\X' AS e, 'a' =~ '\\H' AS f, 'a' =~ '\\V' AS g, '\n' =~ '\\v' AS h
MATCH p = (n)-[r]->(m) RETURN p < p AS a, p <= p AS b, p > 1 AS c LIMIT 1
MATCH (a)-->(b) WITH a, b WHERE a < b OR b < a OR a = b RETURN count(*)
UNWIND [1, 2] AS x OPTIONAL CALL (x) { WITH x WHERE x > 1 RETURN x AS y } RETURN x, y
UNWIND [1, 2] AS x CALL (x) { WITH x WHERE x > 1 RETURN x AS y } RETURN x, y
UNWIND [1, 2] AS x CALL (x) { WITH x AS z WHERE z > 1 RETURN z AS y } RETURN x, y
UNWIND [1, 2] AS x OPTIONAL CALL { WITH x UNWIND [] AS z RETURN z } RETURN x, z
UNWIND [1, 2] AS x CALL { WITH x ORDER BY x RETURN x AS y } RETURN x, y
UNWIND [1, 2] AS x CALL { WITH x SKIP 0 RETURN x AS y } RETURN x, y
UNWIND [1, 2] AS x CALL { WITH *, 1 AS q RETURN x AS y } RETURN x, y
UNWIND [1, 2] AS x CALL { WITH x MATCH (n) WITH n, x WHERE x > 1 RETURN count(n) AS y } RETURN x, y
MATCH (n) RETURN n.name AS n ORDER BY n.name
MATCH (n) RETURN n.name AS n ORDER BY n.score
MATCH (n) RETURN n.id AS n ORDER BY n.id + 'x'
MATCH (n) RETURN n AS n ORDER BY n.id
MATCH (n) WITH n.id AS n ORDER BY n.id RETURN n
MATCH (n) RETURN DISTINCT n.id AS n ORDER BY n.id
MATCH (n) RETURN n.kind AS n, count(*) AS c ORDER BY n.kind
UNWIND [{a: 2, b: 1}, {a: 1, b: 2}] AS x RETURN x.a AS x ORDER BY x
UNWIND [{a: 2, b: 1}, {a: 1, b: 2}] AS x RETURN x.b AS a, x.a AS x ORDER BY x.a
UNWIND [3, 1, 2] AS x RETURN -x AS x ORDER BY x
UNWIND [3, 1, 2] AS x RETURN -x AS x ORDER BY -x
UNWIND [3, 1, 2] AS x RETURN -x AS y ORDER BY x
UNWIND [] AS x RETURN percentileCont(x, 1.1)
UNWIND [] AS x RETURN percentileDisc(x, 'a')
UNWIND [] AS x WITH x, 2.0 AS p RETURN percentileDisc(x, p)
MATCH (n) WHERE n IS Role RETURN n.id
MATCH (n) WHERE n IS Role|Bucket AND n.id > 'n0' RETURN n.id
MATCH (n) RETURN n IS Role AS x, n.id ORDER BY n.id
MATCH ()-[r]->() WHERE r IS ASSUMES RETURN count(r)
MATCH (n) WHERE n IS NOT Role RETURN n.id
MATCH (n) WHERE (n IS Role) IS NOT NULL RETURN count(n)
MATCH (n) WHERE n.id IS NULL RETURN count(n)
MATCH (n:Role:Bucket) RETURN n.id
MATCH (n:Role&Entry:Bucket) RETURN n.id
MATCH (n:!Role:Bucket) RETURN n.id
MATCH (n) WHERE n:Role:Entry|Bucket RETURN n.id
MATCH (n) WHERE n:Role|:Bucket RETURN n.id
MATCH ()-[r:ASSUMES|:READS_DATA]->() RETURN count(r)
MATCH ()-[r:ASSUMES|:READS_DATA*1..2]->() RETURN count(r)
MATCH ()-[:ASSUMES|:!READS_DATA]->() RETURN count(*)
MATCH ()-[r]->() WHERE r:ASSUMES|:READS_DATA RETURN count(r)
MATCH ()-[r]->() WHERE r:ASSUMES|READS_DATA RETURN count(r)
MATCH (a), (b) WHERE a.id < b.id MATCH p = shortestPath((a {id: 'n0'})-[*..3]->(b:Role)) RETURN count(p)
MATCH (a), (b) WHERE a.id < b.id MATCH p = shortestPath((a)-[:ASSUMES|!READS_DATA*..3]->(b)) RETURN count(p)
MATCH (a), (b) WHERE a.id < b.id MATCH p = shortestPath((a)-[r:ASSUMES {cost: 1}]->(b)) RETURN count(p)
MATCH (a), (b) WHERE a.id < b.id MATCH p = shortestPath((a)-[*..3]->(b)), (b)-->(c) RETURN count(p)
MATCH (a), (b) WHERE a.id < b.id MATCH p = shortestPath((a)-[*..3]->(b)), q = shortestPath((b)-[*..3]->(a)) RETURN count(p)
MATCH (a {id: 'n0'}), (b {id: 'n1'}), p = shortestPath((a)-[*..3]->(b)) RETURN length(p)
MATCH p = SHORTEST 1 (a WHERE a.id = 'n0')-->+(b WHERE b.id = 'n1') WHERE length(p) > 0 RETURN length(p)
MATCH p = (a)-->+(b) WHERE all(n IN nodes(p) WHERE n.id <> 'n2') RETURN a.id, b.id, length(p)
MATCH p = ((a)-->(b) WHERE a.id < b.id) RETURN p
MATCH p = ((a)-->(b) WHERE length(p) = 1) RETURN p
MATCH ((a)-->+(b) WHERE a.id < b.id) RETURN a.id, b.id
MATCH p = SHORTEST 2 ((a)-->+(b)) WHERE a.id = 'n0' RETURN b.id, length(p)
