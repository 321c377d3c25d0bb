package policy

// Library is everything the data files hold. It is immutable and safe for
// concurrent use.
type Library struct{}

// Load reads and validates the embedded data files.
func Load() (*Library, error) { panic("soon") }

// Policy returns a policy by its key, or an error that names the key.
func (l *Library) Policy(key string) (*Policy, error) { panic("soon") }

// Policies returns all policies in the order of their dates.
func (l *Library) Policies() []*Policy { panic("soon") }

// FacilityTypes returns all facility types in the order of the standards table.
func (l *Library) FacilityTypes() []FacilityType { panic("soon") }

// FacilityType returns a facility type by its key.
func (l *Library) FacilityType(key string) (FacilityType, bool) { panic("soon") }

// Profiles returns all profiles.
func (l *Library) Profiles() []Profile { panic("soon") }

// Profile returns a profile by its key.
func (l *Library) Profile(key string) (Profile, bool) { panic("soon") }
