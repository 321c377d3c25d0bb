package delivery

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/areaplan"
	"github.com/lianpian/lianpian/internal/exporter"
)

// Content is all that a package is made from.
type Content struct {
	Plan    areaplan.Plan       `json:"plan"`
	Forms   exporter.FormsInput `json:"forms"`
	Notices []string            `json:"notices"` // what could not be gathered, and why
}

// longitude is that of the middle of the zones.
func (c *Content) longitude() float64 {
	var b orb.Bound
	for i := range c.Plan.Zones {
		if i == 0 {
			b = c.Plan.Zones[i].Outline.Bound()
		}
		b = b.Union(c.Plan.Zones[i].Outline.Bound())
	}
	return b.Center()[0]
}

// Recipe is reproduce.json: what a package was ordered with and made from, so
// that the same package comes out of it again.
type Recipe struct {
	Schema   int       `json:"schema"`
	Software string    `json:"software"`
	By       string    `json:"by"`
	At       time.Time `json:"at"` // moment of the data
	Order    Order     `json:"order"`
	// PlanSHA256 is the digest of Content as it stands here, in hexadecimal.
	PlanSHA256 string          `json:"plan_sha256"`
	Content    json.RawMessage `json:"content"`
}

const recipeSchema = 1

// recipeOf writes a recipe down. Equal contents have equal bytes.
func recipeOf(c *Content, o Order) (*Recipe, error) {
	text, err := canonical(c)
	if err != nil {
		return nil, fmt.Errorf("write a plan down: %w", err)
	}
	sum := sha256.Sum256(text)
	return &Recipe{
		Schema: recipeSchema, Software: c.Plan.Versions.Software, By: c.Plan.By, At: c.Plan.At, Order: o,
		PlanSHA256: hex.EncodeToString(sum[:]), Content: text,
	}, nil
}

// write writes a recipe as JSON.
func (r *Recipe) write(w io.Writer) error {
	text, err := canonical(r)
	if err != nil {
		return fmt.Errorf("write a recipe: %w", err)
	}
	_, err = w.Write(append(text, '\n'))
	return err
}

// canonical is JSON without escapes that are not needed.
func canonical(v any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

// mostRecipe is the largest recipe that is read, in bytes.
const mostRecipe = 1 << 30

// ReadRecipe reads a recipe and its content, and checks that nobody has changed
// it: an *InvalidError says what is wrong.
func ReadRecipe(from io.Reader) (*Recipe, *Content, error) {
	invalid := func(detail string) (*Recipe, *Content, error) {
		return nil, nil, &InvalidError{"reproduce.json", detail}
	}
	text, err := io.ReadAll(io.LimitReader(from, mostRecipe+1))
	if err != nil {
		return nil, nil, fmt.Errorf("read a recipe: %w", err)
	}
	if len(text) > mostRecipe {
		return invalid("reproduce.json 过大")
	}
	var r Recipe
	if err := json.Unmarshal(text, &r); err != nil {
		return invalid("reproduce.json 不是成果包的重现文件")
	}
	if r.Schema != recipeSchema || r.Content == nil {
		return invalid(fmt.Sprintf("reproduce.json 的格式版本 %d 不受支持", r.Schema))
	}
	var plain bytes.Buffer
	if err := json.Compact(&plain, r.Content); err != nil {
		return invalid("reproduce.json 不是成果包的重现文件")
	}
	sum := sha256.Sum256(plain.Bytes())
	if hex.EncodeToString(sum[:]) != r.PlanSHA256 {
		return invalid("reproduce.json 的内容与其校验值不符，可能被改动过")
	}
	var c Content
	if err := json.Unmarshal(r.Content, &c); err != nil {
		return invalid("reproduce.json 的内容无法读取")
	}
	if r.Order, err = r.Order.checked(); err != nil {
		return nil, nil, err
	}
	return &r, &c, nil
}
