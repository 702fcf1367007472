package aws

import (
	"strings"
	"time"
)

// keyState says what is known of a context key.
type keyState uint8

const (
	keyUnknown        keyState = iota // neither presence nor value
	keyAbsent                         // not in the request
	keyKnown                          // the values; a value with wildcards is known in shape only
	keyPresent                        // in the request, value unknown
	keyOutsider                       // any value of the given shape, at the outsider's choice, and no other
	keyRecent                         // a time not before recentTime, in the request
	keyRecentOrAbsent                 // such a time, or not in the request
	keyKnownOrAbsent                  // the values, or not in the request
)

// recentTime is a lower bound for "now": no request that this program is asked
// about was issued before it. It decides date conditions on aws:TokenIssueTime
// that lie in the past without reading a clock.
var recentTime = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)

// Identifiers that no real policy names, for outsiders.
const (
	outsiderAccount = "0utsider-acc"
	githubProvider  = "token.actions.githubusercontent.com"
)

// lookup says what is known of a key (lower case): the caller's overrides first,
// then what follows from the inventory.
// Source: IAM User Guide, "AWS global condition context keys".
func (v *eval) lookup(key string) (keyState, []string) {
	if vals, ok := v.over[key]; ok {
		return keyKnown, vals
	}
	if v.absent[key] {
		return keyAbsent, nil
	}
	if rest, ok := strings.CutPrefix(key, "aws:"); ok {
		return v.lookupGlobal(key, rest)
	}
	switch key {
	case "kms:calleraccount":
		return v.lookupGlobal(key, "principalaccount")
	case "s3:resourceaccount":
		return v.one(v.t.account)
	case "s3:dataaccesspointarn", "s3:dataaccesspointaccount", "s3:accesspointnetworkorigin":
		return v.lookupAccessPoint(key)
	case "lambda:functionurlauthtype":
		return v.lookupURL()
	case "iam:permissionsboundary":
		if v.attacker {
			return v.lookupBoundary()
		}
	}
	if strings.HasPrefix(key, "s3:buckettag/") || strings.Contains(key, ":resourcetag/") && !strings.HasPrefix(key, "s3:") {
		return v.resourceTag(key)
	}
	if v.c.kind == callerProvider {
		return v.lookupFederated(key)
	}
	return keyUnknown, nil
}

// one returns a single known value; an empty one is unknown.
func (v *eval) one(s string) (keyState, []string) {
	if s == "" {
		return keyUnknown, nil
	}
	v.tmp[0] = s
	return keyKnown, v.tmp[:1]
}

func (v *eval) outsider(shape string) (keyState, []string) {
	v.tmp[0] = shape
	return keyOutsider, v.tmp[:1]
}

func (v *eval) lookupGlobal(key, name string) (keyState, []string) {
	c := v.c
	switch name {
	case "securetransport":
		// TLS is at every caller's hand, and every SDK uses it.
		return v.one("true")
	case "principalarn":
		return v.principalARN()
	case "principalaccount":
		return v.principalAccount()
	case "principaltype":
		return v.one(principalTypes[c.kind])
	case "principalisawsservice":
		if c.kind == callerService {
			return v.one("true")
		}
		return v.one("false")
	case "principalservicename", "principalservicenameslist":
		if c.kind == callerService {
			return v.one(c.id)
		}
		return keyAbsent, nil
	case "principalorgid":
		return v.orgKey(false)
	case "principalorgpaths":
		return v.orgKey(true)
	case "username":
		return v.userName()
	case "userid":
		return v.userID()
	case "tokenissuetime":
		return v.tokenTime()
	case "multifactorauthpresent", "multifactorauthage":
		return v.multiFactor(name)
	case "currenttime":
		if v.attacker {
			return keyRecent, nil
		}
	case "epochtime":
		return v.epoch()
	case "requestedregion":
		return v.one(v.region())
	case "sourcearn", "sourceaccount", "sourceorgid", "sourceorgpaths":
		// Only a service calling for a resource sends these.
		if v.attacker && c.kind != callerService {
			return keyAbsent, nil
		}
	case "sourceowner":
		// The older name of the calling account; SNS's default policy uses it.
		// Source: SNS Developer Guide, "Example cases for Amazon SNS access control".
		return v.lookupGlobal(key, "principalaccount")
	case "sourceip":
		// A request through a VPC endpoint has aws:VpcSourceIp instead.
		if len(v.over["aws:sourcevpce"]) > 0 {
			return keyAbsent, nil
		}
	case "sourcevpc":
		if ep := v.endpoint(); ep != nil && ep.facts.VPC != "" {
			return v.one(ep.facts.VPC)
		}
	case "vpceaccount", "vpceorgid", "vpceorgpaths":
		return v.endpointOwner(name)
	}
	if strings.HasPrefix(name, "resource") {
		return v.lookupResource(key, name)
	}
	if tag, ok := strings.CutPrefix(name, "principaltag/"); ok {
		return v.principalTag(tag)
	}
	return keyUnknown, nil
}

