package app

import (
	"os"
	"path/filepath"
	"time"
)

// Config is everything that can be set, by flag or by environment variable of
// the same meaning. Its zero value is completed by the defaults in the tags.
type Config struct {
	DatabaseURL string `name:"database-url" env:"DATABASE_URL" help:"PostGIS to use, e.g. postgres://user:password@host/database. Without it, a private PostGIS server runs in the data directory."`
	DataDir     string `name:"data-dir" env:"LIANPIAN_DATA_DIR" type:"path" help:"Where the private database and uploaded files are kept (default: /var/lib/lianpian for root, else ~/.local/share/lianpian)."`
	FilesDir    string `name:"files-dir" env:"LIANPIAN_FILES_DIR" type:"path" help:"Where uploads and packages are kept (default: the data directory). Several services on one database need the same one, under the same path."`
	PackageDays int    `name:"package-days" env:"LIANPIAN_PACKAGE_DAYS" default:"30" help:"How many days the files of packages of area plans are kept."`
	WALArchive  string `name:"wal-archive" env:"LIANPIAN_WAL_ARCHIVE" type:"path" help:"Directory that the private database copies its write-ahead log to, for recovery to a moment; remembered until --no-wal-archive is given."`
	NoArchive   bool   `name:"no-wal-archive" help:"End the copying of the write-ahead log."`
	As          string `name:"as" env:"LIANPIAN_AS" help:"Name that the audit trail gives to what the command does (default: the user of the machine)."`
	JSON        bool   `name:"json" help:"Print the answer as one JSON document on the standard output, and progress as lines of JSON on the standard error."`
	Quiet       bool   `name:"quiet" short:"q" help:"Show no progress."`
	LogLevel    string `name:"log-level" env:"LIANPIAN_LOG_LEVEL" enum:"debug,info,warn,error" default:"info" help:"How much is logged (${enum})."`
	LogFormat   string `name:"log-format" env:"LIANPIAN_LOG_FORMAT" enum:"text,json" default:"text" help:"Form of the log (${enum})."`
}

// ServeConfig is what only the service needs.
type ServeConfig struct {
	Listen         string        `name:"listen" env:"LIANPIAN_LISTEN" default:"127.0.0.1:8080" help:"Address to listen on; use 0.0.0.0:8080 to be reached from other machines."`
	BaseURL        string        `name:"base-url" env:"LIANPIAN_BASE_URL" help:"Address that people type, for links (default: made from --listen)."`
	Demo           bool          `name:"demo" env:"LIANPIAN_DEMO" help:"Load the demo district when the database is empty."`
	TLSCert        string        `name:"tls-cert" env:"LIANPIAN_TLS_CERT" type:"path" help:"Certificate file for HTTPS."`
	TLSKey         string        `name:"tls-key" env:"LIANPIAN_TLS_KEY" type:"path" help:"Key file for HTTPS."`
	SecureCookies  string        `name:"secure-cookies" env:"LIANPIAN_SECURE_COOKIES" enum:"auto,always,never" default:"auto" help:"Mark cookies as secure; auto does so for requests that came over HTTPS (${enum})."`
	TrustedProxies []string      `name:"trusted-proxy" env:"LIANPIAN_TRUSTED_PROXIES" help:"Addresses or networks of proxies whose X-Forwarded-Proto and X-Forwarded-For are believed."`
	RatePerSecond  float64       `name:"rate-limit" env:"LIANPIAN_RATE_LIMIT" default:"100" help:"API requests per second of one person, ten seconds' worth at once; twenty times as many of one address; 0 is no limit."`
	SessionHours   int           `name:"session-hours" env:"LIANPIAN_SESSION_HOURS" default:"12" help:"How long a sign-in lasts without use."`
	UploadLimitMiB int64         `name:"upload-limit" env:"LIANPIAN_UPLOAD_LIMIT" default:"1024" help:"Largest file that can be uploaded, in MiB."`
	ImportUndoDays int           `name:"import-undo-days" env:"LIANPIAN_IMPORT_UNDO_DAYS" default:"90" help:"How many days an import can be taken back."`
	TileCacheMiB   int64         `name:"tile-cache" env:"LIANPIAN_TILE_CACHE" default:"256" help:"Memory for the tile cache, in MiB; 0 switches it off."`
	TileHoldMiB    int64         `name:"tile-hold" env:"LIANPIAN_TILE_HOLD" default:"0" help:"Memory for layers of the base map that are held whole, so that the database is not asked for them, in MiB."`
	TileTimeout    time.Duration `name:"tile-timeout" env:"LIANPIAN_TILE_TIMEOUT" default:"10s" help:"How long the database may take for one tile."`
	Drain          time.Duration `name:"drain" env:"LIANPIAN_DRAIN" default:"0s" help:"How long to go on answering after being told to stop, while /readyz already says no: longer than a proxy takes to notice."`
	JobSilence     time.Duration `name:"job-silence" env:"LIANPIAN_JOB_SILENCE" default:"15s" help:"How long a running job may give no sign of life before it is done again."`
	DiskReserveMiB int64         `name:"disk-reserve" env:"LIANPIAN_DISK_RESERVE" default:"256" help:"Room on the disk of the private database that is kept back, in MiB: with less, writes are refused and reads go on."`
	MetricsFrom    []string      `name:"metrics-from" env:"LIANPIAN_METRICS_FROM" default:"127.0.0.0/8,::1" help:"Addresses or networks that may read /metrics; administrators of the service always may."`
	TraceEndpoint  string        `name:"trace-endpoint" env:"LIANPIAN_TRACE_ENDPOINT" help:"OpenTelemetry collector (OTLP over HTTP) that traces are sent to, e.g. http://collector:4318; without it none are made."`
	TraceRatio     float64       `name:"trace-ratio" env:"LIANPIAN_TRACE_RATIO" default:"0.1" help:"Share of the requests that are traced, 0 to 1."`
	ReplicaURLs    []string      `name:"replica-url" env:"LIANPIAN_REPLICA_URLS" sep:"," help:"Streaming replicas of the database, which tiles and other heavy reads go to while they are up to date (several: repeat the flag, or separate by commas)."`
	OIDC           OIDCConfig    `embed:"" prefix:"oidc-"`
	JobWorkers     int           `name:"job-workers" env:"LIANPIAN_JOB_WORKERS" default:"1" help:"How many background jobs run at once."`
}

