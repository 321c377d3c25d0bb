package seal_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/lianpian/lianpian/internal/seal"
)

func sealed(t *testing.T, clear []byte) (path string, key *seal.Key) {
	t.Helper()
	key, err := seal.NewKey(rand.NewChaCha8([32]byte{1}))
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "file")
	w, err := seal.Create(path, key)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(clear); i += 1000 { // in pieces that end within blocks
		if _, err := w.Write(bytes.Clone(clear[i:min(len(clear), i+1000)])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return path, key
}

func TestSealedFilesAreReadAsPlainOnes(t *testing.T) {
	for _, size := range []int{0, 1, 15, 16, 17, 100_000} {
		clear := bytes.Repeat([]byte("小区名称,户主 13800138000\n"), size/30+1)[:size]
		path, key := sealed(t, clear)
		f, err := seal.Open(path, key)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if info, err := f.Stat(); err != nil || info.Size() != int64(size) {
			t.Errorf("%d bytes are said to be %d: %v", size, info.Size(), err)
		}
		random := rand.New(rand.NewPCG(1, uint64(size)))
		for range 200 {
			from := random.IntN(size + 1)
			to := from + random.IntN(size+1-from)
			got := make([]byte, to-from)
			if _, err := f.ReadAt(got, int64(from)); err != nil || !bytes.Equal(got, clear[from:to]) {
				t.Fatalf("%d bytes, from %d to %d differ: %v", size, from, to, err)
			}
			if at, err := f.Seek(int64(from), io.SeekStart); err != nil || at != int64(from) {
				t.Fatal(at, err)
			}
			if rest, err := io.ReadAll(f); err != nil || !bytes.Equal(rest, clear[from:]) {
				t.Fatalf("%d bytes from %d on differ: %v", size, from, err)
			}
		}
		if at, err := f.Seek(-int64(min(size, 3)), io.SeekEnd); err != nil || at != int64(size-min(size, 3)) {
			t.Error(at, err)
		}
		if rest, _ := io.ReadAll(f); !bytes.Equal(rest, clear[size-min(size, 3):]) {
			t.Errorf("the end is %q", rest)
		}
	}
}

func TestTheDiskSaysNothing(t *testing.T) {
	clear := bytes.Repeat([]byte("13800138000"), 1000)
	path, key := sealed(t, clear)
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range [][]byte{[]byte("1380013"), key[:8]} {
		if bytes.Contains(raw, part) {
			t.Errorf("%x stands on the disk", part)
		}
	}
	if _, err := seal.Open(path, nil); !errors.Is(err, seal.ErrKey) {
		t.Errorf("without its key: %v", err)
	}
	other := *key
	other[0]++
	f, err := seal.Open(path, &other)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got, _ := io.ReadAll(f); bytes.Contains(got, []byte("13800")) {
		t.Error("another key opens the file")
	}
}

func TestPlainFilesNeedNoKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "plain.csv")
	if err := os.WriteFile(path, []byte("a,b\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := seal.Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got, _ := io.ReadAll(f); string(got) != "a,b\n" || f.Key() != nil {
		t.Errorf("%q", got)
	}
}

func TestTemporaryFilesAreSealedAndGo(t *testing.T) {
	f, err := seal.Temporary(rand.NewChaCha8([32]byte{2}), "lianpian-seal-*", func(w io.Writer) error {
		_, err := fmt.Fprint(w, "户主 13800138000")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if raw, err := os.ReadFile(f.Name()); err != nil || bytes.Contains(raw, []byte("138001")) {
		t.Errorf("%q %v", raw, err)
	}
	again, err := seal.Open(f.Name(), f.Key())
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := io.ReadAll(again); string(got) != "户主 13800138000" {
		t.Errorf("%q", got)
	}
	_ = again.Close()
	if err := f.Remove(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(f.Name()); !os.IsNotExist(err) {
		t.Error("the file is still there")
	}
}
