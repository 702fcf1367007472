package aws

// setIndex answers set questions.
type setIndex struct{ e *Engine }

func newSetIndex(e *Engine) *setIndex { return &setIndex{e: e} }
