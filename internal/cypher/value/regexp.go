package value

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
)

// MaxRegexp is the longest regular expression that is compiled, in bytes.
const MaxRegexp = 4096

// CompileRegexp compiles the right side of =~, which must match the whole string. The language is RE2, which
// takes time linear in the text: look-around and back-references of Java's expressions are refused.
func CompileRegexp(pattern string) (*regexp.Regexp, error) {
	if len(pattern) > MaxRegexp {
		return nil, fmt.Errorf("the regular expression has %d bytes, at most %d are allowed", len(pattern), MaxRegexp)
	}
	re, err := regexp.Compile("^(?:" + pattern + ")$")
	if err == nil {
		return re, nil
	}
	var syntaxError *syntax.Error
	if errors.As(err, &syntaxError) {
		if strings.Contains(pattern, "(?=") || strings.Contains(pattern, "(?!") || strings.Contains(pattern, "(?<") {
			return nil, errors.New("look-around is not in the regular expressions of the dialect (RE2)")
		}
		return nil, fmt.Errorf("invalid regular expression: %s: %q", syntaxError.Code, syntaxError.Expr)
	}
	return nil, errors.New("invalid regular expression")
}
