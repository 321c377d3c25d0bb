package account

import (
	"github.com/lianpian/lianpian/internal/postgis"
)

// Store keeps accounts, sessions, links and the audit trail. Use New to make
// one.
type Store struct {
	db *postgis.DB
}
