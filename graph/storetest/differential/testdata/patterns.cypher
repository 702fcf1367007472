MATCH (a)-[r WHERE r.cost = 1]->(b) RETURN r.variant
MATCH (a)-[r:ASSUMES|READS_DATA]->(b) RETURN r.variant
MATCH (a)-[r:ASSUMES|:READS_DATA]->(b) RETURN r.variant
MATCH (a)-[r:!ASSUMES]->(b) RETURN r.variant
MATCH (a)-[r:ASSUMES&READS_DATA]->(b) RETURN r.variant
MATCH (a)-[r]->(b) WHERE r:ASSUMES RETURN r.variant
MATCH (a)-[r]-(b) RETURN a.id, r.variant, b.id
MATCH (a)<-[r]->(b) RETURN a.id, r.variant, b.id
MATCH (a)-->(b)-->(c) RETURN a.id, b.id, c.id
MATCH (a)-->(b), (b)-->(c) RETURN a.id, b.id, c.id
MATCH (a)-[*0..2]->(b) RETURN a.id, b.id
MATCH (a)-[*..2]->(b) RETURN a.id, b.id
MATCH (a)-[*2]->(b) RETURN a.id, b.id
MATCH (a)-[r*1..2]->(b) RETURN a.id, size(r)
MATCH (a)-[*0]->(b) RETURN a.id, b.id
MATCH (a)-[]->{2}(b) RETURN a.id, b.id
MATCH (a)-[]->{,2}(b) RETURN a.id, b.id
MATCH (a)-[]->{0,}(b) RETURN DISTINCT a.id, b.id
MATCH (a)-->+(b) RETURN DISTINCT a.id, b.id
MATCH (a)--*(b) RETURN DISTINCT a.id, b.id
MATCH (a)-[r]->{1,2}(b) RETURN a.id, [x IN r | x.variant], b.id
MATCH ((a)-[r]->(b)){1,2} RETURN [x IN a | x.id], [x IN r | x.variant], [x IN b | x.id]
MATCH (s) ((a)-[r]->(b) WHERE a.imds_hop_limit <= b.imds_hop_limit){1,3} (t) RETURN s.id, t.id, size(r)
MATCH (s) (()-[r]->()-[q]->()){1,2} (t) RETURN s.id, t.id, size(r), size(q)
MATCH p = (s) (()-[r]->())* (t) RETURN s.id, t.id, length(p)
MATCH (s)(()-[:ASSUMES]->()){1,2}()-[x:READS_DATA]->(t) RETURN s.id, t.id, x.id
MATCH (s)((a)-->(b)){1,2}((c)-->(d)){1,2}(t) RETURN s.id, t.id, size(a), size(c)
MATCH p = ALL PATHS (a)-[]->{1,1}(b) RETURN a.id, b.id, length(p)
MATCH (a) WHERE (a)-->() RETURN a.id
MATCH (a) WHERE NOT (a)-->(:Role) RETURN a.id
MATCH (a) WHERE exists((a)-->()) RETURN a.id
MATCH (a) RETURN exists((a)-->()) AS e, a.id ORDER BY a.id
MATCH (a) RETURN (a)-->() AS e
MATCH (a) WITH a, (a)-->() AS e RETURN e
MATCH (a) RETURN CASE WHEN (a)-->() THEN 1 ELSE 0 END AS e, a.id ORDER BY a.id
MATCH (a) RETURN any(x IN [a] WHERE (x)-->()) AS e, a.id ORDER BY a.id
MATCH (a) RETURN NOT (a)-->() AS e, a.id ORDER BY a.id
MATCH (a) WHERE size((a)-->()) > 1 RETURN a.id
MATCH (a) RETURN a.id, [(a)-->(b) | b.id] AS c, size([p = (a)-[*..2]->() | p]) AS d
MATCH (a) OPTIONAL MATCH (a)-->(b) WHERE b.imds_hop_limit = 0 RETURN a.id, b.id
MATCH (a) OPTIONAL MATCH (a)-->(b)-->(c) RETURN a.id, b.id, c.id
OPTIONAL MATCH (x:Missing) OPTIONAL MATCH (x)-->(y) RETURN x, y
MATCH (a)-[r]->(b) WITH r MATCH (c)-[r]->(d) RETURN c.id, r.variant, d.id
MATCH (a)-[r]->(b) WITH r MATCH (c)-[r]-(d) RETURN c.id, r.variant, d.id
MATCH ()-[r*1..2]->() WITH r MATCH (c)-[r*]->(d) RETURN c.id, d.id
MATCH (a)-[r]->(b) RETURN type(r), startNode(r).id, endNode(r).id, properties(r)
MATCH p = (a)-->(b)-->(c) RETURN [n IN nodes(p) | n.id], [r IN relationships(p) | r.variant], length(p)
MATCH (a)-[r:ASSUMES {cost: 1}]->(b) RETURN r.variant
MATCH (a)-[r:ASSUMES*1..3 {cost: 1}]->(b) RETURN a.id, b.id
MATCH (a)--(b)--(c)--(a) RETURN a.id, b.id, c.id
MATCH (a)-->(a) RETURN a.id
MATCH (a)--(a) RETURN a.id
MATCH (a) MATCH (a)-->(b) MATCH (b)-->(a) RETURN a.id, b.id
MATCH (a)-[*1..3]-(a) RETURN a.id
MATCH (n)-[n]->() RETURN n
MATCH (a)-[r*1..2]->{1,2}(b) RETURN a
MATCH (a)-[:ASSUMES*-1]->(b) RETURN a
MATCH (a)-[]->{2,1}(b) RETURN a
MATCH (a)-[]->{0,0}(b) RETURN a
MATCH (a)-[]->{0}(b) RETURN a
MATCH (a)-[*3..1]->(b) RETURN a
MATCH (a)((b)-->(c)) (d) RETURN a
MATCH ((a)-->(b)) RETURN a.id
MATCH (a)(((b)-->(c)){1,2}){1,2}(d) RETURN a
MATCH (a)((b)-[*]->(c)){1,2}(d) RETURN a
MATCH (a)((a)-->(b)){1,2}(c) RETURN a
MATCH (a)-[r]->(b) RETURN r.variant AS x, a.id + b.id AS y ORDER BY y, x LIMIT 3
MATCH (a)-[r]->(b) RETURN a = b AS same, r = r AS yes, a <> b AS diff ORDER BY r.variant
MATCH p = (a)-->(b) RETURN p = p AS x LIMIT 1
MATCH p = (a)-[*1..2]->(b) RETURN [x IN nodes(p) | x.id] AS ids, reduce(s = 0, r IN relationships(p) | s + r.cost) AS w
MATCH (a) WHERE single(r IN [(a)-[q]->() | q] WHERE r.cost = 1) RETURN a.id
MATCH (a) WHERE size([(a)-->(b) | b]) > 1 RETURN a.id
MATCH (a)-[r]->(b)<-[q]-(c) RETURN a.id, r.variant, b.id, q.variant, c.id
OPTIONAL MATCH (n:Missing) MATCH (n) RETURN count(*) AS c
OPTIONAL MATCH (n:Missing) WITH n MATCH (n), (m) RETURN count(*) AS c
OPTIONAL MATCH (n:Missing) MATCH p = (n) RETURN p
OPTIONAL MATCH (n:Missing) OPTIONAL MATCH (n) RETURN count(*) AS c
OPTIONAL MATCH (n:Missing) RETURN EXISTS { (n) } AS c, COUNT { (n) } AS d
OPTIONAL MATCH (n:Missing) MATCH (n)-[*0..1]-(m) RETURN count(*) AS c
OPTIONAL MATCH (n:Missing) MATCH (n)-[]-{0,1}(m) RETURN count(*) AS c
MATCH (a)-[r:!ASSUMES*1..2]->(b) RETURN a.id, b.id
MATCH (a)-[r:ASSUMES&READS_DATA*1..2]->(b) RETURN a.id, b.id
MATCH (a)-[r:(ASSUMES|READS_DATA)*1..2]->(b) RETURN a.id, b.id
MATCH (a)-[r:%*1..2]->(b) RETURN a.id, b.id
MATCH (a) RETURN CASE a.kind WHEN 'Role', 'Bucket' THEN COUNT { (a)-[r:ASSUMES*1..2]->() } ELSE -1 END AS n, a.id ORDER BY a.id
MATCH (a) WHERE CASE a.kind WHEN 'Role', 'Bucket' THEN (a)-->() ELSE false END RETURN a.id
MATCH p = (a)-->(b)--(a) RETURN p
MATCH p = (a)-[*2..3]-(a) RETURN p
