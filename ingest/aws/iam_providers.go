package aws

import (
	"strings"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/ingest"
	iamaws "github.com/postern-sec/postern/internal/iam/aws"
	"github.com/postern-sec/postern/schema"
)

func mapListOIDCProviders(m *Mapping, d ingest.Document) error {
	var v struct {
		OpenIDConnectProviderList *[]struct{ Arn string }
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.OpenIDConnectProviderList == nil {
		return absent(m, d, "OpenIDConnectProviderList")
	}
	for _, p := range *v.OpenIDConnectProviderList {
		// The ARN ends in the issuer's URL.
		_, url, _ := strings.Cut(p.Arn, ":oidc-provider/")
		m.provider(d, iamaws.Provider{ARN: p.Arn, Type: iamaws.OIDC, URL: url})
	}
	m.AWSPermissions.MarkListed(d.Account, "AWS::IAM::OIDCProvider")
	return nil
}

func mapGetOIDCProvider(m *Mapping, d ingest.Document) error {
	var v struct {
		URL            string
		ClientIDList   []string
		ThumbprintList []string
		Tags           []tag
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	arn := d.Parameter()
	if _, ok := schema.ParseARN(arn); !ok {
		if v.URL == "" {
			return needsParameter(d, "the provider's ARN")
		}
		arn = schema.ResourceARN(m.Partition, "iam", "", d.Account, "oidc-provider/"+strings.TrimPrefix(v.URL, "https://"))
	}
	m.provider(d, iamaws.Provider{ARN: arn, Type: iamaws.OIDC, URL: strings.TrimPrefix(v.URL, "https://"),
		ClientIDs: iamaws.Of(append([]string{}, v.ClientIDList...)), Thumbprints: iamaws.Of(append([]string{}, v.ThumbprintList...)), Tags: tagEvidence(v.Tags)}).
		Set(schema.PropTags, tagList(v.Tags))
	return nil
}

func mapListSAMLProviders(m *Mapping, d ingest.Document) error {
	var v struct {
		SAMLProviderList *[]struct{ Arn string }
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.SAMLProviderList == nil {
		return absent(m, d, "SAMLProviderList")
	}
	for _, p := range *v.SAMLProviderList {
		m.provider(d, iamaws.Provider{ARN: p.Arn, Type: iamaws.SAML})
	}
	m.AWSPermissions.MarkListed(d.Account, "AWS::IAM::SAMLProvider")
	return nil
}

func mapGetSAMLProvider(m *Mapping, d ingest.Document) error {
	var v struct {
		SAMLMetadataDocument string
		Tags                 []tag
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if _, ok := schema.ParseARN(d.Parameter()); !ok {
		return needsParameter(d, "the provider's ARN")
	}
	p := iamaws.Provider{ARN: d.Parameter(), Type: iamaws.SAML, Tags: tagEvidence(v.Tags)}
	if v.SAMLMetadataDocument != "" {
		p.Metadata = iamaws.Of(iamaws.Document{ID: p.ARN, JSON: []byte(v.SAMLMetadataDocument), Source: source(d)})
	}
	m.provider(d, p).Set(schema.PropTags, tagList(v.Tags))
	return nil
}

func (m *Mapping) provider(d ingest.Document, p iamaws.Provider) graph.NodeRef {
	awsType := "AWS::IAM::OIDCProvider"
	if p.Type == iamaws.SAML {
		awsType = "AWS::IAM::SAMLProvider"
	}
	m.AWSPermissions.AddProvider(p)
	return m.resource(d, p.ARN, schema.FederatedProvider, awsType, strings.TrimPrefix(afterSlash(p.ARN), "https://"))
}

// afterSlash is what follows the first slash.
func afterSlash(s string) string { _, after, _ := strings.Cut(s, "/"); return after }

// listedProfiles are the accounts whose instance profiles were listed
// completely.
type listedProfiles struct {
	accounts map[string]bool
}

type instanceProfile struct {
	Arn   string
	Roles []identity
}

func mapListInstanceProfiles(m *Mapping, d ingest.Document) error {
	var v struct {
		InstanceProfiles *[]instanceProfile
		IsTruncated      bool
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	if v.InstanceProfiles == nil {
		return absent(m, d, "InstanceProfiles")
	}
	for _, p := range *v.InstanceProfiles {
		m.instanceProfile(d, p)
	}
	if !v.IsTruncated && !d.Partial {
		m.allProfiles(d.Account)
	}
	return nil
}

func mapGetInstanceProfile(m *Mapping, d ingest.Document) error {
	var v struct{ InstanceProfile *instanceProfile }
	if err := decode(d, &v); err != nil || v.InstanceProfile == nil {
		return err
	}
	m.instanceProfile(d, *v.InstanceProfile)
	return nil
}

// instanceProfile tells the roles of a profile that it holds them, since the
// engines ask for the profiles of a role.
func (m *Mapping) instanceProfile(d ingest.Document, p instanceProfile) {
	for _, r := range p.Roles {
		if r.Arn == "" {
			continue
		}
		m.role(d, r, listed)
		if have := m.AWSPermissions.Roles[r.Arn]; have != nil {
			have.InstanceProfiles = iamaws.Of(sortedUnion(have.InstanceProfiles.Value, []string{p.Arn}))
		}
	}
}

// allProfiles records that an account's profiles are all known: a role that none
// of them holds has none.
func (m *Mapping) allProfiles(account string) {
	all := ingest.Memory[listedProfiles](m.Facts)
	if all.accounts == nil {
		all.accounts = map[string]bool{}
		m.Later(func() {
			for arn, r := range m.AWSPermissions.Roles {
				if all.accounts[accountOf(arn)] && !r.InstanceProfiles.Collected() {
					r.InstanceProfiles = iamaws.NoneOf[[]string]()
				}
			}
		})
	}
	all.accounts[account] = true
	m.AWSPermissions.MarkListed(account, "AWS::IAM::InstanceProfile")
}

// mapAccountAliases names an account that has no better name.
func mapAccountAliases(m *Mapping, d ingest.Document) error {
	var v struct{ AccountAliases []string }
	if err := decode(d, &v); err != nil || len(v.AccountAliases) == 0 {
		return err
	}
	m.nameAccount(d.Account, v.AccountAliases[0], aliasName)
	return nil
}
