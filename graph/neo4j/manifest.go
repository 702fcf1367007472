package neo4j

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"sync"

	"github.com/klauspost/compress/zstd"

	"github.com/postern-sec/postern/graph"
)

// The manifest is the entries of the published graph in buckets, each one node
// of the database, so that a publish reads and writes only the buckets that
// differ. The description holds a digest of every bucket.
type manifest struct {
	buckets int
	digests []byte // 16 bytes a bucket
}

const (
	digestSize = 16
	// bucketSize is about how many nodes and edges share a bucket.
	bucketSize = 256
	// maxBucket bounds the bytes of an unpacked bucket that a damaged
	// database may ask for.
	maxBucket = 1 << 30
)

// bucketsFor returns how many buckets suit a graph. The number that is there
// is kept as long as it is within a factor of four, because another number
// means that all buckets are written anew.
func bucketsFor(items, now int) int {
	want := 1
	for want*bucketSize < items {
		want *= 2
	}
	if now > 0 && want <= 4*now && now <= 4*want {
		return now
	}
	return want
}

// split puts the entries, which are sorted by id, into buckets that are.
func split(all []entry, buckets int) [][]entry {
	out := make([][]entry, buckets)
	for _, e := range all {
		b := bucketOf(e.id, buckets)
		out[b] = append(out[b], e)
	}
	return out
}

// digests of the contents of all buckets.
func digests(buckets [][]entry) []byte {
	out := make([]byte, 0, digestSize*len(buckets))
	for _, b := range buckets {
		sum := sha256.Sum256(encodeBucket(b))
		out = append(out, sum[:digestSize]...)
	}
	return out
}

// differing lists the buckets whose digests differ.
func differing(a, b manifest) []int {
	var out []int
	for i := range a.buckets {
		if !bytes.Equal(a.digests[i*digestSize:(i+1)*digestSize], b.digests[i*digestSize:(i+1)*digestSize]) {
			out = append(out, i)
		}
	}
	return out
}

func (m manifest) valid() bool { return m.buckets > 0 && len(m.digests) == m.buckets*digestSize }

func encodeBucket(entries []entry) []byte {
	b := binary.AppendUvarint(nil, uint64(len(entries)))
	text := func(s string) {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	for _, e := range entries {
		text(e.id)
		text(e.labels)
		b = append(b, e.print[:]...)
		b = binary.AppendUvarint(b, uint64(len(e.edges)))
		for _, x := range e.edges {
			text(x.kind)
			text(x.to)
			b = append(b, x.print[:]...)
		}
	}
	return b
}

// bucketReader reads what encodeBucket wrote; the first fault stays.
type bucketReader struct {
	b      []byte
	broken bool
}

func (r *bucketReader) number() int {
	n, size := binary.Uvarint(r.b)
	if size <= 0 || n > uint64(len(r.b)) {
		r.broken, r.b = true, nil
		return 0
	}
	r.b = r.b[size:]
	return int(n)
}

func (r *bucketReader) take(n int) []byte {
	if n > len(r.b) {
		r.broken, r.b = true, nil
		return make([]byte, min(n, len(fingerprint{})))
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *bucketReader) text() string { return string(r.take(r.number())) }

func decodeBucket(b []byte) ([]entry, error) {
	r := &bucketReader{b: b}
	var entries []entry
	for range r.number() {
		e := entry{id: r.text(), labels: r.text(), print: fingerprint(r.take(len(fingerprint{})))}
		for range r.number() {
			e.edges = append(e.edges, edgeEntry{kind: r.text(), to: r.text(), print: fingerprint(r.take(len(fingerprint{})))})
			if r.broken {
				break
			}
		}
		if r.broken {
			break
		}
		entries = append(entries, e)
	}
	if r.broken || len(r.b) > 0 || !slices.IsSortedFunc(entries, compareEntries) {
		return nil, fmt.Errorf("%w: manifest", graph.ErrCorrupt)
	}
	return entries, nil
}

// packer is made once: making one costs more than packing a bucket.
var packer = sync.OnceValues(func() (*zstd.Encoder, error) { return zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1)) })

func pack(b []byte) ([]byte, error) {
	w, err := packer()
	if err != nil {
		return nil, err
	}
	return w.EncodeAll(b, nil), nil
}

func unpack(b []byte) ([]byte, error) {
	r, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxBucket))
	if err != nil {
		return nil, err
	}
	defer r.Close()
	out, err := r.DecodeAll(b, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: manifest: %w", graph.ErrCorrupt, err)
	}
	return out, nil
}
