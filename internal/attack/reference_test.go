package attack

import (
	"strings"
	"testing"

	iamaws "github.com/postern-sec/postern/internal/iam/aws"
)

// collectionPermissions are what data access policies of OpenSearch Serverless
// give; they are no actions of IAM.
var collectionPermissions = map[string]bool{"aoss:ReadDocument": true, "aoss:WriteDocument": true}

// TestNeedsFitTheReference: an action without resource types is authorised on
// "*" alone, and one with resource types on one of them. A technique that asks
// otherwise never fires, or fires for everyone.
func TestNeedsFitTheReference(t *testing.T) {
	for _, f := range Catalogue() {
		for _, q := range f.Techniques {
			for _, n := range q.Needs {
				if collectionPermissions[n.Action] {
					continue
				}
				_, _, types, ok := iamaws.KnownAction(n.Action)
				switch {
				case !ok:
					t.Errorf("%s: %s is no action of the reference", q.ID, n.Action)
				case len(types) == 0 && n.On != "*":
					t.Errorf("%s: %s has no resource types and is asked on %s", q.ID, n.Action, n.On)
				case len(types) > 0 && n.On == "*":
					t.Errorf("%s: %s has the resource types %s and is asked on *", q.ID, n.Action, strings.Join(types, ", "))
				case len(types) > 0 && strings.HasPrefix(n.On, "arn:") && !fitsType(n.On, types):
					t.Errorf("%s: %s has the resource types %s and is asked on %s", q.ID, n.Action, strings.Join(types, ", "), n.On)
				}
			}
		}
	}
}

func fitsType(on string, types []string) bool {
	p := strings.SplitN(on, ":", 6)
	resource := strings.ToLower(strings.NewReplacer("-", "", ":", "/").Replace(strings.TrimPrefix(p[5], "/")))
	for _, t := range types {
		t = strings.ToLower(strings.ReplaceAll(t, "-", ""))
		if strings.HasPrefix(resource, t+"/") || strings.HasPrefix(resource, t+"s/") {
			return true
		}
	}
	return false
}
