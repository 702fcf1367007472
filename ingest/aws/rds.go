package aws

import (
	"encoding/json"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"

	"github.com/postern-sec/postern/ingest"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	netaws "github.com/postern-sec/postern/internal/network/aws"
	"github.com/postern-sec/postern/schema"
)

const (
	typeDBInstance = "AWS::RDS::DBInstance"
	typeDBCluster  = "AWS::RDS::DBCluster"
	typeDBSnapshot = "AWS::RDS::DBSnapshot"
)

// rdsService reads databases, and the snapshots that copy them.
var rdsService = Service{
	Name:   "rds",
	Client: func(c aws.Config) any { return rds.NewFromConfig(c) },
	Calls: []Call{
		List("DescribeDBInstances", (*rds.Client).DescribeDBInstances, nil),
		List("DescribeDBClusters", (*rds.Client).DescribeDBClusters, nil),
		List("DescribeDBSnapshots", (*rds.Client).DescribeDBSnapshots, nil),
		Each("DescribeDBSnapshotAttributes", (*rds.Client).DescribeDBSnapshotAttributes, "DescribeDBSnapshots", "DBSnapshots.DBSnapshotIdentifier",
			func(in *rds.DescribeDBSnapshotAttributesInput, p []string) { in.DBSnapshotIdentifier = last(p) }, Filtered(manualSnapshot)),
		List("DescribeDBClusterSnapshots", (*rds.Client).DescribeDBClusterSnapshots, nil),
		Each("DescribeDBClusterSnapshotAttributes", (*rds.Client).DescribeDBClusterSnapshotAttributes, "DescribeDBClusterSnapshots", "DBClusterSnapshots.DBClusterSnapshotIdentifier",
			func(in *rds.DescribeDBClusterSnapshotAttributesInput, p []string) {
				in.DBClusterSnapshotIdentifier = last(p)
			}, Filtered(manualSnapshot)),
	},
	Facts: map[string]Mapper{
		"DescribeDBInstances":                 mapDBInstances,
		"DescribeDBClusters":                  mapDBClusters,
		"DescribeDBSnapshots":                 mapDBSnapshots,
		"DescribeDBSnapshotAttributes":        mapDBSnapshotAttributes,
		"DescribeDBClusterSnapshots":          mapDBSnapshots,
		"DescribeDBClusterSnapshotAttributes": mapDBSnapshotAttributes,
	},
}

// manualSnapshot keeps the snapshots that can be shared: automated ones cannot
// (RDS user guide, "Sharing a DB snapshot").
func manualSnapshot(item json.RawMessage) bool {
	var v struct{ SnapshotType string }
	return json.Unmarshal(item, &v) == nil && (v.SnapshotType == "manual" || v.SnapshotType == "")
}

// databaseAnswer is an instance or a cluster, which name the same things
// differently.
type databaseAnswer struct {
	DBInstanceIdentifier, DBInstanceArn, DBInstanceStatus string
	DBClusterIdentifier, DBClusterArn, Status             string
	Engine, KmsKeyID, AvailabilityZone                    string
	PubliclyAccessible, StorageEncrypted                  *bool
	MultiAZ                                               bool
	Endpoint                                              json.RawMessage
	Port                                                  int
	VpcSecurityGroups                                     []struct{ VpcSecurityGroupID string }
	DBSubnetGroup                                         json.RawMessage
	MasterUserSecret                                      *struct{ SecretArn string }
	AssociatedRoles                                       []struct{ RoleArn string }
	TagList                                               []tag
}

// endpoint is an object for instances and a name for clusters.
func (a databaseAnswer) endpoint() (address string, port int) {
	var o struct {
		Address string
		Port    int
	}
	if json.Unmarshal(a.Endpoint, &address) == nil {
		return address, a.Port
	}
	if json.Unmarshal(a.Endpoint, &o) == nil {
		return o.Address, o.Port
	}
	return "", a.Port
}

