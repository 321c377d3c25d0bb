package backup

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Suffix ends the name of a backup.
const Suffix = ".lpb"

const namePrefix = "lianpian-"

// Name is what a backup is called in a folder of backups: names sort by time.
func Name(at time.Time) string { return namePrefix + at.UTC().Format("20060102-150405") + Suffix }

// Kept lists the backups of a folder that were named by Name, oldest first.
func Kept(dir string) ([]string, error) {
	names, err := filesOf(dir)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(names, func(name string) bool {
		stamp, ok := strings.CutPrefix(strings.TrimSuffix(name, Suffix), namePrefix)
		_, err := time.Parse("20060102-150405", stamp)
		return !ok || err != nil || !strings.HasSuffix(name, Suffix)
	}), nil
}

// Age is how old the newest backup of a folder is, and whether there is one.
func Age(dir string, now time.Time) (age time.Duration, ok bool, err error) {
	names, err := Kept(dir)
	if err != nil || len(names) == 0 {
		return 0, false, err
	}
	stamp := strings.TrimSuffix(strings.TrimPrefix(names[len(names)-1], namePrefix), Suffix)
	at, err := time.Parse("20060102-150405", stamp)
	return now.Sub(at), true, err
}

// Prune removes all but the newest backups of a folder and returns the names of
// those that went. What Name did not name is left alone.
func Prune(dir string, keep int) ([]string, error) {
	names, err := Kept(dir)
	if err != nil {
		return nil, err
	}
	if len(names) <= keep {
		return []string{}, nil
	}
	gone := names[:len(names)-keep]
	for _, name := range gone {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			return nil, fmt.Errorf("remove an old backup: %w", err)
		}
	}
	return gone, nil
}
