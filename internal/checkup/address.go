package checkup

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"syscall"
	"time"
)

// answerWithin is how long whoever listens on the service's address may take to
// say who it is.
const answerWithin = 3 * time.Second

// address looks whether the service's address is free, or the service's.
func (r *Report) address(ctx context.Context, address string) {
	if address == "" {
		return
	}
	listener, err := net.Listen("tcp", address)
	const other = "choose another address with --listen or LIANPIAN_LISTEN"
	switch {
	case err == nil:
		listener.Close()
		r.add("address", OK, "", "%s is free: no service listens there", address)
	case !errors.Is(err, syscall.EADDRINUSE):
		r.add("address", Fault, other, "the service cannot listen on %s: %v", address, err)
	case ours(ctx, address):
		r.add("address", OK, "", "the service answers on %s", address)
	default:
		r.add("address", Fault, "end it, or "+other, "another program listens on %s", address)
	}
}

// ours tells whether a service answers at an address that is taken, by HTTP or by
// HTTPS with whatever certificate.
func ours(ctx context.Context, address string) bool {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	client := &http.Client{Timeout: answerWithin, Transport: &http.Transport{
		DisableKeepAlives: true,
		TLSClientConfig:   &tls.Config{InsecureSkipVerify: true}, // nothing is sent, and the name is another one here
	}}
	for _, scheme := range []string{"http", "https"} {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+"://"+net.JoinHostPort(host, port)+"/healthz", nil)
		if err != nil {
			return false
		}
		response, err := client.Do(request)
		if err != nil {
			continue
		}
		said, err := io.ReadAll(io.LimitReader(response.Body, 16))
		response.Body.Close()
		if err == nil && bytes.Equal(said, []byte("ok\n")) && response.Header.Get("X-Request-Id") != "" {
			return true
		}
	}
	return false
}
