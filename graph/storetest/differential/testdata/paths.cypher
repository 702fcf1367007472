MATCH p = shortestPath((a)-[*]->(b)) WHERE a <> b RETURN a.id, b.id, length(p)
MATCH p = shortestPath((a {id: 'n0'})-[*]->(b {id: 'n0'})) RETURN length(p)
MATCH p = shortestPath((a)-[*0..]->(b)) WHERE a.id = 'n0' AND b.id = 'n0' RETURN length(p)
MATCH p = shortestPath((a)-[*2..3]->(b)) WHERE a <> b RETURN length(p)
MATCH p = shortestPath((a)-[r]->(b)) WHERE a <> b RETURN length(p)
MATCH p = shortestPath((a)-->(b)) WHERE a <> b RETURN length(p)
MATCH p = allShortestPaths((a)-[*]-(b)) WHERE a.id < b.id RETURN a.id, b.id, length(p)
MATCH p = allShortestPaths((a)-[r:ASSUMES|READS_DATA*1..3]-(b)) WHERE a.id < b.id AND all(x IN r WHERE x.cost < 2) RETURN a.id, b.id, length(p)
MATCH p = shortestPath((a)-[*..4]-(b)) WHERE a.id < b.id AND none(x IN nodes(p) WHERE x.imds_hop_limit = 1) RETURN a.id, b.id, length(p)
MATCH p = SHORTEST 1 (a)-[]->+(b) RETURN a.id, b.id, length(p)
MATCH p = SHORTEST 2 (a)-[]->{0,4}(b) RETURN a.id, b.id, length(p)
MATCH p = ALL SHORTEST (a)-[]-+(b) RETURN a.id, b.id, length(p)
MATCH p = ANY SHORTEST (a)-[]->+(b) RETURN a.id, b.id, length(p)
MATCH p = SHORTEST 2 GROUPS (a)-[]->{1,4}(b) RETURN a.id, b.id, length(p)
MATCH p = SHORTEST GROUP (a)-[]->{1,4}(b) RETURN a.id, b.id, length(p)
MATCH p = SHORTEST 1 PATHS (a)-[]->{1,4}(b) RETURN a.id, b.id, length(p)
MATCH p = SHORTEST 2 PATH GROUPS (a)-[]->{1,4}(b) RETURN a.id, b.id, length(p)
MATCH p = ANY (a)-[]->{1,1}(b) RETURN a.id, b.id, length(p)
MATCH p = ANY 2 PATHS (a)-[]->{1,1}(b) RETURN a.id, b.id, length(p)
MATCH p = SHORTEST 1 ((a)-[]->+(b) WHERE a.imds_hop_limit < b.imds_hop_limit) RETURN a.id, b.id, length(p)
MATCH SHORTEST 1 (a)-[r]->+(b:Role) RETURN a.id, b.id, size(r)
MATCH SHORTEST 1 (a)-[r]->+(b)-[q:READS_DATA]->(c) RETURN a.id, c.id, size(r)
MATCH SHORTEST 1 (a)-[r:ASSUMES*1..3]->(b) RETURN a.id, b.id, size(r)
MATCH SHORTEST 1 (a)-->(b) RETURN a.id, b.id
MATCH SHORTEST 1 (a)-->+(a) RETURN a.id
MATCH SHORTEST 1 (a)-->{2,3}(b) RETURN a.id, b.id
MATCH p = SHORTEST 0 (a)-->(b) RETURN p
MATCH SHORTEST 1 (a)-->+(b), (c) RETURN a
MATCH SHORTEST 1 (a)-->+(b), SHORTEST 1 (c)-->+(d) RETURN a
