package aws

import (
	"github.com/postern-sec/postern/ingest"
	"github.com/postern-sec/postern/schema"
)

// knowledgeStorage is where a knowledge base keeps its vectors: the member of
// its type is set.
type knowledgeStorage struct {
	Type                                  string
	OpensearchServerlessConfiguration     *struct{ CollectionArn, VectorIndexName string }
	OpensearchManagedClusterConfiguration *struct{ DomainArn, VectorIndexName string }
	RdsConfiguration                      *struct{ ResourceArn, CredentialsSecretArn, TableName string }
	NeptuneAnalyticsConfiguration         *struct{ GraphArn string }
	S3VectorsConfiguration                *struct{ VectorBucketArn, IndexArn string }
	PineconeConfiguration                 *struct{ ConnectionString, CredentialsSecretArn string }
	RedisEnterpriseCloudConfiguration     *struct{ Endpoint, CredentialsSecretArn string }
	MongoDBAtlasConfiguration             *struct{ Endpoint, CredentialsSecretArn string } `json:"mongoDbAtlasConfiguration"`
}

// store is the node of the storage, its kind, the name of the index in it, and
// the host of one that is outside of AWS.
func (s knowledgeStorage) store() (arn string, kind schema.NodeKind, index, host string) {
	switch {
	case s.OpensearchServerlessConfiguration != nil:
		return s.OpensearchServerlessConfiguration.CollectionArn, schema.VectorIndex, s.OpensearchServerlessConfiguration.VectorIndexName, ""
	case s.OpensearchManagedClusterConfiguration != nil:
		return s.OpensearchManagedClusterConfiguration.DomainArn, schema.Database, s.OpensearchManagedClusterConfiguration.VectorIndexName, ""
	case s.RdsConfiguration != nil:
		return s.RdsConfiguration.ResourceArn, schema.Database, s.RdsConfiguration.TableName, ""
	case s.NeptuneAnalyticsConfiguration != nil:
		return s.NeptuneAnalyticsConfiguration.GraphArn, schema.Database, "", ""
	case s.S3VectorsConfiguration != nil:
		return first(s.S3VectorsConfiguration.IndexArn, s.S3VectorsConfiguration.VectorBucketArn), schema.VectorIndex, "", ""
	case s.PineconeConfiguration != nil:
		return "", "", "", s.PineconeConfiguration.ConnectionString
	case s.RedisEnterpriseCloudConfiguration != nil:
		return "", "", "", s.RedisEnterpriseCloudConfiguration.Endpoint
	case s.MongoDBAtlasConfiguration != nil:
		return "", "", "", s.MongoDBAtlasConfiguration.Endpoint
	}
	return "", "", "", ""
}

