package aws

// model is the compiled inventory.
type model struct{}

func compile(*Inventory) *model { return &model{} }

func (m *model) warned() []Warning { return nil }

func (m *model) reach(Query) (Answer, error) { return Answer{Verdict: "unknown"}, nil }

func (m *model) resolve(name string) (Resolved, error) { return Resolved{}, &NameError{Name: name} }

func (m *model) exposure() []Exposure { return nil }

func (m *model) reaches() Internal { return Internal{} }
