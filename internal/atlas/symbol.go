package atlas

import (
	"math"
	"unicode/utf8"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/areaplan"
	"github.com/lianpian/lianpian/internal/atlas/paper"
)

// facilityMarks are the one-character symbols of facility types, in groups of one
// colour: health, care of the old, children, trade, culture and sport,
// administration, traffic, sanitation and services.
var facilityMarks = map[string]mark{
	"health_centre": {"院", "#b3261e", false}, "clinic_outpatient": {"门", "#b3261e", false}, "health_station": {"医", "#b3261e", false},
	"nursing_home": {"养", "#7b3f8c", false}, "care_home": {"护", "#7b3f8c", false}, "elder_beds": {"床", "#7b3f8c", false},
	"elder_daycare": {"老", "#7b3f8c", false}, "elder_station": {"敬", "#7b3f8c", false}, "community_canteen": {"食", "#7b3f8c", false},
	"middle_school": {"中", "#b35c00", false}, "primary_school": {"小", "#b35c00", false}, "kindergarten": {"幼", "#b35c00", false}, "nursery": {"托", "#b35c00", false},
	"mall": {"商", "#9c3d54", false}, "wet_market": {"菜", "#9c3d54", false}, "supermarket": {"超", "#9c3d54", false},
	"convenience_store": {"便", "#9c3d54", false}, "community_shop": {"店", "#9c3d54", false}, "parcel_locker": {"递", "#9c3d54", false}, "housekeeping": {"政", "#9c3d54", false},
	"culture_centre": {"文", "#2f6b3c", false}, "culture_station": {"化", "#2f6b3c", false}, "sports_centre": {"体", "#2f6b3c", false},
	"sports_ground_l": {"场", "#2f6b3c", false}, "sports_ground_m": {"运", "#2f6b3c", false}, "sports_ground_s": {"球", "#2f6b3c", false},
	"gym": {"健", "#2f6b3c", false}, "outdoor_fitness": {"练", "#2f6b3c", false}, "fitness_equipment": {"械", "#2f6b3c", false},
	"play_area": {"乐", "#2f6b3c", false}, "activity_ground": {"活", "#2f6b3c", false}, "pocket_park": {"园", "#2f6b3c", false}, "block_green": {"绿", "#2f6b3c", false},
	"park_c15": {"苑", "#2f6b3c", false}, "park_c10": {"林", "#2f6b3c", false}, "park_c05": {"圃", "#2f6b3c", false},
	"street_service_centre": {"街", "#1f4e79", false}, "community_service_station": {"社", "#1f4e79", false}, "subdistrict_office": {"办", "#1f4e79", false},
	"justice_office": {"司", "#1f4e79", false}, "police_station": {"警", "#1f4e79", false}, "police_room": {"安", "#1f4e79", false},
	"property_office": {"物", "#1f4e79", false}, "property": {"管", "#1f4e79", false}, "embedded_hub": {"综", "#1f4e79", false},
	"metro": {"轨", "#4a4f57", false}, "bus_stop": {"公", "#4a4f57", false}, "car_parking": {"停", "#4a4f57", false}, "bike_parking": {"骑", "#4a4f57", false},
	"ev_charging": {"充", "#4a4f57", false}, "barrier_free": {"坡", "#4a4f57", false},
	"recycling_point": {"收", "#5e5a2b", false}, "waste_station": {"站", "#5e5a2b", false}, "waste_point": {"圾", "#5e5a2b", false}, "public_toilet": {"厕", "#5e5a2b", false},
}

// facilityStyle is the symbol of a facility: full for existing, hollow and square
// for proposed ones.
func facilityStyle(f *areaplan.Facility) style {
	m, known := facilityMarks[f.FacilityType]
	if !known {
		m = mark{char: "设", colour: "#4a4f57"}
		if r, size := utf8.DecodeRuneInString(f.TypeName); size > 0 && r != utf8.RuneError {
			m.char = string(r)
		}
	}
	m.proposed = f.Proposed
	name := f.TypeName
	if name == "" {
		name = f.FacilityType
	}
	s := style{key: "facility_" + f.FacilityType, title: name, form: punctual, mark: m, order: 500 + orderOf(f.FacilityType)}
	if f.Proposed {
		s.key, s.title, s.order = "proposed_"+f.FacilityType, name+"（拟建）", s.order-200
	}
	return s
}

// orderOf puts facility types of one colour together in the legend.
func orderOf(facilityType string) int {
	m := facilityMarks[facilityType]
	for i, colour := range []string{"#b3261e", "#7b3f8c", "#b35c00", "#9c3d54", "#2f6b3c", "#1f4e79", "#4a4f57"} {
		if m.colour == colour {
			return i
		}
	}
	return 7
}

// drawMark draws a symbol whose middle is at a place, of a radius in millimetres.
func drawMark(s paper.Surface, m mark, at orb.Point, radius float64) {
	colour, white := paper.Hex(m.colour), paper.Colour{R: 255, G: 255, B: 255}
	text, outline := white, paper.Circle(at, radius)
	if m.proposed {
		text, outline = colour, paper.Regular(at, radius*math.Sqrt2, 4, 45)
		s.Fill(outline, white)
		s.Stroke(outline, paper.Stroke{Width: radius * 0.25, Colour: colour})
	} else {
		s.Fill(outline, colour)
		s.Stroke(outline, paper.Stroke{Width: radius * 0.12, Colour: white})
	}
	size := radius * 1.35
	s.Text(paper.Text{X: at[0] - size/2, Y: at[1] + size*0.37, String: m.char, Size: size, Colour: text, Bold: m.proposed})
}
