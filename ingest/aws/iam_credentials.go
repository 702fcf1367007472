package aws

import (
	"encoding/base64"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	"github.com/postern-sec/postern/schema"
)

// principalIndex finds principals by the names that most of IAM's answers use
// instead of ARNs. Names are unique in an account, whatever the path.
type principalIndex struct {
	arns map[inlineOwner]string
}

// identityARN is the ARN of a principal by its name, or "". Call it when all
// documents are mapped.
func (m *Mapping) identityARN(kind schema.NodeKind, account, name string) string {
	index := ingest.Memory[principalIndex](m.Facts)
	if index.arns == nil {
		index.arns = map[inlineOwner]string{}
		for arn := range m.AWSPermissions.Users {
			index.arns[inlineOwner{schema.User, accountOf(arn), lastPart(arn)}] = arn
		}
		for arn := range m.AWSPermissions.Groups {
			index.arns[inlineOwner{schema.Group, accountOf(arn), lastPart(arn)}] = arn
		}
		for arn := range m.AWSPermissions.Roles {
			index.arns[inlineOwner{schema.Role, accountOf(arn), lastPart(arn)}] = arn
		}
	}
	return index.arns[inlineOwner{kind, account, name}]
}

// identityOf is the inventory's entry of a principal by its name, or nil.
func (m *Mapping) identityOf(kind schema.NodeKind, account, name string) *iamaws.Identity {
	arn := m.identityARN(kind, account, name)
	if arn == "" {
		return nil
	}
	switch kind {
	case schema.User:
		return &m.AWSPermissions.Users[arn].Identity
	case schema.Group:
		return &m.AWSPermissions.Groups[arn].Identity
	default:
		return &m.AWSPermissions.Roles[arn].Identity
	}
}

// laterUser calls do with the user of that name when all documents are mapped,
// or reports that no document describes the user.
func (m *Mapping) laterUser(d ingest.Document, name string, do func(*iamaws.User)) {
	m.Later(func() {
		if u := m.AWSPermissions.Users[m.identityARN(schema.User, d.Account, name)]; u != nil {
			do(u)
			return
		}
		m.gap(d, graph.GapNotUnderstood, "", "about user "+quote(name)+", whom no document describes")
	})
}

// lastPart is what follows the last slash, or the last colon without any.
func lastPart(arn string) string {
	if i := strings.LastIndexAny(arn, "/:"); i >= 0 {
		return arn[i+1:]
	}
	return arn
}

func mapAccessKeys(m *Mapping, d ingest.Document) error {
	var v struct {
		AccessKeyMetadata *[]struct{ UserName, AccessKeyID, Status string }
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.AccessKeyMetadata == nil {
		return absent(m, d, "AccessKeyMetadata")
	}
	by := map[string][]iamaws.AccessKey{}
	if d.Parameter() != "" {
		by[d.Parameter()] = []iamaws.AccessKey{}
	}
	for _, k := range *v.AccessKeyMetadata {
		user := k.UserName
		if user == "" {
			user = d.Parameter()
		}
		by[user] = append(by[user], iamaws.AccessKey{ID: k.AccessKeyID, Active: k.Status == "Active"})
	}
	if len(by) == 0 {
		return needsParameter(d, "the user's name")
	}
	for _, user := range sortedKeys(by) {
		m.laterUser(d, user, func(u *iamaws.User) { u.AccessKeys = iamaws.Of(by[user]) })
	}
	return nil
}

// mapLoginProfile reads a user's console password, or that there is none
// (NoSuchEntity).
func mapLoginProfile(m *Mapping, d ingest.Document) error {
	var v struct {
		LoginProfile *struct {
			UserName              string
			PasswordResetRequired bool
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	name := d.Parameter()
	if name == "" && v.LoginProfile != nil {
		name = v.LoginProfile.UserName
	}
	if name == "" {
		return needsParameter(d, "the user's name")
	}
	m.laterUser(d, name, func(u *iamaws.User) {
		if v.LoginProfile == nil {
			u.LoginProfile = iamaws.NoneOf[iamaws.LoginProfile]()
			return
		}
		u.LoginProfile = iamaws.Of(iamaws.LoginProfile{ResetRequired: v.LoginProfile.PasswordResetRequired})
	})
	return nil
}

func mapMFADevices(m *Mapping, d ingest.Document) error {
	var v struct {
		MFADevices *[]struct{ UserName, SerialNumber string }
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.MFADevices == nil {
		return absent(m, d, "MFADevices")
	}
	name := d.Parameter()
	serials := []string{}
	for _, x := range *v.MFADevices {
		serials = append(serials, x.SerialNumber)
		if name == "" {
			name = x.UserName
		}
	}
	if name == "" {
		return needsParameter(d, "the user's name")
	}
	m.laterUser(d, name, func(u *iamaws.User) {
		if u.MFADevices = iamaws.Of(serials); len(serials) == 0 {
			u.MFADevices = iamaws.NoneOf[[]string]()
		}
	})
	return nil
}

// mapCredentialReport reads the account's credential report, a CSV table. It
// says less than the calls for single users, so it fills only what they left
// open. Columns: IAM user guide, "Generate credential reports for your AWS
// account", read 2026-11.
func mapCredentialReport(m *Mapping, d ingest.Document) error {
	var v struct{ Content string }
	if err := decode(d, &v); err != nil {
		return err
	}
	text, err := base64.StdEncoding.DecodeString(strings.TrimSpace(v.Content))
	if err != nil {
		text = []byte(v.Content) // already decoded, as some exports do
	}
	r := csv.NewReader(strings.NewReader(string(text)))
	header, err := r.Read()
	if err != nil {
		return fmt.Errorf("credential report: %w", err)
	}
	column := map[string]int{}
	for i, name := range header {
		column[strings.TrimSpace(name)] = i
	}
	if _, ok := column["arn"]; !ok {
		return errors.New("credential report: no column arn")
	}
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("credential report: %w", err)
		}
		m.reportRow(func(name string) string {
			if i, ok := column[name]; ok && i < len(row) {
				return strings.ToLower(row[i])
			}
			return ""
		}, row[column["arn"]])
	}
}

// reportRow fills what one line of the report says of a user. A key exists if
// it was ever rotated or is active: a deleted one has N/A.
func (m *Mapping) reportRow(cell func(string) string, arn string) {
	m.Later(func() {
		u := m.AWSPermissions.Users[arn]
		if u == nil {
			return // the root user, or a user deleted since
		}
		if !u.LoginProfile.Collected() {
			switch cell("password_enabled") {
			case "true":
				u.LoginProfile = iamaws.Of(iamaws.LoginProfile{})
			case "false":
				u.LoginProfile = iamaws.NoneOf[iamaws.LoginProfile]()
			}
		}
		if !u.MFADevices.Collected() {
			switch cell("mfa_active") {
			case "true":
				u.MFADevices = iamaws.Of([]string{"mfa_active"})
			case "false":
				u.MFADevices = iamaws.NoneOf[[]string]()
			}
		}
		if u.AccessKeys.Collected() || cell("access_key_1_active") == "" {
			return
		}
		keys := []iamaws.AccessKey{}
		for _, n := range []string{"1", "2"} {
			active, rotated := cell("access_key_"+n+"_active") == "true", cell("access_key_"+n+"_last_rotated")
			if active || rotated != "n/a" && rotated != "" {
				keys = append(keys, iamaws.AccessKey{Active: active})
			}
		}
		u.AccessKeys = iamaws.Of(keys)
	})
}
