// Command backup measures a backup of a large district: writing it, checking it
// by restoring, and bringing it back into an empty place; with the sizes of the
// database and of the file. It runs on the server of `lianpian with-database`,
// which keeps its data in memory: the disk is not in the figures.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/bench/district"
	"github.com/lianpian/lianpian/internal/backup"
	"github.com/lianpian/lianpian/internal/postgis"
)

const database = "bench_backup"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	buildings := flag.Int("buildings", district.Full.Buildings, "buildings of the generated district")
	flag.Parse()
	server := os.Getenv("LIANPIAN_TEST_DATABASE_URL")
	err := errors.New("run this through `lianpian with-database`")
	if server != "" {
		err = run(ctx, server, *buildings)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench/backup:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, server string, buildings int) error {
	dir, err := os.MkdirTemp("", "bench-backup-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	address, err := fill(ctx, server, buildings)
	if err != nil {
		return err
	}
	size, err := databaseSize(ctx, address)
	if err != nil {
		return err
	}
	file := filepath.Join(dir, "district"+backup.Suffix)
	begun := time.Now()
	m, err := backup.Make(ctx, file, backup.Order{Database: address, Software: "bench"})
	if err != nil {
		return err
	}
	made := time.Since(begun)
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	fmt.Printf("%d buildings, %d rows, database %d MiB, backup %d MiB\n", buildings, m.Rows(), size>>20, info.Size()>>20)
	fmt.Printf("  made in        %6.1f s\n", made.Seconds())
	begun = time.Now()
	if _, err := backup.Verify(ctx, file, nil); err != nil {
		return err
	}
	fmt.Printf("  verified in    %6.1f s\n", time.Since(begun).Seconds())
	begun = time.Now()
	if _, err := backup.Check(ctx, file, address, dir, nil); err != nil {
		return err
	}
	fmt.Printf("  checked in     %6.1f s\n", time.Since(begun).Seconds())
	schema, err := postgis.NewestSchema()
	if err != nil {
		return err
	}
	begun = time.Now()
	_, err = backup.Restore(ctx, file, backup.Return{
		Database: postgis.OnDatabase(server, database+"_returned"), Schema: schema, Scratch: dir, Now: time.Now(), Replace: true,
	})
	if err != nil {
		return err
	}
	fmt.Printf("  brought back in%6.1f s\n", time.Since(begun).Seconds())
	return nil
}

// fill makes the generated district in a database of its own.
func fill(ctx context.Context, server string, buildings int) (string, error) {
	admin, err := pgx.Connect(ctx, server)
	if err != nil {
		return "", err
	}
	defer admin.Close(ctx)
	if _, err := admin.Exec(ctx, `create database `+database); err != nil {
		return "", err
	}
	address := postgis.OnDatabase(server, database)
	log := slog.New(slog.DiscardHandler)
	if err := postgis.Migrate(ctx, address, log); err != nil {
		return "", err
	}
	db, err := postgis.Open(ctx, address, log)
	if err != nil {
		return "", err
	}
	defer db.Close()
	return address, district.Load(ctx, db, district.New(district.Scaled(buildings), 1))
}

func databaseSize(ctx context.Context, address string) (size int64, err error) {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return 0, err
	}
	defer conn.Close(ctx)
	err = conn.QueryRow(ctx, `select pg_database_size(current_database())`).Scan(&size)
	return size, err
}
