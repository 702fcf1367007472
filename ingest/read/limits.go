package read

// Limits of one file. They are far above what exports of real accounts hold
// and keep time and memory proportional to what is read.
const (
	// MaxFileBytes is the most a file may hold, uncompressed.
	MaxFileBytes = 1 << 30
	// MaxDepth is how deep JSON may be nested. Answers of providers stay below
	// 40; policies and templates travel as strings inside them.
	MaxDepth = 200
	// MaxElements is the most members of one object and elements of one array.
	MaxElements = 1_000_000
	// MaxRatio bounds how much larger than its compressed form a file may be,
	// once it is larger than RatioFreeBytes. JSON of real accounts compresses
	// 10 to 50 times.
	MaxRatio       = 250
	RatioFreeBytes = 64 << 20
	// MaxGapsPerFile bounds how many single values of one file are reported;
	// the rest are counted.
	MaxGapsPerFile = 50
)
