package apportion

import "math/big"

// LiftCoefficients are the starting values for a lift in a building of so many
// floors, by floor from the first: nothing on the first, half on the second, the
// third is the measure, and every floor above adds a fifth. No document that the
// product knows prints coefficients; those of a stairwell are what its
// households agree on.
func LiftCoefficients(floors int) []*big.Rat {
	coefficients := make([]*big.Rat, 0, max(floors, 0))
	for floor := 1; floor <= floors; floor++ {
		switch floor {
		case 1:
			coefficients = append(coefficients, new(big.Rat))
		case 2:
			coefficients = append(coefficients, big.NewRat(1, 2))
		default:
			coefficients = append(coefficients, big.NewRat(int64(floor+2), 5))
		}
	}
	return coefficients
}
