// Paths: SHORTEST in all its forms, shortestPath, quantified paths, label and type expressions, patterns as values.
MATCH p = SHORTEST 1 (a)-[:ASSUMES]->+(b) RETURN a.id, b.id, length(p)
MATCH p = SHORTEST 2 (a {id: 'n0'})-->*(b) RETURN a.id, b.id, length(p)
MATCH p = SHORTEST 2 PATHS (a {id: 'n0'})-->*(b) RETURN a.id, b.id, length(p)
MATCH p = SHORTEST PATH (a {id: 'n0'})-->*(b) RETURN a.id, b.id, length(p)
MATCH p = SHORTEST 1 PATH (a {id: 'n0'})-->*(b) RETURN a.id, b.id, length(p)
MATCH p = SHORTEST GROUP (a {id: 'n0'})-->*(b) RETURN a.id, b.id, length(p)
MATCH p = SHORTEST GROUPS (a {id: 'n0'})-->*(b) RETURN a.id, b.id, length(p)
MATCH p = SHORTEST 1 GROUP (a {id: 'n0'})-->*(b) RETURN a.id, b.id, length(p)
MATCH p = SHORTEST 2 PATH GROUPS (a {id: 'n0'})-->*(b) RETURN a.id, b.id, length(p)
MATCH p = SHORTEST 2 PATHS GROUPS (a {id: 'n0'})-->*(b) RETURN a.id, b.id, length(p)
MATCH p = ALL SHORTEST PATHS (a {id: 'n0'})-->*(b) RETURN a.id, b.id, length(p)
MATCH p = ALL SHORTEST (a)--+(b) WHERE a.id < b.id RETURN a.id, b.id, length(p)
MATCH p = ANY SHORTEST PATH (a {id: 'n0'})-->*(b) RETURN a.id, b.id, length(p)
MATCH p = ANY 2 (a {id: 'n0'})-->+(b) RETURN a.id, b.id, count(*)
MATCH p = ANY PATH (a {id: 'n0'})-->+(b) RETURN a.id, b.id, count(*)
MATCH p = ANY 2 PATHS (a {id: 'n0'})-->+(b) RETURN a.id, b.id, count(*)
MATCH p = ANY (a {id: 'n0'})-->(b) RETURN a.id, b.id, count(*)
MATCH p = ALL (a {id: 'n0'})-->(b) RETURN a.id, b.id, count(*)
MATCH p = ALL PATHS (a {id: 'n0'})-->+(b) RETURN count(*)
MATCH p = SHORTEST 0 (a)-->+(b) RETURN p
MATCH p = SHORTEST -1 (a)-->+(b) RETURN p
MATCH p = SHORTEST 1.5 (a)-->+(b) RETURN p
MATCH p = ANY 0 (a)-->+(b) RETURN p
MATCH SHORTEST 1 (a {id: 'n0'})-->+(b) RETURN a.id, b.id
MATCH ANY SHORTEST (a {id: 'n0'})-[r:ASSUMES|READS_DATA]->+(b) RETURN b.id, size(r)
MATCH p = SHORTEST 1 (a {id: 'n0'}) ((x)-[r]->(y) WHERE r.cost > 0)+ (b) RETURN b.id, length(p)
MATCH p = SHORTEST 1 (a {id: 'n0'}) ((x)-[r]->(y) WHERE x.id <> y.id){1,3} (b) RETURN b.id, length(p), size(x), size(r)
MATCH p = SHORTEST 2 GROUPS (a {id: 'n0'}) ((x)-[r]->(y)){0,3} (b) RETURN b.id, length(p)
MATCH p = SHORTEST 1 ((a {id: 'n0'})-->+(b) WHERE b.imds_hop_limit > 0) RETURN b.id, length(p)
MATCH p = ALL SHORTEST ((a)-->+(b) WHERE all(n IN nodes(p) WHERE n.id <> 'n2')) RETURN a.id, b.id, length(p)
MATCH p = ALL SHORTEST ((a)((x)-->(y))+(b) WHERE all(n IN x WHERE n.id <> 'n2')) RETURN a.id, b.id, length(p)
MATCH p = ALL SHORTEST (a)((x)-->(y))+(b) WHERE all(n IN x WHERE n.id <> 'n2') RETURN a.id, b.id, length(p)
MATCH p = SHORTEST 1 (a)-->+(b), (c) RETURN p
MATCH p = SHORTEST 1 (a)-->+(b), q = SHORTEST 1 (b)-->+(c) RETURN p
MATCH (a {id: 'n0'}) MATCH p = ALL SHORTEST (a)-[:ASSUMES]->*(b)-[:READS_DATA]->(c) RETURN c.id, length(p)
MATCH p = ALL SHORTEST (a)-[:ASSUMES]->(m)-->+(c) RETURN a.id, c.id, length(p), m.id
MATCH p = ALL SHORTEST (a)-->+(m)-->+(c) RETURN a.id, c.id, length(p)
MATCH p = ALL SHORTEST (a)((x)-->(y)<--(z))+(b) RETURN a.id, b.id, length(p)
MATCH p = ALL SHORTEST (a)-->{2,4}(b) RETURN a.id, b.id, length(p)
MATCH p = ALL SHORTEST (a)-->{3}(b) RETURN a.id, b.id, length(p)
MATCH p = ALL SHORTEST (a)-->(b) RETURN a.id, b.id, length(p)
MATCH p = ALL SHORTEST (a)-->+(a) RETURN a.id, length(p)
MATCH p = SHORTEST 1 (a)-->*(a) RETURN a.id, length(p)
MATCH p = SHORTEST 3 (a {id: 'n0'})-->+(a) RETURN a.id, length(p)
MATCH p = shortestPath((a {id: 'n0'})-[*]->(b)) WHERE a <> b RETURN b.id, length(p)
MATCH (a {id: 'n0'}), (b) WHERE a <> b MATCH p = shortestPath((a)-[*]->(b)) RETURN b.id, length(p)
MATCH (a {id: 'n0'}), (b) MATCH p = shortestPath((a)-[*]->(b)) RETURN b.id, length(p)
MATCH (a {id: 'n0'}), (b) MATCH p = shortestPath((a)-[*0..]->(b)) RETURN b.id, length(p)
MATCH (a {id: 'n0'}), (b) WHERE a <> b MATCH p = shortestPath((a)-[*0..2]->(b)) RETURN b.id, length(p)
MATCH (a {id: 'n0'}), (b) WHERE a <> b MATCH p = shortestPath((a)-[*2..3]->(b)) RETURN b.id, length(p)
MATCH (a {id: 'n0'}), (b) WHERE a <> b MATCH p = shortestPath((a)-->(b)) RETURN b.id, length(p)
MATCH (a {id: 'n0'}), (b) WHERE a <> b MATCH p = shortestPath((a)<-[*]-(b)) RETURN b.id, length(p)
MATCH (a {id: 'n0'}), (b) WHERE a <> b MATCH p = shortestPath((a)-[:ASSUMES|READS_DATA*]-(b)) RETURN b.id, length(p)
MATCH (a), (b) WHERE a.id < b.id MATCH p = allShortestPaths((a)-[*]-(b)) RETURN a.id, b.id, length(p)
MATCH (a), (b) WHERE a.id < b.id MATCH p = allShortestPaths((a)-[r*..3]-(b)) RETURN a.id, b.id, size(r)
MATCH (a), (b) WHERE a.id < b.id MATCH shortestPath((a)-[r*..3]-(b)) RETURN a.id, b.id, size(r)
MATCH (a), (b) WHERE a.id < b.id MATCH p = shortestPath((a)-[r*..3]-(b)) WHERE all(x IN r WHERE x.cost > 0) RETURN a.id, b.id, length(p)
MATCH (a), (b) WHERE a.id < b.id MATCH p = shortestPath((a)-[*..3]-(b)) WHERE none(x IN nodes(p) WHERE x.id = 'n3') RETURN a.id, b.id, length(p)
MATCH (a), (b) WHERE a.id < b.id MATCH p = shortestPath((a)-[*..3 {verdict: 'allow'}]-(b)) RETURN a.id, b.id, length(p)
MATCH (a), (b) WHERE a.id < b.id OPTIONAL MATCH p = shortestPath((a)-[:ASSUMES*]->(b)) RETURN a.id, b.id, length(p)
MATCH p = shortestPath((a:Role)-[*]->(b:Bucket)) RETURN a.id, b.id, length(p)
MATCH p = shortestPath((a)-[*]->(b)-[*]->(c)) RETURN p
MATCH p = shortestPath((a)) RETURN p
MATCH p = shortestPath((a)-[]->+(b)) RETURN p
MATCH p = shortestPath((a)-[*]->(a)) RETURN p
MATCH (a) WHERE shortestPath((a)-[*]->({id: 'n1'})) IS NOT NULL RETURN a.id
MATCH (a)-[r:ASSUMES*]->(b) RETURN a.id, b.id, [x IN r | x.variant]
MATCH (a)-[r*1..3]->(b) WHERE all(x IN r WHERE x.cost >= 1) RETURN a.id, b.id, size(r)
MATCH p = (a)-[*1..3]->(b) WHERE none(n IN nodes(p)[1..-1] WHERE n:Bucket) RETURN a.id, b.id, length(p)
MATCH p = (a)-[r*0..1]->(b) RETURN a.id, b.id, r, nodes(p)
MATCH (a)-[r*1..2 {verdict: 'allow'}]-(b) RETURN a.id, b.id, size(r)
MATCH (a)<-[*1..2]->(b) RETURN a.id, b.id
MATCH (a)-[*2..]->(b) RETURN a.id, b.id, count(*)
MATCH (a)-[r*]->(b) WITH last(r) AS l, head(r) AS h RETURN l.variant, h.variant, count(*)
MATCH (a)-[*1..2]->(b)-[*1..2]->(c) RETURN a.id, b.id, c.id
MATCH (a)-[*1..2]->(b), (b)-[*1..2]->(c) RETURN a.id, b.id, c.id
MATCH (a)-[*1..2]->(b) MATCH (b)-[*1..2]->(c) RETURN a.id, b.id, c.id
MATCH (a)-[r1]->(b), (c)-[r2]->(d) WHERE a.id = 'n0' RETURN count(*)
MATCH (a)-[r*]->(b)-[r]->(c) RETURN count(*)
MATCH (s {id: 'n0'}) ((a)-[r]->(b))+ (t) RETURN t.id, [x IN a | x.id], [x IN b | x.id], [x IN r | type(x)]
MATCH (s {id: 'n0'}) ((a:Role)-[r:ASSUMES]->(b) WHERE a.id < b.id)* (t) RETURN t.id, size(a), size(r)
MATCH (s {id: 'n0'}) (()-[r]->()){2} (t) RETURN t.id, size(r)
MATCH (s {id: 'n0'}) (()-[r]->()){,2} (t) RETURN t.id, size(r)
MATCH (s {id: 'n0'}) (()-[r]->()){0} (t) RETURN t.id, size(r)
MATCH (s {id: 'n0'}) ((a)-[r]->(b)-[q]->(c)){1,2} (t) RETURN t.id, [x IN a | x.id], [x IN c | x.id]
MATCH (s {id: 'n0'}) ((a)-[r]->(b)){1,2} ((c)-[q]->(d)){0,1} (t) RETURN t.id, size(r), size(q)
MATCH ((a)-[r]->(b))+ RETURN size(a), size(b), count(*)
MATCH ((a)-[r]->(b)){1,2} WHERE a[0].id = 'n0' RETURN size(r)
MATCH ((a)-[r]->(b)){1,2} WHERE a.id = 'n0' RETURN size(r)
MATCH (s) ((a)-[r]->(b) WHERE s.id = a.id){1,2} (t) RETURN count(*)
MATCH (s {id: 'n0'}) MATCH (s) ((a)-[r]->(b) WHERE b.id <> s.id){1,3} (t) RETURN t.id, size(r)
MATCH (s {id: 'n0'}) MATCH (s) ((a)-[r]->(b) WHERE EXISTS { (b)-->() }){1,3} (t) RETURN t.id, size(r)
MATCH (s) ((a)-[r]->(b) WHERE size(r) > 1){1,2} (t) RETURN count(*)
MATCH (s) ((a)-[r]->(b)){1,2} (t) WHERE none(x IN r WHERE x.cost = 0) AND all(i IN range(0, size(a) - 1) WHERE a[i].id <> b[i].id) RETURN s.id, t.id, size(r)
MATCH p = (s) ((a)-[r]->(b)){1,2} (t) RETURN length(p), size(nodes(p)), reduce(c = 0, x IN r | c + coalesce(x.cost, 0)) AS cost
MATCH p = (s)(()-->())+(t) WHERE s = t RETURN s.id, length(p)
MATCH (s)(()--())+(t) WHERE s.id = 'n0' AND t.id = 'n1' RETURN count(*)
MATCH (a)-[:ASSUMES]->{1,2}(b)-[:READS_DATA]->{0,1}(c) RETURN a.id, b.id, c.id
MATCH (a)-[r:ASSUMES WHERE r.cost < 3]->+(b) RETURN a.id, b.id, size(r)
MATCH (a)-[r:ASSUMES {verdict: 'allow'}]->+(b) RETURN a.id, b.id, size(r)
MATCH (a)<-[r:ASSUMES]-+(b) RETURN a.id, b.id, size(r)
MATCH (a)-[r]-{2}(b) RETURN a.id, b.id, count(*)
MATCH (a)<-->+(b) RETURN DISTINCT a.id, b.id
MATCH (a)-[:ASSUMES|!READS_DATA]->(b) RETURN a.id, b.id
MATCH (a)-[r:ASSUMES|READS_DATA&!HAS_POLICY]->(b) RETURN a.id, type(r), b.id
MATCH (a:Role|Bucket&!Entry) RETURN a.id
MATCH (a:(Role|Bucket)&!Entry) RETURN a.id
MATCH (a:!(Role|Bucket)) RETURN a.id
MATCH (a:Role&%) RETURN a.id
MATCH (a:Role:Entry) RETURN a.id
MATCH (a:Role:Entry|Bucket) RETURN a.id
MATCH (a:Role|:Bucket) RETURN a.id
MATCH (a IS Role|Bucket) RETURN a.id
MATCH (a) WHERE a IS Role RETURN a.id
MATCH (a) WHERE a:Role AND NOT a:Entry RETURN a.id
MATCH (a) RETURN a:Role|Bucket AS x, a:!Role AS y, a.id ORDER BY a.id
MATCH (a) WHERE a:% RETURN count(a)
MATCH ()-[r]->() RETURN r:ASSUMES AS x, count(*)
MATCH ()-[r:ASSUMES:READS_DATA]->() RETURN r
MATCH ()-[r IS ASSUMES]->() RETURN count(r)
MATCH (a:`Role`)-[r:`ASSUMES`]->(b) RETURN a.`id`
MATCH (a:Role {id: 'n0'} WHERE a.name IS NOT NULL) RETURN a.id
MATCH (a WHERE a.id = 'n0')-[r WHERE r.cost > 0]->(b WHERE b.id <> a.id) RETURN a.id, b.id
MATCH (a)-[r]->(b WHERE b.cost > r.cost) RETURN count(*)
MATCH (a {id: b.id})-->(b) RETURN a.id
MATCH (a)-->(b {id: a.id}) RETURN a.id
MATCH (a {id: null}) RETURN a.id
MATCH (a {}) RETURN count(a)
MATCH (a {id: $s}) RETURN a.id
MATCH (a {id: 'n' + '0'}) RETURN a.id
MATCH (a $m) RETURN a.id
MATCH (a {id: $m.k}) RETURN a.id
MATCH (:Role)-->(x) WITH x WHERE x.id > 'n1' RETURN DISTINCT x.id
MATCH (a) WHERE a.id IN ['n0', 'n1'] AND (a)-->({id: 'n2'}) RETURN a.id
MATCH (a) WHERE (a)-[:ASSUMES*1..2]->(:Bucket) RETURN a.id
MATCH (a), (b) WHERE (a)-->(b) AND NOT (b)-->(a) RETURN a.id, b.id
MATCH (a) WHERE (a)-->() OR a.id = 'n0' RETURN a.id
MATCH (a) WHERE NOT exists { (a)<--() } RETURN a.id
MATCH (a) RETURN a.id, exists { (a)-->(:Role) } AS x ORDER BY a.id
MATCH (a) WHERE (a)-[r]->() RETURN a.id
MATCH (a) WHERE (a)-->(b) RETURN a.id
MATCH (a) WHERE (a) RETURN a.id
MATCH (a) RETURN [(a)-->(b) WHERE b.id > 'n1' | b.id] AS x
MATCH (a) RETURN [(a)-[r]->() | r.cost] AS x, a.id
MATCH (a) RETURN [p = (a)-[*1..2]->(b:Bucket) | length(p)] AS x
MATCH (a) RETURN [(a) | 1] AS x
MATCH (a) RETURN size([(a)-->() | 1]) AS x, a.id ORDER BY x, a.id
MATCH (a) RETURN [(a)-->(b) | [(b)-->(c) | c.id]] AS x, a.id
MATCH (a) RETURN [(a)-->(a) | 1] AS x, a.id
MATCH (a) WITH a, [(a)-->(b) | b] AS bs UNWIND bs AS b RETURN a.id, b.id
RETURN [(a:Role)-->(b) | b.id] AS x
OPTIONAL MATCH (a:Nope)-[r]->(b) RETURN a, r, b, r.x, type(r), startNode(r), nodes(null), length(null), labels(a), keys(r), properties(b)
MATCH (a) OPTIONAL MATCH (a)-[r:ASSUMES]->(b) WHERE a.collected RETURN a.id, r.variant, b.id
MATCH (a) OPTIONAL MATCH (a)-->(b:Bucket) OPTIONAL MATCH (b)-->(c) RETURN a.id, b.id, c.id
MATCH (a {id: 'n0'}) OPTIONAL MATCH (a)-->(b) WITH a, b WHERE b IS NULL OR b.id > 'n1' RETURN a.id, b.id
OPTIONAL MATCH (a {id: 'nope'}) WITH a MATCH (a)-->(b) RETURN count(*)
OPTIONAL MATCH (a {id: 'nope'}) WITH a OPTIONAL MATCH (a)-->(b) RETURN a, b
MATCH (a)-->(b) WITH a, b MATCH (a)<--(b) RETURN a.id, b.id
MATCH p = (a)-->(b) RETURN nodes(p)[0].id, relationships(p)[-1].variant, length(p), [n IN nodes(p) | labels(n)[0]]
MATCH p = (a)-->(b)<--(c) RETURN a.id, c.id, size(relationships(p))
MATCH p = (a)-->(b) WITH p ORDER BY a.id, b.id, relationships(p)[0].variant LIMIT 1 RETURN p
MATCH p = (a)-->(b) RETURN DISTINCT length(p)
MATCH p = (a)-->(b) RETURN p.x
MATCH p = (a)-->(b) RETURN size(p)
MATCH p = (a)-->(b) RETURN nodes(p).id
MATCH p = (a {id: 'n0'}) RETURN nodes(p), relationships(p), length(p)
MATCH p = (a)-[r]->(b) RETURN startNode(r) = a AS x, endNode(r) = b AS y, startNode(r) = nodes(p)[0] AS z
MATCH (a)-[r]->(a) RETURN a.id, type(r)
MATCH (a)--(a) RETURN a.id, count(*)
MATCH (a)-[r]-(b) RETURN a.id, b.id, startNode(r).id
MATCH (n) RETURN n['na' + 'me'] AS x, n['nope'] AS y, n[null] AS z ORDER BY n.id
MATCH ()-[r]->() RETURN r['cost'] AS x, r[$s] AS y
MATCH (n) RETURN n[0]
MATCH (n) UNWIND keys(n) AS k WITH n, k WHERE k <> 'tags' RETURN k, count(n[k])
MATCH (n) RETURN n{.*} AS x ORDER BY n.id
MATCH (n) RETURN n{.id, .nope, y: n.name, z: 1 + 1} AS x ORDER BY n.id
MATCH (n) WITH n, 5 AS five RETURN n{five, .id} AS x ORDER BY n.id
MATCH (n) RETURN n{.id, .id} AS x
MATCH (n) RETURN n{id: 'x', .id} AS x
MATCH (n) RETURN n{.*, id: 'x'} AS x
MATCH (n) WITH properties(n) AS m RETURN m{.id, .*} AS x ORDER BY m.id
WITH {a: 1, b: 2} AS m RETURN m{.a, c: 3} AS x, m{.*} AS y, m{} AS z
WITH null AS m RETURN m{.a} AS x
WITH 1 AS m RETURN m{.a} AS x
MATCH ()-[r]->() RETURN r{.cost, t: type(r)} AS x
MATCH (n) RETURN n{n} AS x
