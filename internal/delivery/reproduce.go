package delivery

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Reproduction says what came of making a package again.
type Reproduction struct {
	Made
	Software string // that the recipe was written by
	Was      string // SHA-256 of the package that it came in; "" where only the recipe was given
}

// Same tells whether the very same bytes came out; only where Was is known.
func (r Reproduction) Same() bool { return r.Was == r.SHA256 }

// Reproduce makes a package again from a recipe: reproduce.json, or a package
// that holds one. It needs no database. Errors: *InvalidError for a file that is
// neither.
func Reproduce(ctx context.Context, name, out string, progress Progress) (Reproduction, error) {
	recipe, content, was, err := openRecipe(name)
	if err != nil {
		return Reproduction{}, err
	}
	result := Reproduction{Software: recipe.Software, Was: was}
	err = wholly(out, func(w io.Writer) error {
		result.Made, err = Make(ctx, w, content, recipe.Order, "", progress)
		return err
	})
	return result, err
}

func openRecipe(name string) (recipe *Recipe, content *Content, was string, err error) {
	if strings.HasSuffix(strings.ToLower(name), ".json") {
		file, err := os.Open(name)
		if err != nil {
			return nil, nil, "", fmt.Errorf("open a recipe: %w", err)
		}
		defer file.Close()
		recipe, content, err = ReadRecipe(file)
		return recipe, content, "", err
	}
	pack, err := zip.OpenReader(name)
	if errors.Is(err, zip.ErrFormat) {
		return nil, nil, "", &InvalidError{"file", "既不是成果包（ZIP），也不是 reproduce.json"}
	}
	if err != nil {
		return nil, nil, "", fmt.Errorf("open a package: %w", err)
	}
	defer pack.Close()
	entry, err := pack.Open("reproduce.json")
	if err != nil {
		return nil, nil, "", &InvalidError{"file", "ZIP 中没有 reproduce.json，不是本系统的成果包"}
	}
	defer entry.Close()
	if recipe, content, err = ReadRecipe(entry); err != nil {
		return nil, nil, "", err
	}
	was, err = digestOf(name)
	return recipe, content, was, err
}

// wholly writes a file that is there only when it is complete.
func wholly(name string, write func(io.Writer) error) (err error) {
	file, err := os.CreateTemp(filepath.Dir(name), ".making-*")
	if err != nil {
		return fmt.Errorf("create %s: %w", filepath.Base(name), err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(file.Name())
		}
	}()
	if err := errors.Join(write(file), file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(name), err)
	}
	if err := os.Rename(file.Name(), name); err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(name), err)
	}
	return nil
}
