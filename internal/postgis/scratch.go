package postgis

import (
	"os"
	"syscall"
)

// scratchRoom is what a small database that is thrown away needs, in bytes.
const scratchRoom = 512 << 20

// Scratch is the directory in which a database that is thrown away lies best: in
// memory where the machine has room there, else where temporary files lie.
func Scratch() string {
	const memory = "/dev/shm"
	var room syscall.Statfs_t
	if err := syscall.Statfs(memory, &room); err == nil && room.Bavail*uint64(room.Bsize) >= scratchRoom {
		return memory
	}
	return os.TempDir()
}
