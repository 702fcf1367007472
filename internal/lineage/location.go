package lineage

import (
	"strings"

	"github.com/postern-sec/postern/ingest"
	"github.com/postern-sec/postern/schema"
)

// location is a place in an object store.
type location struct {
	bucket string // node id
	prefix string // key or key prefix, without leading slash; empty: the whole bucket
}

// locator finds the store that a location means. Bucket names are unique in a
// partition, so a name and the partition of whoever wrote it are enough.
//
// Source: Amazon S3 User Guide, "General purpose bucket naming rules" and
// "Access points: naming, alias", read 2026-11.
type locator struct {
	partitions map[string]string // account → partition
	points     map[string]string // access point ARN or alias → bucket ARN
}

func newLocator(f *ingest.Facts) *locator {
	l := &locator{partitions: map[string]string{}, points: map[string]string{}}
	for id, e := range f.Environments {
		l.partitions[id] = e.Partition
	}
	if f.AWSPermissions == nil {
		return l
	}
	for arn, r := range f.AWSPermissions.Resources {
		if r.S3 == nil {
			continue
		}
		for _, p := range r.S3.AccessPoints {
			l.points[p.ARN] = arn
			if p.Alias != "" {
				l.points[p.Alias] = arn
			}
		}
	}
	return l
}

// find resolves s3://bucket/key, the ARN of a bucket, object or access point.
// It reports false for anything else.
func (l *locator) find(s, account string) (location, bool) {
	for _, scheme := range []string{"s3://", "s3a://", "s3n://"} {
		if rest, ok := strings.CutPrefix(s, scheme); ok {
			if strings.HasPrefix(rest, "arn:") { // an access point where a bucket's name may stand
				s = rest
				break
			}
			return l.inBucket(rest, l.partition(account))
		}
	}
	arn, ok := schema.ParseARN(s)
	if !ok || arn.Service != "s3" {
		return location{}, false
	}
	if rest, ok := strings.CutPrefix(arn.Resource, "accesspoint/"); ok && arn.Region != "" {
		name, key, _ := strings.Cut(rest, "/")
		arn.Resource = "accesspoint/" + name
		bucket, known := l.points[arn.String()]
		return location{bucket, strings.TrimPrefix(key, "object/")}, known
	}
	return l.inBucket(arn.Resource, arn.Partition)
}

func (l *locator) inBucket(s, partition string) (location, bool) {
	name, key, _ := strings.Cut(s, "/")
	if name == "" || strings.ContainsAny(name, " *?") {
		return location{}, false
	}
	if bucket, ok := l.points[name]; ok {
		return location{bucket, key}, true
	}
	if strings.HasSuffix(name, "-s3alias") || strings.HasSuffix(name, "--ol-s3") {
		return location{}, false // of an access point that was not collected: no bucket ends so
	}
	return location{schema.BucketARN(partition, name), strings.TrimLeft(key, "/")}, true
}

func (l *locator) partition(account string) string {
	if p := l.partitions[account]; p != "" {
		return p
	}
	return "aws"
}

// under reports whether b lies at or below a, at a boundary of path segments,
// and how long the common prefix is.
func (a location) under(b location) (int, bool) {
	if a.bucket != b.bucket {
		return 0, false
	}
	p := strings.TrimRight(a.prefix, "/")
	if p == "" {
		return 0, true
	}
	rest, ok := strings.CutPrefix(b.prefix, p)
	return len(p), ok && (rest == "" || rest[0] == '/')
}
