// Package gen writes synthetic AWS estates as files of the AWS CLI, for
// benchmarks: many accounts with the skew of real ones (few policy sets shared by
// many principals, a long tail of their own, hub roles, shared groups), with ways
// from the internet to training data planted in them.
//
// Graph makes a graph of that shape at once, for sizes at which reading files
// would take longer than what is to be measured.
//
// The same scale and seed give the same bytes.
package gen

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// perAccount is how many resources one account holds.
const perAccount = 5000

// region is the one region everything lies in.
const region = "us-east-1"

// Estate writes an estate of about scale resources below dir.
func Estate(ctx context.Context, dir string, scale int, seed uint64) error {
	rnd := rand.New(rand.NewPCG(seed, uint64(scale)))
	for i := 0; i*perAccount < scale; i++ {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("gen: %w", err)
		}
		a := account{id: fmt.Sprintf("%012d", 100_000_000_000+i), dir: dir, rnd: rnd}
		if err := a.write(min(perAccount, scale-i*perAccount)); err != nil {
			return err
		}
	}
	return nil
}

type object = map[string]any

type account struct {
	id, dir string
	rnd     *rand.Rand
}

// write makes n resources: four in ten are principals, the others functions,
// buckets, jobs and instances.
func (a account) write(n int) error {
	roles := max(n*4/10, 1)
	if err := a.save("iam-get-account-authorization-details", func(w io.Writer) error { return GAAD(w, a.id, roles, a.rnd) }); err != nil {
		return err
	}
	buckets, functions := max(n*2/10, 1), max(n*2/10, 1)
	var bucketList, functionList []object
	for i := range buckets {
		bucketList = append(bucketList, object{"Name": a.bucket(i)})
		if err := a.json(filepath.Join("s3api-get-bucket-policy", a.bucket(i)), object{"Policy": ""}); err != nil {
			return err
		}
	}
	for i := range functions {
		name := fmt.Sprintf("fn-%d", i)
		arn := fmt.Sprintf("arn:aws:lambda:%s:%s:function:%s", region, a.id, name)
		functionList = append(functionList, object{"FunctionName": name, "FunctionArn": arn, "Runtime": "python3.12", "Role": a.role(plantedFirst(i, a.rnd.IntN(roles)))})
		policy := object{"Policy": ""}
		if i%50 == 0 { // one function in fifty is open to anyone
			policy["Policy"] = fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Sid":"url","Effect":"Allow","Principal":"*","Action":["lambda:InvokeFunctionUrl","lambda:InvokeFunction"],"Resource":%q}]}`, arn)
			if err := a.json(filepath.Join("lambda-get-function-url-config", name), object{"FunctionArn": arn, "FunctionUrl": "https://" + name + ".example/", "AuthType": "NONE", "CreationTime": "2026-01-01T00:00:00Z"}); err != nil {
				return err
			}
		}
		if err := a.json(filepath.Join("lambda-get-policy", name), policy); err != nil {
			return err
		}
	}
	if err := a.json("s3api-list-buckets", object{"Buckets": bucketList}); err != nil {
		return err
	}
	if err := a.json("lambda-list-functions", object{"Functions": functionList}); err != nil {
		return err
	}
	for i := range max(n/10, 1) { // jobs
		name := fmt.Sprintf("job-%d", i)
		job := object{"TrainingJobName": name, "TrainingJobArn": fmt.Sprintf("arn:aws:sagemaker:%s:%s:training-job/%s", region, a.id, name), "TrainingJobStatus": "Completed",
			"RoleArn": a.role(a.rnd.IntN(roles)), "OutputDataConfig": object{"S3OutputPath": "s3://" + a.bucket(0) + "/out"},
			"InputDataConfig": []object{{"ChannelName": "train", "DataSource": object{"S3DataSource": object{"S3DataType": "S3Prefix", "S3Uri": "s3://" + a.bucket(plantedFirst(i, a.rnd.IntN(buckets))) + "/x/"}}}}}
		if err := a.json(filepath.Join("sagemaker-describe-training-job", name), job); err != nil {
			return err
		}
	}
	return nil
}

// plantedFirst is 0 for the first of a kind, else what chance gave: the first
// function, which is open to anyone, runs as the first role, which reads the first
// bucket, which the first job trains on. So every account has one way for sure.
func plantedFirst(i, chance int) int {
	if i == 0 {
		return 0
	}
	return chance
}

func (a account) bucket(i int) string { return fmt.Sprintf("data-%s-%d", a.id, i) }
func (a account) role(i int) string   { return fmt.Sprintf("arn:aws:iam::%s:role/role-%d", a.id, i) }

func (a account) json(name string, v any) error {
	return a.save(name, func(w io.Writer) error { return json.NewEncoder(w).Encode(v) })
}

func (a account) save(name string, write func(io.Writer) error) error {
	file := filepath.Join(a.dir, a.id, region, name+".json")
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return fmt.Errorf("gen: %w", err)
	}
	f, err := os.Create(file)
	if err != nil {
		return fmt.Errorf("gen: %w", err)
	}
	if err := write(f); err != nil {
		f.Close()
		return fmt.Errorf("gen: write %s: %w", file, err)
	}
	return f.Close()
}

// policySets is how many distinct policies most principals share.
const policySets = 60

