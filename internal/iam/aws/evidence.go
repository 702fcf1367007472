package aws

// State says how much is known of a fact.
type State uint8

const (
	// NotCollected means that nobody asked, or that the answer was refused:
	// whatever depends on it may become unknown. It is the zero value, so that
	// a field a mapper forgets is never read as "there is none".
	NotCollected State = iota
	// None means asked, and there is none.
	None
	// Known means that Value holds the answer.
	Known
)

// String returns not_collected, none or known.
func (s State) String() string {
	switch s {
	case None:
		return "none"
	case Known:
		return "known"
	default:
		return "not_collected"
	}
}

// Evidence is one fact with its state. The zero value is not collected. Value
// is meaningful only when State is Known.
type Evidence[T any] struct {
	State State
	Value T
}

// Of returns v as a known fact.
func Of[T any](v T) Evidence[T] { return Evidence[T]{State: Known, Value: v} }

// NoneOf returns "asked, and there is none".
func NoneOf[T any]() Evidence[T] { return Evidence[T]{State: None} }

// Known reports whether Value holds the answer.
func (e Evidence[T]) Known() bool { return e.State == Known }

// Collected reports whether the question was asked and answered: Known or None.
func (e Evidence[T]) Collected() bool { return e.State != NotCollected }

// Merge keeps what is known: a later collected fact replaces an earlier one, and
// a later gap replaces nothing.
func (e Evidence[T]) Merge(later Evidence[T]) Evidence[T] {
	if later.State == NotCollected {
		return e
	}
	return later
}
