package aws

type studioJoins struct{}
type modelJoins struct{}
