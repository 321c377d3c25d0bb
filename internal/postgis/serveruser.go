package postgis

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// serverUser is who the private server runs as: this process's own user, or an
// unprivileged one when this process is root.
type serverUser struct {
	uid, gid uint32
	switched bool // this process is root and must drop to uid
}

func pickServerUser() (serverUser, error) {
	if os.Getuid() != 0 {
		return serverUser{uid: uint32(os.Getuid()), gid: uint32(os.Getgid())}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(u.Uid, 10, 32)
		if err != nil {
			continue
		}
		gid, err := strconv.ParseUint(u.Gid, 10, 32)
		if err != nil {
			continue
		}
		return serverUser{uid: uint32(uid), gid: uint32(gid), switched: true}, nil
	}
	return serverUser{}, fmt.Errorf("root may not run the database server, and there is no user postgres or nobody to run it as")
}

func (u serverUser) attributes() *syscall.SysProcAttr {
	if !u.switched {
		return &syscall.SysProcAttr{}
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: u.uid, Gid: u.gid}}
}

func (u serverUser) own(path string) error {
	if !u.switched {
		return nil
	}
	if err := os.Chown(path, int(u.uid), int(u.gid)); err != nil {
		return fmt.Errorf("hand %s to the database's user: %w", path, err)
	}
	return nil
}

func (u serverUser) mayOwn(uid uint32) bool {
	return uid == u.uid || (u.switched && uid == 0)
}

// reachable returns dir, or, when the server's user cannot enter one of the
// directories above it (a clone under /root, say), a place of the same identity
// under /var/lib/lianpian.
func (u serverUser) reachable(dir string) string {
	if !u.switched {
		return dir
	}
	for up := filepath.Dir(dir); ; up = filepath.Dir(up) {
		if info, err := os.Stat(up); err == nil && !u.mayEnter(info) {
			sum := sha256.Sum256([]byte(dir))
			return filepath.Join("/var/lib/lianpian", hex.EncodeToString(sum[:6]), filepath.Base(dir))
		}
		if up == filepath.Dir(up) {
			return dir
		}
	}
}

func (u serverUser) mayEnter(info os.FileInfo) bool {
	mode := info.Mode().Perm()
	if mode&0o001 != 0 {
		return true
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return false
	}
	return (stat.Uid == u.uid && mode&0o100 != 0) || (stat.Gid == u.gid && mode&0o010 != 0)
}
