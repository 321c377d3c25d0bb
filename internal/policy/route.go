package policy

import (
	"maps"
	"slices"
	"strings"
)

// Route is what a policy's decision tables say of one project.
type Route struct {
	Policy         string        `json:"policy" doc:"key@version that it was decided by"`
	Tables         []TableAnswer `json:"tables"`
	Missing        []string      `json:"missing" doc:"keys of the inputs that would decide what is undecided"`
	Contradictions []string      `json:"contradictions" doc:"inputs that cannot go together, in words"`
}

// Table returns the answer of a table by its key.
func (r Route) Table(key string) (TableAnswer, bool) {
	for _, t := range r.Tables {
		if t.Key == key {
			return t, true
		}
	}
	return TableAnswer{}, false
}

// TableAnswer is what one decision table says.
type TableAnswer struct {
	Key          string          `json:"key"`
	Name         string          `json:"name"`
	Clause       string          `json:"clause"`
	Procedure    string          `json:"procedure" doc:"what is asked for where no row spares it"`
	Need         Need            `json:"need" enum:"required,exempt,check,unknown"`
	Outcome      string          `json:"outcome" doc:"what follows, in the document's words where a row applies"`
	Departments  []string        `json:"departments"`
	AssumedActor bool            `json:"assumed_actor" doc:"the document does not name the departments"`
	Missing      []string        `json:"missing" doc:"keys of the inputs that would decide it"`
	Rows         []RowAnswer     `json:"rows"`
	Readings     []ReadingAnswer `json:"readings" doc:"what the table says under each reading of the parameters that it depends on"`
}

// RowState says whether a row of a table applies.
type RowState string

// The states of a row. Boundary: a figure lies exactly on a limit, and whether
// the row applies depends on how its clause is read.
const (
	Applies     RowState = "applies"
	AppliesNot  RowState = "not"
	RowUnknown  RowState = "unknown"
	RowBoundary RowState = "boundary"
)

// RowAnswer is what a row says, and why.
type RowAnswer struct {
	State       RowState  `json:"state" enum:"applies,not,unknown,boundary"`
	Need        Need      `json:"need" doc:"required, exempt, or empty where the row only informs"`
	Text        string    `json:"text" doc:"the condition in the document's words"`
	Outcome     string    `json:"outcome"`
	Facts       []RowFact `json:"facts"`
	Missing     []string  `json:"missing"`
	Ambiguities []string  `json:"ambiguities" doc:"ids of the ambiguities that it touches"`
}

// RowFact is one condition of a row, compared with the project.
type RowFact struct {
	Input string   `json:"input"`
	State RowState `json:"state" enum:"applies,not,unknown,boundary"`
	Text  string   `json:"text"`
}

// ReadingAnswer is what a table says when a parameter is read in one way.
type ReadingAnswer struct {
	Parameter string `json:"parameter"`
	Name      string `json:"name"`
	Ambiguity string `json:"ambiguity"`
	Value     any    `json:"value"`
	Text      string `json:"text"`
	Chosen    bool   `json:"chosen"`
	Need      Need   `json:"need" enum:"required,exempt,check,unknown"`
}

// Route puts a project's inputs through every decision table. Inputs are values
// as JSON decodes them, by the keys of the policy's approval inputs; what is
// missing leaves undecided what depends on it, and nothing else.
func (c Choice) Route(inputs map[string]any) Route {
	r := Route{Policy: c.Policy.ID(), Tables: []TableAnswer{}, Missing: []string{}, Contradictions: []string{}}
	missing := map[string]bool{}
	for _, a := range c.Policy.Approvals {
		t := c.table(a, inputs)
		t.Readings = c.readings(a, inputs)
		for _, key := range t.Missing {
			missing[key] = true
		}
		r.Tables = append(r.Tables, t)
	}
	r.Missing = c.inOrder(missing, inputs)
	for _, x := range c.Policy.Contradictions {
		state := truthYes
		for _, w := range x.When {
			state = min(state, c.condition(w, inputs).truth)
		}
		if state == truthYes {
			r.Contradictions = append(r.Contradictions, x.Text)
		}
	}
	r.Contradictions = append(r.Contradictions, c.partsAboveWholes(inputs)...)
	return r
}

