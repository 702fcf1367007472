package aws

import (
	"context"
	"fmt"
	"reflect"
)

// pageTokens pairs the input member that asks for the next page with the output
// members that may hold its token. The first of them that the output has is the
// token: where there are two, the second repeats the token of this page.
var pageTokens = []struct {
	in  string
	out []string
}{
	{"NextToken", []string{"NextToken"}},
	{"ContinuationToken", []string{"NextContinuationToken", "ContinuationToken"}},
	{"Marker", []string{"NextMarker", "Marker"}},
	{"Position", []string{"Position"}},
	{"ExclusiveStartTableName", []string{"LastEvaluatedTableName"}},
}

// moreFlags are output members that say whether there is a further page.
var moreFlags = []string{"IsTruncated", "Truncated", "HasMoreResults"}

// maxPages bounds the pages of one call, so that a server that always has one
// more cannot hold the collector. At a thousand items a page these are twenty
// million.
const maxPages = 20_000

// pages makes a call until it has no further page and merges the pages: lists
// and maps of the later ones are added to the first's, nested one struct deep
// (CloudFront and its like wrap their lists). What is returned says that it is
// complete: it has no token, and no flag that there is more. A page that fails
// fails the call: a part of a list would pass for all of it.
func pages[I, O any](ctx context.Context, in *I, call func(context.Context, *I) (*O, error)) (any, error) {
	var all *O
	seen := map[string]bool{}
	for range maxPages {
		out, err := call(ctx, in)
		if err != nil {
			return nil, err
		}
		if out == nil {
			return nil, fmt.Errorf("the call answered nothing")
		}
		token := nextToken(reflect.ValueOf(in).Elem(), reflect.ValueOf(out).Elem())
		if all == nil {
			all = out
		} else {
			merge(reflect.ValueOf(all).Elem(), reflect.ValueOf(out).Elem(), 1)
		}
		if token == "" {
			complete(reflect.ValueOf(all).Elem())
			return all, nil
		}
		if seen[token] {
			return nil, fmt.Errorf("the server answers with page token %.60q again", token)
		}
		seen[token] = true
	}
	return nil, fmt.Errorf("more than %d pages", maxPages)
}

// nextToken sets the input's token from the output's and returns it, or "" when
// there is no further page.
func nextToken(in, out reflect.Value) string {
	for _, p := range pageTokens {
		field := in.FieldByName(p.in)
		if !field.IsValid() || field.Type() != reflect.TypeFor[*string]() {
			continue
		}
		for _, name := range p.out {
			f, holder := tokenMember(out, name)
			if !f.IsValid() {
				continue
			}
			if f.IsNil() || f.Elem().Len() == 0 || !more(holder) {
				break
			}
			t := f.Elem().String()
			field.Set(reflect.ValueOf(&t))
			return t
		}
	}
	return ""
}

// tokenMember finds a string member of v, or of a list wrapper inside it, and
// the struct it is in.
func tokenMember(v reflect.Value, name string) (member, holder reflect.Value) {
	if f := v.FieldByName(name); f.IsValid() && f.Type() == reflect.TypeFor[*string]() {
		return f, v
	}
	for i := range v.NumField() {
		w := v.Field(i)
		if w.Kind() != reflect.Pointer || w.IsNil() || w.Elem().Kind() != reflect.Struct {
			continue
		}
		if f := w.Elem().FieldByName(name); f.IsValid() && f.Type() == reflect.TypeFor[*string]() {
			return f, w.Elem()
		}
	}
	return reflect.Value{}, reflect.Value{}
}

// more reports whether the struct that holds a token denies that there is a
// further page: CloudFront repeats its markers on the last one.
func more(holder reflect.Value) bool {
	for _, name := range moreFlags {
		if b, ok := boolMember(holder, name); ok {
			return b.Bool()
		}
	}
	return true
}

// boolMember finds a bool member that is present.
func boolMember(v reflect.Value, name string) (reflect.Value, bool) {
	f := v.FieldByName(name)
	if f.IsValid() && f.Kind() == reflect.Pointer && !f.IsNil() {
		f = f.Elem()
	}
	return f, f.IsValid() && f.Kind() == reflect.Bool
}

// complete takes the paging out of a merged answer: tokens differ from run to
// run, and the first page's flag is no longer true.
func complete(v reflect.Value) {
	for _, p := range pageTokens {
		for _, name := range p.out {
			if f, _ := tokenMember(v, name); f.IsValid() && f.CanSet() {
				f.SetZero()
			}
		}
	}
	wrappers := []reflect.Value{v}
	for i := range v.NumField() {
		if w := v.Field(i); w.Kind() == reflect.Pointer && !w.IsNil() && w.Elem().Kind() == reflect.Struct {
			wrappers = append(wrappers, w.Elem())
		}
	}
	for _, w := range wrappers {
		for _, name := range moreFlags {
			if b, ok := boolMember(w, name); ok && b.CanSet() {
				b.SetBool(false)
			}
		}
	}
}

// merge adds a later page to the first.
func merge(to, from reflect.Value, depth int) {
	for i := range to.NumField() {
		f, g := to.Field(i), from.Field(i)
		switch {
		case !f.CanSet():
		case f.Kind() == reflect.Slice:
			f.Set(reflect.AppendSlice(f, g))
		case f.Kind() == reflect.Map && !g.IsNil():
			if f.IsNil() {
				f.Set(g)
				continue
			}
			for _, k := range g.MapKeys() {
				f.SetMapIndex(k, g.MapIndex(k))
			}
		case depth > 0 && f.Kind() == reflect.Pointer && f.Type().Elem().Kind() == reflect.Struct && !g.IsNil():
			if f.IsNil() {
				f.Set(g)
				continue
			}
			merge(f.Elem(), g.Elem(), depth-1)
		}
	}
}
