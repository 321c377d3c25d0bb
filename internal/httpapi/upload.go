package httpapi

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/doctor"
	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/geofile/charset"
	"github.com/lianpian/lianpian/internal/job"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/privacy"
	spool "github.com/lianpian/lianpian/internal/upload"
)

const (
	// stallWithin is how long an upload may send nothing at all.
	stallWithin = 60 * time.Second
	// slowestUpload is what an upload has to bring on average, in bytes a second,
	// once it has taken longer than stallWithin; longestUpload is when it ends.
	slowestUpload = 2 << 10
	longestUpload = 6 * time.Hour
	// maxFormParts bounds the parts of a form.
	maxFormParts = 50
	// maxField bounds a form field beside the file.
	maxField = 1 << 10
	// maxDecisions bounds the decisions that come with a file.
	maxDecisions = 1 << 20
	// maxFileName bounds a file's name, in characters.
	maxFileName = 200
)

// importArgs are the arguments of a job of kind import, as the importer reads
// them.
type importArgs struct {
	Path     string `json:"path"`
	Name     string `json:"name"`
	District string `json:"district"` // "": find or found it from the file
	Layer    string `json:"layer"`
	CRS      string `json:"crs"`
	By       string `json:"by"`
	AreaUnit string `json:"area_unit"`
}

// imported is where the data of an import goes. "-" leaves that to the file,
// within what the person reaches.
func imported(_ *Server, r *http.Request, p account.Person) (account.Place, error) {
	if d := param(r, "district"); d != "-" {
		return p.OwnPart(d), nil
	}
	return p.OwnPart(p.Scope.District), nil
}

// upload is what a multipart request brought.
type upload struct {
	path, name string // of the stored file, and what the person calls it
	size       int64  // bytes
	layer, crs string
	areaUnit   string
	// of an inspection
	encoding  string
	auto      bool
	decisions doctor.Decisions
}

