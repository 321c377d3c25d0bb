// Package logs reads what the real service and its private database write into their
// logs at the most talkative level, after requests that are full of secrets and of
// numbers and names of residents, and looks for each of them.
package logs

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lianpian/lianpian/demo"
	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/app/apptest"
	"github.com/lianpian/lianpian/internal/postgis"
)

func TestMain(m *testing.M) { os.Exit(apptest.Main(m)) }

// What must be in no log. Every value is written in one place only.
const (
	firstPassword = "correct horse battery 17"
	wrongPassword = "wrong donkey cable 23"
	nextPassword  = "righter zebra staple 42"
	clientSecret  = "secret-of-the-client-8f2a"
	code          = "code-of-the-provider-77b1"
	mangledToken  = "lpt_mangled-token-of-somebody"

	searchedPhone = "13800138001"
	remarkPhone   = "13900139002"
	namePhone     = "13700137003"
	pathPhone     = "13600136004"
	cellPhone     = "13500135005"
	hiddenPhone   = "13400134006" // in a column of another name
	filePhone     = "18800188007"
	refusedPhone  = "18900189008" // in what cannot be read as JSON
	providerPhone = "18700187009"
	slowPhone     = "18600186010"
	identity      = "11010519491231002X"
	resident      = "欧阳测试甲"
	searched      = "司徒测试乙"
	remarked      = "上官测试丙"
	fileNamed     = "诸葛测试丁"
)

// client speaks with the service and notes the secrets that it is given.
type client struct {
	t       *testing.T
	base    string
	http    *http.Client
	cookies map[string]string
	secrets map[string]string // by what they are
}

type answer struct {
	status int
	head   http.Header
	body   []byte
}

func (c *client) send(method, path string, body io.Reader, head ...string) answer {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.base+path, body)
	if err != nil {
		c.t.Fatal(err)
	}
	for name, value := range c.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(head); i += 2 {
		r.Header.Set(head[i], head[i+1])
	}
	resp, err := c.http.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, cookie := range resp.Cookies() {
		if cookie.Value == "" {
			delete(c.cookies, cookie.Name)
			continue
		}
		c.cookies[cookie.Name] = cookie.Value
		c.secrets[fmt.Sprintf("cookie %d %s", len(c.secrets), cookie.Name)] = cookie.Value
	}
	return answer{resp.StatusCode, resp.Header, content}
}

// want sends a body as JSON and wants a status, so that what the test is about has
// happened.
func (c *client) want(status int, method, path string, body any, head ...string) answer {
	c.t.Helper()
	var content io.Reader
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			c.t.Fatal(err)
		}
		content = bytes.NewReader(encoded)
	}
	a := c.send(method, "/api/v1"+path, content, head...)
	if a.status != status {
		c.t.Fatalf("%s %s: %d %s, want %d", method, path, a.status, a.body, status)
	}
	return a
}

// provider is an OpenID Connect provider that is in trouble: it repeats what it was
// sent.
func provider(t *testing.T) string {
	t.Helper()
	var address string
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]any{
			"issuer": address, "authorization_endpoint": address + "/visit", "token_endpoint": address + "/token", "jwks_uri": address + "/keys",
			"response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"},
			"id_token_signing_alg_values_supported": []string{"RS256"}, "code_challenge_methods_supported": []string{"S256"},
		})
	})
	mux.HandleFunc("/token", func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusInternalServerError)
		fmt.Fprintf(w, `{"error":"server_error","error_description":"%s of %s, secret %s"}`, r.Form.Get("code"), providerPhone, r.Form.Get("client_secret"))
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	address = server.URL
	return address
}

