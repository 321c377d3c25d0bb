package policy

import "testing"

func BenchmarkVerdict(b *testing.B) {
	p := named(b, "wansheng-2020")
	facts := good()
	b.Run("verdict", func(b *testing.B) {
		for b.Loop() {
			Choice{Policy: p}.Verdict(facts)
		}
	})
	b.Run("with its proof", func(b *testing.B) {
		for b.Loop() {
			p.Judge(facts, nil)
		}
	})
}
