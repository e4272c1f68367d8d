package media

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/hongyan-go/hongyan/store"
)

// DefaultMaxShared limits a file that is copied into the state, in bytes.
const DefaultMaxShared = 16 << 20

// ErrNotShared means that a file exists only on this machine and is too large to be copied into the
// shared state.
var ErrNotShared = errors.New("media: the file is too large to be copied for the other machines of the cluster: " +
	"put it on a disk that all " +
	"have at the same path and set files.shared (Config.Files.Shared), or send a URL")

// chunkKey returns the key of a chunk in the state. It is not below objectPrefix, which is listed.
func chunkKey(id string, n int64) string {
	return "media/bytes/" + id + "/" + strconv.FormatInt(n, 10)
}

// copyToState copies a file into the state, from where every process can serve it. The remains of a
// failed copy expire.
func (s *FileServer) copyToState(ctx context.Context, id string, obj *offered, source io.Reader, ttl time.Duration) error {
	chunk := make([]byte, store.MaxValue)
	obj.Path, obj.Size = "", 0
	for n := int64(0); ; n++ {
		got, err := io.ReadFull(source, chunk)
		last := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !last {
			return fmt.Errorf("media: %w", err)
		}
		if obj.Size += int64(got); obj.Size > s.config.MaxShared {
			return ErrNotShared
		}
		if got > 0 {
			if _, err := s.config.State.Put(ctx, chunkKey(id, n), bytes.Clone(chunk[:got]), ttl); err != nil {
				return fmt.Errorf("media: %w", err)
			}
		}
		if last {
			obj.Spread = true
			return nil
		}
	}
}

// chunks reads a file from the state chunk by chunk. It is an io.ReadSeekCloser.
type chunks struct {
	ctx    context.Context //nolint:containedctx // of the request that reads
	state  store.State
	id     string
	size   int64
	offset int64
	n      int64 // the index of the chunk in held
	held   []byte
}

// Seek implements io.Seeker.
func (c *chunks) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += c.offset
	case io.SeekEnd:
		offset += c.size
	}
	if offset < 0 {
		return 0, errors.New("media: negative offset in a file")
	}
	c.offset = offset
	return offset, nil
}

// Read implements io.Reader.
func (c *chunks) Read(p []byte) (int, error) {
	if c.offset >= c.size {
		return 0, io.EOF
	}
	n := c.offset / store.MaxValue
	if c.held == nil || c.n != n {
		e, err := c.state.Get(c.ctx, chunkKey(c.id, n))
		if err != nil {
			return 0, fmt.Errorf("media: %w", err)
		}
		c.held, c.n = e.Value, n
	}
	from := c.offset - n*store.MaxValue
	if from >= int64(len(c.held)) {
		return 0, io.ErrUnexpectedEOF
	}
	got := copy(p, c.held[from:])
	c.offset += int64(got)
	return got, nil
}

// Close implements io.Closer.
func (c *chunks) Close() error { return nil }

// find returns an object that this process knows, or that another process has offered since; nil if
// there is none. The caller holds the lock.
func (s *FileServer) find(ctx context.Context, id string) (*offered, error) {
	if o := s.objs[id]; o != nil {
		return o, nil
	}
	if s.config.State == nil {
		return nil, nil
	}
	o, _, err := s.stored(ctx, id)
	if err != nil || o == nil {
		return nil, err
	}
	s.objs[id] = o
	s.bytes += o.Size
	return o, nil
}

// stored reads an object and its revision from the state; nil if there is none.
func (s *FileServer) stored(ctx context.Context, id string) (*offered, uint64, error) {
	e, err := s.config.State.Get(ctx, objectPrefix+id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, 0, nil
	}
	if err != nil {
		return nil, 0, fmt.Errorf("media: %w", err)
	}
	var o offered
	if err := json.Unmarshal(e.Value, &o); err != nil {
		return nil, 0, fmt.Errorf("media: %w", err)
	}
	return &o, e.Revision, nil
}

// use counts a download of an object with a download limit. It reports whether the download is
// allowed; the limit holds across all processes that serve the object. The caller holds the lock.
func (s *FileServer) use(ctx context.Context, id string, o *offered) (bool, error) {
	if s.config.State == nil {
		o.Left--
		return true, nil
	}
	for {
		now, revision, err := s.stored(ctx, id)
		switch {
		case err != nil:
			return false, err
		case now == nil || now.Left == 0:
			o.Left = 0
			return false, nil
		}
		now.Left--
		value, err := json.Marshal(now)
		if err != nil {
			return false, fmt.Errorf("media: %w", err)
		}
		_, err = s.config.State.Swap(ctx, objectPrefix+id, value, revision, s.life(now))
		if err == nil {
			o.Left = now.Left
			return true, nil
		}
		if !errors.Is(err, store.ErrConflict) {
			return false, fmt.Errorf("media: %w", err)
		}
	}
}

// life returns how long an object stays in the state. Expired ones stay for a day, so that after a
// restart their copies can still be removed.
func (s *FileServer) life(o *offered) time.Duration {
	return o.Expires.Sub(s.config.Clock.Now()) + 24*time.Hour
}
