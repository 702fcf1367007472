// Quantified paths and group variables, selectors, labels and types, conditions inside of patterns.
MATCH p = (a)((x)-[r]->(y) WHERE r.cost > 0)+(b) RETURN length(p), [n IN x | n.id], [n IN y | n.id], [e IN r | e.cost]
MATCH (a)((x)-[r:ASSUMES]->(y) WHERE x.id <> y.id AND r.cost IS NOT NULL){1,3}(b) RETURN a.id, b.id, size(x) AS n, reduce(s = 0, e IN r | s + e.cost) AS c
MATCH (a)((x)-[r]->(y)-[q]->(z) WHERE x.id < z.id){1,2}(b) RETURN a.id, b.id, [i IN range(0, size(x) - 1) | x[i].id + y[i].id + z[i].id] AS t
MATCH (a:Role)((x)-[r]->(y:!Bucket)){0,2}(b) RETURN a.id, b.id, size(r), x = [] AS e
MATCH (a)((x)-[r]->(y)){0}(b) RETURN a.id, b.id, x, r, y
MATCH (a)((x)-[r]->(y)){,2}(b) RETURN a.id, b.id, size(x)
MATCH (a)((x)-[r]->(y)){2,}(b) RETURN count(*)
MATCH (a)-[r]->{,2}(b) RETURN count(*), sum(size(r))
MATCH (a)-[r]->{0,0}(b) RETURN count(*)
MATCH (a)-[r]->{3,2}(b) RETURN count(*)
MATCH (a)((x)-[r]->(y)){1,2}((u)-[s]->(v)){1,2}(b) RETURN a.id, b.id, size(r), size(s)
MATCH ((x)-[r]->(y)){1,2} RETURN [n IN x | n.id], [n IN y | n.id]
MATCH ((x)-[r]->(y))+ (b:Bucket) RETURN DISTINCT b.id, size(r)
MATCH (a) ((x)-[r]->(y) WHERE a.id <> y.id){1,2} (b) RETURN a.id, b.id, size(r)
MATCH (a) MATCH (a)((x)-[r]->(y) WHERE y.id <> a.id){1,2}(b) RETURN a.id, b.id, size(r)
MATCH (a)((x)-[r]->(y)){1,2}(b) WHERE all(e IN r WHERE e.verdict = 'allow') RETURN a.id, b.id, size(r)
MATCH (a)((x)-[r]->(y)){1,2}(b) WHERE x.id = 'n0' RETURN a.id
MATCH (a)((x)-[r]->(y)){1,2}(b) RETURN x.id
MATCH (a)((x)-[r]->(x)){1,2}(b) RETURN a.id
MATCH (a)((x)-[r]->(y)){1,2}(x) RETURN a.id
MATCH (a)((x)-[r]->(y)){1,2}(b)((x)-[s]->(z)){1,2} RETURN a.id
MATCH (a)(((x)-[r]->(y)){1,2}){1,2}(b) RETURN a.id
MATCH (a)((x)-[r*1..2]->(y)){1,2}(b) RETURN a.id
MATCH (a)((x)-[r]->{1,2}(y)){1,2}(b) RETURN a.id
MATCH (a)((x)){1,2}(b) RETURN a.id
MATCH (a)((x)-[r]->(y), (y)-->(z)){1,2}(b) RETURN a.id
MATCH (a)(p = (x)-[r]->(y)){1,2}(b) RETURN a.id
MATCH p = (a)((x)-[r]->(y)){1,2}(b), q = (b)-->(c) RETURN length(p), length(q), a.id, b.id, c.id
MATCH (a)((x)-[r]->(y)){1,2}(b), (c)((u)-[s]->(v)){1,1}(d) WHERE a.id = 'n0' AND c.id = 'n1' RETURN b.id, d.id, size(r)
MATCH (a)(()-[r]->(y) WHERE EXISTS { (y)-->(:Bucket) }){1,2}(b) RETURN a.id, b.id, size(r)
MATCH (a)(()-[r]->(y) WHERE COUNT { (y)-->() } > 1){1,2}(b) RETURN a.id, b.id, size(r)
MATCH (a)(()-[r]->(y) WHERE (y)-->()){1,2}(b) RETURN a.id, b.id, size(r)
MATCH (a)((x)<-[r]-(y)){1,2}(b) RETURN a.id, b.id, size(r)
MATCH (a)((x)-[r]-(y)){2}(b) RETURN a.id, b.id
MATCH (a)((x)-[r]->()<-[s]-(y)){1,2}(b) RETURN a.id, b.id, [e IN r | e.variant], [e IN s | e.variant]
MATCH p = (a:Role)-->+(b)-->(c:Bucket) RETURN length(p), [n IN nodes(p) | n.id]
MATCH p = (a)-[:ASSUMES]->*(b)-[:READS_DATA]->*(c) RETURN a.id, b.id, c.id, length(p)
MATCH p = (a)-[:ASSUMES]->?(b) RETURN a.id
MATCH p = SHORTEST 2 (a:Role)-[r]->+(b:Bucket) RETURN a.id, b.id, length(p) AS l
MATCH p = SHORTEST 2 GROUPS (a:Role)-[r]->+(b:Bucket) RETURN a.id, b.id, length(p), size(r)
MATCH p = SHORTEST 1 GROUP (a:Role)-[r]->+(b) RETURN a.id, b.id, length(p)
MATCH p = SHORTEST GROUP (a:Role)-[r]->+(b) RETURN a.id, b.id, length(p)
MATCH p = SHORTEST GROUPS (a:Role)-[r]->+(b) RETURN a.id, b.id, length(p)
MATCH p = SHORTEST (a:Role)-[r]->+(b) RETURN a.id, b.id, length(p)
MATCH p = SHORTEST 1 PATH (a)-->+(b) RETURN a.id, b.id, length(p)
MATCH p = SHORTEST 2 PATHS (a)-->+(b) RETURN a.id, b.id, length(p)
MATCH p = SHORTEST 2 PATH GROUPS (a)-->+(b) RETURN a.id, b.id, length(p)
MATCH p = SHORTEST 2 PATHS GROUPS (a)-->+(b) RETURN a.id, b.id, length(p)
MATCH p = SHORTEST 2 PATHS GROUP (a)-->+(b) RETURN a.id, b.id, length(p)
MATCH p = ALL PATHS (a)-->+(b) RETURN a.id, b.id, length(p)
MATCH p = ALL (a)-->+(b) RETURN a.id, b.id, length(p)
MATCH p = ALL SHORTEST PATHS (a)-->+(b) RETURN a.id, b.id, length(p)
MATCH p = ANY SHORTEST PATH (a)-->+(b) RETURN a.id, b.id, length(p)
MATCH p = ANY 2 (a:Role)-->+(b:Bucket) RETURN a.id, b.id, count(*)
MATCH p = ANY 2 PATHS (a:Role)-->+(b:Bucket) RETURN a.id, b.id, count(*)
MATCH p = ANY PATHS (a:Role)-->+(b:Bucket) RETURN a.id, b.id, count(*)
MATCH p = SHORTEST 0 (a)-->+(b) RETURN length(p)
MATCH p = SHORTEST -1 (a)-->+(b) RETURN length(p)
MATCH p = SHORTEST 1.5 (a)-->+(b) RETURN length(p)
MATCH p = SHORTEST 1 + 1 (a)-->+(b) RETURN length(p)
MATCH p = SHORTEST 1 (a)-[*1..3]->(b) RETURN length(p)
MATCH p = SHORTEST 1 (a)-->(b) RETURN a.id, b.id, length(p)
MATCH p = SHORTEST 3 (a)-->(b) RETURN a.id, b.id, count(p)
MATCH p = ALL SHORTEST (a)-->(b)-->(c) RETURN a.id, c.id, count(p)
MATCH ALL SHORTEST (a)-[r]->+(b) RETURN a.id, b.id, size(r), count(*)
MATCH p = ALL SHORTEST (a)((x)-[r]->(y) WHERE x.id <> y.id)+(b) RETURN a.id, b.id, size(x), count(p)
MATCH p = ALL SHORTEST (a)((x)-[r]->(y))+(b) WHERE a.id < b.id RETURN a.id, b.id, length(p), [n IN x | n.id], [n IN nodes(p) | n.id]
MATCH p = ALL SHORTEST (a)-->*(b) RETURN a.id, b.id, length(p)
MATCH p = ALL SHORTEST (a)-->{2,3}(b) RETURN a.id, b.id, length(p), count(*)
MATCH p = SHORTEST 2 GROUPS (a)-->{2,4}(b) RETURN a.id, b.id, length(p), count(*)
MATCH p = SHORTEST 2 GROUPS (a)<-[r]-+(b) WHERE r[0].cost > 0 RETURN a.id, b.id, length(p), count(*)
MATCH p = SHORTEST 3 GROUPS (a)-[r]-+(b) WHERE a.id = 'n0' RETURN b.id, length(p), count(*)
MATCH p = SHORTEST 1 ((a)-->+(b) WHERE length(p) > 1) RETURN a.id, b.id
MATCH p = SHORTEST 1 ((a)-[r]->+(b) WHERE size(r) > 1) RETURN a.id, b.id, length(p)
MATCH p = SHORTEST 1 ((a)-[r]->+(b) WHERE all(e IN r WHERE e.cost < 3)) RETURN a.id, b.id, length(p)
MATCH p = SHORTEST 1 ((a)-[r]->+(b) WHERE none(e IN r WHERE e.verdict = 'conditional') AND a <> b) RETURN a.id, b.id, length(p)
MATCH p = ALL SHORTEST ((a)-[r]->+(b) WHERE r[-1].cost >= r[0].cost) RETURN a.id, b.id, length(p), count(*)
MATCH p = ALL SHORTEST ((a)-[r]->+(b) WHERE reduce(s = 0, e IN r | s + coalesce(e.cost, 0)) > 3) RETURN a.id, b.id, length(p), count(*)
MATCH p = ALL SHORTEST ((a)-->+(b)-->(c) WHERE b.id <> c.id AND a.id = c.id) RETURN a.id, c.id, length(p), count(*)
MATCH (a:Role) MATCH p = SHORTEST 2 (a)-->+(b:Bucket) RETURN a.id, b.id, length(p)
MATCH (a:Role), (b:Bucket) MATCH p = ANY SHORTEST (a)-->+(b) RETURN a.id, b.id, length(p)
MATCH (a:Role) CALL (a) { MATCH p = SHORTEST 2 (a)-->+(b:Bucket) RETURN p, b } RETURN a.id, b.id, length(p)
MATCH (a:Role) OPTIONAL MATCH p = ALL SHORTEST (a)-[:HAS_POLICY]->+(b:Bucket) RETURN a.id, b.id, length(p), count(p)
MATCH p = SHORTEST 1 (a)-->+(b), (c) RETURN length(p)
MATCH p = SHORTEST 1 (a)-->+(b), q = SHORTEST 1 (c)-->+(d) RETURN length(p)
MATCH p = SHORTEST 1 (a)-->+(b) MATCH q = SHORTEST 1 (b)-->+(a) RETURN a.id, b.id, length(p), length(q)
MATCH p = SHORTEST 1 ((a)-->+(b)) RETURN a.id, b.id, length(p)
MATCH p = SHORTEST 1 (a)-->+(a) RETURN a.id, length(p)
MATCH p = ALL SHORTEST (a)-->+(b) WHERE a = b RETURN a.id, length(p), count(*)
MATCH p = ALL SHORTEST (a)-->+(b) RETURN a.id, b.id, collect(length(p)) AS l
MATCH p = ALL SHORTEST (a)-->+(b) WITH nodes(p) AS ns, relationships(p) AS rs RETURN ns[0].id, ns[-1].id, size(rs), startNode(rs[0]) = ns[0] AS e, endNode(last(rs)) = last(ns) AS f
RETURN EXISTS { MATCH SHORTEST 1 (a)-->+(b) RETURN a } AS x
RETURN EXISTS { SHORTEST 1 (a)-->+(b) } AS x
RETURN COUNT { ALL SHORTEST (a)-->+(b) } AS x
RETURN COUNT { p = ALL SHORTEST (a)-->+(b) } AS x
RETURN COUNT { MATCH p = SHORTEST 2 (a)-->+(b) WHERE length(p) = 2 } AS x
RETURN COLLECT { MATCH p = ALL SHORTEST (a:Role)-->+(b) RETURN length(p) ORDER BY length(p) } AS x
MATCH (a) RETURN a.id, [p = SHORTEST 1 (a)-->+(b) | length(p)] AS x
MATCH (a) WHERE SHORTEST 1 (a)-->+(:Bucket) RETURN a.id
MATCH (a) WHERE (a)-->+(:Bucket) RETURN a.id
MATCH (a) WHERE (a)(()-->()){1,2}(:Bucket) RETURN a.id
MATCH (a) RETURN a.id, [(a)-->{1,2}(b) | b.id] AS x
MATCH (a) RETURN a.id, [p = (a)(()-[r]->()){1,2}(b) | size(r)] AS x
MATCH (a) RETURN a.id, COUNT { (a)-->+(b:Bucket) } AS x
MATCH p = shortestPath((a:Role)-[*0..]->(b:Role)) RETURN a.id, b.id, length(p)
MATCH p = shortestPath((a:Role)-[*2..]->(b:Bucket)) RETURN length(p)
MATCH p = shortestPath((a:Role)-[r:ASSUMES|READS_DATA*..4]-(b:Bucket)) RETURN a.id, b.id, size(r)
MATCH p = shortestPath((a:Role)-->(b:Bucket)) RETURN a.id, b.id, length(p)
MATCH p = shortestPath((a:Role)-[*]->()-->(b:Bucket)) RETURN a.id
MATCH p = shortestPath((a:Role)-[*{cost: 1}]->(b:Bucket)) RETURN a.id, b.id, length(p)
MATCH p = allShortestPaths((a:Role)-[*]-(b:Bucket)) WHERE none(n IN nodes(p) WHERE n:Model) RETURN a.id, b.id, length(p), count(*)
MATCH p = allShortestPaths((a:Role)-[*]->(b:Bucket)) WHERE all(r IN relationships(p) WHERE r.cost > 0) AND a.id <> 'n0' RETURN a.id, b.id, length(p), count(*)
MATCH p = allShortestPaths((a:Role)<-[*..3]-(b:Bucket)) RETURN a.id, b.id, length(p), count(*)
MATCH (a:Role), (b:Bucket) OPTIONAL MATCH p = shortestPath((a)-[:HAS_POLICY*]->(b)) RETURN a.id, b.id, length(p)
OPTIONAL MATCH p = shortestPath((a:Nope)-[*]->(b:Bucket)) RETURN a, p
MATCH p = shortestPath((a {id: 'n0'})-[*]->(a)) RETURN p
MATCH (a {id: 'n0'}), (b {id: 'n0'}) MATCH p = shortestPath((a)-[*]->(b)) RETURN p
MATCH (n:Role&!Bucket&!Model) RETURN n.id
MATCH (n:Role|Bucket|Notebook) RETURN n.id
MATCH (n:!Role&!Bucket) RETURN n.id
MATCH (n:!(Role|Bucket)&Asset) RETURN n.id
MATCH (n:!!Role) RETURN n.id
MATCH (n:%&!Role) RETURN n.id
MATCH (n:Role|%) RETURN count(n)
MATCH (n:!%|Role) RETURN count(n)
MATCH (n:(Role)) RETURN n.id
MATCH (n:((Role|Bucket)&(Entry|!Entry))) RETURN n.id
MATCH (n: Role | Bucket) RETURN n.id
MATCH (n:Role&Bucket|Notebook) RETURN n.id
MATCH (n:Role|Bucket&Entry) RETURN n.id
MATCH (n :Role) RETURN n.id
MATCH (:Role&Entry)-->(x:!Entry) RETURN x.id
MATCH (n IS Role&!Entry) RETURN n.id
MATCH (n IS NOT Role) RETURN n.id
MATCH (n) WHERE n:(Role|Bucket)&Entry RETURN n.id
MATCH (n) WHERE NOT n:Role&Entry RETURN n.id
MATCH (n) WHERE n:Role|Bucket OR n.id = 'n0' RETURN n.id
MATCH (n) WHERE n:Role = true RETURN n.id
MATCH (n) RETURN n:Role:Entry AS x, n:Role&Entry AS y, n:Role|Entry AS z, n.id
MATCH (n) RETURN n:Nope AS x, n:!Nope AS y, n:% AS z
MATCH (n) WITH null AS m RETURN m:Role AS x LIMIT 1
OPTIONAL MATCH (n:Nope) RETURN n:Role AS x, n:!Role AS y, n IS Role AS z
MATCH ()-[r]->() RETURN r:ASSUMES|READS_DATA AS x, r:!ASSUMES AS y, r:% AS z, count(*)
MATCH ()-[r]->() RETURN r:ASSUMES&READS_DATA AS x, r IS NOT NULL AS y, count(*)
MATCH ()-[r:%]->() RETURN count(r)
MATCH ()-[r:!%]->() RETURN count(r)
MATCH ()-[r:!ASSUMES&!READS_DATA]->() RETURN count(r)
MATCH ()-[r:ASSUMES&READS_DATA]->() RETURN count(r)
MATCH ()-[r:(ASSUMES|READS_DATA)&!HAS_POLICY]->() RETURN type(r), count(r)
MATCH ()-[r:ASSUMES|READS_DATA|HAS_POLICY {cost: 1}]->() RETURN count(r)
MATCH ()-[r IS !ASSUMES]->() RETURN count(r)
MATCH ()-[r:!ASSUMES*1..2]->() RETURN count(r)
MATCH ()-[r:(ASSUMES|READS_DATA)*1..2]->() RETURN count(r)
MATCH ()-[r:ASSUMES|READS_DATA*1..2 {cost: 1}]->() RETURN count(r)
MATCH ()-[r:ASSUMES|READS_DATA*]->() RETURN max(size(r))
MATCH ()-[r*2]->() RETURN count(r)
MATCH ()-[r*0..1]->() RETURN count(r), sum(size(r))
MATCH ()-[r*..2]->() RETURN count(r)
MATCH ()-[r*1..]->() RETURN count(r)
MATCH (a)-[r*0]->(b) RETURN count(r), sum(size(r))
MATCH (a)-[r*2..1]->(b) RETURN count(r)
MATCH (a)-[r*1..2 {verdict: 'allow'}]-(b) RETURN a.id, b.id, [e IN r | e.variant] AS v
MATCH (a)-[r*1..2]->(b) WHERE r[0].cost = 1 RETURN a.id, b.id, size(r)
MATCH (a)-[r*1..2]->(b) WHERE r.cost = 1 RETURN a.id
MATCH (a)-[r*1..2]->(b) RETURN type(r)
MATCH (a)-[r*1..2]->(b), (c)-[r*1..2]->(d) RETURN count(*)
MATCH (a)-[r*1..2]->(b) MATCH (a)-[r*1..2]->(c) RETURN count(*)
MATCH (a)-[r]->(b) MATCH (c)-[r*1..1]->(d) RETURN count(*)
MATCH (a)-[r]->(b) WITH [r] AS rs MATCH (c)-[rs*]->(d) RETURN count(*)
MATCH (a)-[r:ASSUMES* 1 .. 2]->(b) RETURN count(*)
MATCH (a)-[*1..2 WHERE 1 = 1]->(b) RETURN count(*)
MATCH (a)-[r WHERE r.cost > 1 AND a.id <> b.id]->(b) RETURN a.id, b.id
MATCH (a)-[r {cost: 1} WHERE r.verdict = 'allow']->(b) RETURN a.id, b.id
MATCH (a)-[r WHERE r.cost > 1 {cost: 1}]->(b) RETURN a.id, b.id
MATCH (a:Role WHERE EXISTS { (a)-->(:Bucket) }) RETURN a.id
MATCH (a WHERE a:Role)-[r WHERE type(r) = 'ASSUMES']->(b WHERE b:Bucket OR b:Notebook) RETURN a.id, b.id
MATCH (a WHERE (a)-->()) RETURN a.id
MATCH (a)-[r]->(b WHERE r.cost = 1 AND a.id < b.id) RETURN a.id, b.id
