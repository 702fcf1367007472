package aws

import (
	"context"
	"fmt"
	"reflect"
)

// pageTokens pairs the input member that asks for the next page with the output
// members that may hold its token, in order.
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

// maxPages bounds the pages of one call, so that a server that repeats itself
// cannot hold the collector.
const maxPages = 100_000

// pages makes a call until it has no further page and merges the pages: lists of
// the later ones are appended to the first's, nested one struct deep (CloudFront
// and its like wrap their lists).
func pages[I, O any](ctx context.Context, in *I, call func(context.Context, *I) (*O, error)) (any, error) {
	var all *O
	last := ""
	for range maxPages {
		out, err := call(ctx, in)
		if err != nil {
			return nil, err
		}
		if all == nil {
			all = out
		} else {
			appendLists(reflect.ValueOf(all).Elem(), reflect.ValueOf(out).Elem(), 1)
		}
		token := nextToken(reflect.ValueOf(in).Elem(), reflect.ValueOf(out).Elem())
		if token == "" {
			return all, nil
		}
		if token == last {
			return nil, fmt.Errorf("the server answers page token %q again", token)
		}
		last = token
	}
	return nil, fmt.Errorf("more than %d pages", maxPages)
}

// nextToken sets the input's token from the output's and returns it, or "" when
// there is no further page.
func nextToken(in, out reflect.Value) string {
	for _, p := range pageTokens {
		field := in.FieldByName(p.in)
		if !field.IsValid() || field.Kind() != reflect.Pointer || field.Type().Elem().Kind() != reflect.String {
			continue
		}
		for _, name := range p.out {
			if t := stringField(out, name); t != "" {
				field.Set(reflect.ValueOf(&t))
				return t
			}
		}
	}
	return ""
}

// stringField finds a string member of v, or of a list wrapper inside it.
func stringField(v reflect.Value, name string) string {
	if f := v.FieldByName(name); f.IsValid() && f.Kind() == reflect.Pointer && !f.IsNil() && f.Elem().Kind() == reflect.String {
		return f.Elem().String()
	}
	for i := range v.NumField() {
		f := v.Field(i)
		if f.Kind() == reflect.Pointer && !f.IsNil() && f.Elem().Kind() == reflect.Struct {
			if g := f.Elem().FieldByName(name); g.IsValid() && g.Kind() == reflect.Pointer && !g.IsNil() && g.Elem().Kind() == reflect.String {
				return g.Elem().String()
			}
		}
	}
	return ""
}

func appendLists(to, from reflect.Value, depth int) {
	for i := range to.NumField() {
		f, g := to.Field(i), from.Field(i)
		switch {
		case !f.CanSet():
		case f.Kind() == reflect.Slice:
			f.Set(reflect.AppendSlice(f, g))
		case depth > 0 && f.Kind() == reflect.Pointer && !f.IsNil() && !g.IsNil() && f.Elem().Kind() == reflect.Struct:
			appendLists(f.Elem(), g.Elem(), depth-1)
		}
	}
}
