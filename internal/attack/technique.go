package attack

import (
	"slices"
	"strings"

	"github.com/postern-sec/postern/schema"
)

// Technique is one way to make a gain: a row of the catalogue.
type Technique struct {
	// ID is pathfinding.cloud's id where it has one, else our own. Forever.
	ID    string
	Kind  schema.EdgeKind
	Title string
	// Needs are the permissions, all of them; Requires names the other facts of
	// the composition, all of them.
	Needs    []Need
	Requires []string
	// Source says where the technique is described.
	Source string
	// AttackIDs are MITRE ATT&CK and ATLAS techniques.
	AttackIDs []string
	// Assumes is what must be true beside the configuration; empty: nothing.
	Assumes schema.Assumption
	// Cost is the attacker's effort, 1 to 10.
	Cost int
	// Confidence is empty for high.
	Confidence schema.Confidence
}

// Need is a permission of a technique: an action, and what it is authorised on.
type Need struct {
	Action string
	// On is a template: {target} is the node gained; {p} and {a} are the
	// partition and account of the target. A template without {target} names
	// things the attacker makes or chooses: one match is enough.
	On string
}

const onTarget = "{target}"

// chosen reports whether the attacker picks what the action is done to.
func (n Need) chosen() bool { return !strings.Contains(n.On, "{target}") }

// on fills the template in.
func (n Need) on(target string, e environment) string {
	return strings.NewReplacer("{target}", target, "{p}", e.partition, "{a}", e.account).Replace(n.On)
}

// Family is techniques with the driver that derives them.
type Family struct {
	Name       string
	Techniques []*Technique
	derive     func(*world) error
}

// Catalogue lists all families in the order they are derived. The caller must
// not change it.
func Catalogue() []Family { return slices.Clone(families) }

// needs writes actions on one template.
func needs(on string, actions ...string) []Need {
	out := make([]Need, len(actions))
	for i, a := range actions {
		out[i] = Need{a, on}
	}
	return out
}

func (t *Technique) confidence() schema.Confidence {
	if t.Confidence == "" {
		return schema.High
	}
	return t.Confidence
}

func (t *Technique) assumes() schema.Assumption {
	if t.Assumes == "" {
		return schema.AssumesNothing
	}
	return t.Assumes
}
