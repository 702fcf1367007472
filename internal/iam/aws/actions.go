package aws

// resourceless reports whether the action (lower case) has no resource-level
// permissions: then it is authorised on "*".
func resourceless(action string) bool { return false }
