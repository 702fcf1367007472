package redact

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Secrets of the tests are put together so that no scanner takes this file for
// a leak.
var (
	accessKey = "AKIA" + "IOSFODNN7EXAMPLE"
	secretKey = "wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCYEXAMPLEKEY"
	github    = "ghp_" + strings.Repeat("a1B2", 9)
	jwt       = "eyJ" + "hbGciOiJIUzI1NiJ9." + "eyJ" + "zdWIiOiIxMjM0In0." + "abcdefgh12345678"
)

// samples has one secret of each format.
var samples = map[Type]string{
	"private_key":         "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIBOgIBAAJBAK\n-----END RSA " + "PRIVATE KEY-----",
	"aws_access_key":      accessKey,
	"aws_bedrock_key":     "ABSK" + strings.Repeat("QmVk", 25),
	"aws_secret_key":      "aws_secret_access_key = " + secretKey,
	"aws_signed_url":      "https://b.s3.amazonaws.com/k?X-Amz-Signature=" + strings.Repeat("0f", 32) + "&x=1",
	"azure_key":           "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=" + strings.Repeat("aB3/", 21) + "==",
	"azure_sas":           "https://a.blob.core.windows.net/c?sv=2024&sig=" + strings.Repeat("aB3%2F", 7),
	"google_api_key":      "AIza" + strings.Repeat("Sy012", 7),
	"google_oauth":        "ya29." + strings.Repeat("a0Af", 10),
	"github_token":        github,
	"gitlab_token":        "glpat-" + strings.Repeat("xY1_", 5),
	"slack_token":         "xoxb-" + "123456789012-abcdefABCDEF",
	"slack_webhook":       "https://hooks.slack.com/services/T00000000/B00000000/" + strings.Repeat("X", 24),
	"stripe_key":          "sk_live_" + strings.Repeat("4eC3", 6),
	"anthropic_key":       "sk-ant-" + "api03-" + strings.Repeat("Ab1_", 8),
	"openai_key":          "sk-proj-" + strings.Repeat("Ab1_", 8),
	"huggingface_token":   "hf_" + strings.Repeat("AbCd", 9),
	"nvidia_key":          "nvapi-" + strings.Repeat("Ab1_", 15),
	"replicate_token":     "r8_" + strings.Repeat("a", 37),
	"groq_key":            "gsk_" + strings.Repeat("Ab1c", 13),
	"databricks_token":    "dapi" + strings.Repeat("0a1b", 8),
	"npm_token":           "npm_" + strings.Repeat("a1B2", 9),
	"pypi_token":          "pypi-" + strings.Repeat("AgEI", 20),
	"docker_token":        "dckr_pat_" + strings.Repeat("aB1-", 7),
	"sendgrid_key":        "SG." + strings.Repeat("a1B-", 5) + "ab." + strings.Repeat("c2D_", 10) + "abc",
	"vault_token":         "hvs." + strings.Repeat("CAES", 8),
	"digitalocean_token":  "dop_v1_" + strings.Repeat("0a1b", 16),
	"openrouter_key":      "sk-or-v1-" + strings.Repeat("0a1b", 16),
	"perplexity_key":      "pplx-" + strings.Repeat("aB3d", 12),
	"xai_key":             "xai-" + strings.Repeat("aB3d", 20),
	"pinecone_key":        "pcsk_" + strings.Repeat("aB3_", 14),
	"langsmith_key":       "lsv2_pt_" + strings.Repeat("0a1b", 8) + "_0123456789",
	"terraform_token":     "abcDEF12345678.atlasv1." + strings.Repeat("aB3-", 17),
	"grafana_token":       "glsa_" + strings.Repeat("aB3d", 8) + "_0a1b2c3d",
	"newrelic_key":        "NRAK-" + strings.Repeat("A1B", 9),
	"postman_key":         "PMAK-" + strings.Repeat("0a1b", 6) + "-" + strings.Repeat("0a", 17),
	"mailgun_key":         "key-" + strings.Repeat("0a1b", 8),
	"telegram_token":      "123456789:AA" + strings.Repeat("aB3", 11),
	"square_token":        "sq0atp-" + strings.Repeat("aB", 11),
	"linear_key":          "lin_api_" + strings.Repeat("aB3d", 10),
	"notion_token":        "ntn_" + strings.Repeat("aB3d", 11),
	"figma_token":         "figd_" + strings.Repeat("aB3d", 10),
	"atlassian_token":     "ATATT3x" + strings.Repeat("aB3d", 20),
	"shopify_token":       "shpat_" + strings.Repeat("0a1B", 8),
	"doppler_token":       "dp.st.prd." + strings.Repeat("aB3d", 10),
	"twilio_key":          "SK" + strings.Repeat("0a1b", 8),
	"pulumi_token":        "pul-" + strings.Repeat("0a1b", 10),
	"sentry_token":        "sntrys_" + strings.Repeat("aB3d", 16),
	"planetscale_token":   "pscale_tkn_" + strings.Repeat("aB3d", 10),
	"rubygems_key":        "rubygems_" + strings.Repeat("0a1b", 12),
	"dynatrace_token":     "dt0c01." + strings.Repeat("ABC1", 6) + "." + strings.Repeat("ABC1", 16),
	"heroku_key":          "HRKU-" + strings.Repeat("aB3d", 9),
	"onepassword_token":   "ops_" + "eyJ" + strings.Repeat("aB3d", 30),
	"sourcegraph_token":   "sgp_" + strings.Repeat("0a1b", 10),
	"fly_token":           "fm2_" + strings.Repeat("aB3d", 30),
	"azure_client_secret": "abc8Q~" + strings.Repeat("aB3d", 8),
	"age_key":             "AGE-SECRET-KEY-1" + strings.Repeat("QPZR", 15),
	"jwt":                 jwt,
	"http_authorization":  "Authorization: Bearer abcdef0123456789",
	"url_password":        "postgres://app:s3cretpw@db.internal:5432/x",
	"password":            "mysql --user=root --password=hunter2hunter2",
}

