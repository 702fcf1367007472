package aws

import (
	"encoding/json"

	"github.com/postern-sec/postern/ingest"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	"github.com/postern-sec/postern/schema"
)

const (
	typeVolumeSnapshot = "AWS::EC2::Snapshot"
	typeImage          = "AWS::EC2::Image"
)

// copyOf says that a store is a copy of another.
func (m *Mapping) copyOf(d ingest.Document, id, original string, kind schema.NodeKind) {
	m.link(id, schema.DerivedFrom, original, kind)
	m.Copies = append(m.Copies, ingest.Copy{Copy: id, Original: original, Evidence: evidence(d, id, id+" is a copy of "+original)})
}

// sharedWith is the policy that a list of accounts amounts to; "all" is any
// customer of AWS. It gives nothing to principals of the owner's account, who
// need permissions of their own, and nothing to callers without an account:
// the key is "anonymous" for those without credentials and absent for services
// (IAM User Guide, "AWS global condition context keys", read 2026-11-28).
func sharedWith(d ingest.Document, arn string, accounts, actions []string) iamaws.Evidence[iamaws.Document] {
	var who []string
	for _, a := range accounts {
		if a == "all" {
			a = "*"
		}
		who = append(who, a)
	}
	return statedPolicy(d, arn, []map[string]any{{"Sid": "shared", "Effect": "Allow", "Principal": map[string]any{"AWS": sorted(who)}, "Action": actions, "Resource": arn,
		"Condition": map[string]any{"StringNotEquals": map[string]any{"aws:PrincipalAccount": []string{in(d, arn).Account, "anonymous"}}, "Null": map[string]any{"aws:PrincipalAccount": "false"}}}})
}

// snapshotARN and imageARN have no account. Service Authorization Reference,
// "Actions, resources, and condition keys for Amazon EC2", resource types.
func (m *Mapping) snapshotARN(d ingest.Document, id string) string {
	return schema.ResourceARN(m.Partition, "ec2", d.Region, "", "snapshot/"+id)
}

func (m *Mapping) imageARN(d ingest.Document, id string) string {
	return schema.ResourceARN(m.Partition, "ec2", d.Region, "", "image/"+id)
}

func mapSnapshots(m *Mapping, d ingest.Document) error {
	var v struct{ Snapshots []json.RawMessage }
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.Snapshots == nil {
		return absent(m, d, "Snapshots")
	}
	type snapshot struct {
		SnapshotID, VolumeID, OwnerID, KmsKeyID string
		Encrypted                               bool
		Tags                                    []tag
	}
	each(m, d, v.Snapshots, func(x snapshot) {
		if x.SnapshotID == "" {
			m.incomplete(d, "a snapshot without SnapshotId")
			return
		}
		if x.OwnerID != "" && x.OwnerID != d.Account {
			return // a list without --owner-ids shows everyone's
		}
		arn := m.snapshotARN(d, x.SnapshotID)
		m.copiedDisk(d, arn, typeVolumeSnapshot, x.SnapshotID, x.Tags, x.Encrypted, x.KmsKeyID)
	})
	return nil
}

// copiedDisk adds a snapshot or an image.
func (m *Mapping) copiedDisk(d ingest.Document, arn, awsType, name string, tags []tag, encrypted bool, key string) {
	n := m.store(d, arn, schema.Snapshot, awsType, name, iamaws.Resource{Tags: tagEvidence(tags)})
	m.tagged(d, n, schema.Snapshot, tags)
	word := "none"
	if encrypted {
		word = "sse-kms"
		m.encryptedBy(d, arn, key, "alias/aws/ebs", d.Region)
	}
	n.Set(schema.PropEncryption, word)
	m.AddStore(ingest.DataStore{ID: arn, Kind: schema.Snapshot, EncryptionKnown: true})
}

// sharer is an account, or a group, that something is shared with. The only
// group is "all".
//
// Source: Amazon EC2 API Reference, CreateVolumePermission and
// LaunchPermission, read 2026-11-28.
type sharer struct{ UserID, Group, OrganizationArn, OrganizationalUnitArn string }

func sharers(l []sharer) []string {
	var out []string
	for _, p := range l {
		out = append(out, p.UserID, p.Group)
	}
	return sorted(out)
}

// shared records with whom a snapshot or image is shared.
func (m *Mapping) shared(d ingest.Document, arn, awsType string, with, actions []string) {
	policy := iamaws.NoneOf[iamaws.Document]()
	if len(with) > 0 {
		policy = sharedWith(d, arn, with, actions)
	}
	m.AWSPermissions.AddResource(iamaws.Resource{ARN: arn, Account: d.Account, Type: awsType, Policy: policy})
	m.Graph.Refer(arn, schema.Snapshot)
}

func mapSnapshotAttribute(m *Mapping, d ingest.Document) error {
	var v struct {
		SnapshotID              string
		CreateVolumePermissions *[]sharer
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.SnapshotID == "" || v.CreateVolumePermissions == nil {
		return nil // the other attribute, product codes
	}
	m.shared(d, m.snapshotARN(d, v.SnapshotID), typeVolumeSnapshot, sharers(*v.CreateVolumePermissions), []string{"ec2:CreateVolume", "ebs:GetSnapshotBlock", "ebs:ListSnapshotBlocks"})
	return nil
}

var imageActions = []string{"ec2:RunInstances"}

func mapImages(m *Mapping, d ingest.Document) error {
	var v struct{ Images []json.RawMessage }
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.Images == nil {
		return absent(m, d, "Images")
	}
	type image struct {
		ImageID, Name, OwnerID string
		Public                 *bool
		Tags                   []tag
		BlockDeviceMappings    []struct {
			Ebs *struct {
				SnapshotID, KmsKeyID string
				Encrypted            bool
			}
		}
	}
	each(m, d, v.Images, func(x image) {
		if x.ImageID == "" {
			m.incomplete(d, "an image without ImageId")
			return
		}
		if x.OwnerID != "" && x.OwnerID != d.Account {
			return
		}
		arn, key, encrypted := m.imageARN(d, x.ImageID), "", false
		var disks []string
		for _, b := range x.BlockDeviceMappings {
			if b.Ebs != nil && b.Ebs.SnapshotID != "" {
				disks = append(disks, b.Ebs.SnapshotID)
				key, encrypted = first(key, b.Ebs.KmsKeyID), encrypted || b.Ebs.Encrypted
			}
		}
		m.copiedDisk(d, arn, typeImage, first(x.Name, x.ImageID), x.Tags, encrypted, key)
		for _, s := range sorted(disks) {
			m.copyOf(d, arn, m.snapshotARN(d, s), schema.Snapshot)
		}
		if x.Public != nil && *x.Public {
			m.shared(d, arn, typeImage, []string{"all"}, imageActions)
		}
	})
	return nil
}

func mapImageAttribute(m *Mapping, d ingest.Document) error {
	var v struct {
		ImageID           string
		LaunchPermissions *[]sharer
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.ImageID == "" || v.LaunchPermissions == nil {
		return nil // another attribute
	}
	m.shared(d, m.imageARN(d, v.ImageID), typeImage, sharers(*v.LaunchPermissions), imageActions)
	return nil
}

// declared keeps what an owner's tag speaks of. Accounts have tens of thousands
// of snapshots, nothing but a tag says that one holds training data, and whom it
// is shared with takes a call each.
func declared(item json.RawMessage) bool {
	var v struct{ Tags []tag }
	if json.Unmarshal(item, &v) != nil {
		return true
	}
	by := tagMap(v.Tags)
	return by[tagTrainingData] != "" || by[tagSensitivity] != ""
}
