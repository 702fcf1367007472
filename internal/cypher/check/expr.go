package check

import (
	"errors"
	"strings"

	"github.com/postern-sec/postern/internal/cypher/ast"
	"github.com/postern-sec/postern/internal/cypher/value"
)

// place says what an expression may hold where it stands.
type place struct {
	// aggregates are allowed here: items of WITH and RETURN and keys of ORDER BY.
	aggregates bool
	// inside an aggregate already.
	inside bool
	// predicate is a place whose value is only tested, where a bare pattern is allowed.
	predicate bool
	// barred names the clause that an aggregate would stand in, for the message.
	barred string
}

func (p place) plain() place { p.predicate = false; return p }
func (p place) inner() place {
	p.predicate = false
	p.aggregates = false
	p.barred = "a list expression"
	return p
}

func (c *checker) lookup(v *ast.Var, s *scope) *variable {
	found := s.find(v.Name)
	if found == nil && s.isConstant() {
		failf("NonConstantExpression", v.Pos, "SKIP and LIMIT cannot depend on a variable")
	}
	if found == nil {
		err := ast.Errorf(ast.Semantic, "UndefinedVariable", v.Pos, "the variable %s is not defined", v.Name)
		if near := nearest(v.Name, s.names()); near != "" {
			err = err.Hint("did you mean %s?", near)
		}
		fail(err)
	}
	v.Slot = found.slot
	return found
}

// expr checks *e in place and says what is known of its value.
func (c *checker) expr(e *ast.Expr, s *scope, p place) typ {
	switch x := (*e).(type) {
	case nil:
		return nothing
	case *ast.Literal:
		return typeOfValue(x.Value)
	case *ast.Param:
		return anything
	case *ast.Var:
		return c.lookup(x, s).typ
	case *ast.Prop:
		return c.property(x, s, p.plain())
	case *ast.Index:
		return c.index(x, s, p.plain())
	case *ast.Slice:
		t := c.expr(&x.X, s, p.plain())
		c.want(t, TList, x.X, "a slice")
		c.want(c.expr(&x.From, s, p.plain()), TInt, x.From, "a slice")
		c.want(c.expr(&x.To, s, p.plain()), TInt, x.To, "a slice")
		return listOf(t.elem)
	case *ast.Unary:
		return c.unary(x, s, p)
	case *ast.Binary:
		return c.binary(x, s, p)
	case *ast.Compare:
		for i := range x.Operands {
			c.expr(&x.Operands[i], s, p.plain())
		}
		return of(TBool)
	case *ast.IsNull:
		c.expr(&x.X, s, p.plain())
		return of(TBool)
	case *ast.HasLabels:
		t := c.expr(&x.X, s, p.plain())
		c.want(t, TEntity, x.X, "a label predicate")
		c.knownLabels(x.Labels, t.is == TEdge)
		return of(TBool)
	case *ast.Call:
		return c.call(x, s, p)
	case *ast.Case:
		return c.caseOf(x, s, p)
	case *ast.ListLit:
		t := typ{is: TList}
		for i := range x.Items {
			t.elem |= c.expr(&x.Items[i], s, p.plain()).is
		}
		return t
	case *ast.MapLit:
		for i := range x.Values {
			c.expr(&x.Values[i], s, p.plain())
		}
		return of(TMap)
	case *ast.MapProjection:
		c.want(c.expr(&x.X, s, p.plain()), TEntity|TMap, x.X, "a map projection")
		for i := range x.Items {
			c.expr(&x.Items[i].Value, s, p.plain())
		}
		return of(TMap)
	}
	return c.scoped(*e, s, p)
}

