package account

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"github.com/alexedwards/argon2id"

	"github.com/lianpian/lianpian/internal/postgis"
)

// Store keeps accounts, sessions, links and the audit trail. Use New to make
// one.
type Store struct {
	db     *postgis.DB
	config Config
	hasher *hasher
	known  known
}

// Config tunes a Store; every field has a working zero value.
type Config struct {
	SessionIdle time.Duration    // a session unused for this long is dead; 0 is 7 days
	SessionLife time.Duration    // a session older than this is dead; 0 is 30 days
	LinkLife    time.Duration    // a one-time link older than this is dead; 0 is 3 days
	HashAtOnce  int              // passwords hashed at the same time, 64 MiB each; 0 is 2
	Hash        *argon2id.Params // nil is the safe default; tests take a cheap one
	Now         func() time.Time // nil is time.Now
}

// New makes a Store on db.
func New(db *postgis.DB, config Config) (*Store, error) {
	if config.SessionIdle == 0 {
		config.SessionIdle = 7 * 24 * time.Hour
	}
	if config.SessionLife == 0 {
		config.SessionLife = 30 * 24 * time.Hour
	}
	if config.LinkLife == 0 {
		config.LinkLife = 3 * 24 * time.Hour
	}
	if config.HashAtOnce == 0 {
		config.HashAtOnce = 2
	}
	if config.Hash == nil {
		config.Hash = &defaultParams
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	h, err := newHasher(*config.Hash, config.HashAtOnce)
	if err != nil {
		return nil, err
	}
	s := &Store{db: db, config: config, hasher: h}
	db.OnChange(s.known.hear)
	return s, nil
}

var (
	// ErrNoSession says that nobody is signed in with the token at hand: it was
	// never given, or has expired, or was revoked, or its account is gone.
	ErrNoSession = errors.New("no session")
	// ErrCredentials says that name and password do not belong together. It does
	// not say which of them is wrong.
	ErrCredentials = errors.New("name or password is wrong")
	// ErrLink says that a one-time link was used already, has expired or never was.
	ErrLink = errors.New("link is not valid")
	// ErrLocked says that the password is right and an administrator has locked
	// the account. Whoever does not know the password hears ErrCredentials.
	ErrLocked = errors.New("account is locked")
	// ErrOnlyWay says that an act would leave a person no way to sign in.
	ErrOnlyWay = errors.New("the only way to sign in")
	// ErrLastAdministrator says that an act would leave nobody to administer.
	ErrLastAdministrator = errors.New("last administrator")
)

// InvalidError says which field of an account cannot be so, and why, in a
// sentence for the person who typed it.
type InvalidError struct {
	Field  string
	Reason string
}

func (e *InvalidError) Error() string { return e.Field + ": " + e.Reason }

// ThrottledError says that too many sign-ins failed and how long to wait.
type ThrottledError struct{ Wait time.Duration }

func (e *ThrottledError) Error() string {
	return fmt.Sprintf("too many failed sign-ins, wait %s", e.Wait.Round(time.Second))
}

// newToken returns 256 random bits for a cookie or link, and their hash, which
// is all that is kept.
func newToken() (token string, hash []byte) {
	var raw [32]byte
	_, _ = rand.Read(raw[:]) // never fails
	token = base64.RawURLEncoding.EncodeToString(raw[:])
	return token, hashToken(token)
}

func hashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}