// GAAD writes the answer of get-account-authorization-details for an account
// with that many roles.
func GAAD(w io.Writer, account string, roles int, rnd *rand.Rand) error {
	buckets := min(max(roles/2, 1), 1000) // as many as write makes for so many roles
	var list []object
	for i := range roles {
		set := int(float64(policySets) * rnd.Float64() * rnd.Float64()) // the first sets are the most common
		r := object{"RoleName": fmt.Sprintf("role-%d", i), "RoleId": fmt.Sprintf("AROA%016d", i), "Path": "/", "Arn": fmt.Sprintf("arn:aws:iam::%s:role/role-%d", account, i),
			"AssumeRolePolicyDocument": trust(account, i, rnd), "InstanceProfileList": []object{}, "Tags": []object{},
			"AttachedManagedPolicies": []object{{"PolicyName": fmt.Sprintf("set-%d", set), "PolicyArn": policyARN(account, set)}}, "RolePolicyList": []object{}}
		switch {
		case i == 0:
			b := bucketARN(account, 0)
			r["RolePolicyList"] = []object{{"PolicyName": "planted", "PolicyDocument": object{"Version": "2012-10-17", "Statement": []object{{"Effect": "Allow", "Action": "s3:GetObject", "Resource": b + "/*"}}}}}
		case rnd.IntN(5) == 0: // the long tail: a policy of its own
			r["RolePolicyList"] = []object{{"PolicyName": "own", "PolicyDocument": document(account, buckets, rnd)}}
		}
		list = append(list, r)
	}
	var policies []object
	groups, users := identities(account, roles, rnd)
	for i := range policySets {
		policies = append(policies, object{"PolicyName": fmt.Sprintf("set-%d", i), "PolicyId": fmt.Sprintf("ANPA%016d", i), "Arn": policyARN(account, i), "Path": "/", "DefaultVersionId": "v1",
			"IsAttachable": true, "PolicyVersionList": []object{{"VersionId": "v1", "IsDefaultVersion": true, "Document": document(account, buckets, rnd)}}})
	}
	return json.NewEncoder(w).Encode(object{"UserDetailList": users, "GroupDetailList": groups, "RoleDetailList": list, "Policies": policies})
}

// identities are the groups and users of an account: one user for eight roles,
// most of them in the same few groups.
func identities(account string, roles int, rnd *rand.Rand) (groups, users []object) {
	attached := func() []object {
		set := rnd.IntN(policySets)
		return []object{{"PolicyName": fmt.Sprintf("set-%d", set), "PolicyArn": policyARN(account, set)}}
	}
	for i := range 1 + roles/100 {
		groups = append(groups, object{"GroupName": fmt.Sprintf("group-%d", i), "GroupId": fmt.Sprintf("AGPA%016d", i), "Path": "/",
			"Arn": fmt.Sprintf("arn:aws:iam::%s:group/group-%d", account, i), "AttachedManagedPolicies": attached(), "GroupPolicyList": []object{}})
	}
	for i := range 1 + roles/8 {
		u := object{"UserName": fmt.Sprintf("user-%d", i), "UserId": fmt.Sprintf("AIDA%016d", i), "Path": "/", "Arn": fmt.Sprintf("arn:aws:iam::%s:user/user-%d", account, i),
			"GroupList": []string{fmt.Sprintf("group-%d", int(float64(len(groups))*rnd.Float64()*rnd.Float64()))}, "AttachedManagedPolicies": []object{}, "UserPolicyList": []object{}, "Tags": []object{}}
		if rnd.IntN(20) == 0 {
			u["AttachedManagedPolicies"] = attached()
		}
		users = append(users, u)
	}
	return groups, users
}

func bucketARN(account string, i int) string {
	return fmt.Sprintf("arn:aws:s3:::data-%s-%d", account, i)
}

func policyARN(account string, i int) string {
	return fmt.Sprintf("arn:aws:iam::%s:policy/set-%d", account, i)
}

// trust names a service, and for one role in twenty a hub role as well.
func trust(account string, i int, rnd *rand.Rand) object {
	services := []string{"lambda.amazonaws.com", "ec2.amazonaws.com", "sagemaker.amazonaws.com", "ecs-tasks.amazonaws.com"}
	statements := []object{{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": object{"Service": services[rnd.IntN(len(services))]}}}
	if i%20 == 1 {
		statements = append(statements, object{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": object{"AWS": fmt.Sprintf("arn:aws:iam::%s:role/role-0", account)}})
	}
	return object{"Version": "2012-10-17", "Statement": statements}
}

// document is a policy of a few statements over a few buckets.
func document(account string, buckets int, rnd *rand.Rand) object {
	actions := [][]string{{"s3:GetObject", "s3:ListBucket"}, {"s3:PutObject"}, {"logs:*"}, {"sqs:SendMessage"}, {"dynamodb:GetItem"}, {"cloudwatch:PutMetricData"}, {"kms:Decrypt"}}
	var out []object
	for range 1 + rnd.IntN(5) {
		b := bucketARN(account, rnd.IntN(buckets))
		out = append(out, object{"Effect": "Allow", "Action": actions[rnd.IntN(len(actions))], "Resource": []string{b, b + "/*"}})
	}
	if rnd.IntN(10) == 0 {
		out = append(out, object{"Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*"})
	}
	return object{"Version": "2012-10-17", "Statement": out}
}