// scoped checks the expressions that bring names of their own.
func (c *checker) scoped(e ast.Expr, s *scope, p place) typ {
	switch x := e.(type) {
	case *ast.ListComp:
		inner := c.elementScope(&x.List, x.Var, s, p)
		c.condition(&x.Where, inner, p.inner())
		if x.Map == nil {
			return listOf(inner.vars[x.Var.Name].typ.is)
		}
		return listOf(c.expr(&x.Map, inner, p.inner()).is)
	case *ast.Quantifier:
		inner := c.elementScope(&x.List, x.Var, s, p)
		c.condition(&x.Where, inner, p.inner())
		return of(TBool)
	case *ast.Reduce:
		t := c.expr(&x.Init, s, p.plain())
		inner := c.elementScope(&x.List, x.Var, s, p)
		c.declare(inner, x.Acc, anything)
		c.expr(&x.Step, inner, p.inner())
		return anything.join(t)
	case *ast.PatternComp:
		inner := newScope(s)
		c.pattern(x.Pattern, inner, true)
		c.condition(&x.Where, inner, p.inner())
		return listOf(c.expr(&x.Map, inner, p.inner()).is)
	case *ast.PatternPred:
		c.patternPredicate(x, s, p)
		return of(TBool)
	case *ast.Subquery:
		restore := s.forgetUse()
		types := c.query(x.Query, s, x.Op != "COLLECT")
		restore()
		switch x.Op {
		case "COUNT":
			return of(TInt)
		case "EXISTS":
			return of(TBool)
		}
		if len(types) != 1 {
			failf("UnexpectedSyntax", x.Pos, "COLLECT must return exactly one column")
		}
		return listOf(types[0].is)
	}
	return anything
}

func (c *checker) elementScope(list *ast.Expr, b *ast.Binding, s *scope, p place) *scope {
	t := c.expr(list, s, p.plain())
	c.want(t, TList, *list, "IN")
	inner := newScope(s)
	elem := anything
	if t.is == TList {
		elem = t.element()
	}
	c.declare(inner, b, elem)
	return inner
}

// condition checks a WHERE, which must be able to be true.
func (c *checker) condition(e *ast.Expr, s *scope, p place) {
	if *e == nil {
		return
	}
	p.predicate = true
	if p.barred == "" {
		p.barred = "WHERE"
	}
	c.want(c.expr(e, s, p), TBool, *e, "a condition")
}

// want refuses an expression that cannot have any of the wanted kinds.
func (c *checker) want(t typ, wanted Types, e ast.Expr, what string) {
	if e != nil && !t.fits(wanted) && !(t.is == TNone) {
		fail(ast.Errorf(ast.Semantic, "InvalidArgumentType", e.At(), "%s needs %s, this is %s", what, wanted, t.is))
	}
}

func (c *checker) property(x *ast.Prop, s *scope, p place) typ {
	t := c.expr(&x.X, s, p)
	if !t.fits(TEntity|TMap) && t.is != TNone {
		err := ast.Errorf(ast.Semantic, "InvalidArgumentType", x.Pos, "only nodes, relationships and maps have properties, this is %s", t.is)
		if _, plain := x.X.(*ast.Var); !plain || t.is&TPath == 0 {
			err = err.Family("TypeError")
		}
		fail(err)
	}
	if t.is&^TEntity == 0 {
		c.knownProperty(x.Key, x.Pos)
	}
	return anything
}

func (c *checker) index(x *ast.Index, s *scope, p place) typ {
	t := c.expr(&x.X, s, p)
	i := c.expr(&x.I, s, p)
	if !t.fits(TList|TMap|TEntity) && t.is != TNone {
		fail(ast.Errorf(ast.Semantic, "InvalidArgumentType", x.Pos, "only lists, maps, nodes and relationships are indexed, this is %s", t.is).Family("TypeError"))
	}
	if t.is == TList {
		if !i.fits(TInt) && i.is != TNone {
			fail(ast.Errorf(ast.Semantic, "InvalidArgumentType", x.I.At(), "a list is indexed with Integer, this is %s", i.is).Family("TypeError"))
		}
		return t.element()
	}
	return anything
}

func (c *checker) unary(x *ast.Unary, s *scope, p place) typ {
	if x.Op == "NOT" {
		p.predicate = true
		c.want(c.expr(&x.X, s, p), TBool, x.X, "NOT")
		return of(TBool)
	}
	t := c.expr(&x.X, s, p.plain())
	c.want(t, TNumber, x.X, "a sign")
	if t.is&TNumber == 0 {
		return nothing
	}
	return of(t.is & TNumber)
}

