package policy

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

//go:embed data
var embedded embed.FS

// ErrUnknown is returned for a policy that the library does not have.
var ErrUnknown = errors.New("unknown policy")

// Library is everything the data files hold. It is immutable and safe for
// concurrent use; what its methods return must not be changed.
type Library struct {
	policies  []*Policy
	types     []FacilityType
	profiles  []Profile
	marks     []Mark
	sources   []Source
	circles   []Circle
	walkers   []Walker
	rules     []GeneralRule
	practices []Practice
}

// Load reads and validates the embedded data files. An error names the file
// and the rule at fault; it can only mean a broken build.
func Load() (*Library, error) {
	data, err := fs.Sub(embedded, "data")
	if err != nil {
		return nil, err
	}
	return load(data)
}

// Policy returns a policy by its key, or an error that wraps ErrUnknown.
func (l *Library) Policy(key string) (*Policy, error) {
	for _, p := range l.policies {
		if p.Key == key {
			return p, nil
		}
	}
	return nil, fmt.Errorf("%w: %q", ErrUnknown, key)
}

// Policies returns all policies in the order of their dates.
func (l *Library) Policies() []*Policy { return slices.Clone(l.policies) }

// FacilityTypes returns all facility types in the order of the standards table.
func (l *Library) FacilityTypes() []FacilityType { return slices.Clone(l.types) }

// FacilityType returns a facility type by its key.
func (l *Library) FacilityType(key string) (FacilityType, bool) {
	for _, t := range l.types {
		if t.Key == key {
			return t, true
		}
	}
	return FacilityType{}, false
}

// Profiles returns all profiles.
func (l *Library) Profiles() []Profile { return slices.Clone(l.profiles) }

// Profile returns a profile by its key.
func (l *Library) Profile(key string) (Profile, bool) {
	for _, p := range l.profiles {
		if p.Key == key {
			return p, true
		}
	}
	return Profile{}, false
}

// Marks returns what the marks mean.
func (l *Library) Marks() []Mark { return slices.Clone(l.marks) }

// Sources returns the documents that standards are cited from.
func (l *Library) Sources() []Source { return slices.Clone(l.sources) }

// Circles returns the levels of the living circle.
func (l *Library) Circles() []Circle { return slices.Clone(l.circles) }

// Walkers returns the assumed walkers, the quickest first.
func (l *Library) Walkers() []Walker { return slices.Clone(l.walkers) }

// Walker returns a walker by its key.
func (l *Library) Walker(key string) (Walker, bool) {
	for _, w := range l.walkers {
		if w.Key == key {
			return w, true
		}
	}
	return Walker{}, false
}

// GeneralRules returns rules that are about no single facility type.
func (l *Library) GeneralRules() []GeneralRule { return slices.Clone(l.rules) }

// Practices returns rules of other places.
func (l *Library) Practices() []Practice { return slices.Clone(l.practices) }

// The files that are not policies or rows.
const (
	referenceFile = "standards/reference.yaml"
	typesFile     = "standards/types.yaml"
	practicesFile = "standards/practices.yaml"
	profilesFile  = "profiles.yaml"
)

// load reads a data folder. It takes the folder so that tests can hand in
// broken ones.
func load(data fs.FS) (*Library, error) {
	l := &Library{}
	var reference struct {
		Marks   []Mark        `yaml:"marks"`
		Sources []Source      `yaml:"sources"`
		Circles []Circle      `yaml:"circles"`
		Walking []Walker      `yaml:"walking"`
		Rules   []GeneralRule `yaml:"rules"`
	}
	if err := read(data, referenceFile, &reference); err != nil {
		return nil, err
	}
	l.marks, l.sources, l.circles = reference.Marks, reference.Sources, reference.Circles
	l.walkers, l.rules = reference.Walking, reference.Rules

	var types struct {
		Types []FacilityType `yaml:"types"`
	}
	if err := read(data, typesFile, &types); err != nil {
		return nil, err
	}
	l.types = types.Types

	var practices struct {
		Practices []Practice `yaml:"practices"`
	}
	if err := read(data, practicesFile, &practices); err != nil {
		return nil, err
	}
	l.practices = practices.Practices

	rows, err := readRows(data)
	if err != nil {
		return nil, err
	}
	if err := l.checkReference(); err != nil {
		return nil, err
	}
	if err := l.placeRows(rows); err != nil {
		return nil, err
	}

	var profiles struct {
		Profiles []Profile `yaml:"profiles"`
	}
	if err := read(data, profilesFile, &profiles); err != nil {
		return nil, err
	}
	for _, p := range profiles.Profiles {
		if err := l.fill(&p); err != nil {
			return nil, fmt.Errorf("%s: profile %q: %w", profilesFile, p.Key, err)
		}
		l.profiles = append(l.profiles, p)
	}

	if err := l.readPolicies(data); err != nil {
		return nil, err
	}
	return l, nil
}

