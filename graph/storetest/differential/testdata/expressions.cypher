// Slices, numbers at their ends, text beyond ASCII, escapes, conversions, aggregates, scopes of WITH, CASE, calls, what stands nowhere.
RETURN [1,2,3,4][1..3] AS a, [1,2,3][-2..-1] AS b, [1,2,3][2..1] AS c, [1,2,3][..] AS d
RETURN [1,2,3][..2] AS a, [1,2,3][1..] AS b, [1,2,3][-5..2] AS c, [1,2,3][0..99] AS d, [1,2,3][-1..0] AS e
RETURN [1,2,3][null..2] AS a, [1,2,3][1..null] AS b, [1,2,3][null..null] AS c, null[0..1] AS d, null[0] AS e
RETURN [1,2,3][0] AS a, [1,2,3][3] AS b, [1,2,3][-4] AS c, [][0] AS d, [[1]][0][0] AS e
RETURN [1,2,3][1.0] AS a
RETURN [1,2,3]['a'] AS a
RETURN [1,2,3][0..1.5] AS a
RETURN {a: 1}[null] AS a, {a: 1}['b'] AS b, null['a'] AS c, null.a AS d
RETURN {a: 1}.a.b AS a
RETURN [1,2,3][9223372036854775807] AS a
RETURN [1,2,3][-9223372036854775808..9223372036854775807] AS a
WITH [1,2,3] AS l UNWIND [0, -1, 5, null] AS i RETURN i, l[i], l[i..], l[..i]
RETURN [1,2,3] [0] AS a
RETURN [1, 2] + 3 AS a, 3 + [1, 2] AS b, [1] + [[2]] AS c, [] + 'a' AS d
RETURN [1, 2] || 3 AS a
RETURN 9223372036854775807 + 1.0 AS a, -9223372036854775808 AS b
RETURN 0x7FFFFFFFFFFFFFFF AS a, -0x8000000000000000 AS b
RETURN 0o777777777777777777777 AS a
RETURN 0o1000000000000000000000 AS a
RETURN 3037000500 * 3037000500 AS a
RETURN -9223372036854775808 * -1 AS a
RETURN 4611686018427387904 * 2 AS a
RETURN 4611686018427387904 * -2 AS a
WITH 9223372036854775807 AS x RETURN x - -1 AS a
WITH -9223372036854775808 AS x RETURN -x AS a
WITH -9223372036854775808 AS x RETURN abs(x) AS a
WITH -9223372036854775808 AS x RETURN x / -1 AS a
WITH -9223372036854775808 AS x RETURN x % -1 AS a
WITH 5 AS x RETURN x / 0 AS a
WITH 5 AS x RETURN x % 0 AS a
WITH 0 AS x RETURN 5.0 / x AS a, -5.0 / x AS b, 0.0 / x AS c, 5.0 % x AS d
WITH 0.0 AS x RETURN 5 / x AS a, 5 / -x AS b, 0 / x AS c
RETURN 7 / 2 AS a, -7 / 2 AS b, 7 / -2 AS c, 7 % -2 AS d, -7 % 2 AS e, 7.5 % -2 AS f
RETURN 2 ^ 63 AS a, 2 ^ -1 AS b, 0 ^ 0 AS c, (-8) ^ (1.0/3) AS d, 4 ^ 0.5 AS e, 2 ^ null AS f
RETURN 1e308 * 10 AS a, -1e308 * 10 AS b, 1e-320 AS c, 4.9e-324 / 2 AS d
RETURN 1e309 AS a
RETURN 0.1 + 0.2 AS a, 0.1 + 0.2 = 0.3 AS b, 1.0 = 1 AS c, 1.0 <> 1 AS d
RETURN sqrt(-1) AS a, log(0) AS b, log(-1) AS c, log10(0) AS d, acos(2) AS e, exp(1000) AS f
RETURN isNaN(0.0/0.0) AS a, isNaN(1) AS b, isNaN(null) AS c, isNaN(1.0/0.0) AS d
WITH 0.0/0.0 AS n RETURN n = n AS a, n <> n AS b, n < n AS c, n >= n AS d, n IN [n] AS e, [n] = [n] AS f, {a: n} = {a: n} AS g
WITH 0.0/0.0 AS n RETURN n < 1 AS a, n > 1 AS b, n < 'a' AS c, n = 'a' AS d, n = null AS e, 1 < n AS f, n <= 1.0/0.0 AS g
UNWIND [0.0/0.0, 1, null, -1.0/0.0, 0.0/0.0] AS x RETURN DISTINCT x
UNWIND [0.0/0.0, 1, null, -1.0/0.0, 1.0/0.0, 2.5] AS x RETURN x ORDER BY x
UNWIND [0.0/0.0, 1, null, -1.0/0.0, 1.0/0.0, 2.5] AS x RETURN x ORDER BY x DESC
UNWIND [0.0/0.0, 1, 3] AS x RETURN max(x), min(x), sum(x), avg(x)
UNWIND [0.0/0.0, 0.0/0.0, 1] AS x RETURN x AS k, count(*) AS n
UNWIND [0.0, -0.0, 0] AS x RETURN x AS k, count(*) AS n
RETURN -0.0 AS a, 0.0 = -0.0 AS b, 1 / -0.0 AS c, toString(-0.0) AS d, sign(-0.0) AS e, abs(-0.0) AS f
UNWIND [[1, 0.0/0.0], [1, 2], [1, null], [1]] AS x RETURN x ORDER BY x
RETURN toUpper('ß') AS a, toUpper('ŉ') AS b, toUpper('ﬁ') AS c, toLower('İ') AS d, toUpper('ı') AS e, toLower('K') AS f, toUpper('ǆ') AS g, toLower('ǅ') AS h, toUpper('ΐ') AS i
RETURN toUpper('straße') = 'STRASSE' AS a, size(toUpper('ß')) AS b, toLower('ẞ') AS c, toUpper('ÿ') AS d, toLower('ΣΊΣΥΦΟΣ') AS e
RETURN toUpper(null) AS a, toLower(null) AS b, trim(null) AS c, reverse(null) AS d, split(null, 'a') AS e, split('a', null) AS f, replace(null, 'a', 'b') AS g, replace('a', null, 'b') AS h, replace('a', 'a', null) AS i
RETURN size('😀') AS a, size('a😀b') AS b, char_length('😀') AS c, size('é') AS d, size('é') AS e
RETURN reverse('a😀b') AS a, reverse('é') AS b, left('😀b', 1) AS c, right('a😀', 1) AS d
RETURN substring('a😀b', 1, 1) AS a, substring('a😀b', 2) AS b, substring('😀😀', 1) AS c
RETURN split('', '') AS a, split('a', '') AS b, split('ab', '') AS c, split(',', ',') AS d, split(',,', ',') AS e, split('a', 'ab') AS f
RETURN split('aXXb', 'XX') AS a, split('aXXXb', 'XX') AS b, split('a1b2c', ['1', '2']) AS c, split('abc', ['', 'b']) AS d
RETURN substring('abc', 0, 0) AS a, substring('abc', 3) AS b, substring('abc', 1, 99) AS c, substring('', 0) AS d
RETURN substring('abc', 1, -1) AS a
RETURN substring('abc', null) AS a
RETURN substring('abc', 1, null) AS a
RETURN substring(null, 1) AS a, substring(null, null) AS b
RETURN substring('abc', 1.5) AS a
RETURN substring('abc', '1') AS a
RETURN left(null, 1) AS a, left('a', 0) AS b, right('abc', 0) AS c, right('abc', 99) AS d
RETURN right(null, null) AS a, left(null, null) AS b
RETURN left(null, -1) AS a
RETURN 'a' =~ 'A' AS a, 'a' =~ '(?i)A' AS b, 'a\nb' =~ 'a.b' AS c, 'a\nb' =~ '(?s)a.b' AS d, 'É' =~ '(?iu)é' AS e
RETURN 'a\nb' =~ '(?m)^a$\n^b$' AS a, 'ab' =~ 'a(?#x)b' AS b
RETURN 'ab' =~ '(?ms)a.*' AS a
RETURN null =~ 'a' AS a, 'a' =~ null AS b, 'a' =~ '' AS c, '' =~ '' AS d
RETURN 1 =~ 'a' AS a
RETURN 'a' =~ 1 AS a
WITH '(' AS r RETURN 'a' =~ r AS a
RETURN 'a.b' =~ 'a\\.b' AS a, 'a.b' =~ 'a\.b' AS b
RETURN 'a\\b' AS a, size('\\') AS b, 'a\tb' AS c, "a'b" AS d, 'a"b' AS e, "a\"b" AS f, 'a`b' AS g
RETURN '\u00e9' AS a, '\U0001F600' AS b, 'x\u0041y' AS c
RETURN '\uD83D' AS a
RETURN '\b\f\r\n\t' AS a, size('\b\f\r\n\t') AS b
RETURN '\a' AS a
RETURN '\u12' AS a
RETURN '\u' AS a
RETURN 'a' + '\u0000' + 'b' AS a, size('\u0000') AS b
RETURN \u0031 AS a
RETURN 1 AS \u0061
RETURN 1 AS `\u0061`
RETURN 1 AS `a``b`, 2 AS `c d`
RETURN 1 AS é, 2 AS ñandú, 3 AS _x, 4 AS x1
RETURN 1 AS 变量
WITH 1 AS `weird name` RETURN `weird name` + 1 AS `another one`
MATCH (`a-b`:`Role`)-[`r r`:`ASSUMES`]->(`c.d`) RETURN `a-b`.id, `r r`.`cost`, `c.d`.`id`
MATCH (n:`Ro``le`) RETURN n
WITH 1 AS match, 2 AS where, 3 AS return RETURN match + where + return AS order
WITH 1 AS `match` RETURN match AS limit
WITH 1 AS limit RETURN limit LIMIT 1
WITH 1 AS skip RETURN skip SKIP 0
WITH 1 AS with WITH with AS order RETURN order ORDER BY order
WITH 1 AS by RETURN by ORDER BY by
WITH 1 AS as RETURN as AS as
WITH 1 AS distinct RETURN distinct
WITH 1 AS distinct RETURN DISTINCT distinct
WITH 1 AS case RETURN case
WITH 1 AS end RETURN end
WITH 1 AS count RETURN count, count(count) AS c
WITH 1 AS exists RETURN exists
WITH 1 AS all, 2 AS any, 3 AS none, 4 AS single RETURN all, any, none, single
WITH 1 AS shortestPath RETURN shortestPath
WITH 1 AS reduce RETURN reduce
WITH 1 AS true RETURN true
WITH 1 AS not RETURN not
WITH 1 AS and RETURN and
WITH 1 AS is RETURN is IS NULL AS x
WITH 1 AS in RETURN in IN [in] AS x
WITH 1 AS unwind UNWIND [unwind] AS union RETURN union
WITH 1 AS call RETURN call
WITH 1 AS yield RETURN yield
WITH 1 AS optional RETURN optional
WITH 1 AS create RETURN create
WITH 1 AS delete, 2 AS set, 3 AS merge RETURN delete, set, merge
WITH 1 AS use RETURN use
WITH 1 AS show RETURN show
WITH 1 AS collect RETURN collect
WITH 1 AS finish RETURN finish
WITH 1 AS nan, 2 AS inf, 3 AS infinity RETURN nan, inf, infinity
RETURN NaN AS a
RETURN Infinity AS a
RETURN INF AS a
WITH {match: 1, `a b`: 2, order: 3, null: 4, true: 5} AS m RETURN m.match, m.`a b`, m.order, m.null, m.true
RETURN {1: 2} AS m
RETURN {'a': 2} AS m
RETURN {a: 1,} AS m
RETURN [1,] AS m
RETURN {} AS m, [] AS l, {a: {}} AS n
MATCH (n:Match:Return) RETURN n
MATCH ()-[r:CREATE|DELETE]->() RETURN r
MATCH (n) WHERE n.match IS NULL AND n.where IS NULL RETURN count(n)
RETURN 1 /* a /* b */ AS x
RETURN 1 // c
RETURN 'a // b' AS x, "/* c */" AS y
RETURN 1 /* open AS x
// only a comment
/* only */ RETURN 1 AS x /* more */;
;RETURN 1 AS x
RETURN 1 AS x;;
RETURN 1 AS x; RETURN 2 AS x
RETURN 1 AS x UNION RETURN 2 AS x ORDER BY x
RETURN 1 AS x UNION RETURN 2 AS x LIMIT 1
RETURN 1 AS x ORDER BY x UNION RETURN 2 AS x
RETURN 1 AS x LIMIT 1 UNION ALL RETURN 2 AS x SKIP 0
RETURN 1 AS x UNION DISTINCT RETURN 1 AS x
RETURN 1 AS x UNION ALL RETURN 1 AS x UNION ALL RETURN 1 AS x
RETURN 1 AS x, 2 AS y UNION ALL RETURN 3 AS y, 4 AS x
MATCH (n:Role) RETURN n UNION MATCH (n:Bucket) RETURN n
MATCH (n:Role) RETURN * UNION MATCH (n:Bucket) RETURN *
MATCH (n) WITH n RETURN n.id AS i UNION UNWIND [1, 'n0'] AS i RETURN i
RETURN toInteger('12abc') AS a, toInteger('  ') AS b, toInteger('1e2') AS c, toInteger('-0') AS d, toInteger('9223372036854775807') AS e
RETURN toInteger('9223372036854775808') AS a
RETURN toInteger('1.9') AS a, toInteger('-1.9') AS b, toInteger(1.9) AS c, toInteger(-1.9) AS d, toInteger(0.0/0.0) AS e
RETURN toInteger(1.0/0.0) AS a
RETURN toInteger(1e19) AS a, toInteger(-1e19) AS b
RETURN toInteger(false) AS a, toInteger('true') AS b, toInteger('0b1') AS c, toInteger('1_000') AS d
RETURN toInteger({}) AS a
RETURN toFloat('1e') AS a, toFloat('.5') AS b, toFloat('5.') AS c, toFloat('-.5e-2') AS d, toFloat('0x1') AS e, toFloat('1,5') AS f, toFloat('nan') AS g, toFloat('inf') AS h, toFloat('1_0') AS i
RETURN toFloat(true) AS a
RETURN toFloat('') AS a, toFloat(' ') AS b, toFloat('\t1\n') AS c, toFloat(null) AS d, toFloat(3) AS e
RETURN toFloatOrNull(true) AS a, toFloatOrNull([]) AS b, toIntegerOrNull({}) AS c, toBooleanOrNull(1.5) AS d, toStringOrNull({}) AS e, toStringOrNull(1) AS f
RETURN toBoolean('yes') AS a, toBoolean('T') AS b, toBoolean('FALSE') AS c, toBoolean(0) AS d, toBoolean(-5) AS e, toBoolean(null) AS f, toBoolean('') AS g
RETURN toBoolean(1.0) AS a
RETURN toString(1.0e10) AS a, toString(1.0e7) AS b, toString(9999999.0) AS c, toString(1e-3) AS d, toString(9.99e-4) AS e, toString(0.0/0.0) AS f, toString(1.0/0.0) AS g, toString(123456.789) AS h
RETURN toString({}) AS a
RETURN toString('a') AS a, toString(-1) AS b, toString(false) AS c
RETURN toStringList([1, 'a', null, true, 1.5, []]) AS a, toIntegerList(['1', 'x', null, 2.9, true]) AS b, toFloatList(['1', 'x', null, 2]) AS c, toBooleanList(['true', 'x', null, 0, 1.5]) AS d
RETURN toStringList(null) AS a, toIntegerList(null) AS b
RETURN toStringList('a') AS a
RETURN 1e-5 + '' AS a, 100000000.0 + '' AS b, 1.0 + '' AS c, '' + 0.1 AS d, true + 'a' AS e
UNWIND [10, 20, 30, 40] AS x RETURN percentileCont(x, 0.4) AS a, percentileDisc(x, 0.4) AS b, percentileCont(x, 0) AS c, percentileDisc(x, 0) AS d, percentileCont(x, 1) AS e, percentileDisc(x, 1) AS f
UNWIND [10, 20.5, 30] AS x RETURN percentileCont(x, 0.5) AS a, percentileDisc(x, 0.5) AS b, percentileDisc(x, 0.33) AS c, percentileDisc(x, 0.34) AS d
UNWIND [10, null, 30] AS x RETURN percentileCont(x, 0.5) AS a, percentileDisc(x, 0.5) AS b, percentileDisc(DISTINCT x, 0.9) AS c
UNWIND [10, 10, 30] AS x RETURN percentileCont(DISTINCT x, 0.5) AS a, stDev(DISTINCT x) AS b, avg(DISTINCT x) AS c, sum(DISTINCT x) AS d, count(DISTINCT x) AS e, collect(DISTINCT x) AS f, min(DISTINCT x) AS g
UNWIND [1] AS x RETURN stDev(x) AS a, stDevP(x) AS b, percentileCont(x, 0.3) AS c
UNWIND [null] AS x RETURN stDev(x) AS a, stDevP(x) AS b, percentileCont(x, 0.3) AS c, percentileDisc(x, 0.3) AS d, avg(x) AS e, sum(x) AS f
UNWIND [1, 2, 3] AS x RETURN percentileCont(x, -0.1) AS a
UNWIND [1, 2, 3] AS x RETURN percentileCont(x, null) AS a
UNWIND [1, 2, 3] AS x RETURN percentileDisc(x, 'a') AS a
UNWIND ['a', 'b'] AS x RETURN percentileDisc(x, 0.5) AS a
UNWIND ['a', 'b'] AS x RETURN sum(x) AS a
UNWIND ['a', 'b'] AS x RETURN avg(x) AS a
UNWIND ['a', 1] AS x RETURN stDev(x) AS a
UNWIND [1, 2.5, null] AS x RETURN sum(x) AS a, avg(x) AS b, count(x) AS c, count(*) AS d
UNWIND [1, 1.0, 2, null, null] AS x RETURN collect(DISTINCT x) AS a, count(DISTINCT x) AS b
UNWIND [[1], [1.0], [null], [null], {a: 1}, {a: 1.0}] AS x RETURN count(DISTINCT x) AS b
UNWIND [1, 2, 3, 4] AS x RETURN x % 2 AS k, collect(x) AS l, count(*) AS n ORDER BY k
UNWIND [1, 2, 3, 4] AS x RETURN x % 2 + count(*) AS k
UNWIND [1, 2, 3, 4] AS x RETURN x % 2, x % 2 + count(*) AS k
UNWIND [1, 2, 3, 4] AS x WITH x % 2 AS m, x RETURN m, m + sum(x) AS k
UNWIND [1, 2, 3, 4] AS x WITH x % 2 AS m, x RETURN m + 1 AS k, m + 1 + sum(x) AS l
UNWIND [1, 2] AS x RETURN x, sum(x) + x AS s
UNWIND [1, 2] AS x RETURN {k: x, n: count(*)} AS s
UNWIND [1, 2] AS x RETURN x AS k, {k: x, n: count(*)} AS s
UNWIND [1, 2] AS x RETURN [x, count(*)] AS s
UNWIND [1, 2] AS x RETURN $i + count(*) AS s
UNWIND [1, 2] AS x RETURN CASE WHEN count(*) > 1 THEN 'many' ELSE 'one' END AS s
UNWIND [1, 2] AS x RETURN CASE x WHEN 1 THEN count(*) END AS s
UNWIND [1, 2] AS x RETURN [y IN collect(x) WHERE y > 1 | y * 2] AS s
UNWIND [1, 2] AS x RETURN [y IN collect(x) | y + x] AS s
UNWIND [1, 2] AS x RETURN reduce(a = 0, y IN collect(x) | a + y) AS s
UNWIND [1, 2] AS x RETURN size(collect(x)) + max(x) AS s
UNWIND [1, 2] AS x RETURN count(x) AS n ORDER BY n
UNWIND [1, 2] AS x RETURN count(x) AS n ORDER BY count(x)
UNWIND [1, 2] AS x RETURN count(x) AS n ORDER BY x
UNWIND [1, 2] AS x RETURN x, count(*) AS n ORDER BY -x
UNWIND [1, 2] AS x RETURN x % 2 AS k, count(*) AS n ORDER BY x % 2
UNWIND [1, 2] AS x RETURN x % 2 AS k, count(*) AS n ORDER BY max(x)
UNWIND [1, 2] AS x RETURN DISTINCT x % 2 AS k ORDER BY x % 2
UNWIND [1, 2] AS x RETURN DISTINCT x % 2 AS k ORDER BY x
UNWIND [3, 1, 2] AS x RETURN x AS y ORDER BY x
UNWIND [3, 1, 2] AS x WITH x AS y ORDER BY x RETURN collect(y) AS l
UNWIND [3, 1, 2] AS x WITH x AS y ORDER BY x DESC LIMIT 2 RETURN y ORDER BY y
UNWIND [3, 1, 2] AS x WITH x AS y ORDER BY z RETURN y
UNWIND [3, 1, 2] AS x WITH x AS y WHERE x > 1 RETURN y
UNWIND [3, 1, 2] AS x WITH x AS y ORDER BY y WHERE x > 1 RETURN collect(y) AS l
UNWIND [3, 1, 2] AS x WITH x AS y, x + 1 AS z ORDER BY z - y, y SKIP 1 LIMIT 1 WHERE z > 0 RETURN y, z
UNWIND [3, 1, 2] AS x WITH count(x) AS n WHERE n > 2 RETURN n
UNWIND [3, 1, 2] AS x WITH count(x) AS n WHERE x > 2 RETURN n
UNWIND [3, 1, 2] AS x WITH x % 2 AS k, count(x) AS n WHERE n > 1 AND k = 1 RETURN k, n
UNWIND [3, 1, 2] AS x WITH x % 2 AS k, count(x) AS n WHERE count(x) > 1 RETURN k, n
UNWIND [3, 1, 2] AS x WITH x % 2 AS k, count(x) AS n ORDER BY count(x), k RETURN k, n
UNWIND [3, 1, 2] AS x WITH DISTINCT x % 2 AS k WHERE k > 0 RETURN k
UNWIND [3, 1, 2] AS x WITH *, x * 2 AS y RETURN x, y
UNWIND [3, 1, 2] AS x WITH * ORDER BY x LIMIT 1 RETURN x
UNWIND [3, 1, 2] AS x WITH *, x AS x RETURN x
UNWIND [3, 1, 2] AS x WITH x, x AS x RETURN x
UNWIND [3, 1, 2] AS x WITH *, count(*) AS n RETURN x, n
UNWIND [3, 1, 2] AS x WITH x + 1 RETURN 1
UNWIND [3, 1, 2] AS x UNWIND [x] AS x RETURN x
UNWIND [3, 1, 2] AS x MATCH (x) RETURN x
UNWIND [3, 1, 2] AS x MATCH (n {imds_hop_limit: x}) RETURN n.id
WITH * RETURN 1 AS x
WITH * MATCH (n) RETURN count(n)
RETURN *
MATCH () WITH * RETURN 1 AS x
MATCH () WITH *, 1 AS x RETURN x, count(*)
MATCH (n) WITH n AS m MATCH (n) RETURN count(*)
MATCH (n) WITH n AS m, n.id AS n RETURN m.id = n AS x
MATCH (n) WITH n AS m RETURN n
MATCH (n) WITH count(*) AS c MATCH (n) RETURN n.id, c
UNWIND [] AS x RETURN count(*)
UNWIND [null, null] AS x RETURN x
UNWIND [[1, 2], null, 3, {a: 1}] AS x RETURN x
UNWIND [[1, 2], [3], []] AS x UNWIND x AS y RETURN y
UNWIND $l AS x RETURN x, x IS NULL AS y
UNWIND $m AS x RETURN x.k
UNWIND $none AS x RETURN x
UNWIND keys($m) AS x RETURN x, $m[x]
UNWIND range(1, 3) AS x UNWIND range(x, 3) AS y RETURN x, y
MATCH (n) UNWIND labels(n) AS l RETURN l, count(*) AS c ORDER BY c DESC, l
MATCH (n) UNWIND n.tags AS t RETURN t, count(DISTINCT n) AS c ORDER BY t
UNWIND [1, 2, 3] AS x RETURN x LIMIT $i
UNWIND [1, 2, 3] AS x RETURN x ORDER BY x LIMIT $i - 1
UNWIND [1, 2, 3] AS x RETURN x LIMIT toInteger('2')
UNWIND [1, 2, 3] AS x RETURN x LIMIT size([1, 2])
UNWIND [1, 2, 3] AS x RETURN x ORDER BY x SKIP $i LIMIT 1 + 1
UNWIND [1, 2, 3] AS x RETURN x LIMIT x
UNWIND [1, 2, 3] AS x RETURN x LIMIT null
UNWIND [1, 2, 3] AS x RETURN x LIMIT $none
UNWIND [1, 2, 3] AS x RETURN x LIMIT $s
UNWIND [1, 2, 3] AS x RETURN x LIMIT 1.0
UNWIND [1, 2, 3] AS x RETURN x LIMIT 2.5
UNWIND [1, 2, 3] AS x RETURN x LIMIT -1
UNWIND [1, 2, 3] AS x RETURN x LIMIT 9223372036854775807
UNWIND [1, 2, 3] AS x RETURN x SKIP 9223372036854775807
UNWIND [1, 2, 3] AS x RETURN x SKIP -1
UNWIND [1, 2, 3] AS x RETURN x LIMIT count(x)
UNWIND [1, 2, 3] AS x RETURN x LIMIT COUNT { MATCH (n) }
UNWIND [1, 2, 3] AS x RETURN x LIMIT rand() * 0
UNWIND [1, 2, 3] AS x RETURN x LIMIT 0
UNWIND [1, 2, 3] AS x RETURN x OFFSET 1
UNWIND [1, 2, 3] AS x RETURN x ORDER BY x ASC
UNWIND [1, 2, 3] AS x RETURN x ORDER BY x ASCENDING
UNWIND [1, 2, 3] AS x RETURN x ORDER BY x DESCENDING
UNWIND [1, 2, 3] AS x RETURN x ORDER BY x NULLS FIRST
UNWIND [1, 2, 3] AS x RETURN x ORDER BY rand() * 0, x
UNWIND [1, 2, 3] AS x RETURN x ORDER BY $i, x
UNWIND [1, 2, 3] AS x RETURN x ORDER BY 1, x DESC
RETURN 1 IS :: INTEGER AS a
RETURN 1 IS TYPED INTEGER AS a
RETURN 1 IS NOT :: STRING AS a
RETURN 1 :: INTEGER AS a
RETURN 'a' IS NORMALIZED AS a
RETURN 'a' IS NOT NFKD NORMALIZED AS a
RETURN normalize('a') AS a
RETURN valueType(1) AS a
RETURN CASE 1 WHEN 1 THEN 2 END AS a, CASE 1 WHEN 1.0 THEN 2 END AS b, CASE '1' WHEN 1 THEN 2 END AS c, CASE null WHEN null THEN 1 END AS d, CASE 1 WHEN null THEN 1 ELSE 3 END AS e
RETURN CASE WHEN null THEN 1 ELSE 2 END AS a, CASE WHEN 1 = 1 THEN null END AS b, CASE 3 WHEN 1, 2 THEN 'a' WHEN 3, 4 THEN 'b' END AS c
RETURN CASE 1 END AS a
RETURN CASE 1 WHEN 1 THEN 2 ELSE 3 AS a
RETURN CASE 1 WHEN 1 THEN 2 ELSE 3 ELSE 4 END AS a
RETURN CASE [1] WHEN [1] THEN 'l' END AS a, CASE {a: 1} WHEN {a: 1} THEN 'm' END AS b
RETURN CASE WHEN true THEN CASE 1 WHEN 2 THEN 3 ELSE 4 END ELSE 5 END + 1 AS a
RETURN CASE 1 WHEN IS NULL THEN 1 END AS a
RETURN CASE 1 WHEN > 0 THEN 1 END AS a
RETURN CASE 1 WHEN = 1, 5 THEN 1 END AS a
RETURN CASE 'abc' WHEN STARTS WITH 'a' THEN 1 END AS a
MATCH (n) RETURN CASE n.kind WHEN 'Role' THEN 1 WHEN 'Bucket' THEN n.id ELSE [n.id] END AS a
MATCH (n) RETURN CASE labels(n)[0] WHEN IN ['Role'] THEN 1 END AS a
CALL db.labels
CALL db.labels() YIELD label AS l RETURN l ORDER BY l
CALL db.labels() YIELD label WHERE label STARTS WITH 'R' RETURN label
CALL db.labels() YIELD label RETURN count(*)
CALL db.labels() RETURN label
CALL db.labels() YIELD label, label AS l RETURN l
CALL db.labels() YIELD label CALL db.relationshipTypes() YIELD relationshipType RETURN count(*)
CALL db.labels() YIELD label MATCH (n) WHERE label IN labels(n) RETURN label, count(n) AS c ORDER BY label
CALL db.relationshipTypes() YIELD relationshipType AS t MATCH ()-[r]->() WHERE type(r) = t RETURN t, count(r)
CALL db.schema.nodeTypeProperties() YIELD nodeType, propertyName, propertyTypes, mandatory RETURN nodeType, propertyName, propertyTypes, mandatory
CALL db.schema.nodeTypeProperties()
CALL db.schema.nodeTypeProperties() YIELD nodeLabels, propertyName WHERE propertyName = 'id' RETURN nodeLabels, propertyName
CALL db.schema.relTypeProperties() YIELD relType, propertyName, propertyTypes, mandatory RETURN relType, propertyName, propertyTypes, mandatory
CALL db.schema.visualization()
OPTIONAL CALL db.labels() YIELD label RETURN label
CALL { CALL db.labels() YIELD label RETURN label } RETURN count(label)
MATCH (n) CALL db.labels() YIELD label WITH n, label WHERE n.kind = label RETURN n.id, label
SHOW PROCEDURES
SHOW FUNCTIONS YIELD name
SHOW INDEXES
SHOW CONSTRAINTS
SHOW DATABASES
SHOW TRANSACTIONS
SHOW SETTINGS
EXPLAIN MATCH (n) RETURN n.id
PROFILE MATCH (n) RETURN n.id
CYPHER 5 RETURN 1 AS x
CYPHER runtime=slotted RETURN 1 AS x
USE neo4j RETURN 1 AS x
USE neo4j MATCH (n) RETURN count(n)
FOREACH (x IN [1] | CREATE (n))
FINISH
MATCH (n) WITH n
MATCH (n) RETURN n.id, MATCH
MATCH (n) RETRUN n
MATCH (n)-[>(m) RETURN n
MATCH (n)=(m) RETURN n
MATCH (n)-[]-(m) RETURN count(*)
MATCH (n)-[ ]->(m) RETURN count(*)
MATCH (n) -- (m) RETURN count(*)
MATCH (n) - - (m) RETURN count(*)
MATCH (n) < -- (m) RETURN count(*)
MATCH (n)<-[r]->(m) RETURN count(*)
MATCH (n)<-->(m) RETURN count(*)
MATCH (n)–[r]–(m) RETURN count(*)
MATCH (n)−−>(m) RETURN count(*)
OPTIONAL MATCH (n:Nope) RETURN n, n.id, n:Role, labels(n), n IS NULL
OPTIONAL MATCH (n:Nope) WITH n MATCH (m) WHERE m = n RETURN count(*)
OPTIONAL MATCH (n:Nope) WITH n MATCH (n)-->(m) RETURN count(*)
OPTIONAL MATCH (n:Nope) MATCH (m) RETURN count(*)
OPTIONAL MATCH (n:Nope) OPTIONAL MATCH (n)-->(m) RETURN n, m
MATCH (n) OPTIONAL MATCH (n)-->(m) WHERE m.id > n.id RETURN n.id, m.id
MATCH (n) OPTIONAL MATCH (n)-->(m) WHERE n.id = 'n0' RETURN n.id, m.id
MATCH (n) OPTIONAL MATCH (n)-->(m) WITH n, m WHERE m.id > n.id RETURN n.id, m.id
MATCH (n) OPTIONAL MATCH (n)-->(m), (m)-->(o) RETURN n.id, m.id, o.id
MATCH (n) OPTIONAL MATCH (n)-->(m) OPTIONAL MATCH (m)-->(o) RETURN n.id, m.id, o.id
MATCH (n) OPTIONAL MATCH (n)-->(m:Nope) WITH n, collect(m) AS ms RETURN n.id, size(ms)
MATCH (n) OPTIONAL MATCH (n)-[r:ASSUMES]->(m) RETURN n.id, count(r), collect(m.id) AS l
MATCH (n) OPTIONAL MATCH p = (n)-[:ASSUMES*1..2]->(m:Bucket) RETURN n.id, length(p), nodes(p) IS NULL
MATCH (n) OPTIONAL MATCH (n)-->{1,2}(m:Bucket) RETURN n.id, m.id
MATCH (n) OPTIONAL MATCH (n)((x)-[r]->(y)){1,2}(m:Bucket) RETURN n.id, m.id, x IS NULL, size(r)
MATCH (n) OPTIONAL MATCH (n)-->(m) WHERE EXISTS { (m)-->(n) } RETURN n.id, m.id
MATCH (n) OPTIONAL MATCH (m) WHERE m.id > n.id AND m:Role RETURN n.id, m.id
MATCH (n) OPTIONAL MATCH (n) WHERE n:Role RETURN n.id
MATCH (a), (b) OPTIONAL MATCH (a)-[r]->(b) WHERE r.cost > 1 RETURN a.id, b.id, r.cost
MATCH (a), (b) OPTIONAL MATCH (a)-[r]->(b) RETURN a.id, b.id, count(r) AS n ORDER BY n DESC, a.id, b.id LIMIT 5
OPTIONAL MATCH (n) WHERE n.id = 'nope' RETURN count(n), count(*)
OPTIONAL MATCH (n) WHERE false RETURN n
OPTIONAL MATCH (n) WHERE null RETURN n
OPTIONAL MATCH (n:Role) WHERE n.id IS NOT NULL RETURN n.id
MATCH (n) WHERE n.name = 'alpha' OR n.name IS NULL RETURN n.id
MATCH (n) WHERE n.name <> 'alpha' RETURN n.id
MATCH (n) WHERE NOT n.name = 'alpha' RETURN n.id
MATCH (n) WHERE NOT (n.name = 'alpha' OR n.collected) RETURN n.id
MATCH (n) WHERE n.collected XOR n.imds_hop_limit > 0 RETURN n.id
MATCH (n) WHERE n.imds_hop_limit IN [1, 2, null] RETURN n.id
MATCH (n) WHERE NOT n.imds_hop_limit IN [1, 2, null] RETURN n.id
MATCH (n) WHERE n.imds_hop_limit + 1 > 1 RETURN n.id
MATCH (n) WHERE n.score >= n.imds_hop_limit RETURN n.id
MATCH (n) WHERE 0 < n.imds_hop_limit <= 3 RETURN n.id
MATCH (n) WHERE n.tags[0] = 'b' RETURN n.id
MATCH (n) WHERE any(t IN n.tags WHERE t > 'b') RETURN n.id
MATCH (n) WHERE all(t IN n.tags WHERE t > 'a') RETURN n.id
MATCH (n) WHERE none(t IN n.tags WHERE t = 'a') RETURN n.id
MATCH (n) WHERE single(t IN n.tags WHERE t >= 'b') RETURN n.id
MATCH (n) WHERE n.name STARTS WITH 'a' OR n.name ENDS WITH 'a' RETURN n.id
MATCH (n) WHERE n.name CONTAINS '' RETURN n.id
MATCH (n) WHERE toUpper(n.name) = 'ALPHA' RETURN n.id
MATCH (n) WHERE n.id > 'n1' AND n.id < 'n4' RETURN n.id
MATCH (n) WHERE n.id IN $l OR n.id = $m.k RETURN n.id
MATCH (n) WHERE n[$s] IS NULL AND n[$m.k] IS NULL RETURN count(n)
MATCH (n {id: $m.k})-->(m) RETURN m.id
MATCH (n {id: $none}) RETURN n
MATCH (n {id: $l[0]}) RETURN n
RETURN $m AS m, $m.nope AS a, $m['k'] AS b, $l[-1] AS c, $l[0..2] AS d, $none.x AS e
RETURN $m.k.x AS a
RETURN $`s` AS a
RETURN $ s AS a
RETURN $1 AS a
RETURN {s} AS a
RETURN $i + $s AS a, $s + $i AS b, $l + $i AS c, $i * 1.5 AS d
MATCH (n) RETURN n.id = $m.k AS x, n.imds_hop_limit > $i AS y ORDER BY n.id
MATCH (n) RETURN n.id ORDER BY n.imds_hop_limit, n.id
MATCH (n) RETURN n.id ORDER BY n.imds_hop_limit DESC, n.id
MATCH (n) RETURN n.id ORDER BY n.tags, n.id
MATCH (n) RETURN n.id ORDER BY n.collected, n.score DESC, n.id
MATCH (n) RETURN n.id ORDER BY n.missing, n.id
MATCH (n) RETURN n.id AS x ORDER BY toLower(n.name), n.id
MATCH (n) RETURN n.id AS x ORDER BY size(n.tags) DESC, x
MATCH (n)-[r]->(m) RETURN n.id, m.id, r.variant ORDER BY r.cost + m.imds_hop_limit, r.variant, n.id, m.id
MATCH (n) RETURN n.kind AS k, count(*) AS c ORDER BY c DESC, k LIMIT 2
MATCH (n) RETURN n.kind AS k, collect(n.id) AS c ORDER BY k
MATCH (n) WITH n ORDER BY n.id DESC RETURN collect(n.id)[0..2] AS c
MATCH (n) WITH n ORDER BY n.id DESC WITH n.kind AS k, collect(n.id) AS l RETURN k, l[0] AS x
MATCH (n) RETURN head(collect(n.missing)) AS a, last([]) AS b, tail([1]) AS c, head([null]) AS d
MATCH (n) RETURN DISTINCT n.kind, n.collected
MATCH (n) RETURN DISTINCT n.tags AS t ORDER BY t
MATCH (n) RETURN count(DISTINCT n.kind) AS a, count(DISTINCT n) AS b, count(n.missing) AS c
MATCH (n) RETURN keys(n)[0] IS NOT NULL AS a, size(keys(n)) AS b
MATCH ()-[r]->() RETURN keys(r), properties(r)
MATCH (n) RETURN n = n AS a, n <> n AS b, n IN [n] AS c, [n] = [n] AS d, {a: n} = {a: n} AS e
MATCH (n)-[r]->(m) RETURN n = r AS a
MATCH p = (n)-->(m) MATCH q = (n)-->(m) RETURN p = q AS a, count(*)
MATCH p = (n)-->(m) RETURN p = [n, m] AS a, p IS NOT NULL AS b, count(*)
MATCH p = (n)-->(m)-->(o) RETURN [x IN nodes(p) | x.id] AS a, [x IN relationships(p) | type(x)] AS b
MATCH p = (n)<--(m) RETURN [x IN nodes(p) | x.id] AS a, startNode(relationships(p)[0]).id AS b
MATCH p = (n)--(m) RETURN [x IN nodes(p) | x.id] AS a, startNode(relationships(p)[0]).id AS b
MATCH p = (n)-->(m) UNWIND nodes(p) AS x RETURN x.id, count(*) AS c ORDER BY c, x.id
MATCH p = (n)-[*1..3]->(m) WITH p ORDER BY length(p) DESC, [x IN relationships(p) | x.variant], [x IN nodes(p) | x.id] LIMIT 3 RETURN length(p)
MATCH p = (n)-->(m), q = (m)-->(o) RETURN length(p) + length(q) AS l, count(*)
MATCH p = (n), q = (m) WHERE n.id < m.id RETURN length(p), nodes(q)[0].id
MATCH p = (n)-->(m) RETURN length(p) = size(relationships(p)) AS a, size(nodes(p)) AS b, count(*)
MATCH p = (n)-->(m) RETURN nodes(p) + [n] AS a
MATCH p = (n)-->(m) RETURN labels(nodes(p)[0]) AS a
MATCH p = (n)-->(m) RETURN rels(p) AS a
RETURN length('abc') AS a
RETURN length([1]) AS a
RETURN nodes(1) AS a
RETURN nodes(null) AS a, relationships(null) AS b, length(null) AS c, startNode(null) AS d, type(null) AS e
RETURN range(0, 10, 3) AS a, range(10, 0, -4) AS b, range(1, 0) AS c, range(0, 0) AS d
RETURN range(0, 10, 0) AS a
RETURN range(0.5, 3) AS a
RETURN range(null, 3) AS a
RETURN range(0, 3, null) AS a
RETURN [x IN range(0, 5) WHERE x % 2 = 0] AS a, [x IN [1, null, 2] | x + 1] AS b, [x IN null | x] AS c, [x IN [] | x] AS d
RETURN [x IN [1, 2] WHERE null | x] AS a, [x IN [[1, 2], [3]] | [y IN x | y * 2]] AS b
RETURN [x IN {a: 1} | x] AS a
RETURN all(x IN [true, null] WHERE x) AS a, any(x IN [false, null] WHERE x) AS b, none(x IN [false, null] WHERE x) AS c, single(x IN [true, true, null] WHERE x) AS d, all(x IN null WHERE x) AS e
RETURN all(x IN [1, 2] WHERE x) AS a
RETURN reduce(a = 0, x IN null | a + x) AS a, reduce(a = null, x IN [1] | a + x) AS b, reduce(a = 's', x IN [1, 2] | a + x) AS c
RETURN reduce(a = 0, x IN [1, 2] | a + a) AS a, reduce(a = [], x IN [1, 2] | x + a) AS b
RETURN reduce(a = 0, a IN [1, 2] | a) AS a
RETURN coalesce(null) AS a, coalesce(1, 1/0) AS b
RETURN nullIf(1, 1.0) AS a, nullIf(null, 1) AS b, nullIf('a', 'b') AS c
RETURN 1 < 2 < 3 AS a, 1 < 3 > 2 AS b, 1 = 1 = 1 AS c, 3 > 2 > 1 > 0 AS d, 1 <> 2 <> 1 AS e
RETURN 'a' < 'b' AS a, 'a' < 'A' AS b, '' < 'a' AS c, 'a' < 'aa' AS d, 'é' > 'z' AS e, '😀' > '\uFFFD' AS f
RETURN true AND null AS a, false OR null AS b, NOT null AS c, true XOR false XOR true AS d, NOT true OR true AS e, NOT (true OR true) AS f
RETURN true OR 1/0 > 1 AS a
RETURN false AND 1/0 > 1 AS a
RETURN 1 AND 2 AS a
RETURN 'a' OR true AS a
RETURN 1 + 2 * 3 - 4 / 2 % 3 ^ 2 AS a, -2 ^ 2 AS b, 2 ^ -1 AS c, -(-3) AS d, +5 AS e, 2 - -2 AS f, 2--2 AS g
RETURN 1 IN [1, 2] AND 2 IN [3] AS a, NOT 1 IN [1] AS b, 1 IN [[1]] AS c, [1] IN [1, [1]] AS d, 1 + 1 IN [2] AS e
RETURN 'abc' CONTAINS 'b' AND 'abc' STARTS WITH '' AS a, 'abc' ENDS WITH 'abc' AS b, 1 CONTAINS 'a' AS c, 'a' STARTS WITH null AS d
RETURN 1 STARTS WITH 1 AS a
RETURN null = 1 IS NULL AS a, (null = 1) IS NULL AS b, 1 IS NULL IS NULL AS c, NOT 1 IS NOT NULL AS d
RETURN 1 AS a, a + 1 AS b
RETURN 1 as A, 2 AS a
RETURN 1 + 1, 1 + 1
RETURN 1, 2
RETURN 'x', "y", null, true, [1], {a: 1}
RETURN  1  +  2 , toUpper( 'a' )
RETURN rand() < 1 AS a, rand() >= 0 AS b
RETURN pi() AS a, e() AS b, PI() = pi() AS c
RETURN Abs(-1) AS a, TOUPPER('a') AS b, Count(*) AS c
RETURN round(1.25, 1) AS a, round(-1.25, 1) AS b, round(1.5) AS c, round(-1.5) AS d, round(2.5) AS e, round(1.249999, 1, 'UP') AS f, round(1.25, 1, 'HALF_EVEN') AS g, round(1e300, 2) AS h
RETURN round(null) AS a, round(1.5, null) AS b, round(5) AS c, round(5, 1) AS d, ceil(-0.5) AS e, floor(null) AS f
RETURN sign(0) AS a, sign(-3) AS b, sign(0.0/0.0) AS c, abs(null) AS d, abs(-5) AS e, abs(-5.5) AS f
RETURN atan2(1, 0) AS a, degrees(pi()) AS b, radians(180) AS c, haversin(1) AS d, cot(1) AS e, cot(0) AS f, sin(null) AS g
RETURN sin('a') AS a
RETURN isEmpty(null) AS a, isEmpty({a: 1}) AS b, isEmpty('a') AS c
RETURN keys({b: 1, a: null}) AS a, size(keys({})) AS b, properties({a: 1}) AS c
RETURN reverse([1, null, 'a']) AS a, reverse('') AS b, reverse([]) AS c
RETURN trim('\t a \n') AS a, ltrim(' a ') + '|' AS b, rtrim(' a ') + '|' AS c, btrim('xxaxx', 'x') AS d, trim(BOTH 'x' FROM null) AS e
