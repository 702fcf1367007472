package ingest

import "reflect"

// Memory returns the value of type T that the mappers of one provider keep
// between the documents of a run, such as an index over what they have added.
// It is made, as T's zero value, when it is first asked for. T is the
// provider's own unexported type, so no other package reads it.
func Memory[T any](f *Facts) *T {
	key := reflect.TypeFor[T]()
	if v, ok := f.memory[key]; ok {
		return v.(*T)
	}
	v := new(T)
	if f.memory == nil {
		f.memory = map[reflect.Type]any{}
	}
	f.memory[key] = v
	return v
}

// Later keeps fn until all documents are mapped: for facts that need several
// documents, which come in any order (an instance profile's role, the models
// behind an endpoint).
func (f *Facts) Later(fn func()) { f.later = append(f.later, fn) }

// Finish runs what Later was given, in that order, including what those
// functions add. Call it once, after the last document.
func (f *Facts) Finish() {
	for len(f.later) > 0 {
		run := f.later
		f.later = nil
		for _, fn := range run {
			fn()
		}
	}
}
