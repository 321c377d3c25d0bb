package raster

import (
	"bufio"
	"errors"
	"io"
)

// lzw unpacks the LZW of TIFF 6.0 (section 13), which differs from that of GIF:
// codes are packed from the highest bit down, and grow one code early.
type lzw struct {
	in     *bufio.Reader
	bits   uint32 // read, but not used
	count  uint   // how many
	width  uint
	next   int // the code that is given out next
	last   int // the code before; −1 after a clear
	done   bool
	prefix [4096]uint16
	suffix [4096]byte
	length [4096]uint16
	text   [4096]byte // of the last code
	unread []byte     // part of text
}

const (
	lzwClear = 256
	lzwEnd   = 257
)

var errLZW = errors.New("the LZW codes make no sense")

func newLZW(in *bufio.Reader) *lzw {
	z := &lzw{in: in}
	for i := range 256 {
		z.suffix[i], z.length[i] = byte(i), 1
	}
	z.reset()
	return z
}

func (z *lzw) reset() { z.width, z.next, z.last = 9, lzwEnd+1, -1 }

func (z *lzw) Read(p []byte) (n int, err error) {
	for n < len(p) {
		if len(z.unread) == 0 {
			if z.done {
				break
			}
			if err := z.step(); err != nil {
				return n, err
			}
			continue
		}
		k := copy(p[n:], z.unread)
		z.unread = z.unread[k:]
		n += k
	}
	if n == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

// step reads one code.
func (z *lzw) step() error {
	code, err := z.code()
	if err != nil {
		return err
	}
	switch {
	case code == lzwEnd:
		z.done = true
		return nil
	case code == lzwClear:
		z.reset()
		return nil
	case z.last < 0:
		if code > 255 {
			return errLZW
		}
		z.spell(code)
	case code < z.next:
		z.spell(code)
		z.learn(z.text[0])
	case code == z.next && z.next < len(z.prefix):
		z.spell(z.last) // the text of a code that is being made: the last one and its first byte
		z.learn(z.text[0])
		z.spell(code)
	default:
		return errLZW
	}
	z.last = code
	return nil
}

func (z *lzw) code() (int, error) {
	for z.count < z.width {
		b, err := z.in.ReadByte()
		if err != nil {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return 0, err
		}
		z.bits = z.bits<<8 | uint32(b)
		z.count += 8
	}
	z.count -= z.width
	code := int(z.bits >> z.count & (1<<z.width - 1))
	return code, nil
}

// learn makes the next code: the last one and a byte.
func (z *lzw) learn(b byte) {
	if z.next >= len(z.prefix) {
		return // a full table stays as it is until it is cleared
	}
	z.prefix[z.next], z.suffix[z.next], z.length[z.next] = uint16(z.last), b, z.length[z.last]+1
	z.next++
	if z.next+1 >= 1<<z.width && z.width < 12 {
		z.width++
	}
}

// spell puts the text of a code into text, and hands it out.
func (z *lzw) spell(code int) {
	n := int(z.length[code])
	for i := n - 1; i >= 0; i-- {
		z.text[i] = z.suffix[code]
		code = int(z.prefix[code])
	}
	z.unread = z.text[:n]
}
