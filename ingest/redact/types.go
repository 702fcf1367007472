package redact

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"
)

// Type is a type of secret.
type Type string

// format is how a type of secret looks. Formats come from their issuers'
// documentation, named in source, read 2026-11-23; those from doppler_token to
// azure_client_secret were held against what the gitleaks project (MIT) looks
// for, 2026-11-28, and not against each issuer's page.
type format struct {
	typ Type
	// anchors are literals one of which every match contains: the regular
	// expression runs only on text that has one. ASCII; compared exactly.
	anchors []string
	// match finds the secret; if it has a group, the group alone is the secret.
	match  *regexp.Regexp
	source string
}

// formats lists how secrets look, the more specific before the more general.
var formats = []format{
	{"private_key", []string{"-----BEGIN"}, regexp.MustCompile(`-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:[A-Za-z0-9+/=\s:,.()\\-]*-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----)?[A-Za-z0-9+/=\s\\]*`), "RFC 7468 §10, RFC 4716; a cut-off key is one too"},
	{"aws_access_key", []string{"AKIA", "ASIA"}, regexp.MustCompile(`\b(?:AKIA|ASIA)[A-Z0-9]{16}\b`), "IAM User Guide, IAM identifiers, unique ID prefixes"},
	{"aws_bedrock_key", []string{"ABSK", "bedrock-api-key-"}, regexp.MustCompile(`\b(?:ABSK[A-Za-z0-9+/=]{80,}|bedrock-api-key-[A-Za-z0-9+/=_-]{40,})`), "Amazon Bedrock User Guide, API keys"},
	{"aws_secret_key", []string{"ecret"}, regexp.MustCompile(`(?i)aws_?secret_?(?:access_?)?key["']?\s*[=:]\s*["']?([A-Za-z0-9/+]{40})\b`), "AWS SDKs and Tools Reference Guide, credentials file"},
	{"aws_signed_url", []string{"X-Amz-"}, regexp.MustCompile(`X-Amz-(?:Signature|Security-Token|Credential)=([^&\s"'<>]+)`), "IAM User Guide, Signature Version 4, query parameters"},
	{"azure_key", []string{"Key="}, regexp.MustCompile(`(?:AccountKey|SharedAccessKey)=([A-Za-z0-9+/=]{20,})`), "Azure Storage, configure connection strings"},
	{"azure_sas", []string{"sig="}, regexp.MustCompile(`[?&;]sig=([A-Za-z0-9%+/=_-]{20,})`), "Azure Storage, service SAS"},
	{"google_api_key", []string{"AIza"}, regexp.MustCompile(`\bAIza[0-9A-Za-z_-]{35}`), "Google Cloud, API keys"},
	{"google_oauth", []string{"ya29.", "GOCSPX-"}, regexp.MustCompile(`\bya29\.[0-9A-Za-z_-]{20,}|\bGOCSPX-[0-9A-Za-z_-]{20,}`), "Google Identity, OAuth 2.0"},
	{"github_token", []string{"gh", "github_pat_"}, regexp.MustCompile(`\bgh[pousr]_[A-Za-z0-9]{36,255}\b|\bgithub_pat_[A-Za-z0-9_]{22,255}`), "GitHub Docs, about authentication, token prefixes"},
	{"gitlab_token", []string{"gl"}, regexp.MustCompile(`\bgl(?:pat|dt|ptt|rt|cbt|oas|soat|agent)-[A-Za-z0-9_.-]{20,}`), "GitLab Docs, token overview, prefixes"},
	{"slack_token", []string{"xox", "xapp-"}, regexp.MustCompile(`\bxox[abeoprs](?:\.xox[bp])?-[A-Za-z0-9-]{10,}|\bxapp-\d-[A-Za-z0-9-]{10,}`), "Slack API, token types"},
	{"slack_webhook", []string{"hooks.slack.com/"}, regexp.MustCompile(`hooks\.slack\.com/(?:services|workflows|triggers)/([A-Za-z0-9/_-]{20,})`), "Slack API, incoming webhooks"},
	{"stripe_key", []string{"_live_", "_test_"}, regexp.MustCompile(`\b[sr]k_(?:live|test)_[A-Za-z0-9]{16,}`), "Stripe Docs, API keys"},
	{"anthropic_key", []string{"sk-ant-"}, regexp.MustCompile(`\bsk-ant-[A-Za-z0-9_-]{20,}`), "Anthropic API, keys"},
	{"openai_key", []string{"sk-"}, regexp.MustCompile(`\bsk-(?:(?:proj|svcacct|admin)-[A-Za-z0-9_-]{20,}|[A-Za-z0-9]{32,})`), "OpenAI API reference, authentication"},
	{"openrouter_key", []string{"sk-or-"}, regexp.MustCompile(`\bsk-or-v\d-[0-9a-f]{40,}`), "OpenRouter, API keys"},
	{"perplexity_key", []string{"pplx-"}, regexp.MustCompile(`\bpplx-[A-Za-z0-9]{40,}`), "Perplexity API, keys"},
	{"xai_key", []string{"xai-"}, regexp.MustCompile(`\bxai-[A-Za-z0-9]{60,}`), "xAI API, keys"},
	{"pinecone_key", []string{"pcsk_"}, regexp.MustCompile(`\bpcsk_[A-Za-z0-9_]{40,}`), "Pinecone, API keys"},
	{"langsmith_key", []string{"lsv2_"}, regexp.MustCompile(`\blsv2_[a-z]{2}_[0-9a-f]{32}_[0-9a-f]{10}`), "LangSmith, API keys"},
	{"huggingface_token", []string{"hf_", "api_org_"}, regexp.MustCompile(`\b(?:hf|api_org)_[A-Za-z0-9]{30,}`), "Hugging Face Hub, user access tokens"},
	{"nvidia_key", []string{"nvapi-"}, regexp.MustCompile(`\bnvapi-[A-Za-z0-9_-]{40,}`), "NVIDIA NGC, API keys"},
	{"replicate_token", []string{"r8_"}, regexp.MustCompile(`\br8_[A-Za-z0-9]{37}\b`), "Replicate, API tokens"},
	{"groq_key", []string{"gsk_"}, regexp.MustCompile(`\bgsk_[A-Za-z0-9]{40,}`), "Groq Cloud, API keys"},
	{"databricks_token", []string{"dapi"}, regexp.MustCompile(`\bdapi[0-9a-f]{32}(?:-\d)?\b`), "Databricks, personal access tokens"},
	{"npm_token", []string{"npm_"}, regexp.MustCompile(`\bnpm_[A-Za-z0-9]{36}\b`), "npm Docs, access tokens"},
	{"pypi_token", []string{"pypi-"}, regexp.MustCompile(`\bpypi-[A-Za-z0-9_-]{50,}`), "PyPI, API tokens"},
	{"docker_token", []string{"dckr_"}, regexp.MustCompile(`\bdckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}`), "Docker Docs, access tokens"},
	{"sendgrid_key", []string{"SG."}, regexp.MustCompile(`\bSG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{30,64}`), "Twilio SendGrid, API keys"},
	{"vault_token", []string{"hvs.", "hvb."}, regexp.MustCompile(`\bhv[sb]\.[A-Za-z0-9_-]{20,}`), "HashiCorp Vault, tokens, prefixes"},
	{"digitalocean_token", []string{"_v1_"}, regexp.MustCompile(`\bdo[opr]_v1_[0-9a-f]{64}\b`), "DigitalOcean API, tokens"},
	{"terraform_token", []string{".atlasv1."}, regexp.MustCompile(`\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,}`), "HCP Terraform, API tokens"},
	{"grafana_token", []string{"glsa_", "glc_"}, regexp.MustCompile(`\bglsa_[A-Za-z0-9]{32}_[0-9a-f]{8}\b|\bglc_[A-Za-z0-9+/=]{32,}`), "Grafana, service account and cloud tokens"},
	{"newrelic_key", []string{"NRAK-"}, regexp.MustCompile(`\bNRAK-[A-Z0-9]{27}\b`), "New Relic, user keys"},
	{"postman_key", []string{"PMAK-"}, regexp.MustCompile(`\bPMAK-[0-9a-f]{24}-[0-9a-f]{34}\b`), "Postman, API keys"},
	{"mailgun_key", []string{"key-"}, regexp.MustCompile(`\bkey-[0-9a-f]{32}\b`), "Mailgun, API keys"},
	{"telegram_token", []string{":AA"}, regexp.MustCompile(`\b\d{8,10}:AA[A-Za-z0-9_-]{33}\b`), "Telegram Bot API, tokens"},
	{"square_token", []string{"sq0"}, regexp.MustCompile(`\bsq0[a-z]{3}-[A-Za-z0-9_-]{22,}`), "Square, access tokens"},
	{"linear_key", []string{"lin_api_"}, regexp.MustCompile(`\blin_api_[A-Za-z0-9]{32,}`), "Linear, API keys"},
	{"notion_token", []string{"ntn_"}, regexp.MustCompile(`\bntn_[A-Za-z0-9]{40,}`), "Notion API, tokens"},
	{"figma_token", []string{"figd_"}, regexp.MustCompile(`\bfigd_[A-Za-z0-9_-]{36,}`), "Figma, personal access tokens"},
	{"atlassian_token", []string{"ATATT3x"}, regexp.MustCompile(`\bATATT3x[A-Za-z0-9_=-]{60,}`), "Atlassian, API tokens"},
	{"shopify_token", []string{"shp"}, regexp.MustCompile(`\bshp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}\b`), "Shopify, access tokens"},
	{"doppler_token", []string{"dp."}, regexp.MustCompile(`\bdp\.(?:ct|pt|st|sa|scim|audit)\.(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,44}\b`), "Doppler Docs, auth token formats"},
	{"twilio_key", []string{"SK"}, regexp.MustCompile(`\bSK[0-9a-f]{32}\b`), "Twilio Docs, API keys"},
	{"pulumi_token", []string{"pul-"}, regexp.MustCompile(`\bpul-[0-9a-f]{40}\b`), "Pulumi Cloud, access tokens"},
	{"sentry_token", []string{"sntry"}, regexp.MustCompile(`\bsntry[su]_[A-Za-z0-9_=+/.-]{60,}`), "Sentry Docs, auth tokens"},
	{"planetscale_token", []string{"pscale_"}, regexp.MustCompile(`\bpscale_(?:tkn|oauth|pw)_[A-Za-z0-9_.=-]{32,}`), "PlanetScale, service tokens and passwords"},
	{"rubygems_key", []string{"rubygems_"}, regexp.MustCompile(`\brubygems_[0-9a-f]{48}\b`), "RubyGems.org, API keys"},
	{"dynatrace_token", []string{"dt0"}, regexp.MustCompile(`\bdt0[a-z]\d{2}\.[A-Z0-9]{8,24}\.[A-Z0-9]{64}\b`), "Dynatrace Docs, token format"},
	{"heroku_key", []string{"HRKU-"}, regexp.MustCompile(`\bHRKU-[A-Za-z0-9_-]{36,}`), "Heroku, API keys"},
	{"onepassword_token", []string{"ops_eyJ"}, regexp.MustCompile(`\bops_eyJ[A-Za-z0-9+/=]{100,}`), "1Password, service account tokens"},
	{"sourcegraph_token", []string{"sgp_"}, regexp.MustCompile(`\bsgp_(?:[0-9a-fA-F]{16}_|local_)?[0-9a-fA-F]{40}\b`), "Sourcegraph, access tokens"},
	{"fly_token", []string{"fm", "fo1_"}, regexp.MustCompile(`\bfm[12][ar]?_[A-Za-z0-9+/=_-]{100,}|\bfo1_[A-Za-z0-9_-]{43}\b`), "Fly.io, access tokens"},
	{"azure_client_secret", []string{"Q~"}, regexp.MustCompile(`(?:^|[^A-Za-z0-9_~.-])([A-Za-z0-9_~.]{3}\dQ~[A-Za-z0-9_~.-]{31,34})(?:$|[^A-Za-z0-9_~.-])`), "Microsoft Entra, application client secrets"},
	{"age_key", []string{"AGE-SECRET-KEY-1"}, regexp.MustCompile(`AGE-SECRET-KEY-1[0-9A-Z]{50,}`), "age specification, C2SP"},
	{"jwt", []string{"eyJ"}, regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}`), "RFC 7519 §3"},
	{"http_authorization", []string{"asic ", "earer ", "ASIC ", "EARER "}, regexp.MustCompile(`(?i)\bauthorization["']?\s*[:=]\s*["']?(?:basic|bearer)\s+([A-Za-z0-9+/=._~-]{6,})`), "RFC 9110 §11.6.2"},
	{"http_authorization", []string{"earer "}, regexp.MustCompile(`\b[Bb]earer\s+([A-Za-z0-9+/=._~-]{20,})`), "RFC 6750 §2.1"},
	{"url_password", []string{"://"}, regexp.MustCompile(`[A-Za-z][A-Za-z0-9+.-]{1,30}://[^\s:@/?#"'<>]*:([^\s@/?#"'<>]+)@`), "RFC 3986 §3.2.1"},
	{"password", []string{"="}, regexp.MustCompile(`(?i)\b[a-z0-9_.-]*(?:password|passwd|passphrase|api[_-]?key|access[_-]?key|secret[_-]?key|client[_-]?secret|private[_-]?key|auth[_-]?token|access[_-]?token)["']?\s*=\s*["']?([^\s"'&;,$<{]{6,})`), "an assignment in a script or connection string"},
	// A space after the colon: ARNs and policies have names of secrets before colons.
	{"password", []string{": "}, regexp.MustCompile(`(?im)^[ \t-]*[a-z0-9_.-]*(?:password|passwd|passphrase|api[_-]?key|access[_-]?key|secret[_-]?key|client[_-]?secret|private[_-]?key|auth[_-]?token|access[_-]?token):[ \t]+["']?([^\s"'&;,$<{]{6,})`), "a line of YAML, as in a build specification"},
	{"password", []string{"--"}, regexp.MustCompile(`(?i)--?[a-z0-9-]*(?:password|passwd|token|api-?key|secret-?key|client-?secret)[\s"',]+([^\s"',$<{-][^\s"',]{5,})`), "a command line option"},
}

// byFirst lists the anchors by their first byte, so that one pass over a text
// tells which formats can match.
var byFirst = func() (t [256][]anchor) {
	for i, f := range formats {
		for _, a := range f.anchors {
			t[a[0]] = append(t[a[0]], anchor{a, i})
		}
	}
	return t
}()

type anchor struct {
	text   string
	format int
}

// bits has one for each format.
type bits [2]uint64

func (b *bits) set(i int)     { b[i/64] |= 1 << (i % 64) }
func (b bits) has(i int) bool { return b[i/64]&(1<<(i%64)) != 0 }

// candidates returns a bit for each format with an anchor in s.
func candidates[S string | []byte](s S) bits {
	var found bits
	for i := range len(s) {
		for _, a := range byFirst[s[i]] {
			if len(s)-i >= len(a.text) && string(s[i:i+len(a.text)]) == a.text {
				found.set(a.format)
			}
		}
	}
	return found
}

// Text replaces what looks like a secret in s and returns the types found,
// sorted, each once.
func Text(s string) (string, []Type) {
	found := candidates(s)
	if found == (bits{}) {
		return s, nil
	}
	var types []Type
	for i, f := range formats {
		if !found.has(i) {
			continue
		}
		var hit bool
		if s, hit = f.replace(s); hit {
			types = append(types, f.typ)
		}
	}
	slices.Sort(types)
	return s, slices.Compact(types)
}

// replace puts marks in the place of f's matches.
func (f format) replace(s string) (string, bool) {
	matches := f.match.FindAllStringSubmatchIndex(s, -1)
	if matches == nil {
		return s, false
	}
	var out strings.Builder
	last, hit := 0, false
	for _, m := range matches {
		from, to := m[len(m)-2], m[len(m)-1]
		if strings.HasPrefix(s[from:], Prefix) || s[from:to] == Dropped {
			continue // redacted before
		}
		hit = true
		out.WriteString(s[last:from])
		out.WriteString(Prefix + string(f.typ))
		last = to
	}
	out.WriteString(s[last:])
	return out.String(), hit
}

// typesByName says what a dropped value looks like from its name, for values
// without a format of their own.
var typesByName = []struct {
	typ   Type
	words []string // parts of a normalised name
}{
	{"aws_secret_key", []string{"awssecretaccesskey", "awssecretkey"}},
	{"password", []string{"password", "passwd", "passphrase", "pwd"}},
	{"private_key", []string{"privatekey"}},
	{"api_key", []string{"apikey", "secretkey", "accesskey", "clientsecret"}},
	{"token", []string{"token"}},
	{"secret", []string{"secret"}},
}

// secretKeyForm is how a secret access key looks; so do other words of forty
// characters, so that its name must speak for it.
var secretKeyForm = regexp.MustCompile(`^[A-Za-z0-9/+]{40}$`)

// looksLike returns the types of secret that a dropped value looks like.
func looksLike(name, value string) []Type {
	if _, types := Text(value); len(types) > 0 {
		return types
	}
	if !secretive(value) {
		return nil
	}
	n := normalise(name)
	if strings.Contains(n, "secret") && secretKeyForm.MatchString(value) {
		return []Type{"aws_secret_key"}
	}
	for _, t := range typesByName {
		if slices.ContainsFunc(t.words, func(w string) bool { return strings.Contains(n, w) }) {
			return []Type{t.typ}
		}
	}
	return nil
}

// secretive reports whether a value with a secret's name can be one: not a
// reference to where the secret is, a switch, a number or a path.
func secretive(v string) bool {
	if len(v) < 6 || strings.Trim(v, "0123456789.") == "" || strings.ContainsAny(v, " {}$") {
		return false
	}
	for _, p := range []string{"arn:", "s3://", "http://", "https://", "/"} {
		if strings.HasPrefix(v, p) {
			return false
		}
	}
	return true
}

// mark is what stands for a dropped value of the given types.
func mark(types []Type) string {
	if len(types) == 0 {
		return Dropped
	}
	names := make([]string, len(types))
	for i, t := range types {
		names[i] = string(t)
	}
	return Prefix + strings.Join(names, ",")
}

// known are the types that a mark may name.
var known = func() map[Type]bool {
	m := map[Type]bool{}
	for _, f := range formats {
		m[f.typ] = true
	}
	for _, t := range typesByName {
		m[t.typ] = true
	}
	return m
}()

// marked reports whether a value is a mark already, and of which types.
func marked(v string) ([]Type, bool) {
	if v == Dropped {
		return nil, true
	}
	rest, ok := strings.CutPrefix(v, Prefix)
	if !ok {
		return nil, false
	}
	var types []Type
	rest, digest, keyed := strings.Cut(rest, digestBegins)
	if keyed && !isDigest.MatchString(digest) {
		return nil, false
	}
	for _, name := range strings.Split(rest, ",") {
		if !known[Type(name)] {
			return nil, false
		}
		types = append(types, Type(name))
	}
	return types, true
}

// digestBegins separates the types of a mark from the digest of an access key's
// id.
const digestBegins = "~"

var (
	longTermKey = regexp.MustCompile(`^AKIA[A-Z0-9]{16}$`)
	isDigest    = regexp.MustCompile(`^[0-9a-f]{16}$`)
)

// keyDigest is what a mark says of a value that is the id of a long-term access
// key and nothing else: enough to find the user whose key it is among the ids
// that the API lists, and not the id. Empty for any other value.
func keyDigest(v string) string {
	if !longTermKey.MatchString(v) {
		return ""
	}
	return digestBegins + KeyDigest(v)
}

// KeyDigest is the digest of an access key's id, as marks have it.
func KeyDigest(id string) string {
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:8])
}

// Mark reads a value that was redacted: the types of secret that it looked like,
// and the digest of the access key's id that it was, if any. It reports false
// for any other value.
func Mark(v string) (types []Type, key string, ok bool) {
	types, ok = marked(v)
	if ok {
		_, key, _ = strings.Cut(v, digestBegins)
	}
	return types, key, ok
}