// multiFactor: only AssumeRole and GetSessionToken take an MFA code, so sessions
// that a service or an identity provider starts never have one. Whether the key
// is then absent or false is not said; the answer is known when both agree.
// Source: IAM User Guide, "Compare AWS STS credentials", MFA support, and "AWS
// global condition context keys", aws:MultiFactorAuthPresent.
func (v *eval) multiFactor(name string) (keyState, []string) {
	switch c := v.c; {
	case c.kind == callerAnonymous, c.kind == callerService, c.kind == callerProvider:
		return keyAbsent, nil
	case c.kind == callerFederated, c.isRole() && c.principal != nil && c.principal.noMFA:
		if name == "multifactorauthage" {
			return keyAbsent, nil
		}
		v.tmp[0] = "false"
		return keyKnownOrAbsent, v.tmp[:1]
	}
	return keyUnknown, nil
}

// epoch is aws:CurrentTime, where that is said, in seconds.
func (v *eval) epoch() (keyState, []string) {
	vals := v.over["aws:currenttime"]
	if len(vals) != 1 {
		return keyUnknown, nil
	}
	when, err := parseDate(vals[0])
	if err != nil {
		return keyUnknown, nil
	}
	return v.one(itoa(int(when.Unix())))
}

// globalServices have one endpoint in each partition.
// Source: IAM User Guide, "AWS global condition context keys",
// aws:RequestedRegion; AWS General Reference, service endpoints.
var globalServices = map[string]map[string]string{
	"iam":               {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"},
	"organizations":     {"aws": "us-east-1", "aws-cn": "cn-northwest-1", "aws-us-gov": "us-gov-west-1"},
	"cloudfront":        {"aws": "us-east-1"},
	"route53":           {"aws": "us-east-1"},
	"globalaccelerator": {"aws": "us-west-2"},
}

// region is where the request goes: the resource's region, the bucket's, or the
// only one the service has. Empty is unknown.
func (v *eval) region() string {
	if r := v.t.arn.Region; r != "" && !strings.ContainsAny(r, "*?") {
		return r
	}
	if i := v.t.info; v.t.service == "s3" && i != nil && i.facts != nil && i.facts.S3 != nil {
		return i.facts.S3.Region.Value
	}
	service, _, _ := strings.Cut(v.action, ":")
	partition := v.c.partition
	if partition == "" {
		partition = v.t.arn.Partition
	}
	return globalServices[service][partition]
}

// endpointOwnerServices are services whose requests surely carry the keys about the
// endpoint's owner; AWS adds others one by one. Source: IAM User Guide, "AWS global
// condition context keys", aws:VpceAccount, availability, read 2026-11.
var endpointOwnerServices = map[string]bool{"s3": true, "kms": true, "lambda": true, "iam": true, "athena": true, "ecr": true, "ecs": true, "cloudformation": true, "firehose": true, "ebs": true}

// endpointOwner is the account and organisation of the VPC endpoint named.
func (v *eval) endpointOwner(name string) (keyState, []string) {
	ep := v.endpoint()
	service, _, _ := strings.Cut(v.action, ":")
	if ep == nil || ep.facts.Account == "" || !endpointOwnerServices[service] {
		return keyUnknown, nil
	}
	if name == "vpceaccount" {
		return v.one(ep.facts.Account)
	}
	return v.orgOf(v.e.account(ep.facts.Account), name == "vpceorgpaths")
}

var principalTypes = map[callerKind]string{
	callerUser: "User", callerRole: "AssumedRole", callerSession: "AssumedRole", callerFederated: "FederatedUser",
	callerRoot: "Account", callerAnonymous: "Anonymous",
}

func (v *eval) principalARN() (keyState, []string) {
	if v.c.anyName {
		return v.outsider("arn:" + v.c.partition + ":iam::" + v.c.account + ":\x00")
	}
	switch c := v.c; c.kind {
	case callerAnonymous, callerService, callerProvider:
		return keyAbsent, nil
	case callerOutsider:
		return v.outsider("arn:aws:iam::" + outsiderAccount + ":\x00")
	case callerAccount:
		if c.account == "" {
			return keyPresent, nil
		}
		return v.outsider("arn:" + c.partition + ":iam::" + c.account + ":\x00")
	case callerFederated:
		return v.one(c.id)
	default:
		return v.one(c.arn)
	}
}

func (v *eval) principalAccount() (keyState, []string) {
	switch c := v.c; c.kind {
	case callerAnonymous:
		return v.one("anonymous")
	case callerService, callerProvider:
		return keyAbsent, nil
	case callerOutsider:
		return v.outsider(outsiderAccount)
	case callerAccount:
		if c.account == "" {
			return keyPresent, nil
		}
		return v.one(c.account)
	default:
		return v.one(c.account)
	}
}

// orgKey is the caller's organisation: of no named organisation for outsiders,
// absent for accounts that are in none and for callers without an account.
func (v *eval) orgKey(path bool) (keyState, []string) {
	switch v.c.kind {
	case callerAnonymous, callerService, callerProvider:
		return keyAbsent, nil
	case callerOutsider:
		if path {
			return v.outsider("o-" + outsiderAccount + "/\x00")
		}
		return v.outsider("o-" + outsiderAccount)
	}
	return v.orgOf(v.c.info, path)
}

func (v *eval) orgOf(a *accountInfo, path bool) (keyState, []string) {
	if a == nil {
		return keyUnknown, nil
	}
	have := a.orgID
	if path {
		have = a.orgPath
	}
	switch have.State {
	case None:
		return keyAbsent, nil
	case Known:
		return v.one(have.Value)
	}
	return keyUnknown, nil
}

func (v *eval) userName() (keyState, []string) {
	c := v.c
	if c.kind == callerOutsider || c.kind == callerAccount {
		return v.outsider("\x00")
	}
	if c.kind != callerUser {
		return keyAbsent, nil
	}
	if c.principal != nil && c.principal.name != "" {
		return v.one(c.principal.name)
	}
	return v.one(c.arn[strings.LastIndexByte(c.arn, '/')+1:])
}

func (v *eval) userID() (keyState, []string) {
	c := v.c
	switch c.kind {
	case callerAnonymous:
		return v.one("anonymous")
	case callerService, callerProvider:
		return keyAbsent, nil
	case callerOutsider:
		return v.outsider(outsiderAccount + "\x00")
	case callerRoot:
		return v.one(c.account)
	case callerFederated:
		return v.one(c.account + ":" + c.id[strings.LastIndexByte(c.id, '/')+1:])
	}
	if c.principal == nil || c.principal.id == "" {
		return keyPresent, nil
	}
	switch c.kind {
	case callerSession:
		return v.one(c.principal.id + ":" + c.session)
	case callerRole:
		return v.one(c.principal.id + ":\x00")
	}
	return v.one(c.principal.id)
}

// tokenTime: aws:TokenIssueTime is in requests with temporary credentials, which
// a role always uses and a user may.
func (v *eval) tokenTime() (keyState, []string) {
	switch v.c.kind {
	case callerRole, callerSession, callerFederated:
		return keyRecent, nil
	case callerAnonymous:
		return keyAbsent, nil
	}
	return keyRecentOrAbsent, nil
}

// lookupResource answers the keys about the resource's owner and tags.
func (v *eval) lookupResource(key, name string) (keyState, []string) {
	if strings.HasPrefix(name, "resourceaccount") || strings.HasPrefix(name, "resourceorg") {
		switch ownerKeys(v.action) {
		case no:
			return keyAbsent, nil
		case maybe:
			return keyUnknown, nil
		}
	}
	switch name {
	case "resourceaccount":
		return v.one(v.t.account)
	case "resourceorgid", "resourceorgpaths":
		if v.t.account == "" {
			return keyUnknown, nil
		}
		return v.orgOf(v.e.account(v.t.account), name == "resourceorgpaths")
	}
	if strings.HasPrefix(name, "resourcetag/") {
		return v.resourceTag(key)
	}
	return keyUnknown, nil
}

// ownerKeys says whether requests for an action (lower case) carry
// aws:ResourceAccount, aws:ResourceOrgID and aws:ResourceOrgPaths: most do. maybe
// is for actions that came off the list of exceptions in some editions of the page.
// Source: IAM User Guide, "AWS global condition context keys",
// aws:ResourceAccount, availability, read 2026-11.
func ownerKeys(action string) tri {
	switch action {
	case "ec2:copysnapshot", "ec2:createtransitgatewaypeeringattachment", "ec2:createvpcpeeringconnection":
		return no
	case "ec2:copyfpgaimage", "ec2:copyimage", "ec2:createvolume", "workspaces:copyworkspaceimage", "workspaces:describeworkspaceimages":
		return maybe
	}
	switch service, _, _ := strings.Cut(action, ":"); service {
	case "ebs":
		return no
	case "events":
		return maybe
	}
	return yes
}

// principalTag looks a tag of the caller up. Tag keys in condition keys are
// compared without regard to case. Session tags can add or replace tags, so an
// absent tag of a role is unknown only when it is not collected: sessions that
// pass tags need sts:TagSession and are asked for with a context.
func (v *eval) principalTag(tag string) (keyState, []string) {
	switch v.c.kind {
	case callerAnonymous, callerService, callerRoot:
		return keyAbsent, nil
	case callerOutsider, callerAccount:
		return v.outsider("\x00") // tags are its own administrator's to give
	case callerProvider:
		return keyUnknown, nil
	}
	if v.c.principal == nil {
		return keyUnknown, nil
	}
	return v.tag(v.c.principal.tags, tag)
}

func (v *eval) tag(tags Evidence[map[string]string], name string) (keyState, []string) {
	if !tags.Collected() {
		return keyUnknown, nil
	}
	if val, ok := tags.Value[name]; ok {
		return keyKnown, v.single(val)
	}
	for k, val := range tags.Value {
		// Two tags of one resource cannot differ in case only for IAM; elsewhere the
		// exact spelling was tried first.
		if strings.EqualFold(k, name) {
			return keyKnown, v.single(val)
		}
	}
	return keyAbsent, nil
}

func (v *eval) single(s string) []string {
	v.tmp[0] = s
	return v.tmp[:1]
}

// resourceTag looks a tag of the resource up. On buckets the key exists only
// where ABAC is enabled. Source: S3 User Guide, "Enabling ABAC in general purpose
// buckets".
func (v *eval) resourceTag(key string) (keyState, []string) {
	_, tag, _ := strings.Cut(key, "/")
	info := v.t.info
	if info == nil {
		if u := v.e.inv.Users[v.t.text]; u != nil {
			return v.tag(u.Tags, tag)
		}
		return keyUnknown, nil
	}
	if v.t.service == "s3" {
		if info.facts == nil || info.facts.S3 == nil || !info.facts.S3.ABAC.Known() {
			if info.facts != nil && info.facts.S3 != nil && info.facts.S3.ABAC.State == None {
				return keyAbsent, nil
			}
			return keyUnknown, nil
		}
		if !info.facts.S3.ABAC.Value {
			return keyAbsent, nil
		}
	}
	return v.tag(info.tags, tag)
}

func (v *eval) lookupAccessPoint(key string) (keyState, []string) {
	p := v.t.point
	if p == nil {
		if v.t.service == "s3" {
			return keyAbsent, nil
		}
		return keyUnknown, nil
	}
	switch key {
	case "s3:dataaccesspointarn":
		return v.one(p.facts.ARN)
	case "s3:dataaccesspointaccount":
		return v.one(p.account())
	}
	if p.facts.VPC != "" {
		return v.one("VPC")
	}
	return v.one("Internet")
}

func (v *eval) lookupURL() (keyState, []string) {
	if i := v.t.info; i != nil && i.facts != nil && i.facts.Lambda != nil && i.facts.Lambda.URL.Known() && v.action == "lambda:invokefunctionurl" {
		return v.one(i.facts.Lambda.URL.Value.AuthType)
	}
	return keyUnknown, nil
}

// lookupBoundary answers iam:PermissionsBoundary, the boundary of the user or
// role that an action changes. Who makes one, or sets its boundary, chooses it.
//
// Source: Service Authorization Reference, "AWS Identity and Access Management",
// condition keys, read 2026-11.
func (v *eval) lookupBoundary() (keyState, []string) {
	if sets := strings.HasPrefix(v.action, "iam:create") || strings.HasPrefix(v.action, "iam:put") && strings.HasSuffix(v.action, "permissionsboundary"); sets {
		return keyUnknown, nil
	}
	var boundary Evidence[string]
	if u := v.e.inv.Users[v.t.text]; u != nil {
		boundary = u.Boundary
	} else if r := v.e.inv.Roles[v.t.text]; r != nil {
		boundary = r.Boundary
	}
	switch boundary.State {
	case None:
		return keyAbsent, nil
	case Known:
		return v.one(boundary.Value)
	}
	return keyUnknown, nil
}

// lookupFederated answers a provider's own keys. For "some identity of this
// provider" what names the identity is somebody else's, and the rest is chosen.
func (v *eval) lookupFederated(key string) (keyState, []string) {
	claim, ok := strings.CutPrefix(key, strings.ToLower(providerName(v.c.provider))+":")
	if !ok {
		return keyUnknown, nil
	}
	if !v.c.anyone {
		// A provider that accepts one audience only lets tokens for that one in.
		p := v.e.inv.Providers[v.c.provider]
		if claim == "aud" && p != nil && p.ClientIDs.Known() && len(p.ClientIDs.Value) == 1 {
			return v.one(p.ClientIDs.Value[0])
		}
		return keyUnknown, nil
	}
	switch claim {
	case "aud", "oaud":
		if v.c.id == GitHubAny {
			return v.outsider("\x00") // a workflow asks for any audience
		}
		return v.outsider(outsiderAccount)
	case "sub":
		return v.outsider("\x00")
	case "repository", "repository_owner", "repository_id", "repository_owner_id", "actor_id", "enterprise", "enterprise_id", "actor", "workflow_ref", "azp", "email", "hd":
		return v.outsider(outsiderAccount)
	}
	return v.outsider("\x00")
}

// endpoint is the VPC endpoint the request names, if the inventory holds it.
func (v *eval) endpoint() *endpointInfo {
	if vals, ok := v.over["aws:sourcevpce"]; ok && len(vals) == 1 {
		return v.e.endpoints[vals[0]]
	}
	return nil
}

// account is the access point's owner.
func (p *accessPoint) account() string {
	if p.facts.Account != "" {
		return p.facts.Account
	}
	return p.bucket.account
}

// chosenKeys are keys the caller sets freely. Source: IAM User Guide, "AWS global
// condition context keys", properties of the request; S3 and STS pages of the
// Service Authorization Reference.
var chosenKeys = map[string]bool{
	"aws:useragent": true, "aws:referer": true, "aws:securetransport": true, "aws:tagkeys": true,
	"sts:rolesessionname": true, "sts:sourceidentity": true, "sts:transitivetagkeys": true, "aws:sourceidentity": true,
	"sts:durationseconds": true,
	"s3:prefix":           true, "s3:delimiter": true, "s3:max-keys": true, "s3:versionid": true, "s3:signatureversion": true, "s3:authtype": true,
	"s3:x-amz-acl": true, "s3:x-amz-server-side-encryption": true, "s3:x-amz-server-side-encryption-aws-kms-key-id": true,
	"s3:x-amz-storage-class": true, "s3:tlsversion": true, "s3:x-amz-content-sha256": true,
	"saml:aud":                       true,
	"lambda:invokedviafunctionurl":   true,
	"sagemaker:directinternetaccess": true, "sagemaker:rootaccess": true, "sagemaker:vpcsubnets": true, "sagemaker:vpcsecuritygroupids": true,
	"sagemaker:instancetypes": true, "sagemaker:volumekmskey": true, "sagemaker:outputkmskey": true, "sagemaker:networkisolation": true,
	"sagemaker:intercontainertrafficencryption": true, "sagemaker:imagearns": true, "sagemaker:maxruntimeinseconds": true, "sagemaker:acceleratortypes": true,
	"sagemaker:minimuminstancemetadataserviceversion": true, "sagemaker:homeefsfilesystemkmskey": true, "sagemaker:appnetworkaccesstype": true,
	"ec2:instancetype": true, "ec2:metadatahttptokens": true, "ec2:metadatahttpendpoint": true, "ec2:metadatahttpputresponsehoplimit": true,
	"ec2:ebsoptimized": true, "ec2:tenancy": true, "ec2:volumesize": true, "ec2:volumetype": true, "ec2:volumeiops": true, "ec2:volumethroughput": true,
	"ec2:encrypted": true, "ec2:instancemarkettype": true, "ec2:associatepublicipaddress": true, "ec2:islaunchtemplateresource": true, "ec2:createaction": true,
	"lambda:layer": true, "lambda:vpcids": true, "lambda:subnetids": true, "lambda:securitygroupids": true, "lambda:principal": true, "lambda:codesigningconfigarn": true,
	"cloudformation:templateurl": true, "cloudformation:stackpolicyurl": true, "cloudformation:resourcetypes": true, "cloudformation:changesetname": true,
	"glue:vpcids": true, "glue:subnetids": true, "glue:securitygroupids": true,
}

// chosen reports whether the caller sets the key.
func chosen(key string) bool {
	return chosenKeys[key] || strings.HasPrefix(key, "aws:requesttag/") || strings.HasPrefix(key, "s3:requestobjecttag/")
}
