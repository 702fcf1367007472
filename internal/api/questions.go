package api

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/postern-sec/postern/graph"
	"github.com/postern-sec/postern/internal/api/model"
	"github.com/postern-sec/postern/queries"
)

func shippedQuestions() []*model.Question {
	out := []*model.Question{}
	for _, q := range queries.All() {
		m := &model.Question{ID: q.ID, Group: q.Group, Question: q.Question, Columns: q.Columns, Bounds: q.Bounds, Params: []*model.Param{}}
		for _, p := range q.Params {
			m.Params = append(m.Params, &model.Param{Name: p.Name, Type: p.Type, Doc: p.Doc})
		}
		out = append(out, m)
	}
	return out
}

// ask runs a shipped question.
func (r *Resolver) ask(ctx context.Context, id string, params []*model.ParamInput, first int) (*model.Answer, error) {
	if first < 1 || first > maxRows {
		return nil, badInput(fmt.Sprintf("first must be between 1 and %d", maxRows))
	}
	q, ok := queries.Find(id)
	if !ok {
		return nil, errNoQuestion(id)
	}
	values, err := bind(q, params)
	if err != nil {
		return nil, err
	}
	res, err := r.store.Query(ctx, graph.Query{Text: q.Text, Params: values, Limits: graph.Limits{Rows: first}})
	if err != nil {
		return nil, err
	}
	out := &model.Answer{Columns: res.Columns, Rows: notNil(res.Rows), Exhaustive: res.Exhaustive}
	if res.TruncatedAt != "" {
		out.TruncatedAt = &res.TruncatedAt
	}
	return out, nil
}

// maxRows is the most rows of an answer to a question.
const maxRows = 1000

// bind gives the question's parameters their values; each must be given once,
// and nothing else.
func bind(q queries.Question, params []*model.ParamInput) (map[string]any, error) {
	given := map[string]string{}
	for _, p := range params {
		given[p.Name] = p.Value
	}
	out := map[string]any{}
	for _, p := range q.Params {
		text, ok := given[p.Name]
		if !ok {
			return nil, badInput(fmt.Sprintf("%s needs the parameter %s: %s", q.ID, p.Name, p.Doc))
		}
		delete(given, p.Name)
		v, err := paramValue(p.Type, text)
		if err != nil {
			return nil, badInput(fmt.Sprintf("parameter %s is not a %s", p.Name, p.Type))
		}
		out[p.Name] = v
	}
	for name := range given {
		return nil, badInput(fmt.Sprintf("%s has no parameter %q", q.ID, name))
	}
	return out, nil
}

func paramValue(typ, text string) (any, error) {
	switch typ {
	case "integer":
		return strconv.ParseInt(text, 10, 64)
	case "boolean":
		return strconv.ParseBool(text)
	case "list":
		var l []any
		err := json.Unmarshal([]byte(text), &l)
		return l, err
	}
	return text, nil
}
