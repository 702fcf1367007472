package attack

import (
	"slices"
	"strings"

	"github.com/postern-sec/postern/schema"
)

// codeDocuments are the documents of AWS that run a script, playbook or package
// of the caller's. The others do one thing of AWS's own (patch, collect
// inventory, update the agent), which gains nothing.
//
// Source: AWS Systems Manager User Guide, "Running commands using a specific
// document version" and the content of the AWS-owned Command documents, read
// 2026-11.
var codeDocuments = []string{"AWS-ApplyAnsiblePlaybooks", "AWS-ApplyChefRecipes", "AWS-ApplyDSCMofs", "AWS-ConfigureAWSPackage", "AWS-InstallApplication",
	"AWS-InstallPowerShellModule", "AWS-RunAnsiblePlaybook", "AWS-RunDocument", "AWS-RunPowerShellScript", "AWS-RunRemoteScript", "AWS-RunSaltState", "AWS-RunShellScript"}

// sending is who may, by an action, have an instance run some document that runs
// code of the caller's.
func sending(action string) func(*world, string) []way {
	return func(w *world, instance string) []way { return w.sendsCode(action, instance) }
}

// sendsCode: what a document of the account itself runs is not known.
func (w *world) sendsCode(action, instance string) []way {
	a, _ := schema.ParseARN(instance)
	var ids []string
	for _, name := range codeDocuments {
		ids = append(ids, schema.ResourceARN(a.Partition, "ssm", a.Region, "", "document/"+name))
	}
	own := schema.ResourceARN(a.Partition, "ssm", a.Region, a.Account, "document/*")
	asked := w.can(action, append(ids, own)...)
	var out []way
	for _, id := range ids {
		out = append(out, asked[id]...)
	}
	for _, x := range asked[own] {
		if parts, some := x.parts[own]; some && !slices.ContainsFunc(parts, ownDocument) {
			continue
		}
		out = append(out, x.and(onlyIf("a document of account "+a.Account+" runs what it is told").way(), x.who))
	}
	return out
}

// ownDocument reports whether a pattern can name a document of an account:
// names that begin with AWS or Amazon are AWS's.
//
// Source: AWS Systems Manager API Reference, CreateDocument, Name, read 2026-11.
func ownDocument(pattern string) bool {
	_, name, _ := strings.Cut(pattern, "document/")
	lower := strings.ToLower(name)
	return !strings.HasPrefix(lower, "aws") && !strings.HasPrefix(lower, "amazon")
}