func TestNoLogHoldsSecretsOrPersonalData(t *testing.T) {
	dir := apptest.DataDir(t)
	sut := apptest.New(t, "service", "", dir, "--demo", "--oidc-issuer", provider(t), "--oidc-client-id", "lianpian", "--oidc-client-secret", clientSecret)
	sut.With("--log-level", "debug")
	sut.Start()
	c := &client{
		t: t, base: "http://" + sut.Address, cookies: map[string]string{}, secrets: map[string]string{},
		http: &http.Client{Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	}
	db := open(t, dir)
	c.signIn(db)
	c.writeAboutPersons()
	c.bringFile()
	c.visitProvider()
	// What takes long is written into the database's log.
	if _, err := db.Pool.Exec(t.Context(), `select pg_sleep(2.1), $1::text`, slowPhone); err != nil {
		t.Fatal(err)
	}
	db.Close()
	sut.Stop()

	wrote := read(t, sut.Log) + read(t, filepath.Join(dir, "postgres.log"))
	for _, happened := range []string{"path=/api/v1/session/password", "pg_sleep", "account_name_key", "OpenID Connect provider failed", "/inspections/"} {
		if !strings.Contains(wrote, happened) {
			t.Errorf("the logs do not tell of %s: they were not those of this test", happened)
		}
	}
	for what, value := range c.secrets {
		if strings.Contains(wrote, value) || strings.Contains(wrote, url.QueryEscape(value)) {
			t.Errorf("the %s is in a log: %s", what, lineOf(wrote, value))
		}
	}
	for _, value := range []string{
		firstPassword, wrongPassword, nextPassword, clientSecret, code, mangledToken,
		searchedPhone, remarkPhone, namePhone, pathPhone, cellPhone, hiddenPhone, filePhone, refusedPhone, providerPhone, slowPhone, identity,
		resident, searched, remarked, fileNamed,
	} {
		if strings.Contains(wrote, value) || strings.Contains(wrote, url.QueryEscape(value)) {
			t.Errorf("%s is in a log: %s", value, lineOf(wrote, value))
		}
	}
}

// open opens the database of the running service.
func open(t *testing.T, dir string) *postgis.DB {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	quiet := slog.New(slog.DiscardHandler)
	address, err := postgis.AttachServer(ctx, filepath.Join(dir, "postgres"), quiet)
	if err != nil {
		t.Fatal(err)
	}
	db, err := postgis.Open(ctx, address, quiet)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// signIn opens sessions by link and by password, also wrongly, and has a token made.
func (c *client) signIn(db *postgis.DB) {
	c.t.Helper()
	accounts, err := account.New(db, account.Config{})
	if err != nil {
		c.t.Fatal(err)
	}
	made, err := accounts.Create(c.t.Context(), account.Draft{Name: "keeper", Role: account.Administrator})
	if err != nil {
		c.t.Fatal(err)
	}
	link, err := accounts.IssueLink(c.t.Context(), made.ID)
	if err != nil {
		c.t.Fatal(err)
	}
	c.secrets["link"] = link
	c.send("GET", "/sign-in?token="+link, nil)
	c.want(http.StatusOK, "POST", "/session/link", map[string]any{"token": link})
	c.want(http.StatusNoContent, "PUT", "/session/password", map[string]any{"new": firstPassword})
	c.want(http.StatusUnauthorized, "POST", "/session", map[string]any{"name": "keeper", "password": wrongPassword})
	c.want(http.StatusUnauthorized, "POST", "/session", map[string]any{"name": resident, "password": wrongPassword})
	c.want(http.StatusOK, "POST", "/session", map[string]any{"name": "keeper", "password": firstPassword})
	c.want(http.StatusNoContent, "PUT", "/session/password", map[string]any{"current": firstPassword, "new": nextPassword})
	var token struct {
		Text string `json:"text"`
	}
	a := c.want(http.StatusCreated, "POST", "/session/tokens", map[string]any{"name": "目录", "access": "read", "days": 1})
	if err := json.Unmarshal(a.body, &token); err != nil || token.Text == "" {
		c.t.Fatalf("no token: %s", a.body)
	}
	c.secrets["token"] = token.Text
	c.want(http.StatusOK, "GET", "/districts", nil, "Authorization", "Bearer "+token.Text)
	c.want(http.StatusUnauthorized, "GET", "/districts", nil, "Authorization", "Bearer "+mangledToken)
	// The database refuses a name that there is, and says which.
	c.want(http.StatusConflict, "POST", "/accounts", map[string]any{"name": "keeper", "display_name": remarked, "role": "administrator"})
}

// writeAboutPersons searches for residents and writes about them where that is
// refused.
func (c *client) writeAboutPersons() {
	c.t.Helper()
	in := "/districts/" + demo.DistrictCode
	c.want(http.StatusOK, "GET", in+"/search?q="+searchedPhone, nil)
	c.want(http.StatusOK, "GET", in+"/communities?q="+url.QueryEscape(searched+" "+searchedPhone), nil)
	c.want(http.StatusNotFound, "GET", in+"/communities/"+pathPhone, nil)
	c.want(http.StatusNotFound, "GET", "/residents/"+pathPhone, nil)
	seen := c.want(http.StatusOK, "GET", in+"/communities/C001", nil)
	c.want(http.StatusUnprocessableEntity, "PATCH", in+"/communities/C001", map[string]any{"remark": remarked + " " + remarkPhone}, "If-Match", seen.head.Get("ETag"))
	c.want(http.StatusUnprocessableEntity, "PATCH", in+"/communities/C001", map[string]any{"built_year": remarked + remarkPhone}, "If-Match", seen.head.Get("ETag"))
	c.want(http.StatusUnprocessableEntity, "POST", in+"/facilities", map[string]any{
		"facility_type": "health_station", "name": resident + namePhone, "location": []float64{121.5, 31.24},
	})
	a := c.send("PATCH", "/api/v1"+in+"/communities/C001", strings.NewReader(`{"remark": "`+resident+refusedPhone+`"`), "If-Match", seen.head.Get("ETag"))
	if a.status != http.StatusBadRequest {
		c.t.Fatalf("half a body: %d %s", a.status, a.body)
	}
}

// bringFile imports a ledger that says who lives where, in columns of persons and in
// others, with values that are no numbers.
func (c *client) bringFile() {
	c.t.Helper()
	ledger := "小区名称,街道,建成年份,户数,户主姓名,联系电话,身份证号,情况说明,楼栋数\n" +
		"测试一村,,1990,120," + resident + "," + cellPhone + "," + identity + "," + remarked + " " + hiddenPhone + ",3\n" +
		"测试二村,," + resident + cellPhone + "," + remarked + hiddenPhone + "," + resident + "," + cellPhone + "," + identity + ",无,两栋" + hiddenPhone + "\n"
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", fileNamed+filePhone+".csv")
	if err != nil {
		c.t.Fatal(err)
	}
	_, _ = io.WriteString(part, ledger)
	if err := form.Close(); err != nil {
		c.t.Fatal(err)
	}
	a := c.send("POST", "/api/v1/districts/"+demo.DistrictCode+"/inspections", &body, "Content-Type", form.FormDataContentType())
	if a.status != http.StatusAccepted {
		c.t.Fatalf("a ledger: %d %s", a.status, a.body)
	}
	var made struct {
		Inspection struct {
			ID string `json:"id"`
		} `json:"inspection"`
		Job struct {
			ID string `json:"id"`
		} `json:"job"`
	}
	if err := json.Unmarshal(a.body, &made); err != nil {
		c.t.Fatal(err)
	}
	c.await(made.Job.ID)
	var inspection struct {
		State   string `json:"state"`
		Version int    `json:"version"`
	}
	a = c.want(http.StatusOK, "GET", "/inspections/"+made.Inspection.ID, nil)
	if err := json.Unmarshal(a.body, &inspection); err != nil {
		c.t.Fatal(err)
	}
	a = c.send("POST", "/api/v1/inspections/"+made.Inspection.ID+"/import", nil, "If-Match", fmt.Sprintf(`"%d"`, inspection.Version))
	if a.status != http.StatusAccepted {
		c.t.Fatalf("import of a ledger in state %s: %d %s", inspection.State, a.status, a.body)
	}
	if err := json.Unmarshal(a.body, &made); err != nil {
		c.t.Fatal(err)
	}
	c.await(made.Job.ID)
}

func (c *client) await(job string) {
	c.t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		var j struct {
			State string `json:"state"`
		}
		a := c.want(http.StatusOK, "GET", "/jobs/"+job, nil)
		if err := json.Unmarshal(a.body, &j); err != nil {
			c.t.Fatal(err)
		}
		switch {
		case j.State == "done" || j.State == "failed" || j.State == "cancelled":
			return
		case time.Now().After(deadline):
			c.t.Fatalf("after a minute the job is %s", a.body)
		}
	}
}

// visitProvider goes to the provider and comes back with a code.
func (c *client) visitProvider() {
	c.t.Helper()
	var visit struct {
		URL string `json:"url"`
	}
	a := c.want(http.StatusOK, "POST", "/session/provider", map[string]any{})
	if err := json.Unmarshal(a.body, &visit); err != nil {
		c.t.Fatal(err)
	}
	to, err := url.Parse(visit.URL)
	if err != nil {
		c.t.Fatal(err)
	}
	state := to.Query().Get("state")
	c.secrets["state"] = state
	c.secrets["nonce"] = to.Query().Get("nonce")
	c.want(http.StatusSeeOther, "GET", "/session/provider/callback?code="+code+"&state="+url.QueryEscape(state), nil)
}

func read(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// lineOf is the first line with a value.
func lineOf(text, value string) string {
	for line := range strings.Lines(text) {
		if strings.Contains(line, value) || strings.Contains(line, url.QueryEscape(value)) {
			return strings.TrimSpace(line)
		}
	}
	return ""
}
