package httpapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/dossier"
)

// attachmentStreams are the routes by which attachments come in and go out.
func (s *Server) attachmentStreams(r chi.Router) {
	s.plain(r, route{
		method: http.MethodPost, path: "/districts/{district}/communities/{code}/attachments", id: "attachToCommunity", tag: "files",
		summary: "Add a photograph or a paper to a community", needs: account.EditProgram, at: ownPart,
	}, func(w http.ResponseWriter, r *http.Request) error {
		return s.attach(w, r, dossier.Owner{District: param(r, "district"), Community: param(r, "code")})
	})
	s.plain(r, route{
		method: http.MethodPost, path: "/districts/{district}/projects/{code}/attachments", id: "attachToProject", tag: "files",
		summary: "Add a photograph or a paper to a project", needs: account.EditProgram, at: ownPart,
	}, func(w http.ResponseWriter, r *http.Request) error {
		return s.attach(w, r, dossier.Owner{District: param(r, "district"), Project: param(r, "code")})
	})
	s.plain(r, route{
		method: http.MethodGet, path: "/districts/{district}/attachments/{id}/content", id: "getAttachmentContent", tag: "files",
		summary: "The file itself", needs: account.ReadRegister, at: district,
	}, s.serveAttachment)
	s.plain(r, route{
		method: http.MethodGet, path: "/districts/{district}/attachments/{id}/thumbnail", id: "getAttachmentThumbnail", tag: "files",
		summary: "A small JPEG of a photograph", needs: account.ReadRegister, at: district,
	}, s.serveThumbnail)
}

func (s *Server) attach(w http.ResponseWriter, r *http.Request, of dossier.Owner) error {
	brought, err := s.readAttachment(w, r)
	if err != nil {
		return err
	}
	a, err := s.Dossiers.Attach(r.Context(), scopeOf(r.Context()), of, brought)
	if err != nil {
		return err
	}
	body, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("encode an attachment: %w", err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Location", location("/districts/%s/attachments/%s", of.District, a.ID)+"/content")
	w.WriteHeader(http.StatusCreated)
	_, _ = w.Write(body)
	return nil
}

// readAttachment takes the file and what is said of it out of a form.
func (s *Server) readAttachment(w http.ResponseWriter, r *http.Request) (b dossier.Brought, err error) {
	const overhead = 1 << 20
	if r.ContentLength > dossier.MaxAttachment+overhead {
		w.Header().Set("Connection", "close")
		return b, bodyTooLarge(dossier.MaxAttachment)
	}
	r.Body = http.MaxBytesReader(w, r.Body, dossier.MaxAttachment+overhead)
	kind, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" || parameters["boundary"] == "" {
		return b, newProblem(http.StatusUnsupportedMediaType, kindInvalid, "应为 multipart/form-data 表单", "A multipart/form-data form is expected.")
	}
	form := multipart.NewReader(r.Body, parameters["boundary"])
	fields := map[string]string{}
	for parts := 0; ; parts++ {
		extend(w)
		part, err := nextPart(form, parts)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return b, unreadableForm(err)
		}
		if part.FormName() != "file" {
			if fields[part.FormName()], err = field(part); err != nil {
				return b, err
			}
			continue
		}
		if b.Content != nil {
			return b, invalid("body.file", "一次只能上传一个文件", nil)
		}
		b.FileName = fileName(part.FileName())
		if b.Content, err = io.ReadAll(io.LimitReader(&patient{w: w, r: part, began: s.now(), now: s.now}, dossier.MaxAttachment+1)); err != nil {
			return b, unreadableForm(err)
		}
		if len(b.Content) > dossier.MaxAttachment {
			return b, bodyTooLarge(dossier.MaxAttachment)
		}
	}
	if b.Content == nil {
		return b, invalid("body.file", "缺少文件", nil)
	}
	b.Kind, b.Title, b.TakenOn = fields["kind"], fields["title"], fields["taken_on"]
	b.Location, err = pointIn(fields["lon"], fields["lat"])
	return b, err
}

// pointIn reads a place of a form; two empty texts are none.
func pointIn(lon, lat string) (*orb.Point, error) {
	if lon == "" && lat == "" {
		return nil, nil
	}
	x, errX := strconv.ParseFloat(lon, 64)
	y, errY := strconv.ParseFloat(lat, 64)
	if errX != nil || errY != nil || !(x >= -180 && x <= 180 && y >= -90 && y <= 90) {
		return nil, invalid("body.lon", "经度和纬度应为十进制度数", nil)
	}
	return &orb.Point{x, y}, nil
}

func (s *Server) serveAttachment(w http.ResponseWriter, r *http.Request) error {
	id, err := uuid.Parse(param(r, "id"))
	if err != nil {
		return notFound()
	}
	a, content, err := s.Dossiers.Content(r.Context(), scopeOf(r.Context()), param(r, "district"), id)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", a.MediaType)
	h.Set("Content-Length", strconv.Itoa(len(content)))
	// A picture was drawn by us and may be shown in place; everything else is to
	// be saved, never opened as a page of this service.
	disposition := "attachment"
	if a.Kind == "photograph" && a.HasThumbnail && r.URL.Query().Get("show") != "" {
		disposition = "inline"
	}
	h.Set("Content-Disposition", disposition+`; filename="file`+ending(a.MediaType)+`"; filename*=UTF-8''`+url.PathEscape(a.FileName))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	_, _ = w.Write(content)
	return nil
}

func (s *Server) serveThumbnail(w http.ResponseWriter, r *http.Request) error {
	id, err := uuid.Parse(param(r, "id"))
	if err != nil {
		return notFound()
	}
	content, err := s.Dossiers.Thumbnail(r.Context(), scopeOf(r.Context()), param(r, "district"), id)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "image/jpeg")
	h.Set("Cache-Control", "private, max-age=86400") // an attachment's content never changes
	_, _ = w.Write(content)
	return nil
}

// ending is the ending of a file's name by its kind.
func ending(mediaType string) string {
	switch mediaType {
	case "image/jpeg":
		return ".jpg"
	case "image/png":
		return ".png"
	case "application/pdf":
		return ".pdf"
	case "application/vnd.openxmlformats-officedocument.wordprocessingml.document":
		return ".docx"
	}
	return ".xlsx"
}

// describeAttachments puts the streams of attachments into the document.
func (s *Server) describeAttachments(text func(string, ...any) *huma.Schema, of func(string, *huma.Schema) map[string]*huma.MediaType, file *huma.Schema) {
	form := of("multipart/form-data", &huma.Schema{
		Type: huma.TypeObject, Required: []string{"file"},
		Properties: map[string]*huma.Schema{
			"file":     file,
			"kind":     text("found from the content where omitted", "photograph", "document", "drawing"),
			"title":    text("the file's name where omitted"),
			"taken_on": text("YYYY-MM-DD; what the camera says where omitted"),
			"lon":      text("degrees; what the camera says where omitted"),
			"lat":      text("degrees"),
		},
	})
	one := of("application/json", schemaFor[dossier.Attachment](s))
	s.describe("attachToCommunity", nil, form, http.StatusCreated, one)
	s.describe("attachToProject", nil, form, http.StatusCreated, one)
	s.describe("getAttachmentContent", map[string]*huma.Schema{"show": text("anything: to be shown in place, of photographs")}, nil, http.StatusOK, of("application/octet-stream", file))
	s.describe("getAttachmentThumbnail", nil, nil, http.StatusOK, of("image/jpeg", file))
}
