package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/job"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/proposal"
	"github.com/lianpian/lianpian/internal/zone"
)

// ProposeConfig is a request for zones.
type ProposeConfig struct {
	District     string            `name:"district" required:"" help:"Code of the district."`
	Scenario     string            `name:"scenario" help:"Code of the scenario (default: the main one)."`
	Subdistricts []string          `name:"subdistrict" help:"Code of a subdistrict, as often as wanted (default: the whole district)."`
	Limits       map[string]string `name:"limit" placeholder:"TOTAL=MIN..MAX" help:"What every zone has to keep to, as often as wanted: communities, households, floor_area_m2, land_area_m2 or cost_yuan, such as households=300..1500; either side may be left out."`
	KeepWithin   string            `name:"keep-within" enum:",subdistrict,neighborhood" default:"" help:"No zone reaches across these (subdistrict, neighborhood)."`
	MaxDiameterM float64           `name:"max-diameter" help:"Longest walk between two communities of a zone, in metres; 0 is any."`
	MinZones     int               `name:"min-zones" help:"Least number of zones."`
	MaxZones     int               `name:"max-zones" help:"Most zones; 0 is any number."`
	Seconds      float64           `name:"seconds" default:"10" help:"Effort, as seconds of an ordinary machine."`
	Seed         uint64            `name:"seed" help:"The same request, data and seed give the same answer."`
	Request      string            `name:"request" type:"existingfile" help:"The whole request as JSON, as the API takes it; other flags stand above it."`
	Accept       bool              `name:"accept" help:"Make zones of the answer in the scenario."`
	NewScenario  string            `name:"new-scenario" help:"Make zones of the answer in a copy of the scenario of this name."`
}

// request is what the flags, over the file, ask for.
func (p ProposeConfig) request() (proposal.Request, error) {
	var r proposal.Request
	if p.Request != "" {
		text, err := os.ReadFile(p.Request)
		if err != nil {
			return r, fmt.Errorf("read the request: %w", err)
		}
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&r); err != nil {
			return r, &RefusedError{Detail: fmt.Sprintf("%s is no request: %v", p.Request, err)}
		}
	}
	if p.Scenario != "" {
		r.Scenario = p.Scenario
	}
	if len(p.Subdistricts) > 0 {
		r.Subdistricts = p.Subdistricts
	}
	if p.KeepWithin != "" {
		r.KeepWithin = p.KeepWithin
	}
	if p.MaxDiameterM != 0 {
		r.MaxDiameterM = p.MaxDiameterM
	}
	if p.MinZones != 0 {
		r.MinZones = p.MinZones
	}
	if p.MaxZones != 0 {
		r.MaxZones = p.MaxZones
	}
	if p.Seed != 0 {
		r.Seed = p.Seed
	}
	if r.Seconds == 0 || p.Seconds != usualSeconds {
		r.Seconds = p.Seconds
	}
	for name, text := range p.Limits {
		total, err := parseRange(name, text)
		if err != nil {
			return r, err
		}
		r.Totals = slices.DeleteFunc(r.Totals, func(t proposal.TotalRange) bool { return t.Name == name })
		r.Totals = append(r.Totals, total)
	}
	slices.SortFunc(r.Totals, func(a, b proposal.TotalRange) int { return strings.Compare(a.Name, b.Name) })
	return r, nil
}

// usualSeconds is the default of --seconds.
const usualSeconds = 10

// parseRange reads 300..1500, 300.. or ..1500.
func parseRange(name, text string) (proposal.TotalRange, error) {
	total := proposal.TotalRange{Name: name}
	low, high, ranged := strings.Cut(text, "..")
	for _, side := range []struct {
		text string
		into *float64
	}{{low, &total.Min}, {high, &total.Max}} {
		if side.text == "" {
			continue
		}
		value, err := strconv.ParseFloat(side.text, 64)
		if err != nil {
			ranged = false
		}
		*side.into = value
	}
	if !ranged {
		return total, &RefusedError{Detail: fmt.Sprintf("the limit %s=%s is not MIN..MAX", name, text)}
	}
	return total, nil
}

type proposeAnswer struct {
	Proposal proposal.Proposal `json:"proposal"`
	Edit     *zone.Edit        `json:"edit" doc:"the zones that were made of it; null: none"`
}

// Propose has zones proposed, waits for the answer, prints it, and makes zones of
// it where that was asked for.
func Propose(ctx context.Context, c Config, p ProposeConfig, out, status io.Writer) error {
	request, err := p.request()
	if err != nil {
		return err
	}
	return withJobs(ctx, c, status, func(ctx context.Context, w *worker) error {
		var work uuid.UUID
		begin := func(ctx context.Context, tx *postgis.Tx, id uuid.UUID) (uuid.UUID, error) {
			var err error
			work, err = w.jobs.EnqueueIn(ctx, tx, proposal.Work(p.District, id, w.operator))
			return work, err
		}
		asked, err := w.proposals.Ask(ctx, account.Everything, p.District, request, begin)
		if err != nil {
			return err
		}
		j, err := follow(ctx, w.jobs, work, w.status)
		if err != nil {
			return err
		}
		if j.State != job.Done {
			return &RefusedError{Detail: firstText(j.Error, string(j.State))}
		}
		var answer proposeAnswer
		if answer.Proposal, err = w.proposals.Get(ctx, account.Everything, p.District, asked.ID); err != nil {
			return err
		}
		if p.Accept || p.NewScenario != "" {
			edit, err := w.proposals.Accept(ctx, account.Everything, p.District, asked.ID, proposal.Acceptance{NewScenario: p.NewScenario})
			if err != nil {
				return err
			}
			answer.Edit = &edit
		}
		return c.say(out, answer, func(out io.Writer) error { return printProposal(out, answer) })
	})
}

func printProposal(out io.Writer, a proposeAnswer) error {
	found := a.Proposal.Answer
	if found == nil {
		return fmt.Errorf("the proposal %s has no answer", a.Proposal.ID)
	}
	proof := fmt.Sprintf("距最优不超过 %.1f%%", found.Gap*100)
	if found.Proven {
		proof = "已证明最优"
	}
	fmt.Fprintf(out, "建议 %s：%d 个片区，%d 个小区入片，%d 个未入；%s\n", a.Proposal.ID, len(found.Zones), found.Placed, found.Outside, proof)
	table := tabwriter.NewWriter(out, 0, 4, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "片区\t小区\t户数\t建筑面积 m²\t连线 m\t")
	for _, z := range found.Zones {
		fmt.Fprintf(table, "%d\t%d\t%.0f\t%.0f\t%.0f\t\n", z.Index, len(z.Communities), z.Totals[proposal.TotalHouseholds], z.Totals[proposal.TotalFloorArea], z.LengthM)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, warning := range a.Proposal.Warnings {
		fmt.Fprintf(out, "  注：%s\n", warning.Detail)
	}
	if a.Edit != nil {
		fmt.Fprintf(out, "已采纳到方案 %s（修订 %d）：%d 个片区\n", a.Edit.Scenario, a.Edit.Revision, len(a.Edit.Zones))
	}
	return nil
}
