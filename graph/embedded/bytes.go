package embedded

import "unsafe"

// number is what graph files hold.
type number interface{ ~uint16 | ~uint32 | ~uint64 }

// bytesOf is the memory of s. Files are little-endian; on a machine that is
// not, numbers are turned when they are written and read (see swap).
func bytesOf[T number](s []T) []byte {
	if len(s) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), len(s)*int(unsafe.Sizeof(s[0])))
}

// numbersOf is the inverse of bytesOf. b must be aligned for T and a whole
// number of them long.
func numbersOf[T number](b []byte) []T {
	var zero T
	if len(b) == 0 {
		return nil
	}
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/int(unsafe.Sizeof(zero)))
}
