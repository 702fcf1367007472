package aws

// resourceless reports whether the action (lower case) has no resource-level
// permissions: then it is authorised on "*".
func resourceless(action string) bool { return false }

// actionName is the action's spelling in AWS's reference, or as given.
func actionName(action string) string { return action }