// partsAboveWholes says which figures are above the one that they are a part of.
func (c Choice) partsAboveWholes(inputs map[string]any) []string {
	var out []string
	for _, in := range c.Policy.ApprovalInputs {
		whole, ok := c.Policy.ApprovalInput(in.AtMost)
		if !ok {
			continue
		}
		part, known := number(inputs[in.Key])
		all, both := number(inputs[whole.Key])
		if known && both && part > all {
			out = append(out, in.Name+figure(part)+in.Unit+"高于"+whole.Name+figure(all)+whole.Unit+"，请核对")
		}
	}
	return out
}

// inOrder returns keys of inputs in the order in which the policy asks for them,
// without those whose question does not arise.
func (c Choice) inOrder(set map[string]bool, inputs map[string]any) []string {
	out := []string{}
	for _, in := range c.Policy.ApprovalInputs {
		if set[in.Key] && (in.OnlyIf == nil || inputs[in.OnlyIf.Input] == in.OnlyIf.Value) {
			out = append(out, in.Key)
		}
	}
	return out
}

func (c Choice) table(a Approval, inputs map[string]any) TableAnswer {
	t := TableAnswer{
		Key: a.Key, Name: a.Name, Clause: a.Clause, Procedure: a.Procedure,
		Departments: append([]string{}, a.Departments...), AssumedActor: a.AssumedActor,
		Missing: []string{}, Rows: []RowAnswer{}, Readings: []ReadingAnswer{},
	}
	truths := make([]truth, len(a.Rows))
	for i, row := range a.Rows {
		answer, state := c.row(a, row, inputs)
		t.Rows, truths[i] = append(t.Rows, answer), state
	}
	if a.Cases == "" {
		c.decide(&t, a, truths)
	} else {
		c.decideCases(&t, a, truths, inputs)
	}
	if t.Need == Check || t.Need == Undecided {
		t.Missing = c.missingOf(t, a, inputs)
	}
	t.Outcome = c.outcome(t, a, truths)
	return t
}

// decide finds the need of a table whose rows each speak of the whole project:
// the first that applies decides; where none surely does, one that might keeps
// the answer open.
func (c Choice) decide(t *TableAnswer, a Approval, truths []truth) {
	open := truthNo
	for i, row := range a.Rows {
		if row.Need == "" {
			continue
		}
		if truths[i] == truthYes {
			t.Need = row.Need
			return
		}
		open = max(open, truths[i])
	}
	t.Need = open.need(a.otherwise())
}

// decideCases finds the need of a table whose rows each speak of one kind of
// works: the project is spared only where every kind that it has is.
func (c Choice) decideCases(t *TableAnswer, a Approval, truths []truth, inputs map[string]any) {
	kinds, given := wordsIn(inputs[a.Cases])
	if !given || len(kinds) == 0 {
		t.Need = Undecided
		return
	}
	all := truthYes
	for _, kind := range kinds {
		one := truthNo
		for i, row := range a.Rows {
			if row.Need == Exempt && row.Case == kind {
				one = max(one, truths[i])
			}
		}
		all = min(all, one)
	}
	t.Need = Exempt
	if all != truthYes {
		t.Need = all.need(a.otherwise())
	}
}

// has tells whether a row of the table decides for the need.
func (a Approval) has(n Need) bool {
	return slices.ContainsFunc(a.Rows, func(r ApprovalRow) bool { return r.Need == n })
}

func (a Approval) otherwise() Need {
	if a.Otherwise == "" {
		return Required
	}
	return a.Otherwise
}

