package pmtiles

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/paulmach/orb"
)

// Info describes an archive.
type Info struct {
	MinZoom, MaxZoom uint32
	Bound            orb.Bound      // degrees
	Metadata         map[string]any // name, description, attribution, vector_layers …
}

// Writer writes an archive whose tiles come in the order of their numbers,
// compressed by gzip. What it has is kept beside the file, so that another Writer
// can go on after an interruption. Use Create; not for concurrent use.
type Writer struct {
	path    string
	tiles   *os.File // contents, one after the other
	journal *os.File // a line that says for what, then a record for every tile
	out     *bufio.Writer
	notes   *bufio.Writer
	size    uint64
	known   map[[16]byte]place
	entries []entry
	next    uint64 // the smallest number that may come
	count   uint64 // tiles that are there
}

type place struct {
	offset uint64
	length uint32
}

// record is the size of a journal's record: number, offset, length and hash.
const record = 8 + 8 + 4 + 16

// Create begins an archive at path. Where one was begun for the same purpose and not
// finished, it goes on from there; Next tells where that is.
func Create(path, purpose string) (*Writer, error) {
	w := &Writer{path: path, known: map[[16]byte]place{}}
	var err error
	if w.tiles, err = os.OpenFile(path+".tiles", os.O_RDWR|os.O_CREATE, 0o644); err != nil {
		return nil, fmt.Errorf("begin an archive of tiles: %w", err)
	}
	if w.journal, err = os.OpenFile(path+".journal", os.O_RDWR|os.O_CREATE, 0o644); err != nil {
		w.tiles.Close()
		return nil, fmt.Errorf("begin an archive of tiles: %w", err)
	}
	if err := w.resume(purpose); err != nil {
		w.Close()
		return nil, err
	}
	w.out, w.notes = bufio.NewWriterSize(w.tiles, 1<<20), bufio.NewWriter(w.journal)
	return w, nil
}

// resume reads what an earlier writer has left, as far as both files agree.
func (w *Writer) resume(purpose string) error {
	line, err := json.Marshal(purpose)
	if err != nil {
		return fmt.Errorf("begin an archive of tiles: %w", err)
	}
	line = append(line, '\n')
	held, err := w.tiles.Stat()
	if err != nil {
		return fmt.Errorf("go on with an archive of tiles: %w", err)
	}
	in := bufio.NewReader(w.journal)
	first := make([]byte, len(line))
	end := int64(len(line))
	if _, err := io.ReadFull(in, first); err == nil && string(first) == string(line) {
		var b [record]byte
		for {
			if _, err := io.ReadFull(in, b[:]); err != nil {
				break
			}
			id, at := binary.LittleEndian.Uint64(b[:]), place{binary.LittleEndian.Uint64(b[8:]), binary.LittleEndian.Uint32(b[16:])}
			if at.offset+uint64(at.length) > uint64(held.Size()) {
				break
			}
			w.note(id, at, [16]byte(b[20:]))
			end += record
		}
	} else {
		if err := w.journal.Truncate(0); err != nil {
			return fmt.Errorf("begin an archive of tiles: %w", err)
		}
		if _, err := w.journal.WriteAt(line, 0); err != nil {
			return fmt.Errorf("begin an archive of tiles: %w", err)
		}
	}
	if err := errors.Join(w.journal.Truncate(end), w.tiles.Truncate(int64(w.size))); err != nil {
		return fmt.Errorf("go on with an archive of tiles: %w", err)
	}
	_, one := w.journal.Seek(end, io.SeekStart)
	_, two := w.tiles.Seek(int64(w.size), io.SeekStart)
	if err := errors.Join(one, two); err != nil {
		return fmt.Errorf("go on with an archive of tiles: %w", err)
	}
	return nil
}

// note remembers a tile that is stored.
func (w *Writer) note(id uint64, at place, sum [16]byte) {
	w.next = id + 1
	if at.length == 0 {
		return
	}
	w.count++
	w.known[sum] = at
	w.size = max(w.size, at.offset+uint64(at.length))
	if n := len(w.entries); n > 0 {
		if last := &w.entries[n-1]; last.offset == at.offset && last.length == at.length && last.id+uint64(last.run) == id {
			last.run++
			return
		}
	}
	w.entries = append(w.entries, entry{id: id, offset: at.offset, length: at.length, run: 1})
}

