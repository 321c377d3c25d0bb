package main

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"

	"github.com/lianpian/lianpian/internal/engine/siting"
)

// libraryCase is a p-median instance of the OR-Library with its proven optima.
type libraryCase struct {
	name           string
	problem        *siting.Problem
	n              int
	median, center float64
}

func readLibrary(dir string) ([]libraryCase, error) {
	answers, err := readTable(filepath.Join(dir, "answers.csv"))
	if err != nil {
		return nil, err
	}
	var list []libraryCase
	for _, row := range answers {
		var v [6]float64
		for k := 1; k < len(v); k++ {
			if v[k], err = strconv.ParseFloat(row[k], 64); err != nil {
				return nil, fmt.Errorf("answers of %s: %w", row[0], err)
			}
		}
		edges, err := readTable(filepath.Join(dir, row[0]+".csv"))
		if err != nil {
			return nil, err
		}
		d := unlinked(int(v[1]))
		for _, e := range edges {
			a, errA := strconv.Atoi(e[0])
			b, errB := strconv.Atoi(e[1])
			w, errW := strconv.ParseFloat(e[2], 64)
			if errA != nil || errB != nil || errW != nil {
				return nil, fmt.Errorf("%s has an edge %v", row[0], e)
			}
			d[a-1][b-1], d[b-1][a-1] = w, w
		}
		list = append(list, libraryCase{row[0], allToAll(d), int(v[3]), v[4], v[5]})
	}
	return list, nil
}

// readTable reads a CSV file without its heading.
func readTable(path string) ([][]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("%s is empty", path)
	}
	return rows[1:], nil
}

// unlinked are the distances of a graph without edges.
func unlinked(nodes int) [][]float64 {
	d := make([][]float64, nodes)
	for i := range d {
		d[i] = make([]float64, nodes)
		for j := range d[i] {
			d[i][j] = math.Inf(1)
		}
		d[i][i] = 0
	}
	return d
}

// allToAll makes a problem of a graph: every node is a row of weight 1 and a
// site, costs are shortest paths (Floyd).
func allToAll(d [][]float64) *siting.Problem {
	for k := range d {
		for i := range d {
			for j := range d {
				d[i][j] = min(d[i][j], d[i][k]+d[k][j])
			}
		}
	}
	p := &siting.Problem{Sites: len(d)}
	sites := make([]int32, len(d))
	for j := range sites {
		sites[j] = int32(j)
	}
	for i := range d {
		p.Weight = append(p.Weight, 1)
		p.Costs.Add(sites, d[i])
	}
	return p
}