// serveImport stores the file as it comes in and asks for a job.
func (s *Server) serveImport(w http.ResponseWriter, r *http.Request) error {
	p := who(r.Context())
	brought, err := s.receive(w, r)
	if err != nil {
		return err
	}
	var made job.Job
	if err = brought.forImport(); err == nil {
		made, err = s.askImport(r, p, brought)
	}
	if err != nil {
		s.dropUnasked(r, brought.path, err)
		return err
	}
	body, err := json.Marshal(made)
	if err != nil {
		return fmt.Errorf("encode a job: %w", err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Location", location("/jobs/%s", made.ID))
	w.WriteHeader(http.StatusAccepted)
	_, _ = w.Write(body)
	return nil
}

func (s *Server) askImport(r *http.Request, p account.Person, u upload) (job.Job, error) {
	district := param(r, "district")
	if district == "-" {
		district = p.Scope.District
	}
	if district == "" {
		if !p.May(account.FoundDistrict, account.Place{}) {
			return job.Job{}, notPermitted()
		}
	} else if _, err := s.Registry.District(r.Context(), scopeOf(r.Context()), district); err != nil {
		return job.Job{}, err
	}
	if isBaseMap(u) && !p.May(account.ImportBase, p.OwnPart(district)) {
		return job.Job{}, newProblem(http.StatusForbidden, kindNotPermitted, "镇街账户不能导入底图和高程数据",
			"Your role may not import base map or elevation data.")
	}
	args := importArgs{Path: u.path, Name: u.name, District: district, Layer: u.layer, CRS: u.crs, By: p.Name, AreaUnit: u.areaUnit}
	made, err := s.Jobs.Enqueue(r.Context(), job.Request{
		District: district, Kind: "import", Title: u.name, Args: args, CreatedBy: p.Name,
	}, noted(account.Entry{
		Action: "import.request", Entity: "import", Code: u.name, District: district,
		After: map[string]string{"layer": u.layer, "crs": u.crs, "area_unit": u.areaUnit},
	}))
	if err != nil {
		return job.Job{}, fmt.Errorf("ask for an import: %w", err)
	}
	return made, nil
}

// isBaseMap tells what can be told before the file is read; the importer looks
// again once it knows the format.
func isBaseMap(u upload) bool {
	name := strings.ToLower(u.name)
	for _, end := range []string{".pbf", ".hgt", ".hgt.zip", ".hgt.gz", ".tif", ".tiff"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return u.layer == "osm" || u.layer == "base" || u.layer == "elevation" || strings.Contains(name, ".osm")
}

// receive streams the form's file to the upload directory. Whatever goes wrong,
// no file is left behind.
func (s *Server) receive(w http.ResponseWriter, r *http.Request) (u upload, err error) {
	const overhead = 1 << 20
	if r.ContentLength > s.UploadLimit+overhead {
		w.Header().Set("Connection", "close")
		return u, uploadTooLarge(s.UploadLimit)
	}
	r.Body = http.MaxBytesReader(w, r.Body, s.UploadLimit+overhead)
	kind, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" || parameters["boundary"] == "" {
		return u, newProblem(http.StatusUnsupportedMediaType, kindInvalid, "应为 multipart/form-data 表单", "A multipart/form-data form is expected.")
	}
	form := multipart.NewReader(r.Body, parameters["boundary"])
	defer func() {
		if err != nil && u.path != "" {
			s.drop(r, u.path)
		}
	}()
	u.layer, u.crs = r.URL.Query().Get("layer"), r.URL.Query().Get("crs")
	for parts := 0; ; parts++ {
		extend(w)
		part, err := nextPart(form, parts)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return u, unreadableForm(err)
		}
		switch part.FormName() {
		case "file":
			if u.path != "" {
				return u, invalid("body.file", "一次只能导入一个文件", nil)
			}
			u.name = fileName(part.FileName())
			if u.path, u.size, err = s.store(w, r, part, u.name); err != nil {
				return u, err
			}
		case "layer":
			if u.layer, err = field(part); err != nil {
				return u, err
			}
		case "crs":
			if u.crs, err = field(part); err != nil {
				return u, err
			}
		case "area_unit":
			if u.areaUnit, err = field(part); err != nil {
				return u, err
			}
		case "encoding":
			if u.encoding, err = field(part); err != nil {
				return u, err
			}
		case "auto":
			answer, err := field(part)
			if err != nil {
				return u, err
			}
			if !slices.Contains([]string{"", "true", "false"}, answer) {
				return u, invalid("body.auto", "应为 true 或 false", answer)
			}
			u.auto = answer == "true"
		case "decisions":
			if err := json.NewDecoder(io.LimitReader(part, maxDecisions)).Decode(&u.decisions); err != nil {
				return u, invalid("body.decisions", "不是有效的 JSON", nil)
			}
		}
	}
	if u.path == "" {
		return u, invalid("body.file", "缺少文件", nil)
	}
	if !slices.Contains([]string{"", "m2", "wan_m2"}, u.areaUnit) {
		return u, invalid("body.area_unit", "面积单位应为 m2（平方米）或 wan_m2（万平方米）", u.areaUnit)
	}
	return u, nil
}

// forImport refuses what the importer does not know of layers and systems.
func (u upload) forImport() error {
	if !slices.Contains([]string{"", "auto", "osm", "base", "ledger", "communities", "buildings", "facilities", "elevation"}, u.layer) {
		return invalid("body.layer", "没有这个图层", u.layer)
	}
	if !slices.Contains([]string{"", "wgs84", "cgcs2000", "gcj02", "bd09"}, u.crs) {
		return invalid("body.crs", "没有这个坐标系", u.crs)
	}
	return nil
}

// forInspection puts what a form says beside the decisions into them, as the
// decision about every layer that none is about.
func (u upload) forInspection() (doctor.Decisions, error) {
	d := u.decisions
	all := doctor.LayerDecision{AreaUnit: u.areaUnit}
	switch u.layer {
	case "", "auto":
	case "communities", "buildings", "facilities", "zones", "neighborhoods", "roads", "barriers", "idle_buildings", "none":
		all.Target = u.layer
	default:
		return d, invalid("body.layer", "没有这个图层", u.layer)
	}
	switch u.crs {
	case "":
	case "wgs84":
		all.CRS = "EPSG:4326"
	case "cgcs2000":
		all.CRS = "EPSG:4490"
	case "gcj02", "bd09":
		all.Datum = u.crs
	default:
		if _, err := geo.ParseCRS(u.crs); err != nil {
			return d, invalid("body.crs", "没有这个坐标系", u.crs)
		}
		all.CRS = u.crs
	}
	if u.encoding != "" {
		if _, known := charset.Lookup(u.encoding); !known {
			return d, invalid("body.encoding", "没有这种文字编码", u.encoding)
		}
		d.Encoding = u.encoding
	}
	said := all.Target != "" || all.CRS != "" || all.Datum != "" || all.AreaUnit != ""
	if said && !slices.ContainsFunc(d.Layers, func(l doctor.LayerDecision) bool { return l.Layer == "" }) {
		d.Layers = append(slices.Clone(d.Layers), all)
	}
	return d, nil
}

// drop is rid of a file that no job will read.
func (s *Server) drop(r *http.Request, path string) {
	_ = spool.Remove(context.WithoutCancel(r.Context()), s.DB, s.UploadDir, path) // what is left over is swept
}

// dropUnasked drops a file whose job could not be asked for. Where the database went
// away in between, the job may be there all the same and then needs its file; one
// that nobody asks for is swept.
func (s *Server) dropUnasked(r *http.Request, path string, err error) {
	if postgis.Lost(err) || errors.Is(err, postgis.ErrUnknown) || r.Context().Err() != nil {
		return
	}
	s.drop(r, path)
}

// store writes one part to a sealed file of a name of our own.
func (s *Server) store(w http.ResponseWriter, r *http.Request, part io.Reader, name string) (stored string, size int64, err error) {
	id, err := uuid.NewV7()
	if err != nil {
		return "", 0, fmt.Errorf("name an upload: %w", err)
	}
	path := filepath.Join(s.UploadDir, id.String()+extension(name))
	f, err := spool.Create(r.Context(), s.DB, path, rand.Reader, s.now())
	if errors.Is(err, syscall.ENOSPC) {
		s.drop(r, path)
		return "", 0, diskFull()
	}
	if err != nil {
		s.drop(r, path)
		return "", 0, err
	}
	defer func() {
		if closeErr := f.Close(); err == nil && closeErr != nil {
			err = fmt.Errorf("store an upload: %w", closeErr)
		}
		if err != nil {
			s.drop(r, path)
		}
	}()
	limited := io.LimitReader(&patient{w: w, r: part, began: s.now(), now: s.now}, s.UploadLimit+1)
	written, err := io.Copy(f, limited)
	switch {
	case errors.Is(err, syscall.ENOSPC):
		return "", 0, diskFull()
	case err != nil:
		return "", 0, unreadableForm(err)
	case written > s.UploadLimit:
		return "", 0, uploadTooLarge(s.UploadLimit)
	case written == 0:
		return "", 0, invalid("body.file", "文件是空的", name)
	}
	return path, written, nil
}

func diskFull() error {
	return newProblem(http.StatusInsufficientStorage, kindBusy, "服务器磁盘空间不足", "The server's disk is full.")
}

// patient gives each read of an upload its own time: a slow line may take long,
// a dead one may not, nor one that only drips.
type patient struct {
	w     http.ResponseWriter
	r     io.Reader
	began time.Time
	now   func() time.Time
	read  int64
}

// errDrips says that an upload comes in too slowly to go on.
var errDrips = fmt.Errorf("the upload is too slow: %w", os.ErrDeadlineExceeded)

func (p *patient) Read(b []byte) (int, error) {
	extend(p.w)
	n, err := p.r.Read(b)
	p.read += int64(n)
	if took := p.now().Sub(p.began); err == nil && took > stallWithin &&
		(took > longestUpload || float64(p.read) < slowestUpload*(took-stallWithin).Seconds()) {
		return n, errDrips
	}
	return n, err
}

func extend(w http.ResponseWriter) {
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Now().Add(stallWithin))
	_ = control.SetWriteDeadline(time.Now().Add(2 * stallWithin))
}

