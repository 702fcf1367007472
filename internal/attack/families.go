package attack

// families are all families in the order they are derived. It is the one list
// that a new family is added to. Account administration comes first: who is an
// administrator already needs no technique that gains less. Compute comes last:
// which roles stand for others depends on what they lead to. What leads out of an
// account is known after that.
var families = []Family{
	escalationFamily,
	becomeFamily,
	groupFamily,
	trustFamily,
	poolFamily,
	agentFamily,
	hostFamily,
	keyFamily,
	exposureFamily,
	doorFamily,
	networkFamily,
	dataFamily,
	clearFamily,
	secretFamily,
	controlFamily,
	invokeFamily,
	derivativeFamily,
	copyFamily,
	databaseFamily,
	takeoverFamily,
	launchFamily,
	leaveFamily,
}
