// Functions and operators at their borders, literals, escapes, errors of kinds.
RETURN toInteger('0b11') AS a, toInteger('1_000') AS b, toInteger('９') AS c, toInteger('12abc') AS d, toInteger('1e2') AS e, toInteger('-0') AS f
RETURN toInteger(1.9) AS a, toInteger(-1.9) AS b, toInteger(0.0/0.0) AS c, toInteger(1.0/0.0) AS d, toInteger(9223372036854775807.0) AS e
RETURN toInteger(false) AS a, toFloat(true) AS b
RETURN toFloat(1) AS a, toFloat('1') AS b, toFloat('.5') AS c, toFloat('5.') AS d, toFloat('1e-3') AS e, toFloat('-') AS f, toFloat('1,5') AS g
RETURN toFloatOrNull(true) AS a, toFloatOrNull([1]) AS b, toFloatOrNull('x') AS c, toFloatOrNull(2) AS d, toFloatOrNull({a: 1}) AS e, toFloatOrNull(null) AS f
RETURN toIntegerOrNull(true) AS a, toIntegerOrNull([1]) AS b, toIntegerOrNull('x') AS c, toIntegerOrNull('2.7') AS d, toIntegerOrNull(null) AS e
RETURN toBooleanOrNull('true') AS a, toBooleanOrNull(1.5) AS b, toBooleanOrNull(0) AS c, toBooleanOrNull([]) AS d, toBooleanOrNull('yes') AS e, toBooleanOrNull(7) AS f
RETURN toBoolean(1.5) AS a
RETURN toBoolean([]) AS a
RETURN toBoolean(0) AS a, toBoolean(-3) AS b, toBoolean('FALSE') AS c, toBoolean('') AS d
RETURN toStringOrNull(1.5) AS a, toStringOrNull(true) AS b, toStringOrNull({a: 1}) AS c, toStringOrNull('x') AS d
RETURN toIntegerList(['1', 2.5, true, null, 'x', [1]]) AS a, toFloatList(['1', 2, true, null, 'x']) AS b, toBooleanList(['true', 0, 'x', null, 1.5]) AS c, toStringList([1, 1.5, true, null, 'x', [1]]) AS d
RETURN toIntegerList(null) AS a
RETURN toIntegerList('x') AS a
RETURN toString(1) AS a, toString(-0.0) AS b, toString(1e7) AS c, toString(9999999.0) AS d, toString(1e-3) AS e, toString(0.00099) AS f, toString(123456.789) AS g, toString(1.0/3) AS h, toString(0.0/0.0) AS i, toString(1.0/0.0) AS j
RETURN toString(1e100) AS a, toString(1.7976931348623157e308) AS b, toString(4.9e-324) AS c, toString(2.0e-3) AS d, toString(100.0) AS e, toString(1.1e10) AS f
RETURN '' + 1e7 AS a, 'x' + 0.1 AS b, 1.5e-10 + '' AS c
RETURN 1 / 2 AS a, -7 / 2 AS b, 7 / -2 AS c, -7 % 3 AS d, 7 % -3 AS e, 7.5 % -2 AS f, -7.5 % 2 AS g, 1 / 2.0 AS h
RETURN 1 % 0 AS a
RETURN 1.0 % 0 AS a, 1 % 0.0 AS b
RETURN 0 / 0.0 AS a, -1 / 0.0 AS b
RETURN null / 0 AS a, 1 / null AS b, null % 0 AS c, null ^ 2 AS d
RETURN 2 ^ 0.5 AS a, (-8) ^ (1.0/3) AS b, 0 ^ 0 AS c, 2 ^ -1 AS d, 2 ^ 63 AS e, -2 ^ 2 AS f, 2 ^ -2 ^ 2 AS g
RETURN 9223372036854775807 + 1 AS a
RETURN 9223372036854775807 + 1.0 AS a
RETURN -9223372036854775808 AS a, 9223372036854775807 AS b, 0x7FFFFFFFFFFFFFFF AS c, -0x8000000000000000 AS d
RETURN 9223372036854775808 AS a
RETURN -9223372036854775809 AS a
RETURN 0xFFFFFFFFFFFFFFFF AS a
RETURN 0x8000000000000000 AS a
RETURN -(9223372036854775807) - 1 AS a, -9223372036854775808 * 1 AS b
RETURN 1e308 * 10 AS a, 1e400 AS b
RETURN abs(-9223372036854775807) AS a, abs(null) AS b, abs(-0.0) AS c
RETURN abs(-9223372036854775808) AS a
RETURN sign(0) AS a, sign(-0.5) AS b, sign(null) AS c, sign(0.0) AS d, sign(0.0/0.0) AS e
RETURN ceil(-0.5) AS a, floor(0.5) AS b, ceil(1) AS c, floor(null) AS d, round(1) AS e, round(null) AS f
RETURN round(3.14159, 3) AS a, round(3.14159, 0) AS b, round(1e20, 2) AS c, round(-3.5) AS d, round(2.5) AS e, round(3.5) AS f
RETURN round(1.249, 1, 'UP') AS a, round(-1.251, 1, 'DOWN') AS b, round(1.25, 1, 'HALF_UP') AS c, round(1.25, 1, 'HALF_DOWN') AS d, round(1.25, 1, 'HALF_EVEN') AS e, round(1.251, 1, 'CEILING') AS f, round(-1.251, 1, 'FLOOR') AS g
RETURN round(1.25, 1, 'SIDEWAYS') AS a
RETURN round(1.25, -1) AS a
RETURN round(1.25, 1.5) AS a
RETURN round(1.25, null) AS a
RETURN sqrt(-1) AS a, log(0) AS b, log(-1) AS c, log10(1000) AS d, exp(1) AS e, sqrt(null) AS f
RETURN acos(2) AS a, atan2(1, 1) AS b, cot(0) AS c, haversin(0.5) AS d, degrees(pi()) AS e, radians(180) AS f, tan(0) AS g
RETURN isNaN(0.0/0.0) AS a, isNaN(1) AS b, isNaN(null) AS c
RETURN isNaN('a') AS a
RETURN range(1, 10, 3) AS a, range(10, 1, -3) AS b, range(1, 1) AS c, range(0, -1) AS d, range(0, 5, 10) AS e
RETURN range(1, 10, 0) AS a
RETURN range(1, null) AS a
RETURN range(null, 1) AS a
RETURN range(1.0, 3) AS a
RETURN range(1, 'x') AS a
RETURN size(range(1, 1000000)) AS a
RETURN [1, 2, 3][1..] AS a, [1, 2, 3][..2] AS b, [1, 2, 3][-2..-1] AS c, [1, 2, 3][2..1] AS d, [1, 2, 3][5..10] AS e, [1, 2, 3][-10..2] AS f, [1, 2, 3][..] AS g
RETURN [1, 2, 3][0..null] AS a, [1, 2, 3][null..] AS b, null[0] AS c, null[0..1] AS d
RETURN [1, 2, 3][1.0] AS a
RETURN [1, 2, 3]['a'] AS a
RETURN [1, 2, 3][true] AS a
RETURN 'abc'[0] AS a
RETURN 'abc'[0..1] AS a
RETURN {a: 1}[0] AS a
RETURN {a: 1}[null] AS a
RETURN {a: 1, b: {c: [1, {d: 2}]}}.b.c[1].d AS a
RETURN {`a b`: 1}.`a b` AS a, {a: 1}['A'] AS b, {A: 1}.a AS c
RETURN {a: 1, a: 2} AS m
RETURN {a: 1, b: 2} = {b: 2, a: 1} AS e, keys({b: 1, a: null}) AS k, size(keys({})) AS s
RETURN properties({a: 1}) AS a, properties(null) AS b
RETURN properties(1) AS a
RETURN keys([1]) AS a
RETURN size({a: 1}) AS a
RETURN size('') AS a, size('a😀b') AS b, size('é') AS c, char_length('😀') AS d, character_length(null) AS e
RETURN reverse('a😀b') AS a, left('😀ab', 1) AS b, substring('a😀b', 1, 1) AS c, right('a😀', 1) AS d
RETURN reverse(null) AS a, reverse([]) AS b, reverse([1, null, 'a']) AS c
RETURN substring('hello', 1, 3) AS a, substring('hello', 4, 10) AS b, substring('hello', 0, 0) AS c, substring(null, 0) AS d, substring('hello', 5) AS e
RETURN substring('hello', 1, -1) AS a
RETURN substring('hello', null) AS a
RETURN substring('hello', 0, null) AS a
RETURN left(null, 1) AS a, right(null, null) AS b
RETURN left('abc', 0) AS a, right('abc', 0) AS b, right('abc', 10) AS c
RETURN right('abc', -1) AS a
RETURN left(123, 1) AS a
RETURN split('a.b.c', '.') AS a, split('aXXb', 'XX') AS b, split('', '') AS c, split('a', 'a') AS d, split(null, 'a') AS e, split('a', null) AS f
RETURN replace('aaa', 'a', 'b') AS a, replace('aaa', 'aa', 'b') AS b, replace('abc', 'x', 'y') AS c, replace(null, 'a', 'b') AS d, replace('a', 'a', null) AS e, replace('a.c', '.', '-') AS f
RETURN trim('\t\n a \u00a0') AS a, ltrim('\u2003a') AS b, rtrim('a\u200b') AS c, size(trim('  ')) AS d, trim(null) AS e
RETURN btrim('  a  ') AS a, btrim('abcba', 'ab') AS b, btrim('a', '') AS c, btrim(null, 'a') AS d, btrim('a', null) AS e
RETURN ltrim('xyxa', 'xy') AS a, rtrim('axyx', 'xy') AS b
RETURN toUpper('äöüß') AS a, toLower('ÄÖÜ') AS b, upper('a') AS c, lower('A') AS d, toUpper(null) AS e
RETURN 'a' < 'b' AS a, 'a' < 'B' AS b, 'a' < 'aa' AS c, '' < 'a' AS d, 'ä' > 'z' AS e, '😀' > '\uFFFD' AS f
RETURN 'abc' STARTS WITH '' AS a, 'abc' CONTAINS null AS b, null STARTS WITH 'a' AS c, 'abc' ENDS WITH 'abc' AS d, '' CONTAINS '' AS e
RETURN 1 STARTS WITH 'a' AS a
WITH 1 AS x RETURN x STARTS WITH 'a' AS a
WITH [1] AS x RETURN x[0] STARTS WITH 'a' AS a, x[0] CONTAINS 'a' AS b, x[0] ENDS WITH 'x' AS c
WITH [1] AS x RETURN x[0] =~ 'a' AS a
RETURN 'abc' =~ '' AS a, '' =~ '' AS b, 'ABC' =~ '(?i)abc' AS c, 'a\nb' =~ 'a.b' AS d, 'a\nb' =~ '(?s)a.b' AS e, 'abc' =~ '.*b.*' AS f, 'a.c' =~ 'a\\.c' AS g
RETURN 'abc' =~ '^abc$' AS a, 'abc' =~ 'a|abc' AS b, 'ab' =~ '[[:alpha:]]+' AS c, 'é' =~ '\\w' AS d, 'aé' =~ '\\p{L}+' AS e, '1' =~ '\\d' AS f
RETURN 'a' =~ '[' AS a
RETURN 'a' =~ '(' AS a
RETURN 'a' =~ 'a{2,1}' AS a
RETURN 'x' =~ null AS a, null =~ 'x' AS b
RETURN 'aa' =~ '(a)\\1' AS a
RETURN 'a\n' =~ 'a$' AS a, 'a' =~ '\\Qa\\E' AS b, 'A' =~ '[a-z&&[^b]]' AS c
RETURN 'abc' =~ 'a++bc' AS a
RETURN 'a-b_c' =~ '[\\w-]+' AS a, 'arn:aws:s3:::x' =~ 'arn:aws:s3:::[a-z]+' AS b
RETURN coalesce() AS a
RETURN coalesce(null) AS a, coalesce(null, 'a', 1) AS b
RETURN head([]) AS a, last([]) AS b, tail([1]) AS c, head([null, 1]) AS d, tail(null) AS e
RETURN head('abc') AS a
RETURN isEmpty(null) AS a, isEmpty([null]) AS b, isEmpty(' ') AS c
RETURN isEmpty(1) AS a
RETURN nullIf(1, 1.0) AS a, nullIf(null, 1) AS b, nullIf(1, null) AS c, nullIf('a', 'A') AS d
RETURN [x IN [1, 2, 3]] AS a, [x IN [1, 2, 3] WHERE x > 5] AS b, [x IN null | x] AS c, [x IN [1, null] WHERE x IS NULL | 'n'] AS d
RETURN [x IN 1 | x] AS a
RETURN [x IN 'abc' | x] AS a
RETURN [x IN [[1, 2], [3]] | [y IN x | y * 2]] AS a, [x IN [1, 2] | {v: x}] AS b
RETURN reduce(a = '', x IN ['a', 'b'] | a + x) AS a, reduce(a = 0, x IN null | a + x) AS b, reduce(a = 0, x IN [1, null] | a + x) AS c, reduce(a = [], x IN [1, 2] | [x] + a) AS d
RETURN reduce(a = 0, x IN [1, 2] | a + y) AS a
RETURN reduce(a = 0, x IN [1, 2]) AS a
RETURN all(x IN [1, null] WHERE x = 1) AS a, any(x IN [null] WHERE x = 1) AS b, none(x IN [null, 1] WHERE x = 1) AS c, single(x IN [null, 1] WHERE x = 1) AS d, all(x IN null WHERE x = 1) AS e
RETURN any(x IN [1, 2] WHERE x) AS a
RETURN any(x IN ['a'] WHERE x) AS a
RETURN all(x IN [1] WHERE y = 1) AS a
RETURN any(x IN 1 WHERE x = 1) AS a
RETURN CASE WHEN null THEN 1 WHEN true THEN 2 END AS a, CASE null WHEN null THEN 1 ELSE 2 END AS b, CASE 1 WHEN 1.0 THEN 'eq' END AS c, CASE 'a' WHEN 'A' THEN 1 END AS d
RETURN CASE WHEN 1 THEN 2 END AS a
RETURN CASE END AS a
RETURN CASE 1 ELSE 2 END AS a
RETURN CASE WHEN true THEN 1 ELSE 'a' END AS a, CASE [1] WHEN [1] THEN 1 END AS b, CASE {a: 1} WHEN {a: 1} THEN 1 END AS c
RETURN CASE 3 WHEN 1, 2 THEN 'low' WHEN 3, 4 THEN 'high' ELSE 'none' END AS a
RETURN [1, 2] + 3 AS a, 3 + [1, 2] AS b, [1] + [2, [3]] AS c, [1] + [[2]] AS d, [] + 'a' AS e, 'a' + ['b'] AS f, null + [1] AS g
RETURN 'a' + null AS a, 'a' || null AS b, [1] || null AS c
RETURN 'a' || 1 AS a
RETURN [1] || 2 AS a
RETURN true + 'a' AS a
RETURN 1 + true AS a
RETURN {a: 1} + {b: 2} AS a
RETURN 'a' - 'b' AS a
RETURN -'a' AS a
RETURN -null AS a, +null AS b, - -1 AS c, +(-1) AS d, -[1][0] AS e
RETURN NOT 'a' AS a
RETURN true AND 'a' AS a
WITH ['a'] AS l RETURN true AND l[0] AS a
WITH ['a'] AS l RETURN NOT l[0] AS a
WITH [1] AS l RETURN l[0] + true AS a
WITH ['a'] AS l RETURN l[0] * 2 AS a
WITH [{}] AS l RETURN l[0] + 1 AS a
WITH [1] AS l RETURN l[0].x AS a
WITH [1] AS l RETURN size(l[0]) AS a
WITH ['x'] AS l RETURN toUpper(l[0]) AS a, abs(-1) AS b
WITH ['x'] AS l RETURN abs(l[0]) AS a
WITH [1] AS l RETURN toUpper(l[0]) AS a
WITH ['x'] AS l UNWIND l[0] AS y RETURN y
WITH [1] AS l RETURN [x IN l[0] | x] AS y
WITH ['ab'] AS l RETURN l[0][0] AS y
WITH [1] AS l RETURN 1 IN l[0] AS y
WITH [true] AS l RETURN toInteger(l[0]) AS y, toString(l[0]) AS z
WITH [[1]] AS l RETURN toInteger(l[0]) AS y
WITH [[1]] AS l RETURN toString(l[0]) AS y
WITH [{a: 1}] AS l RETURN l[0].a AS y, l[0]['a'] AS z, l[0].b AS w
WITH [1] AS l RETURN l[0] AND true AS y
WITH [1.5] AS l RETURN [1, 2, 3][l[0]] AS y
WITH [1.5] AS l RETURN range(1, l[0]) AS y
WITH [1.0] AS l RETURN left('abc', l[0]) AS y
WITH ['x'] AS l RETURN reverse(l[0]) AS y, isEmpty(l[0]) AS z
WITH [null] AS l RETURN reverse(l[0]) AS y, l[0].x AS z, l[0][0] AS w, l[0] + 1 AS v
WITH 'it''s' AS x RETURN x
RETURN "a\"b" AS a, 'a"b' AS b, "a'b" AS c, 'a\\b' AS d, '\t|\b|\n|\r|\f' AS e
RETURN '\U0001F600' AS a
RETURN '\uD83D\uDE00' AS a, size('\uD83D\uDE00') AS b
RETURN 'unclosed
RETURN `unclosed
RETURN 'a' 'b'
RETURN 0xABC AS a, 0Xabc AS b
RETURN 0o7 AS a, 0O7 AS b, 0o08 AS c
RETURN 1e5 AS a, 1E5 AS b, 1e+5 AS c, 1e-5 AS d, 1.e5 AS e
RETURN 1.5e3 AS a, .5e1 AS b, 00.5 AS c
RETURN 00 AS a
RETURN 1abc AS a
RETURN 1e AS a
RETURN 0x AS a
RETURN inf AS a
RETURN Infinity AS a, NaN AS b, INF AS c
RETURN -Infinity AS a
RETURN TRUE AS a, False AS b, NULL AS c, nUlL AS d
