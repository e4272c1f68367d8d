package media

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/hongyan-go/hongyan/internal/wait"
)

// brokenError is a transfer that broke off: a retry may succeed.
type brokenError struct{ err error }

func (e *brokenError) Error() string { return "media: the transfer broke off: " + e.err.Error() }
func (e *brokenError) Unwrap() error { return e.err }

// fetch downloads a link into a partial file. An incomplete transfer is kept for a retry, now or
// later, if the server can resume it.
func (f *Fetcher) fetch(ctx context.Context, p *partial, u *url.URL) error {
	client := f.guard.client()
	defer client.CloseIdleConnections()
	for attempt := 1; ; attempt++ {
		err := f.try(ctx, client, p, u)
		if err == nil {
			return nil
		}
		var broken *brokenError
		if !errors.As(err, &broken) {
			p.remove()
			return err
		}
		if attempt >= f.config.Attempts || ctx.Err() != nil {
			return errors.Join(err, p.keep())
		}
		if werr := f.config.Wait(ctx, wait.Doubled(attempt, time.Second, time.Hour)); werr != nil {
			return errors.Join(err, p.keep())
		}
	}
}

// try makes one request.
func (f *Fetcher) try(ctx context.Context, client *http.Client, p *partial, u *url.URL) error {
	ctx, cancel := context.WithTimeout(ctx, f.config.Timeout)
	defer cancel()
	ctx, stall := context.WithCancelCause(ctx)
	defer stall(nil)
	watch := time.AfterFunc(f.config.Stall+dialTimeout, func() { stall(errStalled) })
	defer watch.Stop()

	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return fmt.Errorf("%w: not a valid URL", ErrForbiddenHost)
	}
	offset, err := p.offset()
	if err != nil {
		return err
	}
	if offset > 0 {
		r.Header.Set("Range", "bytes="+strconv.FormatInt(offset, 10)+"-")
		r.Header.Set("If-Range", p.validator)
	}
	response, err := client.Do(r) //nolint:bodyclose // it is closed below
	if err != nil {
		return f.failed(ctx, err)
	}
	defer response.Body.Close()
	if err := p.begin(response, offset); err != nil || p.complete {
		return err
	}
	if err := f.checkLength(response.ContentLength, p.size); err != nil {
		return err
	}
	alive := readerFunc(func(b []byte) (int, error) {
		n, err := response.Body.Read(b)
		watch.Reset(f.config.Stall)
		return n, err
	})
	if err := f.copy(ctx, p, alive); err != nil {
		return err
	}
	if p.total > 0 && p.size != p.total {
		return again(p, "the length of the response differs from what the server announced")
	}
	return nil
}

// failed classifies a connection error: one that would occur again with the same link is final.
func (f *Fetcher) failed(ctx context.Context, err error) error {
	if lasting(err) {
		return cause(err)
	}
	if why := context.Cause(ctx); why != nil {
		err = why
	}
	return &brokenError{cause(err)}
}

func (f *Fetcher) checkLength(announced, have int64) error {
	if announced > 0 && have+announced > f.config.MaxSize {
		return fmt.Errorf("%w: %d bytes", ErrTooLarge, have+announced)
	}
	return nil
}

// copy writes the data to the partial file, up to the limit.
func (f *Fetcher) copy(ctx context.Context, p *partial, r io.Reader) error {
	buffer := make([]byte, 32<<10)
	for {
		n, err := r.Read(buffer)
		if p.size+int64(n) > f.config.MaxSize {
			return fmt.Errorf("%w: more than %d bytes", ErrTooLarge, f.config.MaxSize)
		}
		if werr := p.append(buffer[:n]); werr != nil {
			return werr
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return f.failed(ctx, err)
		}
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(b []byte) (int, error) { return f(b) }

// begin checks the response to a request from offset on, and positions the partial file where the
// body starts.
func (p *partial) begin(r *http.Response, offset int64) error {
	switch r.StatusCode {
	case http.StatusOK:
		if err := p.restart(); err != nil {
			return err
		}
	case http.StatusPartialContent:
		from, total, ok := lastRange(r.Header.Get("Content-Range"))
		if !ok || from != offset || offset == 0 {
			return again(p, "the server sent a different range than requested")
		}
		p.total = total
		if tag := r.Header.Get("ETag"); tag != "" && strings.HasPrefix(p.validator, `"`) && tag != p.validator {
			return again(p, "the server sent a range of another file")
		}
		return nil
	case http.StatusRequestedRangeNotSatisfiable:
		if r.Header.Get("Content-Range") == "bytes */"+strconv.FormatInt(offset, 10) && offset > 0 {
			p.complete = true
			return nil
		}
		return again(p, "the requested range does not exist")
	case http.StatusNotFound, http.StatusGone:
		return fmt.Errorf("%w: HTTP %d", ErrExpired, r.StatusCode)
	default:
		err := fmt.Errorf("media: the link answers HTTP %d", r.StatusCode)
		if r.StatusCode >= http.StatusInternalServerError || r.StatusCode == http.StatusTooManyRequests {
			return &brokenError{err}
		}
		return err
	}
	p.validator = validatorOf(r.Header)
	return nil
}

// again makes the next attempt start from the beginning.
func again(p *partial, why string) error {
	if err := p.restart(); err != nil {
		return err
	}
	return &brokenError{errors.New("media: " + why)}
}

// validatorOf returns the value for If-Range: a strong ETag, or else Last-Modified. Empty means
// that the server cannot resume.
func validatorOf(h http.Header) string {
	if !strings.EqualFold(h.Get("Accept-Ranges"), "bytes") {
		return ""
	}
	if tag := h.Get("ETag"); tag != "" && !strings.HasPrefix(tag, "W/") {
		return tag
	}
	return h.Get("Last-Modified")
}

// lastRange parses "bytes 100-199/200": the start of a range and the length of the whole file. The
// range must reach the end of the file; otherwise the result would only look complete.
func lastRange(contentRange string) (from, total int64, ok bool) {
	rest, ok := strings.CutPrefix(contentRange, "bytes ")
	span, size, slash := strings.Cut(rest, "/")
	first, last, dash := strings.Cut(span, "-")
	from, badFrom := strconv.ParseInt(first, 10, 64)
	end, badEnd := strconv.ParseInt(last, 10, 64)
	total, badTotal := strconv.ParseInt(size, 10, 64)
	numbers := badFrom == nil && badEnd == nil && badTotal == nil
	return from, total, ok && slash && dash && numbers && from >= 0 && from <= end && end == total-1
}
