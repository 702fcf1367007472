RETURN [1] + null AS v
RETURN 'a' + true AS v
RETURN 'a' + 1.0 AS v, 'a' + 1e10 AS w, 1e-5 + 'x' AS x
RETURN 'a' || 'b' AS v
RETURN [1] || [2] AS v
RETURN 1 || 2 AS v
RETURN true + 1 AS v
RETURN -2 ^ 2 AS v
RETURN 2 ^ 3 ^ 2 AS v
RETURN - - 1 AS v
RETURN --1 AS v
RETURN + 1 AS v
RETURN 1 + 2 IN [3] AS v
RETURN 1 = 1 IN [true] AS v
RETURN not true = false AS v
RETURN 1 < 2 = true AS v
RETURN 7 % 0 AS v
RETURN 7.5 % 2 AS v
RETURN 1 / 0 AS v
RETURN 1.0 / 0 AS v
RETURN 0.0 / 0 AS v
RETURN 0.0/0.0 = 0.0/0.0 AS v, 0.0/0.0 > 1 AS w, 0.0/0.0 <> 0.0/0.0 AS x
RETURN [1,2] < [1,3] AS v, [1] < [1,2] AS w, [1,null] < [1,2] AS x
RETURN {a:1} = {a:1.0} AS v, {a:1} < {a:2} AS w
RETURN 'a' < 1 AS v, true > false AS w
RETURN toInteger(1e30) AS v
RETURN toInteger('1e3') AS v, toInteger(' 12 ') AS w, toInteger('0x1f') AS x, toInteger(true) AS y
RETURN toFloat('1.5e3') AS v, toFloat(' 1.5 ') AS w, toFloat('NaN') AS x, toFloat('Infinity') AS y
RETURN toBoolean('TRUE') AS v, toBoolean(' true ') AS w, toBoolean(1) AS x, toBoolean('x') AS y
RETURN toString(1.0) AS a, toString(123456789.0) AS b, toString(0.001) AS c, toString(0.0001) AS d, toString(1e21) AS e, toString(true) AS f
RETURN round(0.5) AS a, round(-0.5) AS b, round(1.5) AS c, round(2.5) AS d, round(-1.5) AS e, round(2.345, 2) AS f, round(-2.5, 0) AS g, round(2.5, 0, 'HALF_EVEN') AS h, round(-2.5, 0, 'HALF_DOWN') AS i
RETURN abs(-1) AS a, abs(-1.5) AS b, sign(-2.5) AS c, ceil(1.2) AS d, floor(-1.2) AS e
RETURN substring('abc', 1) AS a, substring('abc', 5) AS b, left('abc', 10) AS c, right('abc', 2) AS d
RETURN left('abc', -1) AS a
RETURN substring('abc', -1) AS a
RETURN split('a,b,,c', ',') AS a, split('abc', '') AS b, split('', ',') AS c, split('a,b;c', [',', ';']) AS d
RETURN replace('abc', '', 'x') AS a
RETURN trim('  a ') AS a, ltrim('  a') AS b, rtrim('a ') AS c, btrim('xxaxx', 'x') AS d, ltrim('xxa', 'x') AS e
RETURN trim(BOTH 'x' FROM 'xxaxx') AS a
RETURN size('häuser') AS a, size([1,2]) AS b
RETURN size(null) AS a, head(null) AS b, keys(null) AS c, labels(null) AS d, type(null) AS e
RETURN reverse([1,2]) AS a, reverse('ab') AS b
RETURN reverse(1) AS a
RETURN range(1,3) AS a, range(3,1) AS b, range(3,1,-1) AS c
RETURN head([1,2]) AS a, last([1,2]) AS b, tail([1,2]) AS c, tail([]) AS d
RETURN isEmpty('') AS a, isEmpty([]) AS b, isEmpty({}) AS c
RETURN coalesce(null, 1) AS a
RETURN nullIf(1,1) AS a, nullIf(1,2) AS b
RETURN [x IN [1,2,3] WHERE x > 1] AS a, [x IN [1,2] | x*2] AS b
RETURN [1,2,3][0..2] AS a, [1,2,3][-1] AS b, [1,2,3][5] AS c, [1,2,3][-2..] AS d, [1,2,3][..-1] AS e, [1,2][null] AS f
RETURN {a:1}.a AS a, {a:1}['a'] AS b, {a:1}.b AS c
RETURN 'abc' =~ 'a.*' AS a, 'abc' =~ 'b' AS b, 'a' =~ null AS c
RETURN 'abc' STARTS WITH 'a' AS a, 'abc' ENDS WITH 'c' AS b, 'abc' CONTAINS 'd' AS c, null CONTAINS 'a' AS d
RETURN 1 IN [1,null] AS a, 2 IN [1,null] AS b, null IN [] AS c, null IN [1] AS d, [1] IN [[1]] AS e
RETURN any(x IN [null,false] WHERE x) AS a, all(x IN [] WHERE x) AS b, none(x IN [null] WHERE x) AS c, single(x IN [true,null] WHERE x) AS d
RETURN CASE 1 WHEN 1 THEN 'a' ELSE 'b' END AS a, CASE null WHEN null THEN 1 ELSE 2 END AS b, CASE WHEN false THEN 1 END AS c
RETURN CASE 2 WHEN 1, 2 THEN 'x' END AS a
RETURN reduce(s = 0, x IN [1,2] | s + x) AS a
RETURN 0x1F AS a, 0o17 AS b, 1e3 AS c, .5 AS d, 1_000 AS e
RETURN 017 AS a
RETURN 1. AS a
RETURN 'a\nb' AS a, "it's" AS b, 'it\'s' AS c, '\u0041' AS d
RETURN `x` AS a
RETURN 1 AS `a b`
RETURN $x AS a
UNWIND [1,2,'a',true,null,[1],{a:1},1.5] AS x RETURN x ORDER BY x
UNWIND [1,2,'a',true,null,[1],{a:1},1.5] AS x RETURN x ORDER BY x DESC
UNWIND null AS x RETURN x
UNWIND 1 AS x RETURN x
UNWIND [[1,2],[3]] AS x UNWIND x AS y RETURN y
UNWIND [1,1.0,2] AS x RETURN DISTINCT x
UNWIND [1,2,3] AS x WITH x WHERE x > 1 RETURN x
UNWIND [1,2,3] AS x RETURN x SKIP 1 LIMIT 1
UNWIND [1,2,3] AS x RETURN x ORDER BY x OFFSET 1 LIMIT 1
UNWIND [1,2,3] AS x RETURN x LIMIT 0
RETURN 1 AS a LIMIT 1 + 1
RETURN 1 AS a UNION RETURN 2 AS b
RETURN 1 AS a, 2 AS b UNION RETURN 3 AS b, 4 AS a
RETURN 1 AS x UNION RETURN 1 AS x UNION ALL RETURN 1 AS x
RETURN foo(1)
RETURN size(1)
RETURN length([1])
RETURN toUpper(1)
RETURN abs('a')
RETURN 1 AND true
RETURN not 1
RETURN 'a' * 2
RETURN [1] - 1
RETURN {a:1} + 1
RETURN x
RETURN 1;
RETURN 1 // comment
RETURN /* x */ 1 AS a
match (N) return N.id
WITH 1 AS null RETURN null
RETURN [x IN [1] | x] AS x
RETURN [a IN [1], 2] AS x
RETURN [1 IN [1], 2] AS x
RETURN all(x IN [1]) AS y
RETURN single(x IN [1,2] WHERE x = 1) AS y
RETURN toString(null) AS a, toInteger(null) AS b
RETURN toString([1]) AS a
RETURN toInteger([1]) AS a
RETURN toStringOrNull([1]) AS a
RETURN date() AS d
RETURN localtime() IS NOT NULL AS d
RETURN point({x:1,y:2}) AS p
RETURN 1 IS :: INTEGER AS p
RETURN 'a' IS NORMALIZED AS p
RETURN 1 <> 2 AS a, 1 != 2 AS b
RETURN e() AS e, pi() AS p
RETURN left('abc', null) AS a
RETURN 'a\qb' AS a, 'a\/b' AS b
RETURN '\x' AS a
RETURN 'a\u00zz' AS a
RETURN -9223372036854775808 / -1 AS a, abs(-9223372036854775808) AS b, -9223372036854775808 % -1 AS c
RETURN - (-9223372036854775808) AS a
RETURN 9223372036854775807 * 2 AS a
RETURN -9223372036854775808 - 1 AS a
RETURN toInteger('1e400') AS a
RETURN toInteger('9e18') AS a, toInteger(9.9e18) AS b, toInteger(-1e30) AS c
RETURN toInteger('+5') AS b, toInteger('-5.9') AS c, toInteger('5f') AS d
RETURN toFloat('5f') AS e, toFloat('5d') AS f
RETURN toFloat('0x1p3') AS g, toFloat('1e400') AS h
RETURN toInteger(' 12') AS a
RETURN toInteger('') AS a, toFloat('') AS b
WITH 1 AS a RETURN [a IN [2] | a] AS l, a
WITH 1 AS a RETURN all(a IN [2] WHERE a = 2) AS l
RETURN NOT null IS NULL AS a, null IS NULL = true AS b
RETURN 1 IN [1] IN [true] AS a
RETURN 'a' STARTS WITH 'a' STARTS WITH 'b' AS a
RETURN 'abc' CONTAINS 'b' = true AS a
RETURN 1 IN [1] = true AS a
RETURN 1 + 1 IS NOT NULL AS a
RETURN 0x_1F AS a, 1_0 AS b
RETURN 0x1_F AS a
RETURN 1_ AS a
RETURN 1._5 AS a
RETURN 1e1_0 AS a
RETURN 0o18 AS a
RETURN 0xG AS a
RETURN 1.5.2 AS a
RETURN 1..2 AS a
RETURN 1 .. 2 AS a
RETURN [1,2,3][1 ..2] AS a
RETURN toUpper('ŉ') AS a
RETURN '1' + 1 AS a, 1 + '1' AS b, 1.5 + 'x' AS c, 'x' + [] AS d, [] + [] AS e
RETURN 'a' + {} AS a
RETURN [] + {} AS a
RETURN 'a\qb' AS a, 'a\/b' AS b, '\x' AS c, '\0' AS d, '\%' AS e
RETURN trim(BOTH 'xy' FROM 'xyaxy') AS a
RETURN trim(LEADING 'x' FROM 'xxax') AS a, trim(TRAILING FROM ' a ') AS b, trim('x' FROM 'xax') AS c, trim(FROM ' a ') AS d
RETURN trim(BOTH null FROM 'xyaxy') AS a
RETURN trim(trim('x' FROM 'x a')) AS a
RETURN 1.5_5 AS a, 1e1_0 AS b
RETURN toLower('ΣΑΣ') AS a, toLower('İ') AS b, toUpper('straße') AS c, toLower('Σ') AS d, toLower('ΑΣ ΒΣ') AS e
RETURN toInteger('NaN') AS a, toInteger('Infinity') AS b, toInteger('0x1p3') AS c, toInteger('5d') AS d, toInteger('1.') AS e, toInteger('.5') AS f, toInteger('1e') AS g
RETURN toString(all(x IN [1] WHERE x > 0)) AS a, count(ALL 1) AS b
RETURN sinh(1) AS a
RETURN CASE 2 WHEN 1, 2, 3 THEN [x IN [1] | x] ELSE [] END AS a
RETURN null = null AS a, null <> null AS b, NOT null AS c, null AND false AS d, null OR true AS e, null XOR true AS f
RETURN [null] = [null] AS a, [1, null] = [2, null] AS b, [1, null] <> [1] AS c, {a: null} = {a: null} AS d
RETURN null IS NULL AS a, [null, 1][0] IS NULL AS b, coalesce(null, null) AS c, null + 1 AS d, null IN [1, null] AS e
RETURN [] + null AS a, [1] + [null] AS b, size([null, null]) AS c, tail([null]) AS d, [1, 2][0..null] AS e
RETURN $i + 1 AS a, $l AS b, $m.k AS c, $none IS NULL AS d, $s =~ 'al.*' AS e
UNWIND $l AS x RETURN x, x IS NULL AS n, x + 1 AS y
WITH [3, 1, 2] AS l UNWIND l AS x WITH x ORDER BY x DESC RETURN x
