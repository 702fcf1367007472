package aws

import (
	"sort"
	"strings"

	"github.com/postern-sec/postern/schema"
)

// resourceInfo is a compiled resource of the inventory. Roles are resources too:
// their policy is the trust policy.
type resourceInfo struct {
	arn     string
	account string
	facts   *Resource // nil for roles
	role    *Role
	refs    []*policyRef
	state   State // of the resource policy
	gated   bool  // the policy must delegate: identity policies alone never do
	public  State // S3: Known when the policy is public by S3's own rule
	open    bool  // EFS: the default file system policy is in force
	grants  []kmsGrant
	tags    Evidence[map[string]string]
}

// accessPoint is a compiled S3 access point.
type accessPoint struct {
	facts  *AccessPoint
	bucket *resourceInfo
	refs   []*policyRef
	public bool
}

type endpointInfo struct {
	facts *VPCEndpoint
	ref   *policyRef
}

// target is the resource of a request, resolved.
type target struct {
	text    string // in wildcard form
	arn     schema.ARN
	isARN   bool
	account string // owner; empty is unknown
	info    *resourceInfo
	point   *accessPoint
	inner   string // the text the bucket's own policy sees (access points)
	service string
	// absent: the type's list was read and the resource is not in it, or nothing
	// was said about it: it may not exist yet and has no policy.
	state  State
	gaps   []Missing // what was not collected and could change the answer
	gate   bool
	bucket string // S3: the bucket's name, when it is one bucket
	object bool   // S3: the request is for objects
	plain  bool   // the resource's policy does not speak of this action
	spans  bool   // wildcards reach over resources of the inventory
}

func (e *Engine) compileResources() {
	for _, arn := range sortedKeys(e.inv.Roles) {
		r := e.inv.Roles[arn]
		a, _ := schema.ParseARN(arn)
		info := &resourceInfo{arn: arn, account: a.Account, role: r, state: r.Trust.State, gated: true, tags: r.Tags}
		if r.Trust.Known() {
			info.refs = append(info.refs, e.ref(LayerTrust, arn, r.Trust.Value))
		}
		e.resources[arn] = info
	}
	for _, arn := range sortedKeys(e.inv.Resources) {
		e.compileResource(e.inv.Resources[arn])
	}
}

func (e *Engine) compileResource(r *Resource) {
	a, ok := schema.ParseARN(r.ARN)
	if have := e.resources[r.ARN]; have != nil && have.role != nil {
		return // a role's policy is its trust policy
	}
	info := &resourceInfo{arn: r.ARN, account: r.Account, facts: r, state: r.Policy.State, tags: r.Tags}
	if info.account == "" {
		info.account = a.Account
	}
	if r.Policy.Known() {
		d := r.Policy.Value
		if ok && a.Service == "apigateway" {
			d.JSON = apiPolicy(d.JSON, a, info.account)
		}
		info.refs = append(info.refs, e.ref(LayerResource, r.ARN, d))
	}
	if ok && r.Policy.State == None && isFileSystem(a) {
		info.open = true
		info.refs = append(info.refs, e.ref(LayerResource, r.ARN, openMountPolicy))
	}
	for _, d := range r.Further {
		info.refs = append(info.refs, e.ref(LayerResource, r.ARN, d))
		info.state = Known
	}
	if info.state == NotCollected && ok && !takesPolicy(a) {
		info.state = None
	}
	if ok && a.Service == "kms" && strings.HasPrefix(a.Resource, "key/") {
		e.compileKey(info, a)
	}
	if ok && a.Service == "s3" {
		info.public = bucketPolicyPublic(info.refs)
	}
	if r.S3 != nil {
		e.compileBucket(info)
	}
	e.resources[r.ARN] = info
}

// apiPolicy writes the short resource form of REST API policies out:
// execute-api:/stage/… is a path of this API. Source: API Gateway Developer Guide,
// "API Gateway resource policy examples".
func apiPolicy(text []byte, api schema.ARN, account string) []byte {
	id, ok := strings.CutPrefix(api.Resource, "/restapis/")
	if !ok {
		return text
	}
	full := `"arn:` + api.Partition + `:execute-api:` + api.Region + `:` + account + `:` + id + `/`
	return []byte(strings.ReplaceAll(string(text), `"execute-api:/`, full))
}

