package world

import (
	"bytes"
	"crypto/md5" //nolint:gosec // the format has an md5; nothing is protected by it
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"image"
	"image/jpeg"
	"math/rand/v2"
	"slices"
)

// Generator makes ids and keys that look like the service's. The same seed gives the same ones, in
// the same order.
type Generator struct {
	rand      *rand.Rand
	seed      uint64
	thumbnail []byte // a small JPEG, the same for all images
}

func newGenerator(seed uint64) *Generator {
	g := &Generator{rand: rand.New(rand.NewPCG(seed, 0x686f6e6779616e)), seed: seed} //nolint:gosec // reproducible on purpose
	picture := image.NewGray(image.Rect(0, 0, 24, 24))
	for i := range picture.Pix {
		picture.Pix[i] = byte(i * 7)
	}
	var b bytes.Buffer
	if jpeg.Encode(&b, picture, nil) == nil {
		g.thumbnail = b.Bytes()
	}
	return g
}

// NewMsgID returns an id of 19 digits: more than a float64 can hold, and not more than an int64
// can.
func (g *Generator) NewMsgID() uint64 {
	return 1_000_000_000_000_000_000 + g.rand.Uint64N(8_000_000_000_000_000_000)
}

func (g *Generator) bytes(n int) []byte {
	b := make([]byte, 0, n+8)
	for len(b) < n {
		b = binary.BigEndian.AppendUint64(b, g.rand.Uint64())
	}
	return b[:n]
}

// Key returns an aes key: 32 hex digits.
func (g *Generator) Key() string { return hex.EncodeToString(g.bytes(16)) }

// cdnID returns the id of an object of the cdn: the hex of a small DER structure with the time and
// a uuid.
func (g *Generator) cdnID(now int64) string {
	u := g.bytes(16)
	uuid := fmt.Sprintf("%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
	number := func(n int) []byte {
		b := g.bytes(n)
		b[0] = b[0]&0x7f | 0x01 // DER integers are signed, and as short as can be
		return der(0x02, b)
	}
	zero := []byte{0x02, 0x01, 0x00}
	inner := slices.Concat(
		zero, number(4), number(3), number(4),
		der(0x02, binary.BigEndian.AppendUint32(nil, uint32(now))), //nolint:gosec // the format has 32 bits
		der(0x04, []byte(uuid)), number(4), zero,
	)
	tail := der(0x04, append([]byte{0x00}, g.bytes(4)...))
	return hex.EncodeToString(der(0x30, slices.Concat(zero, der(0x04, der(0x30, inner)), tail)))
}

// der returns a DER element of less than 128 bytes.
func der(tag byte, content []byte) []byte {
	return append([]byte{tag, byte(len(content))}, content...) //nolint:gosec // the content is short
}

// UploadToken returns the token that links a file to the notice of its upload.
func (g *Generator) UploadToken() string {
	return "v1_" + base64.StdEncoding.EncodeToString(g.bytes(128))
}

// signature returns the signature in the msgsource of a message.
func (g *Generator) signature() string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	b := make([]byte, 16)
	for i := range b {
		b[i] = letters[g.rand.IntN(len(letters))]
	}
	return fmt.Sprintf("V1_%s|v1_%s", b[:8], b[8:])
}

// Digest returns 32 hex digits that follow from the seed and the description alone.
func (g *Generator) Digest(of ...any) string {
	sum := md5.Sum([]byte(fmt.Sprint(g.seed, of))) //nolint:gosec // the format has an md5; nothing is protected by it
	return hex.EncodeToString(sum[:])
}

// PlainMD5 returns the md5 of a text, as phone numbers are sent.
func (g *Generator) PlainMD5(text string) string {
	sum := md5.Sum([]byte(text)) //nolint:gosec // the format has an md5; nothing is protected by it
	return hex.EncodeToString(sum[:])
}

// Picture returns a small JPEG in base64.
func (g *Generator) Picture() string { return base64.StdEncoding.EncodeToString(g.thumbnail) }
