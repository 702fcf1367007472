package schema

// Verdict is what an evaluator answers. Unknown is never safe: it means that
// evidence is missing.
type Verdict string

// Verdicts.
const (
	Allow       Verdict = "allow"
	Conditional Verdict = "conditional"
	Deny        Verdict = "deny"
	Unknown     Verdict = "unknown"
)

// Rank orders verdicts from 0 (allow) by how much they grant: conditional,
// unknown, deny. An unknown word ranks as deny.
func (v Verdict) Rank() int {
	switch v {
	case Allow:
		return 0
	case Conditional:
		return 1
	case Unknown:
		return 2
	}
	return 3
}

// Assumption is what must be true beside the configuration for an attack edge
// to be walked.
type Assumption string

// Assumptions, from the least to the most that is assumed.
const (
	AssumesNothing       Assumption = "none"
	AssumesUserAction    Assumption = "user_action"   // somebody on the inside clicks, opens, prompts
	AssumesVulnerability Assumption = "vulnerability" // the exposed code has a flaw that runs the attacker's
	AssumesCredential    Assumption = "credential"    // a password, token or key that was not shown to be obtainable
)

var assumptionRank = map[Assumption]int{AssumesNothing: 0, AssumesUserAction: 1, AssumesVulnerability: 2, AssumesCredential: 3}

// Rank orders assumptions from 0 (nothing) upwards; an unknown word ranks last.
func (a Assumption) Rank() int {
	if r, ok := assumptionRank[a]; ok {
		return r
	}
	return len(assumptionRank)
}

// Assumptions returns all assumptions by rank.
func Assumptions() []Assumption {
	return []Assumption{AssumesNothing, AssumesUserAction, AssumesVulnerability, AssumesCredential}
}

// Confidence of an attack edge or a path.
type Confidence string

// Confidences, from the highest.
const (
	High   Confidence = "high"
	Medium Confidence = "medium"
	Low    Confidence = "low"
)

// Rank orders confidences from 0 (high) upwards.
func (c Confidence) Rank() int {
	switch c {
	case High:
		return 0
	case Medium:
		return 1
	}
	return 2
}

// LineageConfidence says how a lineage fact is known.
type LineageConfidence string

// Lineage confidences, from the strongest.
const (
	Declared  LineageConfidence = "declared"  // the owner says so: a tag, a configuration file
	Derived   LineageConfidence = "derived"   // a job, model or knowledge base names it
	Heuristic LineageConfidence = "heuristic" // matched by prefix or name
)

// Severity of a path or finding.
type Severity string

// Severities, from the worst.
const (
	SeverityCritical Severity = "critical"
	SeverityHigh     Severity = "high"
	SeverityMedium   Severity = "medium"
	SeverityLow      Severity = "low"
)

// Rank orders severities from 0 (critical) upwards; an unknown word ranks last.
func (s Severity) Rank() int {
	for i, x := range Severities() {
		if x == s {
			return i
		}
	}
	return len(Severities())
}

// Severities returns all severities, the worst first.
func Severities() []Severity {
	return []Severity{SeverityCritical, SeverityHigh, SeverityMedium, SeverityLow}
}
