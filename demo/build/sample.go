package main

import "os"

func writeSamples(dir string, d *district) error { return os.MkdirAll(dir, 0o755) }
