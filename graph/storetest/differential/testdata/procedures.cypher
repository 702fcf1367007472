CALL db.labels()
CALL db.labels() YIELD label RETURN label ORDER BY label
CALL db.relationshipTypes() YIELD relationshipType AS t RETURN t ORDER BY t
CALL db.propertyKeys() YIELD propertyKey RETURN count(*) > 0 AS x
CALL db.labels YIELD label RETURN label ORDER BY label
CALL db.labels() YIELD *
CALL db.labels() YIELD label WHERE label = 'Role' RETURN label
MATCH (n) CALL db.labels() YIELD label RETURN count(*) AS c
CALL db.schema.nodeTypeProperties() YIELD nodeType, propertyName, propertyTypes, mandatory RETURN nodeType, propertyName, propertyTypes, mandatory ORDER BY nodeType, propertyName
CALL db.schema.nodeTypeProperties() YIELD nodeLabels RETURN count(*) AS c
