package check

import (
	"sort"
	"strings"
)

// Function is one function or aggregate of the dialect. The executor holds an implementation under the same
// lower-case name; a test keeps the two together.
type Function struct {
	Name      string
	Min, Max  int // number of arguments; Max -1 is any number
	Args      []Types
	Result    Types
	Elem      Types // of a list result
	Aggregate bool
	Doc       string
}

func fn(name, doc string, min, max int, result Types, args ...Types) Function {
	return Function{Name: name, Doc: doc, Min: min, Max: max, Result: result, Elem: TAny, Args: args}
}

func agg(name, doc string, args int, result Types, types ...Types) Function {
	return Function{Name: name, Doc: doc, Min: args, Max: args, Result: result, Elem: TAny, Args: types, Aggregate: true}
}

// Functions are all functions, by name. Unlisted arguments take any value.
var Functions = []Function{
	fn("abs", "absolute value", 1, 1, TNumber, TNumber),
	fn("acos", "arccosine in radians", 1, 1, TFloat, TNumber),
	fn("asin", "arcsine in radians", 1, 1, TFloat, TNumber),
	fn("atan", "arctangent in radians", 1, 1, TFloat, TNumber),
	fn("atan2", "arctangent of y/x in radians", 2, 2, TFloat, TNumber, TNumber),
	agg("avg", "mean of the numbers that are not null", 1, TNumber, TNumber),
	fn("btrim", "string without the blanks (or the given characters) at both ends", 1, 2, TString, TString, TString),
	fn("ceil", "smallest whole number not below", 1, 1, TFloat, TNumber),
	fn("char_length", "number of characters", 1, 1, TInt, TString),
	fn("character_length", "number of characters", 1, 1, TInt, TString),
	fn("coalesce", "first argument that is not null", 1, -1, TAny),
	agg("collect", "list of the values that are not null", 1, TList),
	fn("cos", "cosine", 1, 1, TFloat, TNumber),
	fn("cot", "cotangent", 1, 1, TFloat, TNumber),
	agg("count", "number of values that are not null; count(*) of rows", 1, TInt),
	fn("degrees", "radians as degrees", 1, 1, TFloat, TNumber),
	fn("e", "base of the natural logarithm", 0, 0, TFloat),
	fn("endNode", "target of a relationship", 1, 1, TNode, TEdge),
	fn("exp", "e to the power", 1, 1, TFloat, TNumber),
	fn("floor", "largest whole number not above", 1, 1, TFloat, TNumber),
	fn("haversin", "half the versine", 1, 1, TFloat, TNumber),
	fn("head", "first element of a list", 1, 1, TAny, TList),
	fn("isEmpty", "whether a list, map or string is empty", 1, 1, TBool, TList|TMap|TString),
	fn("isNaN", "whether a number is NaN", 1, 1, TBool, TNumber),
	fn("keys", "property names of a node, relationship or map", 1, 1, TList, TEntity|TMap),
	fn("labels", "labels of a node", 1, 1, TList, TNode),
	fn("last", "last element of a list", 1, 1, TAny, TList),
	fn("left", "first n characters", 2, 2, TString, TString, TInt),
	fn("length", "number of relationships of a path", 1, 1, TInt, TPath),
	fn("log", "natural logarithm", 1, 1, TFloat, TNumber),
	fn("log10", "logarithm to base 10", 1, 1, TFloat, TNumber),
	fn("lower", "string in lower case", 1, 1, TString, TString),
	fn("ltrim", "string without the blanks (or the given characters) at its beginning", 1, 2, TString, TString, TString),
	agg("max", "largest value in the order of ORDER BY, nulls left out", 1, TAny),
	agg("min", "smallest value in the order of ORDER BY, nulls left out", 1, TAny),
	fn("nodes", "nodes of a path", 1, 1, TList, TPath),
	fn("nullIf", "null when both are equal, else the first", 2, 2, TAny),
	agg("percentileCont", "percentile with interpolation", 2, TFloat, TNumber, TNumber),
	agg("percentileDisc", "percentile, nearest value", 2, TNumber, TNumber, TNumber),
	fn("pi", "pi", 0, 0, TFloat),
	fn("properties", "properties of a node or relationship as a map", 1, 1, TMap, TEntity|TMap),
	fn("radians", "degrees as radians", 1, 1, TFloat, TNumber),
	fn("rand", "pseudo-random number in [0, 1); the same sequence in every run", 0, 0, TFloat),
	fn("range", "integers from start to end, both included, by step", 2, 3, TList),
	fn("relationships", "relationships of a path", 1, 1, TList, TPath),
	fn("replace", "string with every occurrence replaced", 3, 3, TString, TString, TString, TString),
	fn("reverse", "string or list backwards", 1, 1, TString|TList, TString|TList),
	fn("right", "last n characters", 2, 2, TString, TString, TInt),
	fn("round", "rounded to a whole number, or to places by a mode", 1, 3, TFloat, TNumber, TNumber, TString),
	fn("rtrim", "string without the blanks (or the given characters) at its end", 1, 2, TString, TString, TString),
	fn("sign", "-1, 0 or 1", 1, 1, TInt, TNumber),
	fn("sin", "sine", 1, 1, TFloat, TNumber),
	fn("size", "number of elements of a list or of characters of a string", 1, 1, TInt, TList|TString),
	fn("split", "parts of a string between delimiters", 2, 2, TList, TString, TString|TList),
	fn("sqrt", "square root", 1, 1, TFloat, TNumber),
	fn("startNode", "source of a relationship", 1, 1, TNode, TEdge),
	agg("stDev", "standard deviation of a sample", 1, TFloat, TNumber),
	agg("stDevP", "standard deviation of a whole", 1, TFloat, TNumber),
	fn("substring", "characters from a start, counted from 0", 2, 3, TString, TString, TInt, TInt),
	agg("sum", "sum of the numbers that are not null", 1, TNumber, TNumber),
	fn("tail", "list without its first element", 1, 1, TList, TList),
	fn("tan", "tangent", 1, 1, TFloat, TNumber),
	fn("toBoolean", "boolean of a string or integer", 1, 1, TBool),
	fn("toBooleanList", "list with each element as by toBooleanOrNull", 1, 1, TList, TList),
	fn("toBooleanOrNull", "as toBoolean, null for other kinds", 1, 1, TBool),
	fn("toFloat", "float of a number or string", 1, 1, TFloat),
	fn("toFloatList", "list with each element as by toFloatOrNull", 1, 1, TList, TList),
	fn("toFloatOrNull", "as toFloat, null for other kinds", 1, 1, TFloat),
	fn("toInteger", "integer of a number, boolean or string", 1, 1, TInt),
	fn("toIntegerList", "list with each element as by toIntegerOrNull", 1, 1, TList, TList),
	fn("toIntegerOrNull", "as toInteger, null for other kinds", 1, 1, TInt),
	fn("toLower", "string in lower case", 1, 1, TString, TString),
	fn("toString", "string of a number, boolean or string", 1, 1, TString),
	fn("toStringList", "list with each element as by toStringOrNull", 1, 1, TList, TList),
	fn("toStringOrNull", "as toString, null for other kinds", 1, 1, TString),
	fn("toUpper", "string in upper case", 1, 1, TString, TString),
	fn("trim", "string without blanks at both ends; also trim(LEADING 'x' FROM s), TRAILING, BOTH", 1, 1, TString, TString),
	fn("type", "type of a relationship", 1, 1, TString, TEdge),
	fn("upper", "string in upper case", 1, 1, TString, TString),
}

