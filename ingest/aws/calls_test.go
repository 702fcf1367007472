package aws

import (
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// TestCallPaths looks every call's operation, and the path of its parameter in
// the answer of the operation it is made over, up in the SDK: a path that leads
// nowhere would silently collect nothing.
func TestCallPaths(t *testing.T) {
	for _, s := range Services {
		if s.Client == nil {
			continue
		}
		client := reflect.TypeOf(s.Client(aws.Config{Region: "us-east-1"}))
		made := map[string]bool{}
		for _, c := range s.Calls {
			// A call that names its actions may be composed of several operations.
			if _, ok := client.MethodByName(c.Operation); !ok && len(c.Actions) == 0 {
				t.Errorf("%s: the SDK has no operation %s", s.Name, c.Operation)
			}
			if s.Facts[c.Operation] == nil {
				t.Errorf("%s: %s is collected, and nothing says what it means", s.Name, c.Operation)
			}
			for _, f := range c.from() {
				if f.Operation == "" {
					continue
				}
				if !made[f.Operation] && f.Operation != c.Operation {
					t.Errorf("%s: %s is made over %s, which is not made before it", s.Name, c.Operation, f.Operation)
				}
				if over, ok := client.MethodByName(f.Operation); !ok || !leads(over.Type.Out(0), strings.Split(f.Path, ".")) {
					t.Errorf("%s: %s has no %s in its answer", s.Name, f.Operation, f.Path)
				}
			}
			made[c.Operation] = true
		}
	}
}

// leads reports whether a path leads to a string, or a list of strings, in t.
func leads(t reflect.Type, path []string) bool {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if len(path) == 0 {
		return t.Kind() == reflect.String
	}
	if t.Kind() != reflect.Struct {
		return false
	}
	f, ok := t.FieldByNameFunc(func(name string) bool { return strings.EqualFold(name, path[0]) })
	return ok && leads(f.Type, path[1:])
}