func (e *Engine) compileBucket(info *resourceInfo) {
	for i := range info.facts.S3.AccessPoints {
		f := &info.facts.S3.AccessPoints[i]
		p := &accessPoint{facts: f, bucket: info}
		if f.Policy.Known() {
			p.refs = []*policyRef{e.ref(LayerResource, f.ARN, f.Policy.Value)}
		}
		p.public = bucketPolicyPublic(p.refs) == Known
		e.points[f.ARN] = p
		if f.Alias != "" {
			e.aliases["arn:aws:s3:::"+f.Alias] = f.ARN
		}
	}
}

func (e *Engine) compileEndpoints() {
	for _, id := range sortedKeys(e.inv.Endpoints) {
		f := e.inv.Endpoints[id]
		ep := &endpointInfo{facts: f}
		if f.Policy.Known() {
			ep.ref = e.ref(LayerEndpoint, id, f.Policy.Value)
		}
		e.endpoints[id] = ep
	}
}

// target resolves the resource of a request for a caller's account. text is an
// ARN, possibly with wildcards, or "*".
func (e *Engine) target(text, callerAccount string) target {
	t := target{text: wild(text)}
	t.arn, t.isARN = schema.ParseARN(text)
	if !t.isARN {
		t.account, t.state = callerAccount, None
		return t
	}
	t.service = t.arn.Service
	t.info = e.find(&t)
	t.account = t.owner(callerAccount)
	switch {
	case t.info != nil:
		t.state, t.gate = t.info.state, t.info.gated
	default:
		e.unlisted(&t, callerAccount)
		t.spans = isWild(t.text) && takesPolicy(t.arn)
	}
	if t.info != nil && t.state == NotCollected {
		t.gaps = append(t.gaps, Missing{Kind: policyKind(t.arn), ID: t.info.arn})
	}
	return t
}

// find looks the resource up: by ARN, bucket of an object, key of an alias,
// access point, and else by cutting sub-resources off the end.
func (e *Engine) find(t *target) *resourceInfo {
	arn := t.arn
	if arn.Service == "s3" {
		return e.findS3(t)
	}
	full := arn.String()
	if arn.Service == "kms" {
		if key, ok := e.aliases[full]; ok {
			full = key
		}
	}
	for {
		if r, ok := e.resources[full]; ok {
			return r
		}
		i := strings.LastIndexAny(full, "/:")
		if i <= 0 || strings.Count(full[:i], ":") < 5 || arn.Service == "iam" || arn.Service == "kms" {
			break
		}
		full = full[:i]
	}
	return e.findGrouped(arn)
}

// findGrouped finds the resource whose policy covers another one: a model
// package's is at its group, an API's paths at the REST API, a database's and a
// table's at Glue's catalog, a wildcard secret at the secret of that name.
func (e *Engine) findGrouped(arn schema.ARN) *resourceInfo {
	if arn.Service == "glue" && takesPolicy(arn) {
		arn.Resource = "catalog"
		return e.resources[arn.String()]
	}
	if arn.Service == "execute-api" {
		api, _, _ := strings.Cut(arn.Resource, "/")
		return e.resources["arn:"+arn.Partition+":apigateway:"+arn.Region+"::/restapis/"+api]
	}
	if arn.Service == "sagemaker" && strings.HasPrefix(arn.Resource, "model-package/") {
		group, _, _ := strings.Cut(strings.TrimPrefix(arn.Resource, "model-package/"), "/")
		arn.Resource = "model-package-group/" + group
		return e.resources[arn.String()]
	}
	// A request pattern that matches exactly one resource means that resource.
	if !strings.ContainsAny(arn.Resource, "*?") {
		return nil
	}
	var found *resourceInfo
	g := newGlob(wild(arn.String()))
	if arn.Service != "secretsmanager" {
		return nil
	}
	for _, id := range e.secretARNs() {
		if g.match(id) {
			if found != nil {
				return nil
			}
			found = e.resources[id]
		}
	}
	return found
}

func (e *Engine) secretARNs() []string {
	var out []string
	for id := range e.resources {
		if strings.Contains(id, ":secretsmanager:") {
			out = append(out, id)
		}
	}
	sort.Strings(out)
	return out
}

func (e *Engine) findS3(t *target) *resourceInfo {
	arn := t.arn
	if strings.HasPrefix(arn.Resource, "accesspoint/") {
		return e.findAccessPoint(t)
	}
	bucket, key, object := strings.Cut(arn.Resource, "/")
	if alias, ok := e.aliases["arn:aws:s3:::"+bucket]; ok {
		p := e.points[alias]
		t.point, t.inner, t.object = p, wild(p.bucket.arn+"/"+key), object
		t.text = wild(alias + "/object/" + key)
		t.bucket = lastSegment(p.bucket.arn)
		return p.bucket
	}
	t.object = object
	if strings.ContainsAny(bucket, "*?") {
		return nil
	}
	t.bucket = bucket
	return e.resources["arn:"+arn.Partition+":s3:::"+bucket]
}

