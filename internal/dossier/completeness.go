package dossier

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lianpian/lianpian/internal/policy"
)

// Completeness says how much of a file there is: the weighted sum of the parts
// that are there, and what is missing in each.
type Completeness struct {
	Share    float64       `json:"share" doc:"0 … 1"`
	Sections []FileSection `json:"sections"`
	How      string        `json:"how" doc:"how the share is worked out, in a sentence"`
}

// FileSection is a part of a file.
type FileSection struct {
	Key     string   `json:"key" enum:"facts,sources,checks,photographs,papers,survey,management,prior"`
	Name    string   `json:"name"`
	Weight  int      `json:"weight" doc:"of 100"`
	Done    int      `json:"done"`
	Of      int      `json:"of"`
	Missing []string `json:"missing" doc:"in words"`
}

func (s FileSection) share() float64 {
	if s.Of == 0 {
		return 1
	}
	return float64(s.Done) / float64(s.Of)
}

const howComplete = "各部分按“已有 ÷ 应有”折算，再按权重相加：事实 25、来源 10、现状体检 25、照片 10、文件 5、征求意见 10、物业管理 10、既往改造 5。改造内容、资金和手续属于项目，不计入。"

// weight is what the completeness of one file is worked out from.
type weight struct {
	Code            string
	Name            string
	SubdistrictCode string
	SubdistrictName string
	Eligibility     string
	Version         int
	Known           []string // facts
	Stated          []string // facts whose source is stated
	ItemChecks      int
	StandardChecks  int
	MissingItems    int
	FaultyItems     int
	Photographs     int
	Papers          int
	SurveyState     string // "" where there is none
	PriorWorks      int
	PriorFact       string
	BoardSeen       int
	ProjectCode     string
	ProjectName     string
}

// completeness measures the file by the plan and the fields that are needed.
func (w weight) completeness(p *policy.Policy, needed []field) Completeness {
	c := Completeness{How: howComplete, Sections: []FileSection{
		w.facts(needed), w.sources(), w.checks(p), w.photographs(), w.papers(), w.survey(), w.management(p), w.prior(),
	}}
	for i, s := range c.Sections {
		if s.Missing == nil {
			c.Sections[i].Missing = []string{}
		}
		c.Share += float64(s.Weight) / 100 * s.share()
	}
	return c
}

func (w weight) facts(needed []field) FileSection {
	s := FileSection{Key: "facts", Name: "事实", Weight: 25, Of: len(needed)}
	for _, f := range needed {
		if slices.Contains(w.Known, f.key) {
			s.Done++
		} else {
			s.Missing = append(s.Missing, f.name)
		}
	}
	return s
}

func (w weight) sources() FileSection {
	s := FileSection{Key: "sources", Name: "事实的来源和日期", Weight: 10}
	for _, f := range fields {
		if !slices.Contains(w.Known, f.key) {
			continue
		}
		s.Of++
		if slices.Contains(w.Stated, f.key) {
			s.Done++
		} else {
			s.Missing = append(s.Missing, f.name)
		}
	}
	if s.Of == 0 {
		s.Of = 1
	}
	return s
}

func (w weight) checks(p *policy.Policy) FileSection {
	s := FileSection{Key: "checks", Name: "现状体检", Weight: 25}
	management := 0
	for _, g := range p.ManagementChecks {
		management += len(g.Checks)
	}
	items := min(w.ItemChecks, len(p.Items))
	standard := min(w.StandardChecks, management)
	s.Of, s.Done = len(p.Items)+management, items+standard
	if left := len(p.Items) - items; left > 0 {
		s.Missing = append(s.Missing, fmt.Sprintf("改造内容还有 %d 项未查", left))
	}
	if left := management - standard; left > 0 {
		s.Missing = append(s.Missing, fmt.Sprintf("管理标准还有 %d 项未查", left))
	}
	return s
}

func (w weight) photographs() FileSection {
	const enough = 3
	s := FileSection{Key: "photographs", Name: "照片", Weight: 10, Of: enough, Done: min(w.Photographs, enough)}
	if left := enough - s.Done; left > 0 {
		s.Missing = append(s.Missing, fmt.Sprintf("还差 %d 张现状照片", left))
	}
	return s
}

func (w weight) papers() FileSection {
	s := FileSection{Key: "papers", Name: "文件", Weight: 5, Of: 1, Done: min(w.Papers, 1)}
	if s.Done == 0 {
		s.Missing = append(s.Missing, "没有任何文件或图纸")
	}
	return s
}

func (w weight) survey() FileSection {
	s := FileSection{Key: "survey", Name: "征求意见", Weight: 10, Of: 2}
	switch w.SurveyState {
	case "closed":
		s.Done = 2
	case "open":
		s.Done, s.Missing = 1, []string{"征求意见还没有结束"}
	default:
		s.Missing = []string{"还没有征求意见"}
	}
	return s
}

func (w weight) management(p *policy.Policy) FileSection {
	boards := len(board(p))
	s := FileSection{Key: "management", Name: "物业管理", Weight: 10, Of: 1 + boards, Done: min(w.BoardSeen, boards)}
	if slices.Contains(w.Known, "management_mode") {
		s.Done++
	} else {
		s.Missing = append(s.Missing, "没有确定管理模式")
	}
	if left := boards - min(w.BoardSeen, boards); left > 0 {
		s.Missing = append(s.Missing, fmt.Sprintf("公示牌还有 %d 项未查", left))
	}
	return s
}

// prior asks for the works where the facts say that there were some.
func (w weight) prior() FileSection {
	s := FileSection{Key: "prior", Name: "既往改造", Weight: 5, Of: 1}
	switch {
	case w.PriorWorks > 0 || w.PriorFact == "none":
		s.Done = 1
	case w.PriorFact == "":
		s.Missing = []string{"不知道以前是否改造过"}
	default:
		s.Missing = []string{"以前改造过，没有写明内容和年份"}
	}
	return s
}

// gaps are the missing things of all sections, for one line of a list.
func (c Completeness) gaps() []string {
	lines := []string{}
	for _, s := range c.Sections {
		if len(s.Missing) == 0 {
			continue
		}
		switch s.Key {
		case "facts":
			lines = append(lines, "缺事实："+strings.Join(s.Missing, "、"))
		case "sources":
			lines = append(lines, fmt.Sprintf("%d 项事实没有写明来源", len(s.Missing)))
		default:
			lines = append(lines, s.Missing...)
		}
	}
	return lines
}