// nextPart is the next part of a form, of which there may not be too many.
func nextPart(form *multipart.Reader, before int) (*multipart.Part, error) {
	if before >= maxFormParts {
		return nil, newProblem(http.StatusBadRequest, kindInvalid, "表单的部分过多", "The form has too many parts.")
	}
	return form.NextPart()
}

func field(part io.Reader) (string, error) {
	text, err := io.ReadAll(io.LimitReader(part, maxField))
	if err != nil {
		return "", unreadableForm(err)
	}
	return strings.TrimSpace(string(text)), nil
}

func unreadableForm(err error) error {
	var known *Problem
	if errors.As(err, &known) {
		return known
	}
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return uploadTooLarge(tooLarge.Limit &^ (1<<20 - 1))
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return newProblem(http.StatusRequestTimeout, kindBusy, "上传中断，已超时", "The upload stalled.")
	}
	var pathErr *os.PathError
	if errors.As(err, &pathErr) {
		return fmt.Errorf("store an upload: %w", err)
	}
	return newProblem(http.StatusBadRequest, kindInvalid, "表单不完整或无法读取", "The form is incomplete or cannot be read.")
}

// fileName is what a person calls the file: its last element, printable, not
// endless. It is shown and recorded, never used as a path.
func fileName(given string) string {
	given = strings.ReplaceAll(given, `\`, "/")
	given = given[strings.LastIndexByte(given, '/')+1:]
	if !utf8.ValidString(given) {
		given = strings.ToValidUTF8(given, "_")
	}
	given = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, given)
	if runes := []rune(given); len(runes) > maxFileName {
		given = string(runes[len(runes)-maxFileName:])
	}
	given, _ = privacy.WithoutPersonalNumbers(given)
	if given == "" {
		return "未命名"
	}
	return given
}

// extension keeps the ending of a name that tells formats apart, and nothing
// that means something to a file system.
func extension(name string) string {
	name = strings.ToLower(name)
	for _, known := range []string{".osm.pbf", ".pbf", ".osm", ".xml", ".hgt.zip", ".hgt", ".tiff", ".tif", ".xlsx", ".xls", ".csv", ".txt", ".geojson", ".json", ".gpkg", ".kml", ".kmz", ".dxf", ".fgb", ".shp", ".zip", ".gz", ".bz2"} {
		if strings.HasSuffix(name, known) {
			return known
		}
	}
	return ".bin"
}

// sendFile answers with a file that has been written to memory, so that what
// fails on the way is a problem and not half a file.
func sendFile(w http.ResponseWriter, kind, name string, write func(io.Writer) error) error {
	var content bytes.Buffer
	if err := write(&content); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	plain := "zone" + name[strings.LastIndexByte(name, '.'):] // for clients that read only ASCII
	h.Set("Content-Disposition", `attachment; filename="`+plain+`"; filename*=UTF-8''`+url.PathEscape(name))
	_, _ = w.Write(content.Bytes())
	return nil
}
