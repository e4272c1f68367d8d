package bench_test

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/store"
)

// service is the chat service: it accepts every call at once. It speaks just enough HTTP to cost
// next to nothing, so that what the process spends is spent by the bot.
type service struct {
	url string
	// sent is called with the number in the text of each call that sends.
	sent atomic.Pointer[func(number int)]
	// store is that of the last bot that was run.
	store store.Store

	listener net.Listener
	owned    sync.WaitGroup
	mu       sync.Mutex
	open     map[net.Conn]bool
}

// The answers of the service. The length is what a real answer has.
const (
	accepted = `{"ret":200,"msg":"操作成功","data":{"toWxid":"wxid_0","createTime":1782051117,"msgId":769533801,` +
		`"newMsgId":5271007655758710001,"type":1}}`
	done = `{"ret":200,"msg":"操作成功","data":null}`
)

func newService(t testing.TB) *service {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := &service{url: "http://" + l.Addr().String(), listener: l, open: map[net.Conn]bool{}}
	s.expect(func(int) {})
	s.owned.Go(s.accept)
	t.Cleanup(s.close)
	return s
}

// expect sets the function that is called with each send.
func (s *service) expect(f func(number int)) { s.sent.Store(&f) }

func (s *service) accept() {
	for {
		c, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.open[c] = true
		s.mu.Unlock()
		s.owned.Go(func() { s.serve(c) })
	}
}

func (s *service) close() {
	_ = s.listener.Close()
	s.mu.Lock()
	for c := range s.open {
		_ = c.Close()
	}
	s.mu.Unlock()
	s.owned.Wait()
}

func (s *service) serve(c net.Conn) {
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.open, c)
		_ = c.Close()
	}()
	yes, no := response(accepted), response(done)
	r := bufio.NewReader(c)
	var body []byte
	for {
		sends, err := readRequest(r, &body)
		if err != nil {
			return
		}
		answer := no
		if sends {
			answer = yes
			(*s.sent.Load())(numberIn(body))
		}
		if _, err := c.Write(answer); err != nil {
			return
		}
	}
}

func response(body string) []byte {
	return []byte("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n" + body)
}

// readRequest reads a request, with its body into the buffer, and reports whether it sends a text.
func readRequest(r *bufio.Reader, body *[]byte) (sends bool, err error) {
	line, err := r.ReadSlice('\n')
	if err != nil {
		return false, err
	}
	sends = bytes.Contains(line, []byte("/message/postText"))
	return sends, readMessage(r, body)
}

var contentLength = []byte("content-length: ")

// readMessage reads headers and a body of known length.
func readMessage(r *bufio.Reader, body *[]byte) error {
	length := 0
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return err
		}
		if line = bytes.TrimSpace(line); len(line) == 0 {
			break
		}
		if len(line) > len(contentLength) && bytes.EqualFold(line[:len(contentLength)], contentLength) {
			length = number(line[len(contentLength):])
		}
	}
	if cap(*body) < length {
		*body = make([]byte, length)
	}
	*body = (*body)[:length]
	_, err := io.ReadFull(r, *body)
	return err
}

// marker begins the number of a message in its text.
var marker = []byte("no. ")

// numberIn returns the number of the message that a body quotes, or -1.
func numberIn(body []byte) int {
	if at := bytes.Index(body, marker); at >= 0 {
		return number(body[at+len(marker):])
	}
	return -1
}

func number(digits []byte) int {
	n := 0
	for _, d := range digits {
		if d < '0' || d > '9' {
			break
		}
		n = 10*n + int(d-'0')
	}
	return n
}

// posts are messages that clients post as the service does.
type posts struct {
	addresses     []string // of the bots, in turn
	conversations int
	clients       int
	// every is the time between two messages; 0 means that each client posts as fast as it can.
	every time.Duration
	// accounts share the conversations, and there is at least one.
	accounts int
}

// account is which account a message is for. All messages of a conversation are for the same.
func (p posts) account(number int) int { return number % p.conversations % max(1, p.accounts) }

// post posts n messages, the first with the number from, and calls began before each. It returns
// when all are acknowledged.
func (p posts) post(b testing.TB, from, n int, began func(number int)) {
	b.Helper()
	var next atomic.Int64
	var wg sync.WaitGroup
	failed := make(chan error, p.clients)
	ticks := make(chan struct{})
	ended := make(chan struct{})
	if p.every > 0 {
		ticker := time.NewTicker(p.every)
		wg.Go(func() {
			defer ticker.Stop()
			for range n {
				<-ticker.C
				select {
				case ticks <- struct{}{}:
				case <-ended:
					return
				}
			}
		})
	}
	var clients sync.WaitGroup
	for range min(p.clients, n) {
		clients.Go(func() {
			c := &client{addresses: p.addresses}
			defer c.close()
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				if p.every > 0 {
					<-ticks
				}
				began(from + i)
				if err := c.post(from+i, (from+i)%p.conversations, p.account(from+i)); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	clients.Wait()
	close(ended)
	wg.Wait()
	select {
	case err := <-failed:
		b.Fatal(err)
	default:
	}
}