// need is what a table says when the rows that could decide it are at most this
// true.
func (t truth) need(otherwise Need) Need {
	switch t {
	case truthUnknown:
		return Undecided
	case truthBoundary:
		return Check
	}
	return otherwise
}

func (c Choice) missingOf(t TableAnswer, a Approval, inputs map[string]any) []string {
	set := map[string]bool{}
	for i, row := range t.Rows {
		if row.State == RowUnknown && a.Rows[i].Need != "" {
			for _, key := range row.Missing {
				set[key] = true
			}
		}
	}
	if kinds, given := wordsIn(inputs[a.Cases]); a.Cases != "" && (!given || len(kinds) == 0) {
		set[a.Cases] = true
	}
	return c.inOrder(set, inputs)
}

// outcome says what follows: in the document's words where a row decides.
func (c Choice) outcome(t TableAnswer, a Approval, truths []truth) string {
	var said, open []string
	for i, row := range a.Rows {
		switch {
		case truths[i] == truthYes && (row.Need == t.Need || row.Need == "") && !slices.Contains(said, row.Outcome):
			said = append(said, row.Outcome)
		case truths[i] == truthBoundary && row.Need != "" && !slices.Contains(open, row.Outcome):
			open = append(open, row.Outcome)
		}
	}
	switch {
	case t.Need == Undecided:
		return "资料不足，补充后判断：" + strings.Join(c.namesOf(t.Missing), "、")
	case t.Need == Check:
		return "边界，请核对：含本数时" + strings.Join(open, "；") + "，不含本数时不适用这一条"
	case t.Need == Required && !a.has(Required):
		asked := "须办理" + t.procedure()
		if a.has(Exempt) {
			asked = "不属于可以免办的情形，" + asked
		}
		said = append([]string{asked}, said...)
	case len(said) == 0:
		return "不涉及"
	}
	return strings.Join(said, "；")
}

func (t TableAnswer) procedure() string {
	if t.Procedure != "" {
		return t.Procedure
	}
	return t.Name
}

func (c Choice) namesOf(inputs []string) []string {
	names := make([]string, 0, len(inputs))
	for _, key := range inputs {
		if in, ok := c.Policy.ApprovalInput(key); ok {
			names = append(names, in.Name)
		}
	}
	return names
}

// ApprovalInput returns an input of the decision tables by its key.
func (p *Policy) ApprovalInput(key string) (ApprovalInput, bool) {
	for _, in := range p.ApprovalInputs {
		if in.Key == key {
			return in, true
		}
	}
	return ApprovalInput{}, false
}

// readings puts the inputs through a table under every reading of each parameter
// that it depends on, the others as chosen.
func (c Choice) readings(a Approval, inputs map[string]any) []ReadingAnswer {
	answers := []ReadingAnswer{}
	for _, key := range a.parameters() {
		q, ok := c.Policy.Parameter(key)
		if !ok {
			continue
		}
		for _, reading := range q.Readings {
			other := Choice{Policy: c.Policy, Params: maps.Clone(c.Params)}
			if other.Params == nil {
				other.Params = map[string]any{}
			}
			other.Params[key] = reading.Value
			answers = append(answers, ReadingAnswer{
				Parameter: key, Name: q.Name, Ambiguity: q.Ambiguity, Value: reading.Value, Text: reading.Text,
				Chosen: sameValue(c.Value(key), reading.Value), Need: other.table(a, inputs).Need,
			})
		}
	}
	return answers
}

// parameters are those that a table's rows depend on, in their order.
func (a Approval) parameters() []string {
	var out []string
	take := func(key string) {
		if key != "" && !slices.Contains(out, key) {
			out = append(out, key)
		}
	}
	for _, row := range a.Rows {
		take(row.JoinParam)
		for _, x := range slices.Concat(row.When, row.Require, row.Unless) {
			take(x.Boundary)
		}
	}
	return out
}
