package redact

import "strings"

// place is what the name of a member says about the values below it.
type place uint8

const (
	// free values are kept except the parts that look like a secret.
	free place = iota
	// secret values are dropped at any depth, also a single string.
	secret
	// likely values are strings whose name ends like a secret's: dropped unless
	// they are a reference, a number or too short to be one.
	likely
	// values of settings are dropped: those of a name-to-value object, and the
	// value members of a list of name and value. A single string is kept.
	settings
	// references are settings whose s3:// URIs are kept: where a job's code and
	// data are is what lineage is made of, and a URI without a query is no secret.
	references
	// script values are lists of objects whose content member is a script.
	script
)

// places says by normalised member name what stands below it. The services'
// API references name the members; Terraform, Azure and Google write the same
// things in other cases, which normalise evens out.
var places = map[string]place{
	// User data and scripts.
	"userdata": secret, "userdatabase64": secret, "userdatareplaceonchange": free, "customdata": secret,
	"studiolifecycleconfigcontent": secret, "startupscript": secret, "metadatastartupscript": secret,
	"protectedsettings": secret, "commandtoexecute": secret,
	"oncreate": script, "onstart": script,
	// Keys, passwords, tokens.
	"presharedkey": secret, "tunnel1presharedkey": secret, "tunnel2presharedkey": secret, "customergatewayconfiguration": secret,
	"sharedsecret":    secret,
	"secretaccesskey": secret, "sessiontoken": secret, "secretstring": secret, "secretbinary": secret,
	"clientsecret": secret, "authorizationtoken": secret, "privatekey": secret, "privatekeypem": secret, "keymaterial": secret, "passworddata": secret,
	"password": secret, "masteruserpassword": secret, "masterpassword": secret, "adminpassword": secret, "administratorpassword": secret, "administratorloginpassword": secret,
	"oauthtoken": secret, "basicauthcredentials": secret, "servicespecificcredentialsecret": secret, "servicepassword": secret, "serviceapikeyvalue": secret,
	"authtoken": secret, "primarykey": free, "qrcodepng": secret, "base32stringseed": secret,
	// CloudFront's custom origin headers are how an origin knows its distribution.
	// So are the headers that a load balancer's rules ask for.
	"headervalue": secret, "httpheaderconfig": secret,
	// Environment variables.
	"environment": settings, "environmentvariables": settings, "env": settings, "variables": free,
	"runtimeenvironmentvariables": settings, "environmentoverrides": settings, "appsettings": settings, "connectionstrings": settings,
	"connectionproperties": settings,
	// Parameters and arguments.
	"parameters": settings, "parameteroverrides": settings, "pipelineparameters": references,
	"hyperparameters": references, "statichyperparameters": references, "hyperparameterranges": free,
	"defaultarguments": references, "nonoverridablearguments": references, "runproperties": references, "defaultrunproperties": references,
}

// valueNames are the members that hold the value in a list of name and value.
var valueNames = map[string]bool{
	"value": true, "parametervalue": true, "resolvedvalue": true, "securevalue": true, "values": true, "stringvalue": true,
	"binaryvalue": true, "currentvalue": true, "defaultvalue": true, "outputvalue": true,
}

// nameNames are the members that hold the name beside a value, in order.
var nameNames = []string{"key", "name", "tagkey", "parameterkey", "parametername", "outputkey"}

// referenceTypes are values of a setting's type member that make its value the
// name of where the secret is. Source: CodeBuild API Reference,
// EnvironmentVariable, read 2026-11-23.
var referenceTypes = map[string]bool{"PARAMETER_STORE": true, "SECRETS_MANAGER": true}

// buildMembers are the plain members of CodeBuild's environment, which is a
// structure that holds the environment variables among others. Source:
// CodeBuild API Reference, ProjectEnvironment, read 2026-11-23.
var buildMembers = map[string]bool{"type": true, "image": true, "computetype": true, "privilegedmode": true, "certificate": true, "imagepullcredentialstype": true}

// parameterServices are the services whose parameters are what people pass to
// their templates and jobs. Elsewhere parameters are schemas, table properties
// and engine settings, which hold no secrets and are read by value.
var parameterServices = map[string]bool{"cloudformation": true, "batch": true, "ssm": true, "glue": true, "datapipeline": true, "codepipeline": true, "emr": true, "terraform": true}

// identifiers are members that hold the public half of a credential: the
// analysis counts a user's access keys by them.
var identifiers = map[string]bool{"accesskeyid": true}

// placeOf says what stands below a member of an answer of service, which is
// empty when it is not known.
func placeOf(service, name string) place {
	switch {
	case name == "parameters" && service != "" && !parameterServices[service]:
		return free
	case name == "auth" && (service == "codebuild" || service == ""):
		// A project's source names a token, or the ARN of a connection or secret.
		// Source: CodeBuild API Reference, SourceAuth, read 2026-11-28.
		return likely
	case name == "environment" && service == "codebuild":
		return free // a structure; its environmentVariables have a row of their own
	}
	return places[name]
}

// secretEndings end the names of tags and members whose value is a secret.
// Bare "secret", "token" and "key" are not among them: as tags they are
// classifications that policies compare.
var secretEndings = []string{"password", "passwd", "passphrase", "apikey", "secretkey", "secretaccesskey", "clientsecret", "privatekey", "authtoken", "accesstoken"}

// secretOption reports whether a command line option is one whose value is a
// secret. Options are no classifications, so a bare word counts.
func secretOption(n *name) bool {
	return n.ends || strings.HasSuffix(n.normalised, "token") || strings.HasSuffix(n.normalised, "secret")
}

func secretName(normalised string) bool {
	for _, e := range secretEndings {
		if strings.HasSuffix(normalised, e) {
			return true
		}
	}
	return false
}

// normalise evens out the spellings of a name: userData, UserData, user_data and
// user-data are equal.
func normalise(name string) string {
	plain := true
	for i := range len(name) {
		if c := name[i]; c < '0' || c > '9' && c < 'a' || c > 'z' {
			plain = false
			break
		}
	}
	if plain {
		return name
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '_' || r == '-' || r == ' ' || r == '.':
			return -1
		case 'A' <= r && r <= 'Z':
			return r + 'a' - 'A'
		}
		return r
	}, name)
}
