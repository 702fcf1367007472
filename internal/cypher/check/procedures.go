package check

import (
	"sort"
	"strings"

	"github.com/postern-sec/postern/internal/cypher/ast"
)

// Procedure is one procedure of the dialect. None takes arguments.
type Procedure struct {
	Name    string
	Columns []string
	Types   []Types
	Doc     string
}

// Procedures are all procedures.
var Procedures = []Procedure{
	{"db.labels", []string{"label"}, []Types{TString}, "labels in use"},
	{"db.relationshipTypes", []string{"relationshipType"}, []Types{TString}, "relationship types in use"},
	{"db.propertyKeys", []string{"propertyKey"}, []Types{TString}, "property names in use"},
	{"db.schema.nodeTypeProperties", []string{"nodeType", "nodeLabels", "propertyName", "propertyTypes", "mandatory"},
		[]Types{TString, TList, TString, TList, TBool}, "properties of the nodes of each combination of labels"},
}

// procedure checks a call and declares its columns.
func (c *checker) procedure(call *ast.CallProcedure, s *scope) {
	proc := findProcedure(call)
	call.Name = proc.Name
	if len(call.Args) > 0 {
		failf("InvalidNumberOfArguments", call.Pos, "%s takes no argument, %d given", proc.Name, len(call.Args))
	}
	if call.YieldAll || call.Statement && len(call.Yields) == 0 {
		if call.YieldAll && !call.Statement {
			failf("UnexpectedSyntax", call.Pos, "YIELD * stands only in a call that is the whole query")
		}
		for _, column := range proc.Columns {
			call.Yields = append(call.Yields, ast.Yield{Column: column, Var: &ast.Binding{Pos: call.Pos, Name: column, Slot: ast.NoSlot}})
		}
	}
	for _, y := range call.Yields {
		i := index(proc.Columns, y.Column)
		if i < 0 {
			failf("UndefinedVariable", y.Var.Pos, "%s has no column %s; it has %s", proc.Name, y.Column, strings.Join(proc.Columns, ", "))
		}
		c.redeclared(s, y.Var)
		c.declare(s, y.Var, of(proc.Types[i]))
	}
	c.condition(&call.Where, s, place{})
}

func findProcedure(call *ast.CallProcedure) *Procedure {
	var names []string
	for i := range Procedures {
		if strings.EqualFold(Procedures[i].Name, call.Name) {
			return &Procedures[i]
		}
		names = append(names, Procedures[i].Name+"()")
	}
	sort.Strings(names)
	fail(ast.Errorf(ast.Unsupported, "ProcedureNotFound", call.Pos, "the procedure %s is not in the dialect", call.Name).
		Hint("there are %s", strings.Join(names, ", ")))
	return nil
}

func callColumns(call *ast.CallProcedure) (names []string, slots []ast.Slot, types []typ) {
	for _, y := range call.Yields {
		names, slots, types = append(names, y.Var.Name), append(slots, y.Var.Slot), append(types, anything)
	}
	return names, slots, types
}

func index(list []string, s string) int {
	for i := range list {
		if list[i] == s {
			return i
		}
	}
	return -1
}