// OIDCConfig is about signing in by way of an OpenID Connect provider.
type OIDCConfig struct {
	Issuer       string   `name:"issuer" env:"LIANPIAN_OIDC_ISSUER" help:"OpenID Connect provider that people may sign in with: its issuer, e.g. https://sso.example.gov.cn/realms/bureau."`
	ClientID     string   `name:"client-id" env:"LIANPIAN_OIDC_CLIENT_ID" help:"What the provider calls this service."`
	ClientSecret string   `name:"client-secret" env:"LIANPIAN_OIDC_CLIENT_SECRET" help:"Secret of that client; better given by the environment than by the flag, which others on the machine can see."`
	Scopes       []string `name:"scopes" env:"LIANPIAN_OIDC_SCOPES" default:"openid,profile" help:"Scopes to ask for."`
	NameClaim    string   `name:"name-claim" env:"LIANPIAN_OIDC_NAME_CLAIM" default:"preferred_username" help:"Claim that holds the account's name, which people cannot choose themselves."`
	Label        string   `name:"label" env:"LIANPIAN_OIDC_LABEL" help:"What people call the provider, for the button (default: 统一身份认证)."`
	Rules        string   `name:"rules" env:"LIANPIAN_OIDC_RULES" type:"path" help:"YAML file of rules that say by claims who has which role where; without it accounts keep what they have here."`
	Create       bool     `name:"create" env:"LIANPIAN_OIDC_CREATE" help:"Make accounts for whom a rule lets in and who has none."`
}

func (c Config) dataDir() string {
	if c.DataDir != "" {
		return c.DataDir
	}
	if os.Getuid() == 0 {
		return "/var/lib/lianpian"
	}
	if base := os.Getenv("XDG_DATA_HOME"); base != "" {
		return filepath.Join(base, "lianpian")
	}
	if home, err := os.UserHomeDir(); err == nil {
		return filepath.Join(home, ".local/share/lianpian")
	}
	return "lianpian-data"
}

func (c Config) clusterDir() string         { return filepath.Join(c.dataDir(), "postgres") }
func (c Config) packageDir() string         { return filepath.Join(c.filesDir(), "packages") }
func (c Config) packageKeep() time.Duration { return time.Duration(c.PackageDays) * 24 * time.Hour }
func (c Config) uploadDir() string          { return filepath.Join(c.filesDir(), "uploads") }

func (c Config) filesDir() string {
	if c.FilesDir != "" {
		return c.FilesDir
	}
	return c.dataDir()
}