func (m *Mapping) database(d ingest.Document, a databaseAnswer, arn, awsType, name, status string) {
	if _, ok := schema.ParseARN(arn); !ok {
		m.incomplete(d, "a database has no ARN: "+quote(name))
		return
	}
	d = in(d, arn)
	n := m.store(d, arn, schema.Database, awsType, name, iamaws.Resource{Tags: tagEvidence(a.TagList)}).
		Set(schema.PropRuntime, a.Engine).Set(schema.PropStatus, status)
	m.tagged(d, n, schema.Database, a.TagList)
	address, port := a.endpoint()
	n.Set(schema.PropDomain, address)
	if a.StorageEncrypted != nil {
		word := "none"
		if *a.StorageEncrypted {
			word = "sse-kms"
			m.encryptedBy(d, arn, a.KmsKeyID, "alias/aws/rds", d.Region)
		}
		n.Set(schema.PropEncryption, word)
		m.AddStore(ingest.DataStore{ID: arn, EncryptionKnown: true})
	}
	for _, r := range a.AssociatedRoles {
		m.link(arn, schema.HasRole, r.RoleArn, schema.Role)
	}
	m.placedDatabase(d, a, arn, name, status, port)
}

func (m *Mapping) placedDatabase(d ingest.Document, a databaseAnswer, arn, name, status string, port int) {
	var group struct {
		VpcID   string
		Subnets []struct{ SubnetIdentifier string }
	}
	if json.Unmarshal(a.DBSubnetGroup, &group) != nil {
		return // a cluster names its subnet group only; its instances show the subnets
	}
	p := netaws.Placement{ID: name, Kind: "rds", VPC: group.VpcID, AZ: a.AvailabilityZone, Each: a.MultiAZ, Accepts: netaws.TriYes,
		Public: tri(a.PubliclyAccessible), State: status, Stopped: netaws.TriOf(status == "stopped")}
	for _, s := range group.Subnets {
		p.Subnets = append(p.Subnets, s.SubnetIdentifier)
	}
	for _, g := range a.VpcSecurityGroups {
		p.Groups = append(p.Groups, g.VpcSecurityGroupID)
	}
	p.Subnets, p.Groups = sorted(p.Subnets), sorted(p.Groups)
	if a.MultiAZ {
		p.AZ = ""
	}
	if port > 0 {
		p.Ports = []string{"tcp/" + strconv.Itoa(port)}
	}
	m.placed(d, arn, p)
}

func mapDBInstances(m *Mapping, d ingest.Document) error {
	var v struct{ DBInstances *[]json.RawMessage }
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.DBInstances == nil {
		return absent(m, d, "DBInstances")
	}
	each(m, d, *v.DBInstances, func(a databaseAnswer) {
		m.database(d, a, a.DBInstanceArn, typeDBInstance, a.DBInstanceIdentifier, a.DBInstanceStatus)
		if a.DBClusterIdentifier != "" && m.Graph.Has(a.DBInstanceArn) {
			m.link(a.DBInstanceArn, schema.PartOf, m.arnOf(in(d, a.DBInstanceArn), "rds", "cluster:", a.DBClusterIdentifier), schema.Database)
		}
	})
	m.AWSPermissions.MarkListed(d.Account, typeDBInstance)
	return nil
}

func mapDBClusters(m *Mapping, d ingest.Document) error {
	var v struct{ DBClusters *[]json.RawMessage }
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.DBClusters == nil {
		return absent(m, d, "DBClusters")
	}
	each(m, d, *v.DBClusters, func(a databaseAnswer) {
		m.database(d, a, a.DBClusterArn, typeDBCluster, a.DBClusterIdentifier, a.Status)
	})
	m.AWSPermissions.MarkListed(d.Account, typeDBCluster)
	return nil
}

type snapshotAnswer struct {
	DBSnapshotIdentifier, DBSnapshotArn, DBInstanceIdentifier              string
	DBClusterSnapshotIdentifier, DBClusterSnapshotArn, DBClusterIdentifier string
	KmsKeyID                                                               string
	Encrypted, StorageEncrypted                                            bool
	TagList                                                                []tag
}

