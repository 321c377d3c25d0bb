package program

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/privacy"
)

// NewProject is an application for entry in a project library: written, of a
// residents' body, for communities or for those of a zone.
type NewProject struct {
	Library        Library                `json:"library" enum:"comprehensive,management"`
	Name           string                 `json:"name,omitempty" maxLength:"200" doc:"omitted: that of the zone, or of the first community"`
	Applicant      string                 `json:"applicant" minLength:"1" maxLength:"200" doc:"社区居民委员会 or 业主委员会; no person"`
	AppliedOn      string                 `json:"applied_on" format:"date" doc:"of the written application"`
	Communities    []string               `json:"communities,omitempty" maxItems:"500" doc:"codes; omitted: those of the zone"`
	ScenarioCode   string                 `json:"scenario_code,omitempty" maxLength:"100" doc:"omitted with a zone: the main scenario"`
	ZoneCode       string                 `json:"zone_code,omitempty" maxLength:"100"`
	ProposedPhase  *Phase                 `json:"proposed_phase,omitempty" enum:"reserve,plan,implement" nullable:"true"`
	Year           *int                   `json:"year,omitempty" minimum:"1990" maximum:"2200" nullable:"true"`
	Owner          string                 `json:"owner,omitempty" maxLength:"200" doc:"项目业主单位"`
	Demonstration  bool                   `json:"demonstration,omitempty"`
	CentralSubsidy bool                   `json:"central_subsidy,omitempty"`
	EstimatedWan   *float64               `json:"estimated_wan,omitempty" minimum:"0" maximum:"9999999" nullable:"true" doc:"10,000 yuan"`
	Note           string                 `json:"note,omitempty" maxLength:"5000"`
	Readiness      map[string]EntryAnswer `json:"readiness,omitempty" doc:"what residents decided, by the keys of the library's conditions"`
}

// ProjectPatch changes the fields that it names.
type ProjectPatch struct {
	Name           *string                `json:"name,omitempty" minLength:"1" maxLength:"200"`
	Applicant      *string                `json:"applicant,omitempty" minLength:"1" maxLength:"200"`
	AppliedOn      *string                `json:"applied_on,omitempty" format:"date"`
	Owner          *string                `json:"owner,omitempty" maxLength:"200"`
	Demonstration  *bool                  `json:"demonstration,omitempty"`
	CentralSubsidy *bool                  `json:"central_subsidy,omitempty"`
	EstimatedWan   *float64               `json:"estimated_wan,omitempty" minimum:"0" maximum:"9999999"`
	Note           *string                `json:"note,omitempty" maxLength:"5000"`
	Readiness      map[string]EntryAnswer `json:"readiness,omitempty" doc:"all answers; what is left out is not answered"`
	Clear          []string               `json:"clear,omitempty" enum:"estimated_wan,owner,note,readiness" maxItems:"4" doc:"fields that become unknown"`
}

// facts are the fields of a project that people write.
type facts struct {
	name, applicant, appliedOn    string
	owner, note                   string
	demonstration, centralSubsidy bool
	estimatedWan                  *float64
	readiness                     map[string]EntryAnswer
}

// check refuses what cannot be. today is the last day that an application can
// have been written.
func (f facts) check(choice policy.Choice, today string) error {
	required := []struct{ field, value, name string }{{"name", f.name, "项目名称"}, {"applicant", f.applicant, "申请主体"}}
	for _, r := range required {
		if strings.TrimSpace(r.value) == "" {
			return &InvalidError{r.field, "请填写" + r.name}
		}
	}
	if _, err := time.Parse(date, f.appliedOn); err != nil {
		return &InvalidError{"applied_on", "书面申请日期应为年-月-日"}
	}
	if f.appliedOn > today {
		return &InvalidError{"applied_on", "书面申请日期不能晚于今天"}
	}
	if f.appliedOn < "1990-01-01" {
		return &InvalidError{"applied_on", "书面申请日期过早"}
	}
	texts := map[string]string{"name": f.name, "applicant": f.applicant, "owner": f.owner, "note": f.note}
	for _, key := range slices.Sorted(maps.Keys(f.readiness)) {
		if !isCondition(choice, key) {
			return &InvalidError{"readiness", "方案没有这个入库条件：" + key}
		}
		texts["readiness"] += f.readiness[key].Note + "\n"
	}
	return checkTexts(texts)
}

// checkTexts refuses personal numbers and characters that cannot be stored.
func checkTexts(texts map[string]string) error {
	for _, field := range slices.Sorted(maps.Keys(texts)) {
		text := texts[field]
		if !storable(text) {
			return &InvalidError{field, "含有无法保存的字符"}
		}
		if privacy.PersonalNumbers(text) {
			return &InvalidError{field, "不保存居民个人信息：请去掉身份证号码、手机号码"}
		}
		if utf8.RuneCountInString(text) > 10_000 {
			return &InvalidError{field, "文字过长"}
		}
	}
	return nil
}

func isCondition(choice policy.Choice, key string) bool {
	for _, l := range choice.Policy.Libraries {
		if slices.ContainsFunc(l.Conditions, func(c policy.LibraryCondition) bool { return c.Key == key }) {
			return true
		}
	}
	return false
}

// apply changes the facts as a patch says.
func (p ProjectPatch) apply(f *facts) {
	set(&f.name, p.Name)
	set(&f.applicant, p.Applicant)
	set(&f.appliedOn, p.AppliedOn)
	set(&f.owner, p.Owner)
	set(&f.note, p.Note)
	set(&f.demonstration, p.Demonstration)
	set(&f.centralSubsidy, p.CentralSubsidy)
	if p.EstimatedWan != nil {
		f.estimatedWan = p.EstimatedWan
	}
	if p.Readiness != nil {
		f.readiness = p.Readiness
	}
	for _, field := range p.Clear {
		switch field {
		case "estimated_wan":
			f.estimatedWan = nil
		case "owner":
			f.owner = ""
		case "note":
			f.note = ""
		case "readiness":
			f.readiness = map[string]EntryAnswer{}
		}
	}
}

func set[T any](at *T, value *T) {
	if value != nil {
		*at = *value
	}
}

// onlyAfterwards tells whether a patch changes nothing but what stays open once
// a project is in its library: the note and what residents decided.
func (p ProjectPatch) onlyAfterwards() bool {
	others := p.Name != nil || p.Applicant != nil || p.AppliedOn != nil || p.Owner != nil || p.Demonstration != nil ||
		p.CentralSubsidy != nil || p.EstimatedWan != nil
	return !others && !slices.ContainsFunc(p.Clear, func(f string) bool { return f == "estimated_wan" || f == "owner" })
}

// defaultName is the name of a project whose application gives none.
func defaultName(zoneName string, members []member) string {
	switch {
	case zoneName != "":
		return zoneName
	case len(members) == 1:
		return members[0].name
	}
	return fmt.Sprintf("%s等 %d 个小区", members[0].name, len(members))
}
