package geo

import (
	"math"

	"github.com/paulmach/orb"
)

// The CGCS2000 ellipsoid (GB 22021-2008).
const (
	semiMajor  = 6378137.0
	flattening = 1 / 298.257222101
)

// GaussKruger is one Gauss-Krüger zone on the CGCS2000 ellipsoid: transverse
// Mercator with scale 1 on the central meridian. Use Forward within some 30°
// of it, where the error stays under a millimetre.
type GaussKruger struct {
	CentralMeridian float64 // degrees east
	FalseEasting    float64 // metres, usually 500,000
	ZonePrefix      int     // zone number written before the easting; 0 for none
	FalseNorthing   float64 // metres, 0 but for systems of a town's own
}

// krugerRadius is the rectifying radius in metres, krugerForward and
// krugerInverse are Krüger's series to the sixth order of the third flattening
// (C. F. F. Karney, Transverse Mercator with an accuracy of a few nanometers,
// J. Geodesy 85, 2011, eqs. 14, 35 and 36).
var krugerRadius, krugerForward, krugerInverse = krugerSeries()

func krugerSeries() (radius float64, forward, inverse [6]float64) {
	n := flattening / (2 - flattening)
	n2 := n * n
	n3, n4, n5, n6 := n2*n, n2*n2, n2*n2*n, n2*n2*n2
	radius = semiMajor / (1 + n) * (1 + n2/4 + n4/64 + n6/256)
	forward = [6]float64{
		n/2 - 2*n2/3 + 5*n3/16 + 41*n4/180 - 127*n5/288 + 7891*n6/37800,
		13*n2/48 - 3*n3/5 + 557*n4/1440 + 281*n5/630 - 1983433*n6/1935360,
		61*n3/240 - 103*n4/140 + 15061*n5/26880 + 167603*n6/181440,
		49561*n4/161280 - 179*n5/168 + 6601661*n6/7257600,
		34729*n5/80640 - 3418889*n6/1995840,
		212378941 * n6 / 319334400,
	}
	inverse = [6]float64{
		n/2 - 2*n2/3 + 37*n3/96 - n4/360 - 81*n5/512 + 96199*n6/604800,
		n2/48 + n3/15 - 437*n4/1440 + 46*n5/105 - 1118711*n6/3870720,
		17*n3/480 - 37*n4/840 - 209*n5/4480 + 5569*n6/90720,
		4397*n4/161280 - 11*n5/504 - 830251*n6/7257600,
		4583*n5/161280 - 108847*n6/3991680,
		20648693 * n6 / 638668800,
	}
	return radius, forward, inverse
}

var eccentricity = math.Sqrt(flattening * (2 - flattening))

// Forward projects lon/lat degrees to metres.
func (z GaussKruger) Forward(p orb.Point) (east, north float64) {
	sinPhi, cosPhi := math.Sincos(p[1] * math.Pi / 180)
	sinLam, cosLam := math.Sincos((p[0] - z.CentralMeridian) * math.Pi / 180)

	// Conformal latitude, as its tangent.
	var tau float64
	if cosPhi > 1e-15 {
		tau = sinPhi / cosPhi
	} else {
		tau = math.Copysign(1e15, sinPhi)
	}
	tauC := conformal(tau)

	xi0 := math.Atan2(tauC, cosLam)
	eta0 := math.Asinh(sinLam / math.Hypot(tauC, cosLam))
	xi, eta := xi0, eta0
	for j, alpha := range krugerForward {
		k := 2 * float64(j+1)
		xi += alpha * math.Sin(k*xi0) * math.Cosh(k*eta0)
		eta += alpha * math.Cos(k*xi0) * math.Sinh(k*eta0)
	}
	return float64(z.ZonePrefix)*1e6 + z.FalseEasting + krugerRadius*eta, z.FalseNorthing + krugerRadius*xi
}

// Inverse takes metres back to lon/lat degrees.
func (z GaussKruger) Inverse(east, north float64) orb.Point {
	xi := (north - z.FalseNorthing) / krugerRadius
	eta := (east - z.FalseEasting - float64(z.ZonePrefix)*1e6) / krugerRadius
	xi0, eta0 := xi, eta
	for j, beta := range krugerInverse {
		k := 2 * float64(j+1)
		xi0 -= beta * math.Sin(k*xi) * math.Cosh(k*eta)
		eta0 -= beta * math.Cos(k*xi) * math.Sinh(k*eta)
	}
	sinXi, cosXi := math.Sincos(xi0)
	sinhEta := math.Sinh(eta0)
	tauC := sinXi / math.Hypot(sinhEta, cosXi)

	// Newton's method for the geodetic latitude (Karney 2011, eqs. 19 to 21).
	tau := tauC
	e2 := eccentricity * eccentricity
	for range 8 {
		got := conformal(tau)
		step := (tauC - got) / math.Sqrt(1+got*got) *
			(1 + (1-e2)*tau*tau) / ((1 - e2) * math.Sqrt(1+tau*tau))
		tau += step
		if math.Abs(step) < 1e-15*math.Max(1, math.Abs(tau)) {
			break
		}
	}
	return orb.Point{
		z.CentralMeridian + math.Atan2(sinhEta, cosXi)*180/math.Pi,
		math.Atan(tau) * 180 / math.Pi,
	}
}

// conformal takes the tangent of the geodetic to that of the conformal
// latitude (Karney 2011, eqs. 7 to 9).
func conformal(tau float64) float64 {
	root := math.Sqrt(1 + tau*tau)
	sigma := math.Sinh(eccentricity * math.Atanh(eccentricity*tau/root))
	return tau*math.Sqrt(1+sigma*sigma) - sigma*root
}

// ThreeDegreeSRID returns the EPSG code of the CGCS2000 3-degree Gauss-Krüger
// zone without prefix (EPSG:4534 for 75°E to EPSG:4554 for 135°E) whose central
// meridian is nearest to a longitude; outside China the outermost.
func ThreeDegreeSRID(lon float64) int {
	zone := int(math.Floor(math.Max(0, math.Min(360, lon))/3 + 0.5))
	return 4534 + max(25, min(45, zone)) - 25
}

// ZoneOfSRID returns the Gauss-Krüger zone of an EPSG code of the CGCS2000
// family: 4491–4501 and 4513–4533 with the zone number before the easting
// (6 and 3 degrees), 4502–4512 and 4534–4554 without.
func ZoneOfSRID(srid int) (GaussKruger, bool) {
	z := GaussKruger{FalseEasting: 500_000}
	switch {
	case srid >= 4491 && srid <= 4501:
		z.ZonePrefix = 13 + srid - 4491
		z.CentralMeridian = float64(z.ZonePrefix*6 - 3)
	case srid >= 4502 && srid <= 4512:
		z.CentralMeridian = float64(75 + 6*(srid-4502))
	case srid >= 4513 && srid <= 4533:
		z.ZonePrefix = 25 + srid - 4513
		z.CentralMeridian = float64(z.ZonePrefix * 3)
	case srid >= 4534 && srid <= 4554:
		z.CentralMeridian = float64(75 + 3*(srid-4534))
	default:
		return GaussKruger{}, false
	}
	return z, true
}