func (c *checker) binary(x *ast.Binary, s *scope, p place) typ {
	switch x.Op {
	case "AND", "OR", "XOR":
		p.predicate = true
		// Left-deep chains of conditions may be long; walk them without recursion.
		for {
			c.want(c.expr(&x.R, s, p), TBool, x.R, x.Op)
			left, ok := x.L.(*ast.Binary)
			if !ok || left.Op != "AND" && left.Op != "OR" && left.Op != "XOR" {
				break
			}
			x = left
		}
		c.want(c.expr(&x.L, s, p), TBool, x.L, x.Op)
		return of(TBool)
	}
	l, r := c.expr(&x.L, s, p.plain()), c.expr(&x.R, s, p.plain())
	switch x.Op {
	case "IN":
		c.want(r, TList, x.R, "IN")
		return of(TBool)
	case "STARTS WITH", "ENDS WITH", "CONTAINS":
		return of(TBool)
	case "=~":
		c.want(l, TString, x.L, "=~")
		c.want(r, TString, x.R, "=~")
		c.regex(x.R)
		return of(TBool)
	case "+", "||":
		return c.plus(x, l, r)
	}
	c.want(l, TNumber, x.L, x.Op)
	c.want(r, TNumber, x.R, x.Op)
	if x.Op == "^" {
		return of(TFloat)
	}
	return numeric(l, r)
}

func numeric(l, r typ) typ {
	if l.is == TInt && r.is == TInt {
		return of(TInt)
	}
	if l.is == TFloat || r.is == TFloat {
		return of(TFloat)
	}
	return of(TNumber)
}

func (c *checker) plus(x *ast.Binary, l, r typ) typ {
	allowed := TNumber | TString | TList | TBool | TEntity | TMap | TPath
	if x.Op == "||" {
		allowed = TString | TList
	}
	c.want(l, allowed, x.L, x.Op)
	c.want(r, allowed, x.R, x.Op)
	switch {
	case l.is == TList && r.is == TList:
		return listOf(l.elem | r.elem)
	case l.is == TList:
		if r.is&TList != 0 {
			return listOf(TAny)
		}
		return listOf(l.elem | r.is)
	case r.is == TList:
		if l.is&TList != 0 {
			return listOf(TAny)
		}
		return listOf(r.elem | l.is)
	case l.is&^TNumber == 0 && r.is&^TNumber == 0 && !l.null && !r.null:
		return numeric(l, r)
	case l.is&^(TNumber|TString) == 0 && r.is&^(TNumber|TString) == 0 && !l.null && !r.null:
		if l.is == TString || r.is == TString {
			return of(TString)
		}
		return of(TString | TNumber)
	}
	if bad := TBool | TEntity | TMap | TPath; !l.null && !r.null && l.is&^bad == 0 && r.is&^bad == 0 && l.is != 0 && r.is != 0 {
		fail(ast.Errorf(ast.Semantic, "InvalidArgumentType", x.Pos, "%s cannot be added to %s", r.is, l.is))
	}
	return anything
}

func (c *checker) caseOf(x *ast.Case, s *scope, p place) typ {
	if x.Subject != nil {
		c.expr(&x.Subject, s, p.plain())
	}
	result := nothing
	for i := range x.Whens {
		if x.Subject == nil {
			cond := p
			cond.predicate = true
			c.want(c.expr(&x.Whens[i].Cond, s, cond), TBool, x.Whens[i].Cond, "WHEN")
		} else {
			c.expr(&x.Whens[i].Cond, s, p.plain())
		}
		if x.Whens[i].Then != nil {
			result = result.join(c.expr(&x.Whens[i].Then, s, p.plain()))
		}
	}
	return result.join(c.expr(&x.Else, s, p.plain()))
}

func (c *checker) call(x *ast.Call, s *scope, p place) typ {
	f := functionByName[strings.ToLower(x.Name)]
	if f == nil {
		fail(unknownFunction(x))
	}
	x.Name = f.Name
	x.Aggregate = f.Aggregate
	if x.Star {
		c.aggregatePlace(x, p)
		return of(TInt)
	}
	if x.Distinct && !f.Aggregate {
		failf("UnexpectedSyntax", x.Pos, "DISTINCT stands only in aggregates; %s is none", f.Name)
	}
	if len(x.Args) < f.Min || f.Max >= 0 && len(x.Args) > f.Max {
		failf("InvalidNumberOfArguments", x.Pos, "%s takes %s, %d given", f.Name, argumentCount(f), len(x.Args))
	}
	inner := p.plain()
	if f.Aggregate {
		c.aggregatePlace(x, p)
		inner.inside = true
	}
	var types []typ
	for i := range x.Args {
		t := c.expr(&x.Args[i], s, inner)
		if i < len(f.Args) && f.Args[i] != 0 {
			c.want(t, f.Args[i], x.Args[i], f.Name)
		}
		types = append(types, t)
	}
	if f.Aggregate && len(x.Args) == 2 {
		percentileRange(x.Args[1])
	}
	return resultType(f, types)
}