func TestTextFindsEveryFormat(t *testing.T) {
	for _, f := range formats {
		s, ok := samples[f.typ]
		if !ok {
			t.Errorf("format %s has no sample", f.typ)
			continue
		}
		clean, types := Text("before " + s + " after")
		if !cmp.Equal(types, []Type{f.typ}) {
			t.Errorf("%s: found %v", f.typ, types)
		}
		if !strings.Contains(clean, Prefix+string(f.typ)) || !strings.HasPrefix(clean, "before ") {
			t.Errorf("%s: %q", f.typ, clean)
		}
		if again, more := Text(clean); again != clean || more != nil {
			t.Errorf("%s: not idempotent: %q, then %q %v", f.typ, clean, again, more)
		}
		if f.source == "" {
			t.Errorf("%s names no source", f.typ)
		}
	}
}

func TestTextKeepsWhatIsNoSecret(t *testing.T) {
	for _, s := range []string{
		"arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/db-password-AbCdEf",
		"arn:aws:iam::111122223333:role/task-sk-learn-pipeline-production-version-two",
		"AROAEXAMPLEID1234567", "AIDAEXAMPLEID1234567",
		"token.actions.githubusercontent.com:sub",
		`{"Statement":[{"Condition":{"StringEquals":{"ec2:MetadataHttpTokens":"required","sts:ExternalId":"abc-123-def"}}}]}`,
		"s3://bucket/prefix/AKIASHORT", "https://example.com:8443/path", "projects/x/secrets/password/versions/1",
		"password=$DB_PASSWORD", "--password ${PASSWORD}", "keygen --password-file /run/pw",
		"arn:aws:lambda:us-east-1:111122223333:function:rotate-password:PROD1234", `{"StringEquals": {"aws:ResourceTag/api_key": "production"}}`,
		"subnet-0123456789abcdef0", "sha256:" + strings.Repeat("0a", 32),
	} {
		if clean, types := Text(s); clean != s || types != nil {
			t.Errorf("%q became %q %v", s, clean, types)
		}
	}
}

