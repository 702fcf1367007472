package aws

func (m *model) exposure() []Exposure { return nil }

func (m *model) reaches() Internal { return Internal{} }

func classKey(n *nic) string {
	k := n.subID
	if n.set.none {
		k += " -"
	}
	for _, g := range n.set.ids {
		k += " " + g
	}
	return k
}
