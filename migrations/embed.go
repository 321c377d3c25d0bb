// Package migrations embeds the numbered SQL files that build the database.
// They only go forward; package postgis runs them at start. It must never hold
// Go migrations: what a release did to the data must be readable as SQL.
package migrations

import "embed"

// Files holds the migrations, named NNNNN_what.sql.
//
//go:embed *.sql
var Files embed.FS
