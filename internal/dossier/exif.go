package dossier

import (
	"bytes"
	"encoding/binary"
	"math"
	"strings"
	"time"

	"github.com/paulmach/orb"
)

// exifData is what a camera writes beside the pixels, as far as it is of use.
type exifData struct {
	orientation int // 1 … 8; 0 is not said
	at          time.Time
	where       *orb.Point // WGS 84; cameras and telephones know no other
}

// Tags of EXIF.
const (
	tagOrientation  = 0x0112
	tagDateTime     = 0x0132
	tagExifIFD      = 0x8769
	tagGPSIFD       = 0x8825
	tagOriginal     = 0x9003
	tagLatitudeRef  = 1
	tagLatitude     = 2
	tagLongitudeRef = 3
	tagLongitude    = 4
)

// readExif reads the EXIF block of a JPEG. What is broken is not there.
func readExif(content []byte) exifData {
	block := exifBlock(content)
	if len(block) < 8 {
		return exifData{}
	}
	t := tiff{data: block}
	switch string(block[:4]) {
	case "II*\x00":
		t.order = binary.LittleEndian
	case "MM\x00*":
		t.order = binary.BigEndian
	default:
		return exifData{}
	}
	main := t.directory(t.order.Uint32(block[4:]))
	var out exifData
	if v := main[tagOrientation]; v.kind == 3 && len(v.data) >= 2 {
		out.orientation = int(t.order.Uint16(v.data))
	}
	out.at = main[tagDateTime].moment()
	if v := main[tagExifIFD]; v.kind == 4 && len(v.data) >= 4 {
		if at := t.directory(t.order.Uint32(v.data))[tagOriginal].moment(); !at.IsZero() {
			out.at = at
		}
	}
	if v := main[tagGPSIFD]; v.kind == 4 && len(v.data) >= 4 {
		out.where = t.point(t.directory(t.order.Uint32(v.data)))
	}
	return out
}

// exifBlock finds the APP1 segment "Exif" of a JPEG.
func exifBlock(content []byte) []byte {
	for at := 2; at+4 <= len(content) && content[at] == 0xff; {
		marker, size := content[at+1], int(binary.BigEndian.Uint16(content[at+2:]))
		if marker == 0xff { // fill byte
			at++
			continue
		}
		if size < 2 || at+2+size > len(content) || marker == 0xda {
			return nil
		}
		segment := content[at+4 : at+2+size]
		if marker == 0xe1 && bytes.HasPrefix(segment, []byte("Exif\x00\x00")) {
			return segment[6:]
		}
		at += 2 + size
	}
	return nil
}

type tiff struct {
	data  []byte
	order binary.ByteOrder
}

// entry is a value of a directory; its data is as long as its kind and count say.
type exifEntry struct {
	kind uint16
	data []byte
}

var kindSize = map[uint16]uint64{1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 9: 4, 10: 8}

func (t tiff) directory(offset uint32) map[uint16]exifEntry {
	found := map[uint16]exifEntry{}
	size := uint64(len(t.data))
	at := uint64(offset)
	if at+2 > size {
		return found
	}
	count := uint64(t.order.Uint16(t.data[at:]))
	for i := uint64(0); i < count; i++ {
		e := at + 2 + 12*i
		if e+12 > size {
			break
		}
		tag, kind := t.order.Uint16(t.data[e:]), t.order.Uint16(t.data[e+2:])
		length := kindSize[kind] * uint64(t.order.Uint32(t.data[e+4:]))
		start := e + 8
		if length > 4 {
			start = uint64(t.order.Uint32(t.data[e+8:]))
		}
		if length == 0 || length > size || start > size-length {
			continue
		}
		found[tag] = exifEntry{kind, t.data[start : start+length]}
	}
	return found
}

// moment reads 2026:03:01 10:20:30.
func (e exifEntry) moment() time.Time {
	if e.kind != 2 {
		return time.Time{}
	}
	at, err := time.Parse("2006:01:02 15:04:05", strings.TrimRight(string(e.data), "\x00 "))
	if err != nil || at.Year() < 1990 {
		return time.Time{}
	}
	return at
}

// point reads degrees, minutes and seconds as rationals.
func (t tiff) point(gps map[uint16]exifEntry) *orb.Point {
	lat, ok := t.degrees(gps[tagLatitude])
	lon, also := t.degrees(gps[tagLongitude])
	if !ok || !also || lat == 0 && lon == 0 {
		return nil
	}
	if strings.HasPrefix(string(gps[tagLatitudeRef].data), "S") {
		lat = -lat
	}
	if strings.HasPrefix(string(gps[tagLongitudeRef].data), "W") {
		lon = -lon
	}
	if math.Abs(lat) > 90 || math.Abs(lon) > 180 {
		return nil
	}
	return &orb.Point{lon, lat}
}

func (t tiff) degrees(e exifEntry) (float64, bool) {
	if e.kind != 5 || len(e.data) < 24 {
		return 0, false
	}
	value, unit := 0.0, 1.0
	for i := 0; i < 3; i++ {
		top, bottom := t.order.Uint32(e.data[8*i:]), t.order.Uint32(e.data[8*i+4:])
		if bottom == 0 {
			return 0, false
		}
		value += float64(top) / float64(bottom) / unit
		unit *= 60
	}
	return value, true
}
