package xmlmsg

import (
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
	"io"
)

// ErrPadding means that decrypted media does not end in valid padding: the key is wrong, or the
// data is cut off.
var ErrPadding = errors.New("xmlmsg: the decrypted media has no valid padding: the key is wrong, or the data is cut off")

const mediaKeySize = 16

// NewMediaReader returns a reader that decrypts media from the cdn: AES-128 in ECB mode with PKCS#7
// padding. Several programs describe the cdn of WeChat this way; it has not been tested against
// this service, so compare the md5 in the message with that of the result. The last block is
// returned only after r has ended; Read returns ErrPadding if the key was wrong.
func NewMediaReader(r io.Reader, key []byte) (io.Reader, error) {
	if len(key) != mediaKeySize {
		return nil, fmt.Errorf("%w; this one has %d bytes", ErrBadKey, len(key))
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("xmlmsg: %w", err)
	}
	return &mediaReader{source: r, block: block, buffer: make([]byte, 0, mediaChunk)}, nil
}

// mediaChunk is the number of bytes that are decrypted at a time.
const mediaChunk = 32 << 10

// mediaReader withholds the last block until it knows whether it is padding.
type mediaReader struct {
	source io.Reader
	block  cipher.Block
	buffer []byte // read but not decrypted
	plain  []byte // decrypted but not returned
	err    error  // returned when plain is empty
}

func (m *mediaReader) Read(p []byte) (int, error) {
	for len(m.plain) == 0 {
		if m.err != nil {
			return 0, m.err
		}
		m.fill()
	}
	n := copy(p, m.plain)
	m.plain = m.plain[n:]
	return n, nil
}

// fill reads and decrypts a chunk.
func (m *mediaReader) fill() {
	start := len(m.buffer)
	n, err := m.source.Read(m.buffer[start:cap(m.buffer)])
	m.buffer = m.buffer[:start+n]
	switch {
	case err == nil:
		whole := (len(m.buffer) - 1) / aes.BlockSize * aes.BlockSize // withhold the last block
		m.decrypt(max(whole, 0))
	case errors.Is(err, io.EOF):
		m.finish()
	default:
		m.err = fmt.Errorf("xmlmsg: reading media: %w", err)
	}
}

// decrypt moves n bytes from buffer to plain.
func (m *mediaReader) decrypt(n int) {
	m.plain = make([]byte, n)
	for i := 0; i < n; i += aes.BlockSize {
		m.block.Decrypt(m.plain[i:], m.buffer[i:])
	}
	m.buffer = append(m.buffer[:0], m.buffer[n:]...)
}

// finish decrypts the rest and removes the padding.
func (m *mediaReader) finish() {
	m.err = io.EOF
	n := len(m.buffer)
	if n == 0 || n%aes.BlockSize != 0 {
		m.err = ErrPadding
		return
	}
	m.decrypt(n)
	padding := int(m.plain[n-1])
	if padding == 0 || padding > aes.BlockSize {
		m.plain, m.err = nil, ErrPadding
		return
	}
	for _, b := range m.plain[n-padding:] {
		if int(b) != padding {
			m.plain, m.err = nil, ErrPadding
			return
		}
	}
	m.plain = m.plain[:n-padding]
}
