package embedded

import (
	"math/bits"
	"slices"
	"unsafe"
)

// bigEndian is true on the few machines whose numbers have to be turned.
var bigEndian = func() bool {
	n := uint16(1)
	return *(*byte)(unsafe.Pointer(&n)) == 0
}()

// littleEndian returns the bytes in a file of an array given by pointer. They
// may share the array's memory.
func littleEndian(array any) []byte {
	switch p := array.(type) {
	case *[]uint16:
		return bytesOf(turned(*p, bits.ReverseBytes16))
	case *[]uint32:
		return bytesOf(turned(*p, bits.ReverseBytes32))
	case *[]uint64:
		return bytesOf(turned(*p, bits.ReverseBytes64))
	case *[]byte:
		return *p
	}
	panic("embedded: a section of a foreign type")
}

// setLittleEndian points an array at the bytes of a file. It reports false
// when they are not a whole number of elements.
func setLittleEndian(array any, b []byte) bool {
	switch p := array.(type) {
	case *[]uint16:
		*p = turned(numbersOf[uint16](b), bits.ReverseBytes16)
		return len(b)%2 == 0
	case *[]uint32:
		*p = turned(numbersOf[uint32](b), bits.ReverseBytes32)
		return len(b)%4 == 0
	case *[]uint64:
		*p = turned(numbersOf[uint64](b), bits.ReverseBytes64)
		return len(b)%8 == 0
	case *[]byte:
		*p = b
		return true
	}
	panic("embedded: a section of a foreign type")
}

func turned[T number](s []T, reverse func(T) T) []T {
	if !bigEndian {
		return s
	}
	out := slices.Clone(s)
	for i, n := range out {
		out[i] = reverse(n)
	}
	return out
}
