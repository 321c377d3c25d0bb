package geo

import (
	"math"
	"math/big"

	"github.com/paulmach/orb"
)

// orient tells on which side of the line a→b the point c lies: +1 left, -1
// right, 0 on it. The answer is exact for every pair of finite coordinates;
// a sweep whose order rests on rounded signs would lose edges.
func orient(a, b, c orb.Point) int {
	left := (a[0] - c[0]) * (b[1] - c[1])
	right := (a[1] - c[1]) * (b[0] - c[0])
	det := left - right
	// Shewchuk's first filter, with a floor against underflow.
	if bound := 3.3306690738754716e-16*(math.Abs(left)+math.Abs(right)) + 1e-290; det > bound {
		return 1
	} else if det < -bound {
		return -1
	}
	if (a[0] == c[0] || b[1] == c[1]) && (a[1] == c[1] || b[0] == c[0]) {
		return 0 // differences of doubles never underflow to zero
	}
	return orientExact(a, b, c)
}

func orientExact(a, b, c orb.Point) int {
	var d [8]float64
	d[0], d[1] = twoDiff(a[0], c[0])
	d[2], d[3] = twoDiff(b[1], c[1])
	d[4], d[5] = twoDiff(a[1], c[1])
	d[6], d[7] = twoDiff(b[0], c[0])
	for _, v := range d {
		if v != 0 && math.Abs(v) < 1e-140 {
			return orientBig(a, b, c) // a product could underflow
		}
	}
	var e expansion
	for i := 0; i < 2; i++ {
		for j := 2; j < 4; j++ {
			e.addProduct(d[i], d[j])
			e.addProduct(-d[i+4], d[j+4])
		}
	}
	return e.sign()
}

// orientBig is the last resort for coordinates hundreds of orders of magnitude
// apart. 2,200 bits hold every product of differences exactly.
func orientBig(a, b, c orb.Point) int {
	diff := func(x, y float64) *big.Float {
		z := new(big.Float).SetPrec(2200).SetFloat64(x)
		return z.Sub(z, big.NewFloat(y))
	}
	left := diff(a[0], c[0])
	left.Mul(left, diff(b[1], c[1]))
	right := diff(a[1], c[1])
	right.Mul(right, diff(b[0], c[0]))
	return left.Cmp(right)
}

// expansion is an exact sum of doubles that do not overlap, smallest first
// (Shewchuk 1997, grow-expansion).
type expansion struct {
	terms [16]float64
	n     int
}

func (e *expansion) addProduct(x, y float64) {
	hi := x * y
	lo := math.FMA(x, y, -hi)
	e.add(lo)
	e.add(hi)
}

func (e *expansion) add(x float64) {
	if x == 0 {
		return
	}
	k := 0
	for i := 0; i < e.n; i++ {
		sum, rest := twoSum(x, e.terms[i])
		if rest != 0 {
			e.terms[k] = rest
			k++
		}
		x = sum
	}
	if x != 0 {
		e.terms[k] = x
		k++
	}
	e.n = k
}

func (e *expansion) sign() int {
	if e.n == 0 {
		return 0
	}
	if e.terms[e.n-1] > 0 {
		return 1
	}
	return -1
}

func twoSum(a, b float64) (sum, rest float64) {
	sum = a + b
	bb := sum - a
	rest = (a - (sum - bb)) + (b - bb)
	return sum, rest
}

func twoDiff(a, b float64) (diff, rest float64) { return twoSum(a, -b) }

// less orders points by longitude, then latitude: the order of the sweep.
func less(a, b orb.Point) bool {
	return a[0] < b[0] || (a[0] == b[0] && a[1] < b[1])
}

func compare(a, b orb.Point) int {
	switch {
	case less(a, b):
		return -1
	case less(b, a):
		return 1
	}
	return 0
}

// crossProperly says whether the inner parts of two segments meet in one point.
func crossProperly(a, b, c, d orb.Point) bool {
	return orient(a, b, c)*orient(a, b, d) < 0 && orient(c, d, a)*orient(c, d, b) < 0
}

// crossing is where two segments that cross properly meet, to about a nanometre.
func crossing(a, b, c, d orb.Point) orb.Point {
	ux, uy := b[0]-a[0], b[1]-a[1]
	vx, vy := d[0]-c[0], d[1]-c[1]
	t := ((c[0]-a[0])*vy - (c[1]-a[1])*vx) / (ux*vy - uy*vx)
	if math.IsNaN(t) || t < 0 || t > 1 {
		t = 0.5 // nearly parallel: any point of the segment will do for a person
	}
	return orb.Point{a[0] + t*ux, a[1] + t*uy}
}
