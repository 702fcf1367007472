package read

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"unicode/utf16"
	"unicode/utf8"
)

// load reads a file within the limits, uncompressed and as UTF-8.
func load(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() > MaxFileBytes {
		return nil, fmt.Errorf("larger than %d bytes", MaxFileBytes)
	}
	magic := make([]byte, 2)
	n, err := io.ReadFull(f, magic)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	rest := io.MultiReader(bytes.NewReader(magic[:n]), f)
	if n == 2 && magic[0] == 0x1f && magic[1] == 0x8b {
		data, err := inflate(rest, info.Size())
		return Text(data), err
	}
	data, err := readAll(rest, info.Size())
	if err != nil {
		return nil, err
	}
	return Text(data), nil
}

func readAll(r io.Reader, size int64) ([]byte, error) {
	b := bytes.NewBuffer(make([]byte, 0, max(size, 0)+bytes.MinRead))
	_, err := b.ReadFrom(io.LimitReader(r, MaxFileBytes+1))
	if err == nil && b.Len() > MaxFileBytes {
		err = fmt.Errorf("larger than %d bytes", MaxFileBytes)
	}
	return b.Bytes(), err
}

// inflate unpacks gzip. A file that grows out of proportion is a bomb and is
// given up early. What was unpacked before a fault is returned with the error,
// so that whole values at its beginning still count.
func inflate(r io.Reader, size int64) ([]byte, error) {
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, fmt.Errorf("gzip: %w", err)
	}
	defer z.Close()
	allowed := min(max(size*MaxRatio, RatioFreeBytes), MaxFileBytes)
	var b bytes.Buffer
	_, err = io.Copy(&b, io.LimitReader(z, allowed+1))
	if int64(b.Len()) > allowed {
		return nil, fmt.Errorf("gzip: more than %d bytes unpacked from %d", allowed, size)
	}
	if err != nil {
		return b.Bytes(), fmt.Errorf("gzip: %w", err)
	}
	return b.Bytes(), nil
}

// Text removes a byte order mark and turns UTF-16, which PowerShell writes, into
// UTF-8.
func Text(data []byte) []byte {
	switch {
	case bytes.HasPrefix(data, []byte{0xEF, 0xBB, 0xBF}):
		return data[3:]
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}):
		return fromUTF16(data[2:], 0, 1)
	case bytes.HasPrefix(data, []byte{0xFE, 0xFF}):
		return fromUTF16(data[2:], 1, 0)
	}
	return data
}

func fromUTF16(data []byte, low, high int) []byte {
	out := make([]byte, 0, len(data))
	for i := 0; i+1 < len(data); i += 2 {
		r := rune(data[i+low]) | rune(data[i+high])<<8
		if utf16.IsSurrogate(r) && i+3 < len(data) {
			if full := utf16.DecodeRune(r, rune(data[i+2+low])|rune(data[i+2+high])<<8); full != utf8.RuneError {
				r, i = full, i+2
			}
		}
		out = utf8.AppendRune(out, r)
	}
	return out
}

// brokenUTF8 is the offset of the first byte that is not UTF-8, or -1.
func brokenUTF8(data []byte) int {
	if utf8.Valid(data) {
		return -1
	}
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n <= 1 {
			return i
		}
		i += n
	}
	return -1
}
