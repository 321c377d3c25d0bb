package siting_test

import (
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/lianpian/lianpian/internal/engine/siting"
)

// table reads a CSV file of testdata without its heading.
func table(t testing.TB, parts ...string) [][]string {
	t.Helper()
	f, err := os.Open(filepath.Join(append([]string{"testdata"}, parts...)...))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

func number(t testing.TB, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// complete is a problem in which every row has a way to every site.
func complete(weight []float64, cost [][]float64) *siting.Problem {
	p := &siting.Problem{Weight: weight, Sites: len(cost[0])}
	for _, row := range cost {
		sites := make([]int32, len(row))
		for j := range sites {
			sites[j] = int32(j)
		}
		p.Costs.Add(sites, row)
	}
	return p
}

// pmed is an instance of the OR-Library: every node is a row and a site, the
// cost is the shortest path.
type pmed struct {
	name           string
	problem        *siting.Problem
	n              int
	median, center float64
}

func readPmed(t testing.TB) []pmed {
	var list []pmed
	for _, row := range table(t, "pmed", "answers.csv") {
		nodes := int(number(t, row[1]))
		d := make([][]float64, nodes)
		for i := range d {
			d[i] = make([]float64, nodes)
			for j := range d[i] {
				d[i][j] = math.Inf(1)
			}
			d[i][i] = 0
		}
		for _, e := range table(t, "pmed", row[0]+".csv") {
			u, v, w := int(number(t, e[0]))-1, int(number(t, e[1]))-1, number(t, e[2])
			d[u][v], d[v][u] = w, w
		}
		shortest(d)
		weight := make([]float64, nodes)
		for i := range weight {
			weight[i] = 1
		}
		list = append(list, pmed{row[0], complete(weight, d), int(number(t, row[3])), number(t, row[4]), number(t, row[5])})
	}
	return list
}

// shortest is Floyd's algorithm.
func shortest(d [][]float64) {
	for k := range d {
		for i := range d {
			for j := range d {
				d[i][j] = min(d[i][j], d[i][k]+d[k][j])
			}
		}
	}
}
