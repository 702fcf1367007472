package attack

import (
	"fmt"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	"github.com/postern-sec/postern/schema"
)

// keyRow is how the configuration of a kind of workload, and with it the access
// key in its environment, is read.
type keyRow struct {
	Technique
	service string // in the workload's ARN
}

func keyTechnique(id, title, service, action string) *keyRow {
	return &keyRow{service: service, Technique: Technique{ID: id, Kind: schema.Assumes, Title: title, Needs: needs(onTarget, action), Cost: 2, AttackIDs: []string{"T1552.001", "T1078.004"},
		Requires: []string{"the environment holds an active access key"}, Source: "Service Authorization Reference; AWS Lambda Developer Guide, environment variables"}}
}

var (
	keyRows = []*keyRow{
		keyTechnique("env-001", "reads a user's access key in a function's environment", "lambda", "lambda:GetFunctionConfiguration"),
		keyTechnique("env-002", "reads a user's access key in a build project's environment", "codebuild", "codebuild:BatchGetProjects"),
	}
	holdsKey = &Technique{ID: "env-003", Kind: schema.RunsAs, Title: "code in the workload has a user's access key in its environment", Cost: 1, AttackIDs: []string{"T1552.001"},
		Requires: []string{"the environment holds an active access key"}, Source: "IAM User Guide, Manage access keys for IAM users"}
)

var keyFamily = Family{Name: "keys in environments", Techniques: append(techniquesOf(keyRows, func(r *keyRow) *Technique { return &r.Technique }), holdsKey), derive: (*world).embeddedKeys}

func (w *world) embeddedKeys() error {
	for _, k := range w.f.Keys {
		if err := w.ctx.Err(); err != nil {
			return err
		}
		if !k.Active {
			continue
		}
		f := found(k)
		w.add(holdsKey, step{from: k.Holder, to: k.User, way: f.way()})
		a, _ := schema.ParseARN(k.Holder)
		for _, r := range keyRows {
			if r.service != a.Service {
				continue
			}
			ways := only(w.who(r.Needs, k.Holder, w.environmentOf(k.Holder)), func(p string) bool { return p != k.User })
			w.grant(&r.Technique, w.notAdmins(plus(ways, f)), k.User)
		}
	}
	return nil
}

// found is what is known of a key: its id alone signs nothing.
func found(k ingest.KeyFound) fact {
	f := fact{verdict: schema.Allow}
	if !k.Secret {
		f = onlyIf("the secret of the access key in " + k.Where + " of " + k.Holder + " is there too")
	}
	f.evidence = graph.Evidence{Document: k.Evidence.Document, Statement: k.Where, Summary: fmt.Sprintf("%s holds an access key of %s", k.Where, k.User)}
	return f
}