func TestDocument(t *testing.T) {
	userData := base64.StdEncoding.EncodeToString([]byte("#!/bin/sh\nexport K=" + accessKey + "\n"))
	script := base64.StdEncoding.EncodeToString([]byte("#!/bin/sh\npip install x\n"))
	tests := []struct {
		name, service, in, want string
	}{
		{"lambda environment", "lambda",
			`{"Functions":[{"FunctionName":"f","Environment":{"Variables":{"A":"plain","KEY":"` + accessKey + `","OLD":"ASIA` + accessKey[4:] + `","URL":"x ` + accessKey + `","MY_SECRET":"` + secretKey + `","DB_PASSWORD":"hunter22","EMPTY":"","SECRET_ARN":"arn:aws:secretsmanager:::x"}}}]}`,
			`{"Functions":[{"FunctionName":"f","Environment":{"Variables":{"A":"<redacted>","KEY":"REDACTED:aws_access_key~` + KeyDigest(accessKey) + `","OLD":"REDACTED:aws_access_key","URL":"REDACTED:aws_access_key","MY_SECRET":"REDACTED:aws_secret_key","DB_PASSWORD":"REDACTED:password","EMPTY":"","SECRET_ARN":"<redacted>"}}}]}`},
		{"an environment whose variables are called name and value", "lambda",
			`{"Environment":{"Variables":{"name":"a-secret","value":"b-secret","type":"PARAMETER_STORE","x":1,"y":true,"z":null}}}`,
			`{"Environment":{"Variables":{"name":"<redacted>","value":"<redacted>","type":"<redacted>","x":"<redacted>","y":true,"z":null}}}`},
		{"sagemaker container", "sagemaker",
			`{"PrimaryContainer":{"Image":"1.dkr.ecr/x:1","Environment":{"HF_TOKEN":"short1","N":"3"}},"HyperParameters":{"lr":"0.1","sagemaker_submit_directory":"s3://code/x.tar.gz","wandb_key":"` + strings.Repeat("0a", 20) + `"}}`,
			`{"PrimaryContainer":{"Image":"1.dkr.ecr/x:1","Environment":{"HF_TOKEN":"REDACTED:token","N":"<redacted>"}},"HyperParameters":{"lr":"<redacted>","sagemaker_submit_directory":"s3://code/x.tar.gz","wandb_key":"<redacted>"}}`},
		{"ecs task definition", "ecs",
			`{"taskDefinition":{"containerDefinitions":[{"environment":[{"name":"A","value":"v"},{"value":"` + github + `","name":"B"}],"secrets":[{"name":"S","valueFrom":"arn:aws:ssm:::p"}],"command":["run","--password","hunter2hunter2"]}]}}`,
			`{"taskDefinition":{"containerDefinitions":[{"environment":[{"name":"A","value":"<redacted>"},{"value":"REDACTED:github_token","name":"B"}],"secrets":[{"name":"S","valueFrom":"arn:aws:ssm:::p"}],"command":["run","--password","REDACTED:password"]}]}}`},
		{"codebuild", "codebuild",
			`{"projects":[{"environment":{"type":"LINUX_CONTAINER","image":"aws/x","computeType":"S","environmentVariables":[{"name":"A","value":"v","type":"PLAINTEXT"},{"name":"P","value":"/prod/db","type":"PARAMETER_STORE"}]}}]}`,
			`{"projects":[{"environment":{"type":"LINUX_CONTAINER","image":"aws/x","computeType":"S","environmentVariables":[{"name":"A","value":"<redacted>","type":"PLAINTEXT"},{"name":"P","value":"/prod/db","type":"PARAMETER_STORE"}]}}]}`},
		{"a build specification, an option, an output, a header", "",
			`{"buildspec":"env:\n  PASSWORD: hunter2hunter2\n  NAME: x","args":["--token","abcdef0123","--api-key=hunter2hunter2","--name","abcdef0123"],"Outputs":[{"OutputKey":"DbPassword","OutputValue":"hunter22"},{"OutputKey":"Url","OutputValue":"plain"}],"HttpHeaderConfig":{"Values":["shared"]},"h":"'Bearer abcdefghij0123456789'"}`,
			`{"buildspec":"env:\n  PASSWORD: REDACTED:password\n  NAME: x","args":["--token","REDACTED:token","--api-key=REDACTED:password","--name","abcdef0123"],"Outputs":[{"OutputKey":"DbPassword","OutputValue":"REDACTED:password"},{"OutputKey":"Url","OutputValue":"plain"}],"HttpHeaderConfig":{"Values":["<redacted>"]},"h":"'Bearer REDACTED:http_authorization'"}`},
		{"codebuild, service not known", "",
			`{"environment":{"type":"LINUX_CONTAINER","image":"aws/x","computeType":"S","environmentVariables":[{"name":"A","value":"v"}]}}`,
			`{"environment":{"type":"LINUX_CONTAINER","image":"aws/x","computeType":"S","environmentVariables":[{"name":"A","value":"<redacted>"}]}}`},
		{"agentcore runtime", "bedrock-agentcore-control",
			`{"environmentVariables":{"A":"b"},"roleArn":"arn:aws:iam::1:role/r"}`,
			`{"environmentVariables":{"A":"<redacted>"},"roleArn":"arn:aws:iam::1:role/r"}`},
		{"user data", "ec2",
			`{"InstanceId":"i-1","UserData":{"Value":"` + userData + `"}}`,
			`{"InstanceId":"i-1","UserData":{"Value":"REDACTED:aws_access_key"}}`},
		{"launch template", "ec2", `{"LaunchTemplateData":{"UserData":"` + script + `","ImageId":"ami-1"}}`, `{"LaunchTemplateData":{"UserData":"<redacted>","ImageId":"ami-1"}}`},
		{"lifecycle configuration", "sagemaker",
			`{"NotebookInstanceLifecycleConfigName":"n","OnCreate":[],"OnStart":[{"Content":"` + script + `"}]}`,
			`{"NotebookInstanceLifecycleConfigName":"n","OnCreate":[],"OnStart":[{"Content":"<redacted>"}]}`},
		{"HyperPod's OnCreate is a file name", "sagemaker", `{"LifeCycleConfig":{"SourceS3Uri":"s3://b/p","OnCreate":"on_create.sh"}}`, `{"LifeCycleConfig":{"SourceS3Uri":"s3://b/p","OnCreate":"on_create.sh"}}`},
		{"studio lifecycle", "sagemaker", `{"StudioLifecycleConfigContent":"` + script + `"}`, `{"StudioLifecycleConfigContent":"<redacted>"}`},
		{"vpn", "ec2",
			`{"VpnConnections":[{"VpnConnectionId":"vpn-1","CustomerGatewayConfiguration":"<xml>psk</xml>","Options":{"TunnelOptions":[{"OutsideIpAddress":"1.2.3.4","PreSharedKey":"abc"}]}}]}`,
			`{"VpnConnections":[{"VpnConnectionId":"vpn-1","CustomerGatewayConfiguration":"<redacted>","Options":{"TunnelOptions":[{"OutsideIpAddress":"1.2.3.4","PreSharedKey":"<redacted>"}]}}]}`},
		{"stack parameters", "cloudformation",
			`{"Stacks":[{"Parameters":[{"ParameterKey":"Pw","ParameterValue":"hunter22"}],"Outputs":[{"OutputKey":"Url","OutputValue":"https://x"}]}]}`,
			`{"Stacks":[{"Parameters":[{"ParameterKey":"Pw","ParameterValue":"<redacted>"}],"Outputs":[{"OutputKey":"Url","OutputValue":"https://x"}]}]}`},
		{"parameters of Systems Manager keep what describes them", "ssm",
			`{"Parameters":[{"Name":"/p","Type":"SecureString","KeyId":"alias/aws/ssm","Version":1}]}`,
			`{"Parameters":[{"Name":"/p","Type":"SecureString","KeyId":"alias/aws/ssm","Version":1}]}`},
		{"engine parameters are read", "rds", `{"Parameters":[{"ParameterName":"rds.force_ssl","ParameterValue":"1"}]}`, `{"Parameters":[{"ParameterName":"rds.force_ssl","ParameterValue":"1"}]}`},
		{"job arguments", "glue",
			`{"Jobs":[{"Command":{"ScriptLocation":"s3://b/x.py"},"DefaultArguments":{"--TempDir":"s3://t/","--pw":"hunter2"}}]}`,
			`{"Jobs":[{"Command":{"ScriptLocation":"s3://b/x.py"},"DefaultArguments":{"--TempDir":"s3://t/","--pw":"<redacted>"}}]}`},
		{"tags", "ec2",
			`{"Tags":[{"Key":"Name","Value":"web"},{"Key":"db_password","Value":"hunter22"},{"Key":"x","Value":"` + github + `"},{"Key":"secret","Value":"internal"},{"Key":"Environment","Value":"prod"}]}`,
			`{"Tags":[{"Key":"Name","Value":"web"},{"Key":"db_password","Value":"REDACTED:password"},{"Key":"x","Value":"REDACTED:github_token"},{"Key":"secret","Value":"internal"},{"Key":"Environment","Value":"prod"}]}`},
		{"tag map", "lambda", `{"Tags":{"Environment":"prod","ApiKey":"abcdef123"}}`, `{"Tags":{"Environment":"prod","ApiKey":"REDACTED:api_key"}}`},
		{"database", "rds",
			`{"ManageMasterUserPassword":true,"MasterUserPassword":"hunter2","MasterUserSecret":{"SecretArn":"arn:aws:secretsmanager:::x"}}`,
			`{"ManageMasterUserPassword":true,"MasterUserPassword":"REDACTED:password","MasterUserSecret":{"SecretArn":"arn:aws:secretsmanager:::x"}}`},
		{"a build's source", "codebuild", `{"projects":[{"name":"p","source":{"type":"GITHUB","auth":{"type":"OAUTH","resource":"0123456789abcdef0123"}}},{"source":{"auth":{"type":"CODECONNECTIONS","resource":"arn:aws:codeconnections:us-east-1:111122223333:connection/x"}}}]}`,
			`{"projects":[{"name":"p","source":{"type":"GITHUB","auth":{"type":"OAUTH","resource":"<redacted>"}}},{"source":{"auth":{"type":"CODECONNECTIONS","resource":"arn:aws:codeconnections:us-east-1:111122223333:connection/x"}}}]}`},
		{"access keys are counted by id", "iam", `{"AccessKeyMetadata":[{"UserName":"u","AccessKeyId":"` + accessKey + `","Status":"Active"}]}`, `{"AccessKeyMetadata":[{"UserName":"u","AccessKeyId":"` + accessKey + `","Status":"Active"}]}`},
		{"function code", "lambda",
			`{"Code":{"Location":"https://x.s3.amazonaws.com/k?X-Amz-Security-Token=abc&X-Amz-Signature=def"}}`,
			`{"Code":{"Location":"https://x.s3.amazonaws.com/k?X-Amz-Security-Token=REDACTED:aws_signed_url&X-Amz-Signature=REDACTED:aws_signed_url"}}`},
		{"origin header", "cloudfront", `{"CustomHeaders":{"Items":[{"HeaderName":"X-Verify","HeaderValue":"abc"}]}}`, `{"CustomHeaders":{"Items":[{"HeaderName":"X-Verify","HeaderValue":"<redacted>"}]}}`},
		{"escapes hide nothing", "ec2", `{"Description":"\u0041KIA` + accessKey[4:] + `"}`, `{"Description":"REDACTED:aws_access_key"}`},
		{"spelling of keys hides nothing", "ec2", `{"\u0055ser_data":"x"}`, `{"\u0055ser_data":"<redacted>"}`},
		{"terraform", "terraform",
			`{"variables":{"db_password":{"value":"hunter22"}},"values":{"environment":[{"variables":{"A":"b"}}],"user_data":"x","tags":{"Name":"n"}}}`,
			`{"variables":{"db_password":{"value":"<redacted>"}},"values":{"environment":[{"variables":{"A":"<redacted>"}}],"user_data":"<redacted>","tags":{"Name":"n"}}}`},
		{"compute metadata", "compute", `{"metadata":{"items":[{"key":"startup-script","value":"x"},{"key":"enable-oslogin","value":"TRUE"}]}}`, `{"metadata":{"items":[{"key":"startup-script","value":"<redacted>"},{"key":"enable-oslogin","value":"TRUE"}]}}`},
		{"scalars", "", ` "x" `, ` "x" `},
		{"numbers", "", "[1, 2.5e3,null,true ]", "[1, 2.5e3,null,true ]"},
		{"empty", "", "{}", "{}"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			got, _, err := Document(tc.service, "", json.RawMessage(tc.in))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tc.want, string(got)); d != "" {
				t.Error(d)
			}
			again, found, err := Document(tc.service, "", got)
			if err != nil || !bytes.Equal(again, got) || len(found) > 0 {
				t.Errorf("not idempotent: %s %v %v", again, found, err)
			}
		})
	}
}

