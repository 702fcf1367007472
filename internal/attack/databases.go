package attack

import (
	"github.com/postern-sec/postern/schema"
)

// queryDatabase is SQL over RDS's Data API, which needs no way through the
// network. Whose secret is named in the call says as which user of the database.
//
// Source: Amazon Aurora User Guide, "Using the Amazon RDS Data API", read
// 2026-11-28.
var queryDatabase = dataRow("rdsdata-001", schema.ReadsData, "queries a database by the Data API", 2, []string{"T1213"},
	[]string{"the cluster's Data API is on, and the secret is of a user of the database"},
	needs(onTarget, "rds-data:ExecuteStatement"), needs("arn:{p}:secretsmanager:*:{a}:secret:*", "secretsmanager:GetSecretValue"))

var databaseFamily = Family{Name: "databases", Techniques: []*Technique{queryDatabase}, derive: (*world).databases}

func (w *world) databases() error {
	var clusters []string
	for _, id := range w.worthwhile(schema.Database) {
		if a, ok := schema.ParseARN(id); ok && a.Service == "rds" && a.ResourceType() == "cluster" {
			clusters = append(clusters, id)
		}
	}
	w.ask(queryDatabase.Needs, clusters)
	for _, id := range clusters {
		if err := w.ctx.Err(); err != nil {
			return err
		}
		ways := w.who(queryDatabase.Needs, id, w.environmentOf(id))
		w.grant(queryDatabase, plus(ways, onlyIf("the Data API of "+id+" is on, and a secret that the caller may read is of a user of it")), id)
	}
	return nil
}
