// Package seal keeps files on a disk in such a way that they say nothing to whoever
// has the disk and not the key: AES-256 in counter mode, one key for each file, read
// at any place as plain files are. It must never write a key, nor anything of a file
// in clear. It keeps secrets, and does not notice changes.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// KeySize is the length of a key in bytes.
const KeySize = 32

// Key opens one file, and only that: a second file under it would betray both.
type Key [KeySize]byte

// mark is what a sealed file begins with.
const mark = "lianpian sealed\n"

// ErrKey says that a file is sealed and its key is gone.
var ErrKey = errors.New("the file is sealed, and its key is not known")

// NewKey makes a key of random bytes.
func NewKey(random io.Reader) (*Key, error) {
	var k Key
	if _, err := io.ReadFull(random, k[:]); err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	return &k, nil
}

// stream is the key's stream from a place of the clear text on.
func (k *Key) stream(at int64) (cipher.Stream, error) {
	block, err := aes.NewCipher(k[:])
	if err != nil {
		return nil, fmt.Errorf("use a key: %w", err)
	}
	var counter [aes.BlockSize]byte
	binary.BigEndian.PutUint64(counter[8:], uint64(at/aes.BlockSize))
	s := cipher.NewCTR(block, counter[:])
	var skipped [aes.BlockSize]byte
	s.XORKeyStream(skipped[:at%aes.BlockSize], skipped[:at%aes.BlockSize])
	return s, nil
}

// Writer writes a sealed file from its beginning.
type Writer struct {
	file *os.File
	out  cipher.StreamWriter
}

// Create makes a file that must not be there yet, readable by its owner only.
func Create(path string, k *Key) (*Writer, error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	return newWriter(file, k)
}

func newWriter(file *os.File, k *Key) (*Writer, error) {
	s, err := k.stream(0)
	if err == nil {
		_, err = file.WriteString(mark)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close(), os.Remove(file.Name()))
	}
	return &Writer{file, cipher.StreamWriter{S: s, W: file}}, nil
}

func (w *Writer) Write(p []byte) (int, error) { return w.out.Write(p) }

// Close closes the file.
func (w *Writer) Close() error { return w.file.Close() }

// Temporary makes a sealed file in the folder for temporary ones and has fill write
// it. Whoever gets it closes and removes it.
func Temporary(random io.Reader, pattern string, fill func(io.Writer) error) (*File, error) {
	k, err := NewKey(random)
	if err != nil {
		return nil, err
	}
	file, err := os.CreateTemp("", pattern)
	if err != nil {
		return nil, fmt.Errorf("make a temporary file: %w", err)
	}
	w, err := newWriter(file, k)
	if err != nil {
		return nil, fmt.Errorf("make a temporary file: %w", err)
	}
	err = fill(w)
	if closing := w.Close(); err == nil {
		err = closing
	}
	var opened *File
	if err == nil {
		opened, err = Open(file.Name(), k)
	}
	if err != nil {
		_ = os.Remove(file.Name())
		return nil, err
	}
	return opened, nil
}

// File is an opened file, sealed or plain, read as its clear text. One reader at a
// time moves in it; ReadAt is for any number.
type File struct {
	file   *os.File
	key    *Key // nil: the file is plain
	at     int64
	stream cipher.Stream // of Read, at its place; nil: to be made
}

// Open opens a file. One that is not sealed needs no key and is read as it stands;
// one that is and has none is ErrKey.
func Open(path string, k *Key) (*File, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	head := make([]byte, len(mark))
	n, err := file.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		// a folder, which readers name in their own words
		return &File{file: file}, nil
	}
	switch sealed := string(head[:n]) == mark; {
	case !sealed:
		return &File{file: file}, nil
	case k == nil:
		return nil, errors.Join(fmt.Errorf("open %s: %w", filepath.Base(path), ErrKey), file.Close())
	}
	f := &File{file: file, key: k}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return f, nil
}

// Name is the path by which the file was opened, Key what opens it again there: nil
// for a plain one.
func (f *File) Name() string { return f.file.Name() }

// Key opens the file again; nil where it is plain.
func (f *File) Key() *Key { return f.key }

// Close closes the file.
func (f *File) Close() error { return f.file.Close() }

// Remove closes the file and removes it.
func (f *File) Remove() error {
	err := f.Close()
	if gone := os.Remove(f.Name()); err == nil {
		err = gone
	}
	return err
}

// Stat describes the file; its size is that of the clear text.
func (f *File) Stat() (fs.FileInfo, error) {
	info, err := f.file.Stat()
	if err != nil || f.key == nil {
		return info, err
	}
	return clearInfo{info}, nil
}

type clearInfo struct{ fs.FileInfo }

func (i clearInfo) Size() int64 { return i.FileInfo.Size() - int64(len(mark)) }

// ReadAt reads clear text from a place on.
func (f *File) ReadAt(p []byte, at int64) (int, error) {
	if f.key == nil {
		return f.file.ReadAt(p, at)
	}
	if at < 0 {
		return 0, &fs.PathError{Op: "readat", Path: f.Name(), Err: fs.ErrInvalid}
	}
	n, err := f.file.ReadAt(p, at+int64(len(mark)))
	if n == 0 {
		return n, err
	}
	s, bad := f.key.stream(at)
	if bad != nil {
		return 0, bad
	}
	s.XORKeyStream(p[:n], p[:n])
	return n, err
}

// Read reads on.
func (f *File) Read(p []byte) (int, error) {
	n, err := f.file.Read(p)
	if f.key == nil || n == 0 {
		return n, err
	}
	if f.stream == nil {
		var bad error
		if f.stream, bad = f.key.stream(f.at); bad != nil {
			return 0, bad
		}
	}
	f.stream.XORKeyStream(p[:n], p[:n])
	f.at += int64(n)
	return n, err
}

// Seek moves to a place of the clear text.
func (f *File) Seek(offset int64, whence int) (int64, error) {
	if f.key == nil {
		return f.file.Seek(offset, whence)
	}
	if whence == io.SeekStart {
		if offset < 0 {
			return 0, &fs.PathError{Op: "seek", Path: f.Name(), Err: fs.ErrInvalid}
		}
		offset += int64(len(mark))
	}
	to, err := f.file.Seek(offset, whence)
	if err != nil {
		return 0, err
	}
	if to < int64(len(mark)) {
		return f.Seek(0, io.SeekStart)
	}
	f.at, f.stream = to-int64(len(mark)), nil
	return f.at, nil
}