func TestDocumentOfSecrets(t *testing.T) {
	got, _, err := Document("secretsmanager", "get-secret-value", json.RawMessage(`{"ARN":"arn:x","Name":"n","SecretString":"pw","VersionStages":["AWSCURRENT"]}`))
	if err != nil || string(got) != `{"ARN":"arn:x","Name":"n","SecretString":"<redacted>","VersionStages":["<redacted>"]}` {
		t.Errorf("%s %v", got, err)
	}
	got, _, err = Document("ssm", "GetParameter", json.RawMessage(`{"Parameter":{"Name":"n","Value":"/pw","Version":1}}`))
	if err != nil || string(got) != `{"Parameter":{"Name":"n","Value":"<redacted>","Version":1}}` {
		t.Errorf("%s %v", got, err)
	}
}

func TestFindings(t *testing.T) {
	_, found, err := Document("lambda", "ListFunctions", json.RawMessage(`{"Functions":[{"Environment":{"Variables":{"a/b":"`+accessKey+`"}}},{"Description":"`+github+`","Tags":[{"Key":"k"},{"Key":"db_password","Value":"hunter22"}]}]}`))
	want := []Finding{{"/Functions/0/Environment/Variables/a~1b", "aws_access_key"}, {"/Functions/1/Description", "github_token"},
		{"/Functions/1/Tags/1/Value", "password"}}
	if err != nil || !cmp.Equal(found, want) {
		t.Errorf("%v %v", found, err)
	}
}