// mapDBSnapshots reads snapshots of instances and of clusters.
func mapDBSnapshots(m *Mapping, d ingest.Document) error {
	var v struct{ DBSnapshots, DBClusterSnapshots *[]json.RawMessage }
	if err := decode(d, &v); err != nil {
		return err
	}
	list := v.DBSnapshots
	if list == nil {
		list = v.DBClusterSnapshots
	}
	if list == nil {
		return absent(m, d, "list of snapshots")
	}
	each(m, d, *list, func(s snapshotAnswer) { m.dbSnapshot(d, s) })
	return nil
}

func (m *Mapping) dbSnapshot(d ingest.Document, s snapshotAnswer) {
	arn, name, of := s.DBSnapshotArn, s.DBSnapshotIdentifier, "db:"+s.DBInstanceIdentifier
	if s.DBClusterSnapshotArn != "" {
		arn, name, of = s.DBClusterSnapshotArn, s.DBClusterSnapshotIdentifier, "cluster:"+s.DBClusterIdentifier
	}
	if _, ok := schema.ParseARN(arn); !ok {
		m.incomplete(d, "a snapshot has no ARN: "+quote(name))
		return
	}
	d = in(d, arn)
	n := m.store(d, arn, schema.Snapshot, typeDBSnapshot, name, iamaws.Resource{Tags: tagEvidence(s.TagList)})
	m.tagged(d, n, schema.Snapshot, s.TagList)
	word := "none"
	if s.Encrypted || s.StorageEncrypted {
		word = "sse-kms"
		m.encryptedBy(d, arn, s.KmsKeyID, "alias/aws/rds", d.Region)
	}
	n.Set(schema.PropEncryption, word)
	m.AddStore(ingest.DataStore{ID: arn, EncryptionKnown: true})
	m.copyOf(d, arn, schema.ResourceARN(m.Partition, "rds", d.Region, d.Account, of), schema.Database)
}

// mapDBSnapshotAttributes reads with whom a snapshot is shared, and says it as
// the resource policy that sharing amounts to: the accounts, or everyone, may
// copy and restore it.
func mapDBSnapshotAttributes(m *Mapping, d ingest.Document) error {
	type attributes []struct {
		AttributeName   string
		AttributeValues []string
	}
	type result struct {
		DBSnapshotIdentifier, DBClusterSnapshotIdentifier string
		DBSnapshotAttributes, DBClusterSnapshotAttributes attributes
	}
	var v struct {
		DBSnapshotAttributesResult, DBClusterSnapshotAttributesResult *result
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	r, resourceType, actions := v.DBSnapshotAttributesResult, "snapshot:", []string{"rds:CopyDBSnapshot", "rds:RestoreDBInstanceFromDBSnapshot"}
	if r == nil {
		r, resourceType, actions = v.DBClusterSnapshotAttributesResult, "cluster-snapshot:", []string{"rds:CopyDBClusterSnapshot", "rds:RestoreDBClusterFromSnapshot"}
	}
	if r == nil {
		return absent(m, d, "result")
	}
	name := r.DBSnapshotIdentifier + r.DBClusterSnapshotIdentifier
	if name == "" {
		name = d.Parameter()
	}
	if name == "" {
		return needsParameter(d, "the snapshot's name")
	}
	arn := m.arnOf(d, "rds", resourceType, name)
	policy := iamaws.NoneOf[iamaws.Document]()
	for _, a := range append(r.DBSnapshotAttributes, r.DBClusterSnapshotAttributes...) {
		if a.AttributeName == "restore" && len(a.AttributeValues) > 0 {
			policy = sharedWith(d, arn, a.AttributeValues, actions)
		}
	}
	m.AWSPermissions.AddResource(iamaws.Resource{ARN: arn, Account: in(d, arn).Account, Type: typeDBSnapshot, Policy: policy})
	m.Graph.Refer(arn, schema.Snapshot)
	return nil
}

// statedPolicy is a policy that says in IAM's language what a service keeps in
// another form.
func statedPolicy(d ingest.Document, id string, statements []map[string]any) iamaws.Evidence[iamaws.Document] {
	text, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": statements})
	if err != nil { // strings and lists always marshal
		return iamaws.Evidence[iamaws.Document]{}
	}
	return iamaws.Of(iamaws.Document{ID: id, JSON: text, Source: source(d)})
}
