package main

import (
	"context"
	"fmt"
	"time"
	"os"
	"runtime/pprof"

	"github.com/lianpian/lianpian/internal/engine/catchment"
	"github.com/lianpian/lianpian/internal/engine/network"
)

func main() {
	ctx := context.Background()
	lap := time.Now()
	step := func(name string) {
		fmt.Printf("%-40s %v\n", name, time.Since(lap))
		lap = time.Now()
	}
	t := build(300_000, 200_000, 2_000, 12, 20240607)
	step("generate")
	g := network.Build(t.roads)
	step("build")
	fmt.Println(g.Nodes(), g.Edges(), len(t.homes))
	homes := g.Tie(t.homes, network.TieRules{Reach: 200})
	step("tie")
	var ties []*network.Ties
	for _, f := range t.facilities {
		ties = append(ties, g.Tie(f, network.TieRules{Reach: 200}))
	}
	step("tie facilities")
	metres := g.ByMetres()
	seconds, err := g.BySeconds(network.Walker{SpeedMS: 1.0, StairsMS: 0.5}, hills{})
	if err != nil {
		panic(err)
	}
	step("nets")
	pf, _ := os.Create("/tmp/cov.prof")
	for k, net := range []*network.Net{metres, seconds} {
		if k == 1 {
			pprof.StartCPUProfile(pf)
			defer pprof.StopCPUProfile()
		}
		h := catchment.NewHomes(net, homes)
		step("homes")
		for range 3 {
			_, err := h.Cover(ctx, catchment.Question{Facilities: ties[0], Limit: 1000})
			if err != nil {
				panic(err)
			}
			step("one type")
		}
		var questions []catchment.Question
		for _, f := range ties {
			questions = append(questions, catchment.Question{Facilities: f, Limit: 1000})
		}
		for range 2 {
			covers, err := h.CoverAll(ctx, questions)
			if err != nil {
				panic(err)
			}
			step("all types")
			n := [4]int{}
			for i := range covers[0].Len() {
				n[covers[0].Status(i)]++
			}
			fmt.Println(n)
		}
	}
}