// percentileRange refuses a percentile that is known to be none, so that it is found without rows.
func percentileRange(e ast.Expr) {
	lit, ok := e.(*ast.Literal)
	if ok && (!lit.Value.IsNumber() || !(lit.Value.Number() >= 0 && lit.Value.Number() <= 1)) {
		fail(ast.Errorf(ast.Semantic, "NumberOutOfRange", lit.Pos, "a percentile is a number from 0.0 to 1.0").Family("ArgumentError"))
	}
}

func argumentCount(f *Function) string {
	count := func(n int) string { return [...]string{"no argument", "1 argument", "2 arguments", "3 arguments"}[n] }
	switch {
	case f.Max < 0:
		return "at least " + count(f.Min)
	case f.Min == f.Max:
		return count(f.Min)
	}
	return count(f.Min) + " to " + count(f.Max)
}

// resultType sharpens the table's result by the arguments where that finds errors.
func resultType(f *Function, args []typ) typ {
	switch f.Name {
	case "head", "last":
		if args[0].is == TList {
			return args[0].element()
		}
	case "tail", "reverse":
		if args[0].is == TList {
			return args[0]
		}
	case "collect":
		return listOf(args[0].is)
	case "coalesce":
		result := nothing
		for _, t := range args {
			result = result.join(t)
		}
		return result
	case "min", "max", "nullIf":
		return args[0]
	case "abs", "sum":
		if args[0].is&^TNumber == 0 && !args[0].null {
			return args[0]
		}
	}
	return typ{is: f.Result, elem: f.Elem}
}

func unknownFunction(x *ast.Call) *ast.Error {
	name := strings.ToLower(x.Name)
	space, _, _ := strings.Cut(name, ".")
	for _, key := range []string{name, space} {
		if instead, ok := Refused[key]; ok {
			return ast.Errorf(ast.Unsupported, "UnknownFunction", x.Pos, "the function %s is not in the dialect", x.Name).Hint("%s", instead)
		}
	}
	err := ast.Errorf(ast.Semantic, "UnknownFunction", x.Pos, "there is no function %s", x.Name)
	names := make([]string, len(Functions))
	for i := range Functions {
		names[i] = Functions[i].Name
	}
	if near := nearest(x.Name, names); near != "" {
		err = err.Hint("did you mean %s?", near)
	}
	return err
}

// aggregatePlace refuses an aggregate where none can stand.
func (c *checker) aggregatePlace(x *ast.Call, p place) {
	if p.inside {
		failf("NestedAggregation", x.Pos, "an aggregate cannot stand inside another")
	}
	if !p.aggregates {
		where := p.barred
		if where == "" {
			where = "this clause"
		}
		fail(ast.Errorf(ast.Semantic, "InvalidAggregation", x.Pos, "the aggregate %s cannot stand in %s", x.Name, where).
			Hint("aggregate in WITH and use the result behind it"))
	}
	for _, arg := range x.Args {
		ast.Walk(arg, func(e ast.Expr) bool {
			if call, ok := e.(*ast.Call); ok && strings.EqualFold(call.Name, "rand") {
				failf("NonConstantExpression", call.Pos, "rand() cannot stand inside an aggregate")
			}
			return true
		})
	}
}

// regex refuses a pattern that is known to be invalid, so that a constant one is found before it runs.
func (c *checker) regex(e ast.Expr) {
	lit, ok := e.(*ast.Literal)
	if !ok || lit.Value.Kind() != value.String {
		return
	}
	_, err := value.CompileRegexp(lit.Value.Str())
	switch {
	case errors.Is(err, value.ErrRegexp):
		fail(ast.Errorf(ast.Unsupported, "InvalidArgumentValue", lit.Pos, "%v", err))
	case err != nil:
		fail(ast.Errorf(ast.Semantic, "InvalidArgumentValue", lit.Pos, "%v", err))
	}
}