func TestDocumentRefuses(t *testing.T) {
	for name, in := range map[string]string{
		"empty": "", "truncated": `{"a":[1,`, "two documents": `{} {}`, "too deep": strings.Repeat("[", 400) + strings.Repeat("]", 400),
		"far too deep": strings.Repeat(`{"a":`, 20000) + "1" + strings.Repeat("}", 20000),
	} {
		if out, _, err := Document("", "", json.RawMessage(in)); err == nil || out != nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func FuzzDocument(f *testing.F) {
	f.Add("lambda", `{"Environment":{"Variables":{"A":"b"}},"Tags":[{"Key":"k","Value":"v"}]}`)
	f.Add("ec2", `{"UserData":{"Value":"eA=="},"OnCreate":[{"Content":"eA=="}],"a":"\u0041"}`)
	f.Add("", `[{"name":"x","value":"password=abcdefgh"},[[]],{},-1e9]`)
	f.Fuzz(func(t *testing.T, service, in string) {
		out, _, err := Document(service, "", json.RawMessage(in))
		if err != nil {
			return
		}
		if !json.Valid(out) {
			t.Fatalf("%q became %q, which is not JSON", in, out)
		}
		again, found, err := Document(service, "", out)
		if err != nil || !bytes.Equal(again, out) || len(found) > 0 {
			t.Fatalf("not idempotent: %q, %q, %q %v %v", in, out, again, found, err)
		}
	})
}

func BenchmarkDocument(b *testing.B) {
	one := `{"FunctionName":"function","Role":"arn:aws:iam::111122223333:role/service-role/x","Environment":{"Variables":{"A":"b","C":"d"}},"Tags":{"Name":"x","Owner":"team@example.com"},"VpcConfig":{"SubnetIds":["subnet-1","subnet-2"]}},`
	body := []byte(`{"Functions":[` + strings.TrimSuffix(strings.Repeat(one, 10_000), ",") + `]}`)
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if _, _, err := Document("lambda", "ListFunctions", body); err != nil {
			b.Fatal(err)
		}
	}
}