func mapKnowledgeBase(m *Mapping, d ingest.Document) error {
	var v struct {
		KnowledgeBase struct {
			KnowledgeBaseArn, KnowledgeBaseID, Name, RoleArn, Status string
			KnowledgeBaseConfiguration                               struct {
				Type                             string
				VectorKnowledgeBaseConfiguration struct {
					EmbeddingModelArn                    string
					SupplementalDataStorageConfiguration struct {
						StorageLocations []struct{ S3Location struct{ URI string } }
					}
				}
				KendraKnowledgeBaseConfiguration struct{ KendraIndexArn string }
				SQLKnowledgeBaseConfiguration    struct {
					RedshiftConfiguration struct {
						QueryEngineConfiguration struct {
							ProvisionedConfiguration struct{ ClusterIdentifier string }
							ServerlessConfiguration  struct{ WorkgroupArn string }
						}
					}
				} `json:"sqlKnowledgeBaseConfiguration"`
			}
			StorageConfiguration knowledgeStorage
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	x := v.KnowledgeBase
	arn := first(x.KnowledgeBaseArn, m.knowledgeARN(d, x.KnowledgeBaseID))
	if arn == "" {
		m.incomplete(d, "a knowledge base without knowledgeBaseArn")
		return nil
	}
	d = in(d, arn)
	store, kind, index, external := x.StorageConfiguration.store()
	m.resource(d, arn, schema.KnowledgeBase, "AWS::Bedrock::KnowledgeBase", first(x.Name, x.KnowledgeBaseID)).
		Set(schema.PropStatus, x.Status).Set(schema.PropRuntime, first(x.StorageConfiguration.Type, x.KnowledgeBaseConfiguration.Type)).Set(schema.PropDomain, host(external))
	m.workload(d, ingest.Workload{ID: arn, Kind: schema.KnowledgeBase, Roles: role(d, x.RoleArn, "service role"), State: agentState(x.Status), Instance: x.KnowledgeBaseID,
		Attributes: map[ingest.Attribute]string{ingest.AttrPassedTo: bedrockPrincipal}, Evidence: evidence(d, arn, "knowledge base "+x.Name+" is "+first(x.Status, "in an unknown state"))})
	m.flow(d, ingest.Flow{Kind: schema.StoredIn, From: arn, FromKind: schema.KnowledgeBase, To: store, ToKind: kind, Use: ingest.UseOutput, Name: first(index, "vectors")})
	c := x.KnowledgeBaseConfiguration
	m.usesModel(d, arn, schema.KnowledgeBase, schema.UsesModel, c.VectorKnowledgeBaseConfiguration.EmbeddingModelArn, "embedding")
	for _, l := range c.VectorKnowledgeBaseConfiguration.SupplementalDataStorageConfiguration.StorageLocations {
		m.flow(d, ingest.Flow{Kind: schema.StoredIn, From: arn, FromKind: schema.KnowledgeBase, To: l.S3Location.URI, ToKind: schema.Bucket, Use: ingest.UseOutput, Name: "supplemental data"})
	}
	ground := func(from string, kind schema.NodeKind, name string) {
		m.flow(d, ingest.Flow{Kind: schema.Grounds, From: from, FromKind: kind, To: arn, ToKind: schema.KnowledgeBase, Use: ingest.UseGrounding, Name: name})
	}
	ground(c.KendraKnowledgeBaseConfiguration.KendraIndexArn, schema.VectorIndex, "Kendra index")
	engine := c.SQLKnowledgeBaseConfiguration.RedshiftConfiguration.QueryEngineConfiguration
	ground(m.arnOf(d, "redshift", "cluster:", engine.ProvisionedConfiguration.ClusterIdentifier), schema.Warehouse, "Redshift")
	ground(engine.ServerlessConfiguration.WorkgroupArn, schema.Warehouse, "Redshift")
	return nil
}

// sourceSite is a site outside of AWS that a knowledge base reads.
type sourceSite struct {
	SourceConfiguration struct {
		HostURL, Domain      string
		SiteURLs             []string
		CredentialsSecretArn string
		URLConfiguration     struct{ SeedURLs []struct{ URL string } }
	}
}

// address is where the site is.
func (s *sourceSite) address() string {
	c := s.SourceConfiguration
	if len(c.URLConfiguration.SeedURLs) > 0 {
		return c.URLConfiguration.SeedURLs[0].URL
	}
	return first(append([]string{c.HostURL}, append(c.SiteURLs, c.Domain)...)...)
}

func mapKnowledgeSource(m *Mapping, d ingest.Document) error {
	var v struct {
		DataSource struct {
			KnowledgeBaseID, DataSourceID, Name, Status string
			DataSourceConfiguration                     struct {
				Type            string
				S3Configuration *struct {
					BucketArn, BucketOwnerAccountID string
					InclusionPrefixes               []string
				}
				WebConfiguration, ConfluenceConfiguration, SharePointConfiguration, SalesforceConfiguration *sourceSite
			}
			ServerSideEncryptionConfiguration struct{ KmsKeyArn string }
		}
	}
	if err := decode(d, &v); err != nil {
		return err
	}
	x := v.DataSource
	if x.KnowledgeBaseID == "" || x.DataSourceID == "" {
		m.incomplete(d, "a data source without knowledgeBaseId and dataSourceId")
		return nil
	}
	kb := m.knowledgeARN(d, x.KnowledgeBaseID)
	m.Graph.Refer(kb, schema.KnowledgeBase)
	m.encrypted(d, kb, x.ServerSideEncryptionConfiguration.KmsKeyArn)
	ground := func(from string, kind schema.NodeKind) {
		m.flow(d, ingest.Flow{Kind: schema.Grounds, From: from, FromKind: kind, To: kb, ToKind: schema.KnowledgeBase, Use: ingest.UseGrounding, Name: first(x.Name, x.DataSourceID)})
	}
	c := x.DataSourceConfiguration
	if s := c.S3Configuration; s != nil {
		a, ok := schema.ParseARN(s.BucketArn)
		if !ok {
			m.incomplete(d, "a data source whose bucket is not named")
			return nil
		}
		if schema.IsAccountID(s.BucketOwnerAccountID) && s.BucketOwnerAccountID != d.Account {
			m.Graph.Refer(s.BucketArn, schema.Bucket).Set(schema.PropOwnerAccount, s.BucketOwnerAccountID)
		}
		prefixes := s.InclusionPrefixes
		if len(prefixes) == 0 {
			prefixes = []string{""}
		}
		for _, p := range prefixes {
			ground("s3://"+a.Resource+"/"+p, schema.Bucket)
		}
		return nil
	}
	id := kb + "/data-source/" + x.DataSourceID
	n := m.resource(d, id, schema.Dataset, "AWS::Bedrock::DataSource", first(x.Name, x.DataSourceID)).Set(schema.PropStatus, x.Status).Set(schema.PropRuntime, c.Type)
	for _, s := range []*sourceSite{c.WebConfiguration, c.ConfluenceConfiguration, c.SharePointConfiguration, c.SalesforceConfiguration} {
		if s != nil {
			n.Set(schema.PropURI, s.address())
		}
	}
	m.link(id, schema.PartOf, kb, schema.KnowledgeBase)
	ground(id, schema.Dataset)
	return nil
}