func (e *Engine) findAccessPoint(t *target) *resourceInfo {
	parts := strings.SplitN(t.arn.Resource, "/", 4)
	base := t.arn
	base.Resource = strings.Join(parts[:min(2, len(parts))], "/")
	p, ok := e.points[base.String()]
	if !ok {
		return nil
	}
	t.point = p
	t.inner = wild(p.bucket.arn)
	if len(parts) == 4 && parts[2] == "object" {
		t.object = true
		t.inner = wild(p.bucket.arn + "/" + parts[3])
	}
	t.bucket = lastSegment(p.bucket.arn)
	return p.bucket
}

// owner is the account of the resource: the inventory's, the ARN's, or the
// caller's for ARNs that name none (foundation models; buckets, see unlisted).
func (t *target) owner(callerAccount string) string {
	switch {
	case t.info != nil && t.info.account != "":
		return t.info.account
	case t.arn.Account == "aws" || t.arn.Account == "":
		return callerAccount
	case strings.ContainsAny(t.arn.Account, "*?"):
		return callerAccount
	default:
		return t.arn.Account
	}
}

// unlisted decides what a resource that the inventory does not hold can have. In
// the caller's own account it may be asked for before it exists: no policy, with
// a gap when the type's list was not read. In an account that was not collected
// everything about it is unknown.
func (e *Engine) unlisted(t *target, callerAccount string) {
	t.state = None
	if !takesPolicy(t.arn) {
		return
	}
	typ := typeOf(t.arn)
	owner := e.account(t.account)
	id := t.arn.String()
	if t.service == "s3" && t.bucket != "" {
		id = "arn:" + t.arn.Partition + ":s3:::" + t.bucket
	}
	switch {
	case t.service == "s3" && t.bucket != "" && e.bucketElsewhere(callerAccount):
		// All buckets of the caller's account are known and this one is not among
		// them: it is another account's, or does not exist.
		t.account, t.state = "", NotCollected
		t.gaps = append(t.gaps, Missing{Kind: "resource", ID: "arn:" + t.arn.Partition + ":s3:::" + t.bucket})
	case t.service == "kms" && isWild(t.text) && listed(owner, typ):
		// All keys are known: each key policy is asked on its own (spanned).
	case t.service == "kms":
		t.state, t.gate = NotCollected, true
		t.gaps = append(t.gaps, Missing{Kind: "key_policy", ID: id})
	case owner.facts == nil && t.account != callerAccount, owner.facts != nil && t.account != callerAccount && !listed(owner, typ):
		t.state = NotCollected
		t.gaps = append(t.gaps, Missing{Kind: policyKind(t.arn), ID: id})
		if owner.facts == nil && t.account != "" {
			t.gaps = append(t.gaps, Missing{Kind: "account", ID: t.account})
		}
		t.gate = isRoleARN(t.arn)
	case isRoleARN(t.arn) && !isWild(t.text):
		// No such role yet: nobody can say what its trust policy will be.
		t.gaps = append(t.gaps, Missing{Kind: policyKind(t.arn), ID: id})
	case !listed(owner, typ):
		t.gaps = append(t.gaps, Missing{Kind: policyKind(t.arn), ID: id})
		if callerAccount == "" {
			t.state = NotCollected // an outsider depends on the resource's policy alone
		}
	}
}

// bucketElsewhere reports whether all buckets of the account were listed.
func (e *Engine) bucketElsewhere(account string) bool {
	return account != "" && listed(e.account(account), "AWS::S3::Bucket")
}

func listed(a *accountInfo, typ string) bool {
	if a.facts == nil {
		return false
	}
	if typ == "AWS::IAM::Role" {
		return a.facts.IAM == Known
	}
	return a.facts.Listed[typ]
}

func isRoleARN(a schema.ARN) bool {
	return a.Service == "iam" && strings.HasPrefix(a.Resource, "role/")
}

// policyKind names the missing document of a resource.
func policyKind(a schema.ARN) string {
	switch {
	case isRoleARN(a):
		return "trust_policy"
	case a.Service == "kms":
		return "key_policy"
	case a.Service == "s3":
		return "bucket_policy"
	default:
		return "resource_policy"
	}
}
