package aws

// last points at the parameter a call is made for.
func last(p []string) *string { return &p[len(p)-1] }

// outer points at the parameter of the answer that p's last one was found in.
func outer(p []string) *string { return &p[max(0, len(p)-2)] }
