package policy

import (
	"fmt"
	"slices"
)

// WorksRules say how the catalogue of items is used where works are planned: what
// must be answered, what is done together, what is asked for only where something
// else does not reach, and who pays for what in the first place.
type WorksRules struct {
	Must         MustRule     `json:"must" yaml:"must"`
	Together     TogetherRule `json:"together" yaml:"together"`
	OnlyBeyond   []BeyondRule `json:"only_beyond" yaml:"only_beyond"`
	Payers       []PayerRule  `json:"payers" yaml:"payers"`
	Apportioning *Clause      `json:"apportioning" yaml:"apportioning"` // null: the document has no rule
	Relief       *Clause      `json:"relief" yaml:"relief"`             // null: the document has no rule
}

// Clause is a rule in words with its place.
type Clause struct {
	Clause string `json:"clause" yaml:"clause"`
	Text   string `json:"text" yaml:"text"`
}

// MustRule says which items every project answers: those of a nature, or of a
// category.
type MustRule struct {
	Nature   string `json:"nature,omitempty" yaml:"nature"`
	Category string `json:"category,omitempty" yaml:"category"`
	Clause   string `json:"clause" yaml:"clause"`
	Text     string `json:"text" yaml:"text"`
}

// TogetherRule lists items that are done together with others.
type TogetherRule struct {
	Clause string `json:"clause" yaml:"clause"`
	Text   string `json:"text" yaml:"text"`
	Pairs  []Pair `json:"pairs" yaml:"pairs"`
}

// Pair is an item, and those whose doing asks for it.
type Pair struct {
	Item int   `json:"item" yaml:"item"`
	With []int `json:"with" yaml:"with"`
}

// BeyondRule asks for an item only where facilities of other types do not reach.
type BeyondRule struct {
	Item       int      `json:"item" yaml:"item"`
	Facilities []string `json:"facilities" yaml:"facilities"`
	Clause     string   `json:"clause" yaml:"clause"`
	Text       string   `json:"text" yaml:"text"`
}

// PayerRule says who pays for some items in the first place or, with May, who may.
type PayerRule struct {
	Source string `json:"source" yaml:"source"` // residents | pipelines | society
	May    bool   `json:"may,omitempty" yaml:"may"`
	Items  []int  `json:"items" yaml:"items"`
	Clause string `json:"clause" yaml:"clause"`
	Text   string `json:"text" yaml:"text"`
}

// MustAnswer tells whether every project has to answer an item.
func (p *Policy) MustAnswer(item Item) bool {
	m := p.Works.Must
	return m.Nature != "" && item.Nature == m.Nature || m.Category != "" && item.Category == m.Category
}

// OnlyBeyond returns the rule that an item is asked for only where other
// facilities do not reach.
func (p *Policy) OnlyBeyond(no int) (BeyondRule, bool) {
	for _, r := range p.Works.OnlyBeyond {
		if r.Item == no {
			return r, true
		}
	}
	return BeyondRule{}, false
}

func (p *Policy) checkWorks(l *Library) error {
	w := p.Works
	err := firstError(nonEmpty("must", w.Must.Clause), nonEmpty("must", w.Must.Text))
	if !slices.ContainsFunc(p.Items, p.MustAnswer) {
		err = firstError(err, fmt.Errorf("no item must be answered"))
	}
	for _, pair := range w.Together.Pairs {
		err = firstError(err, nonEmpty("together", w.Together.Clause), p.knownItems(append([]int{pair.Item}, pair.With...)))
		if slices.Contains(pair.With, pair.Item) {
			err = firstError(err, fmt.Errorf("item %d goes with itself", pair.Item))
		}
	}
	for _, b := range w.OnlyBeyond {
		item, _ := p.Item(b.Item)
		err = firstError(err, p.knownItems([]int{b.Item}), nonEmpty("only_beyond", b.Clause))
		for _, key := range b.Facilities {
			err = firstError(err, oneOf("facility", key, l.typeKeys()...))
		}
		if !item.GapTrigger || len(b.Facilities) == 0 {
			err = firstError(err, fmt.Errorf("item %d is no gap trigger, or names nothing that could leave a gap", b.Item))
		}
	}
	for _, payer := range w.Payers {
		err = firstError(err, oneOf("payer", payer.Source, "residents", "pipelines", "society"), nonEmpty("payer", payer.Clause), p.knownItems(payer.Items))
	}
	return err
}

func (p *Policy) knownItems(numbers []int) error {
	for _, no := range numbers {
		if _, ok := p.Item(no); !ok {
			return fmt.Errorf("no item %d", no)
		}
	}
	return nil
}
