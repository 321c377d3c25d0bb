package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/lianpian/lianpian/internal/engine/siting"
)

// askCBC gives the same covering problem, homes with the same sites as one row,
// to CBC, and returns what it has found and proven within its time.
func (b *bench) askCBC(ctx context.Context, p *siting.Problem, model siting.Model, n int, limit float64) (string, error) {
	if b.cbc == 0 {
		return "", nil
	}
	program, err := exec.LookPath("cbc")
	if err != nil {
		return "not installed", nil
	}
	dir, err := os.MkdirTemp("", "bench-siting")
	if err != nil {
		return "", fmt.Errorf("making a directory for CBC: %w", err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "cover.lp")
	if err := writeLP(path, p, model, n, limit); err != nil {
		return "", fmt.Errorf("writing the problem for CBC: %w", err)
	}
	out, err := exec.CommandContext(ctx, program, path, "-sec", fmt.Sprint(b.cbc.Seconds()), "-solve", "-quit").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("running CBC: %w", err)
	}
	find := func(pattern string) string {
		if m := regexp.MustCompile(pattern).FindStringSubmatch(string(out)); m != nil {
			return strings.TrimSuffix(m[1], "00000000")
		}
		return "–"
	}
	return fmt.Sprintf("%s, bound %s, %s s", find(`Objective value:\s+(-?[\d.]+)`), find(`(?:Upper|Lower) bound:\s+(-?[\d.]+)`), find(`Time \(CPU seconds\):\s+([\d.]+)`)), nil
}

// writeLP writes a covering problem in the CPLEX LP format: x for sites, z for
// rows that are covered.
func writeLP(path string, p *siting.Problem, model siting.Model, n int, limit float64) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	rows, weights := coverRows(p, limit)
	w := bufio.NewWriter(f)
	if model == siting.LSCP {
		fmt.Fprint(w, "Minimize\n obj:")
		for j := range p.Sites {
			fmt.Fprintf(w, " + x%d\n", j)
		}
		fmt.Fprint(w, "Subject To\n")
		for k, row := range rows {
			fmt.Fprintf(w, " r%d:%s >= 1\n", k, row)
		}
	} else {
		fmt.Fprint(w, "Maximize\n obj:")
		for k, v := range weights {
			fmt.Fprintf(w, " + %v z%d\n", v, k)
		}
		fmt.Fprint(w, "Subject To\n")
		for k, row := range rows {
			fmt.Fprintf(w, " r%d: z%d%s <= 0\n", k, k, strings.ReplaceAll(row, "+", "-"))
		}
		fmt.Fprint(w, " n:")
		for j := range p.Sites {
			fmt.Fprintf(w, " + x%d\n", j)
		}
		fmt.Fprintf(w, " <= %d\nBounds\n", n)
		for k := range rows {
			fmt.Fprintf(w, " z%d <= 1\n", k)
		}
	}
	fmt.Fprint(w, "Binaries\n")
	for j := range p.Sites {
		fmt.Fprintf(w, " x%d\n", j)
	}
	fmt.Fprint(w, "End\n")
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}

// coverRows are the different lists of sites within the limit, with their weight.
func coverRows(p *siting.Problem, limit float64) (rows []string, weights []float64) {
	number := map[string]int{}
	for i := range p.Weight {
		var list strings.Builder
		for k := p.Costs.First[i]; k < p.Costs.First[i+1]; k++ {
			if p.Costs.Cost[k] <= limit {
				fmt.Fprintf(&list, " + x%d", p.Costs.Site[k])
			}
		}
		if list.Len() == 0 {
			continue
		}
		k, known := number[list.String()]
		if !known {
			k = len(rows)
			number[list.String()] = k
			rows, weights = append(rows, list.String()), append(weights, 0)
		}
		weights[k] += p.Weight[i]
	}
	return rows, weights
}
