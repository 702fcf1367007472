// id: agent-beyond-need
// question: Which agents reach data through their roles and tools that is not what they are grounded in?
// columns: agent, store, name, training_data
// bounds: 4 steps from the agent to the store
MATCH (a:AIResource)-[:AI_ACTS_AS|RUNS_AS]->{1,3}(h:Asset)
WHERE a:Agent OR a:AgentGateway OR a:AgentRuntime OR a:Flow
WITH DISTINCT a, h
MATCH (h)-[:READS_DATA|WRITES_DATA]->(d:DataStore)
WHERE NOT EXISTS { MATCH (d)-[:GROUNDS]->{1,2}(a) }
RETURN DISTINCT a.id AS agent, d.id AS store, d.name AS name, d.training_data AS training_data
ORDER BY agent, store