// Next is the smallest number of a tile that has not been added.
func (w *Writer) Next() uint64 { return w.next }

// Tiles is how many tiles that are not empty have been added.
func (w *Writer) Tiles() uint64 { return w.count }

// Add adds a tile, compressed by gzip; an empty one is noted as done.
func (w *Writer) Add(id uint64, tile []byte) error {
	if id < w.next {
		return fmt.Errorf("tile %d comes after tile %d", id, w.next-1)
	}
	var sum [16]byte
	var at place
	if len(tile) > 0 {
		whole := sha256.Sum256(tile)
		sum = [16]byte(whole[:16])
		var known bool
		if at, known = w.known[sum]; !known {
			at = place{w.size, uint32(len(tile))}
			if _, err := w.out.Write(tile); err != nil {
				return fmt.Errorf("write tile %d: %w", id, err)
			}
		}
	}
	var b [record]byte
	binary.LittleEndian.PutUint64(b[:], id)
	binary.LittleEndian.PutUint64(b[8:], at.offset)
	binary.LittleEndian.PutUint32(b[16:], at.length)
	copy(b[20:], sum[:])
	if _, err := w.notes.Write(b[:]); err != nil {
		return fmt.Errorf("note tile %d: %w", id, err)
	}
	w.note(id, at, sum)
	return nil
}

// Keep brings what has been added to the disk: the contents before the notes of them.
func (w *Writer) Keep() error {
	if err := errors.Join(w.out.Flush(), w.tiles.Sync()); err != nil {
		return fmt.Errorf("keep tiles: %w", err)
	}
	if err := errors.Join(w.notes.Flush(), w.journal.Sync()); err != nil {
		return fmt.Errorf("keep tiles: %w", err)
	}
	return nil
}

// Close ends the work for now. What has been kept is there for the next Writer.
func (w *Writer) Close() error { return errors.Join(w.tiles.Close(), w.journal.Close()) }

// Finish writes the archive in its place and takes away what lay beside it. The same
// tiles give the same bytes.
func (w *Writer) Finish(info Info) (err error) {
	if err := w.Keep(); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("finish %s: %w", w.path, err)
		}
	}()
	root, leaves, err := layOut(w.entries)
	if err != nil {
		return err
	}
	text, err := json.Marshal(info.Metadata)
	if err != nil {
		return err
	}
	metadata, err := compress(text)
	if err != nil {
		return err
	}
	h := header{
		rootOffset: headerSize, rootLength: uint64(len(root)), metadataLength: uint64(len(metadata)),
		leavesLength: uint64(len(leaves)), tilesLength: w.size,
		addressed: w.count, entries: uint64(len(w.entries)), contents: uint64(len(w.known)),
		clustered: true, internal: gzipped, tile: gzipped, kind: typeMVT,
		minZoom: byte(info.MinZoom), maxZoom: byte(info.MaxZoom), bound: info.Bound,
		centerZoom: byte((info.MinZoom + info.MaxZoom) / 2), center: info.Bound.Center(),
	}
	h.metadataOffset = h.rootOffset + h.rootLength
	h.leavesOffset = h.metadataOffset + h.metadataLength
	h.tilesOffset = h.leavesOffset + h.leavesLength

	out, err := os.CreateTemp(filepath.Dir(w.path), ".pmtiles-*")
	if err != nil {
		return err
	}
	defer os.Remove(out.Name()) // gone by then, where all went well
	begin := append(append(append(h.append(nil), root...), metadata...), leaves...)
	if _, err := out.Write(begin); err != nil {
		return errors.Join(err, out.Close())
	}
	if _, err := w.tiles.Seek(0, io.SeekStart); err != nil {
		return errors.Join(err, out.Close())
	}
	if _, err := io.Copy(out, w.tiles); err != nil {
		return errors.Join(err, out.Close())
	}
	if err := errors.Join(out.Chmod(0o644), out.Sync(), out.Close()); err != nil {
		return err
	}
	if err := os.Rename(out.Name(), w.path); err != nil {
		return err
	}
	return errors.Join(w.Close(), os.Remove(w.path+".tiles"), os.Remove(w.path+".journal"))
}