var functionByName = func() map[string]*Function {
	m := make(map[string]*Function, len(Functions))
	for i := range Functions {
		m[strings.ToLower(Functions[i].Name)] = &Functions[i]
	}
	for name, elem := range map[string]Types{"labels": TString, "keys": TString, "nodes": TNode, "relationships": TEdge, "range": TInt,
		"split": TString, "tobooleanlist": TBool, "tofloatlist": TFloat, "tointegerlist": TInt, "tostringlist": TString} {
		m[name].Elem = elem
	}
	return m
}()

// Refused are functions of Neo4j that the dialect does not have, by lower-case name or namespace, and what to write instead.
var Refused = map[string]string{
	"id":            "every node has its own stable id: write n.id",
	"elementid":     "every node has its own stable id: write n.id",
	"exists":        "write n.property IS NOT NULL, or EXISTS { (n)-->() }",
	"date":          "times are integers, milliseconds since 1970 UTC: compare numbers",
	"time":          "times are integers, milliseconds since 1970 UTC: compare numbers",
	"datetime":      "times are integers, milliseconds since 1970 UTC: compare numbers",
	"localtime":     "times are integers, milliseconds since 1970 UTC: compare numbers",
	"localdatetime": "times are integers, milliseconds since 1970 UTC: compare numbers",
	"duration":      "times are integers, milliseconds since 1970 UTC: compare numbers",
	"timestamp":     "give the time as a parameter, in milliseconds since 1970 UTC",
	"point":         "there are no places in the graph",
	"randomuuid":    "give the value as a parameter",
	"valuetype":     "test with IS NULL, or compare values",
	"tochar":        "give the string itself",
	"normalize":     "compare the strings as stored",
	"file":          "the engine reads nothing but the graph",
	"linenumber":    "the engine reads nothing but the graph",
	"apoc":          "write the query with the functions of the dialect",
	"gds":           "use the analysis commands",
	"db":            "call db.labels(), db.relationshipTypes() or db.propertyKeys() as procedures",
	"vector":        "there are no vectors in the graph",
	"graph":         "there is one graph; leave the function out",
}

// RefusedNames are the keys of Refused, sorted.
func RefusedNames() []string {
	names := make([]string, 0, len(Refused))
	for name := range Refused {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
