package nats

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/nats-io/nats.go"

	"github.com/hongyan-go/hongyan/store"
)

// The headers of stored messages. Values are escaped, so they can hold any bytes.
const (
	headKey      = "Hongyan-Key"
	headLane     = "Hongyan-Lane"
	headReceived = "Hongyan-Received"
	headNonce    = "Hongyan-Nonce" // distinguishes writes of the same content, so that a retry recognises its own
	headExpires  = "Hongyan-Expires"
	headTTL      = "Hongyan-TTL"
	headAttempts = "Hongyan-Attempts"
	headReason   = "Hongyan-Reason"
	headStack    = "Hongyan-Stack"
	headBuried   = "Hongyan-Buried"
	headSend     = "Hongyan-Send"
	headAccount  = "Hongyan-Account"
	headTarget   = "Hongyan-Target"
	headState    = "Hongyan-State"
	headUpdated  = "Hongyan-Updated"
	headID       = "Hongyan-ID"
	headTime     = "Hongyan-Time"
)

// names derives the subjects and stream names of a prefix.
type names struct{ prefix string }

func (n names) stream(part string) string {
	return strings.ToUpper(n.prefix + "_" + part)
}

func (n names) inbox(partition int, kind, token string) string {
	return n.prefix + ".inbox." + strconv.Itoa(partition) + "." + kind + "." + token
}

// anyInbox is the filter for an item in any partition.
func (n names) anyInbox(kind, token string) string {
	return n.prefix + ".inbox.*." + kind + "." + token
}

func (n names) partitionItems(p int) string { return n.prefix + ".inbox." + strconv.Itoa(p) + ".>" }

func (n names) member(id string) string { return n.prefix + ".work.member." + id }
func (n names) partition(p int) string  { return n.prefix + ".work.part." + strconv.Itoa(p) }

func (n names) dead(p int, seq uint64) string {
	return n.prefix + ".work.dead." + strconv.Itoa(p) + "." + strconv.FormatUint(seq, 10)
}

// The kinds of items: with a key, without a key, and revived.
const (
	kindKey     = "k"
	kindNoKey   = "n"
	kindRevived = "r"
)

// token returns a subject token for any text.
func token(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.RawURLEncoding.EncodeToString(sum[:24])
}

// place returns the partition of a lane, and its id there.
func place(lane string, partitions int) (partition int, id string) {
	sum := sha256.Sum256([]byte(lane))
	n := binary.BigEndian.Uint64(sum[12:20]) % uint64(partitions) //nolint:gosec // 1 to maxPartitions
	return int(n), base64.RawURLEncoding.EncodeToString(sum[:12]) //nolint:gosec // below maxPartitions
}

// segment encodes a part of a key as a subject token: letters, digits, - _ and @ stay, other bytes
// become =XX, and the empty string becomes =.
func segment(s string) string {
	if s == "" {
		return "="
	}
	var b strings.Builder
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_', c == '@':
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "=%02X", c)
		}
	}
	return b.String()
}

// path encodes a key with slashes as subject tokens.
func path(key string) string {
	parts := strings.Split(key, "/")
	for i, p := range parts {
		parts[i] = segment(p)
	}
	return strings.Join(parts, ".")
}

func (n names) subjectOf(key string) string { return n.prefix + ".state." + path(key) }

// stateBelow returns a filter that includes all keys that begin with prefix; it is exact up to the
// last slash of prefix.
func (n names) stateBelow(prefix string) string {
	i := strings.LastIndexByte(prefix, '/')
	if i < 0 {
		return n.prefix + ".state.>"
	}
	return n.subjectOf(prefix[:i]) + ".>"
}

func (n names) send(key string) string { return n.prefix + ".ledger." + token(key) }

func setText(h nats.Header, name, value string) {
	if value != "" {
		h.Set(name, url.QueryEscape(value))
	}
}

func text(h nats.Header, name string) string {
	s, err := url.QueryUnescape(h.Get(name))
	if err != nil {
		return ""
	}
	return s
}

func setTime(h nats.Header, name string, t time.Time) {
	if !t.IsZero() {
		h.Set(name, t.UTC().Format(time.RFC3339Nano))
	}
}

func timeOf(h nats.Header, name string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, h.Get(name))
	if err != nil {
		return time.Time{}
	}
	return t
}

// itemHeader returns the headers of an item.
func itemHeader(item store.Item) nats.Header {
	h := nats.Header{}
	setText(h, headKey, item.Key)
	setText(h, headLane, item.Lane)
	setTime(h, headReceived, item.Received)
	return h
}

func itemOf(h nats.Header, body []byte) store.Item {
	return store.Item{Key: text(h, headKey), Lane: text(h, headLane), Received: timeOf(h, headReceived), Body: body}
}

// cut shortens a text to at most n bytes at a character boundary.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
