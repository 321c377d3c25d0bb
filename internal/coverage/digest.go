package coverage

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"math"
	"time"
)

// calculation names what the figures are computed by. It becomes another one
// whenever the same inputs would give other figures.
const calculation = "coverage/2"

func (in *inputs) describe(a *answered) Inputs {
	d := Inputs{
		Buildings: a.run.Summary.Buildings, Facilities: int64(len(a.set)), Profile: in.profile, ZoneVersion: in.ground.zoneVersion,
		Scenario: in.settings.Scenario, Network: in.measure.network(), Software: calculation,
	}
	later := func(at **time.Time, t time.Time) {
		if *at == nil || t.After(**at) {
			*at = &t
		}
	}
	for i := range in.subjects {
		if in.subjects[i].id != 0 {
			later(&d.BuildingsUpdatedAt, in.subjects[i].updatedAt)
		}
	}
	for i := range a.set {
		later(&d.FacilitiesUpdatedAt, a.set[i].updatedAt)
		if a.set[i].proposed {
			d.Proposed++
		}
	}
	d.Digest = in.digest(a)
	return d
}

// digest is the SHA-256 of all that a run follows from.
func (in *inputs) digest(a *answered) string {
	walker, network := "", ""
	if in.walker != nil {
		w := in.walker.walker()
		walker = fmt.Sprintf("%g %g %g %t", w.SpeedMS, w.StairsMS, w.CrossingS, w.StepFree)
	}
	if n := in.measure.network(); n != nil {
		network = n.Version
	}
	f := newFingerprint(fmt.Sprintf("%s %g %g %q %q", in.settings.Method, a.cost(in.settings.Method, in.walker), in.settings.UnitsPerHouse, walker, network))
	f.facilities(a.set)
	if a.first != nil {
		f.number(a.first.cost(in.settings.Method, in.walker))
		f.facilities(a.firstSet)
	}
	f.subjects(in.subjects)
	f.communities(in.communities)
	return f.sum()
}

// fingerprint gathers all that the figures of a run follow from, so that two
// runs can be told to rest on the same data.
type fingerprint struct {
	hash hash.Hash
	buf  []byte
}

func newFingerprint(heading string) *fingerprint {
	f := &fingerprint{hash: sha256.New()}
	fmt.Fprintf(f.hash, "%s %s\n", calculation, heading)
	return f
}

func (f *fingerprint) text(s string) { f.buf = fmt.Appendf(f.buf, "%q", s) }

func (f *fingerprint) number(x float64) {
	f.buf = binary.LittleEndian.AppendUint64(f.buf, math.Float64bits(x))
}

func (f *fingerprint) count(n int64) { f.buf = binary.LittleEndian.AppendUint64(f.buf, uint64(n)) }

func (f *fingerprint) maybe(x float64, known bool) {
	if !known {
		x = math.NaN()
	}
	f.number(x)
}

func (f *fingerprint) flush() {
	f.hash.Write(f.buf)
	f.buf = f.buf[:0]
}

func (f *fingerprint) facilities(set []facility) {
	f.count(int64(len(set)))
	for i := range set {
		f.text(set[i].code)
		f.number(set[i].at.lon)
		f.number(set[i].at.lat)
		capacity := math.NaN()
		if set[i].capacity != nil {
			capacity = float64(*set[i].capacity)
		}
		f.number(capacity)
		f.flush()
	}
}

func (f *fingerprint) subjects(subjects []subject) {
	f.count(int64(len(subjects)))
	for i := range subjects {
		s := &subjects[i]
		f.count(s.id)
		f.count(s.community)
		f.number(s.at.lon)
		f.number(s.at.lat)
		f.count(s.wholeHouseholds)
		f.number(s.wholeFloorArea)
		f.flush()
	}
}

func (f *fingerprint) communities(communities []community) {
	f.count(int64(len(communities)))
	for i := range communities {
		c := &communities[i]
		f.text(c.code)
		f.maybe(value(c.households), c.households != nil)
		f.maybe(value(c.floorArea), c.floorArea != nil)
		f.maybe(value(c.sumHouseholds), c.sumHouseholds != nil)
		f.number(c.sumWeight)
		f.flush()
	}
}

func (f *fingerprint) sum() string {
	f.flush()
	return hex.EncodeToString(f.hash.Sum(nil))
}
