package faults

import (
	"bytes"
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// wire is a proxy between the service and its database, which can be slow, silent
// or cut. A proxy of the shelf cannot do what matters most here: take away the
// answer to a commit and nothing else.
type wire struct {
	listener net.Listener
	network  string // of the server
	upstream string

	mu        sync.Mutex
	delay     time.Duration
	silent    bool
	down      bool
	eat       int // so many commits get no answer
	eaten     int
	connected map[net.Conn]net.Conn
	freed     chan struct{} // closed when silence ends
}

// newWire is a wire to the server of a database.
func newWire(t *testing.T, database string) *wire {
	t.Helper()
	config, err := pgconn.ParseConfig(database)
	if err != nil {
		t.Fatal(err)
	}
	network, upstream := pgconn.NetworkAddress(config.Host, config.Port)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &wire{listener: listener, network: network, upstream: upstream, connected: map[net.Conn]net.Conn{}, freed: make(chan struct{})}
	var running sync.WaitGroup
	running.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			running.Go(func() { p.carry(client) })
		}
	})
	t.Cleanup(func() {
		listener.Close()
		p.set(func() { p.silent = false })
		p.cut()
		running.Wait()
	})
	return p
}

// url is the address of a database behind the wire.
func (p *wire) url(direct string) string {
	u, err := url.Parse(direct)
	if err != nil {
		panic(err) // made by our own server
	}
	host, port, _ := net.SplitHostPort(p.listener.Addr().String())
	q := u.Query()
	q.Set("host", host)
	q.Set("port", port)
	q.Set("sslmode", "disable")
	u.RawQuery = q.Encode()
	return u.String()
}

func (p *wire) set(change func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change()
	if !p.silent {
		close(p.freed)
		p.freed = make(chan struct{})
	}
}

// cut breaks every connection.
func (p *wire) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for client, server := range p.connected {
		client.Close()
		server.Close()
	}
}

func (p *wire) carry(client net.Conn) {
	defer client.Close()
	p.mu.Lock()
	down := p.down
	p.mu.Unlock()
	if down {
		return
	}
	server, err := net.Dial(p.network, p.upstream)
	if err != nil {
		return
	}
	defer server.Close()
	p.mu.Lock()
	p.connected[client] = server
	p.mu.Unlock()
	defer func() {
		p.mu.Lock()
		delete(p.connected, client)
		p.mu.Unlock()
	}()
	lose := make(chan struct{})
	var both sync.WaitGroup
	both.Go(func() {
		p.pass(server, client, func(b []byte) {
			// A commit goes out alone; from here on nothing comes back.
			if !bytes.Contains(b, []byte("commit\x00")) {
				return
			}
			p.mu.Lock()
			defer p.mu.Unlock()
			if p.eat > 0 {
				p.eat--
				p.eaten++
				close(lose)
			}
		})
		server.Close()
	})
	both.Go(func() {
		p.pass(client, server, func([]byte) {
			select {
			case <-lose:
				client.Close()
			default:
			}
		})
		client.Close()
	})
	both.Wait()
}

func (p *wire) pass(to, from net.Conn, look func([]byte)) {
	b := make([]byte, 32<<10)
	for {
		n, err := from.Read(b)
		if n > 0 {
			look(b[:n])
			p.mu.Lock()
			delay, silent, freed := p.delay, p.silent, p.freed
			p.mu.Unlock()
			time.Sleep(delay)
			if silent {
				<-freed
			}
			if _, err := to.Write(b[:n]); err != nil {
				return
			}
		}
		if err != nil {
			if err != io.EOF {
				to.Close()
			}
			return
		}
	}
}