// read decodes one file and refuses members that the type does not have.
func read(data fs.FS, name string, into any) error {
	text, err := fs.ReadFile(data, name)
	if err != nil {
		return fmt.Errorf("reading policy data: %w", err)
	}
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if err := d.Decode(new(any)); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%s: more than one document", name)
	}
	return nil
}

// readRows reads the rows of every other file in standards.
func readRows(data fs.FS) ([]Standard, error) {
	names, err := fs.Glob(data, "standards/*.yaml")
	if err != nil {
		return nil, err
	}
	var rows []Standard
	for _, name := range names {
		if name == referenceFile || name == typesFile || name == practicesFile {
			continue
		}
		var file struct {
			Code string     `yaml:"code"`
			Rows []Standard `yaml:"rows"`
		}
		if err := read(data, name, &file); err != nil {
			return nil, err
		}
		for _, row := range file.Rows {
			if row.Code == "" {
				row.Code = file.Code
			}
			rows = append(rows, row)
		}
	}
	return rows, nil
}

func (l *Library) readPolicies(data fs.FS) error {
	names, err := fs.Glob(data, "policies/*.yaml")
	if err != nil {
		return err
	}
	facilities := map[string]string{}
	for _, t := range l.types {
		facilities[t.Key] = t.Name
	}
	for _, name := range names {
		p := &Policy{names: facilities}
		if err := read(data, name, p); err != nil {
			return err
		}
		if want := strings.TrimSuffix(path.Base(name), ".yaml"); p.Key != want {
			return fmt.Errorf("%s: key is %q, want %q", name, p.Key, want)
		}
		l.policies = append(l.policies, p)
	}
	slices.SortFunc(l.policies, func(a, b *Policy) int {
		return strings.Compare(a.IssuedOn+a.Key, b.IssuedOn+b.Key)
	})
	for _, p := range l.policies {
		if err := l.borrow(p); err != nil {
			return fmt.Errorf("policies/%s.yaml: %w", p.Key, err)
		}
	}
	for _, p := range l.policies {
		if err := l.checkPolicy(p); err != nil {
			return fmt.Errorf("policies/%s.yaml: %w", p.Key, err)
		}
	}
	return nil
}

// placeRows completes the rows and hangs them on their facility types.
func (l *Library) placeRows(rows []Standard) error {
	seen := map[string]bool{}
	for _, row := range rows {
		row.ID = strings.ToLower(row.Code) + ":" + row.FacilityKey
		if row.Variant != "" {
			row.ID += ":" + row.Variant
		}
		if row.RadiusM != nil {
			row.Method = "radius"
		}
		if row.RadiusMark == "" {
			row.RadiusMark = row.Mark
		}
		if row.Context == "" {
			row.Context = "any"
		}
		if seen[row.ID] {
			return fmt.Errorf("standard %s: appears twice", row.ID)
		}
		seen[row.ID] = true
		if err := l.checkRow(row); err != nil {
			return fmt.Errorf("standard %s: %w", row.ID, err)
		}
		for _, s := range l.sources {
			if s.Code == row.Code {
				row.Source, row.Version = s.Title, s.Version
			}
		}
		for i := range l.types {
			if l.types[i].Key == row.FacilityKey {
				l.types[i].Standards = append(l.types[i].Standards, row)
			}
		}
	}
	return nil
}

// fill finds a profile's rows.
func (l *Library) fill(p *Profile) error {
	p.rows = map[string]Standard{}
	byID := map[string]Standard{}
	for _, t := range l.types {
		for _, row := range t.Standards {
			byID[row.ID] = row
			if row.Variant == "" && slices.Contains(p.Codes, row.Code) {
				if first, ok := p.rows[t.Key]; ok {
					return fmt.Errorf("rows %s and %s are both of %s", first.ID, row.ID, t.Key)
				}
				p.rows[t.Key] = row
			}
		}
	}
	for _, id := range p.Rows {
		row, ok := byID[id]
		if !ok {
			return fmt.Errorf("no row %q", id)
		}
		p.rows[row.FacilityKey] = row
	}
	for _, t := range l.types {
		if _, ok := p.rows[t.Key]; ok {
			p.FacilityKeys = append(p.FacilityKeys, t.Key)
		}
	}
	return l.checkProfile(*p)
}
