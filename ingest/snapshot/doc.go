// Package snapshot is the form in which a collection is kept: the raw answers
// of a provider with a manifest, as a folder or as one .tar.zst or .zip file.
//
// # Layout
//
//	ROOT/manifest.json
//	ROOT/<account>/<region>/<service>-<operation>.json
//	ROOT/<account>/<region>/<service>-<operation>/<parameter>[/<parameter>].json
//
// The tree is the one that a shell loop over the AWS CLI writes, so other tools
// read it too: service and operation as the CLI spells them, parameters
// URL-encoded, calls without a region under "global". An answer that says
// "there is none" is a part with an Error member that holds the provider's code.
// What is read back comes from the manifest, never from file names.
//
// The manifest names the format version, the tool, when the run began and ended,
// each part with its SHA-256, and what could not be read and why. Nothing of a
// collection but the run's times depends on when it ran, so ContentSHA256 is the
// same for an undisturbed run and for one that was killed and resumed, if the
// provider answered the same.
//
// # Writing
//
// A run is staged in ROOT/.partial. A part is written to a temporary file,
// synced and renamed, then noted in the journal; Finish writes the manifest last
// and moves the run into place. A run that dies leaves what ROOT held before,
// readable, and a stage that Create goes on with. See writer.go for the steps.
//
// # Reading
//
// Nothing read is trusted: parts are compared with the manifest, and those that
// are missing, changed or cut off become gaps that name the file while the
// others are read. Limits are the constants below. Archives are never unpacked,
// so no name in them reaches the file system.
package snapshot

import "errors"

// Version of the format. Readers refuse later ones.
const Version = 1

// Limits of what is read and written. They are far above real estates, and low
// enough that a hostile file ends in an error instead of a full machine.
const (
	// MaxPartBytes bounds one part, uncompressed.
	MaxPartBytes = 256 << 20
	// MaxManifestBytes bounds the manifest and the journal.
	MaxManifestBytes = 1 << 30
	// MaxArchiveEntries bounds the entries of an archive.
	MaxArchiveEntries = 5_000_000
	// MaxArchiveBytes bounds the uncompressed size of an archive.
	MaxArchiveBytes = 64 << 30
	// MaxRatio bounds how much larger an archive may become by decompression,
	// once it has yielded ratioFloor bytes. Ten thousand near-identical answers
	// compress about a hundredfold.
	MaxRatio   = 500
	ratioFloor = 64 << 20
)

// Errors to compare with errors.Is.
var (
	// ErrNotSnapshot says that a path holds no snapshot.
	ErrNotSnapshot = errors.New("not a snapshot")
	// ErrRefused says that a document cannot be stored: it is not JSON, nests too
	// deep or is too large. Others can.
	ErrRefused = errors.New("document refused")
	// ErrBusy says that another run writes to the folder.
	ErrBusy = errors.New("another run is writing here")
)

const (
	manifestName = "manifest.json"
	journalName  = "journal.jsonl"
	stageName    = ".partial"
	lockName     = ".lock"
	tempPrefix   = ".tmp-"
)
