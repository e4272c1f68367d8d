package simulator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/simulator/internal/endpoint"
	"github.com/hongyan-go/hongyan/simulator/internal/replay"
)

// maxRecording bounds a recording that is played, in bytes.
const maxRecording = 64 << 20

// advancer returns what moves the clock; nil if it cannot be moved.
func (s *Simulator) advancer() func(context.Context, time.Duration) error {
	switch given := s.config.Clock.(type) {
	case *clock.Virtual:
		return given.Advance
	case *clock.Ahead:
		return func(_ context.Context, d time.Duration) error { given.Move(d); return nil }
	}
	return nil
}

// postReplay is POST /sim/replay: the body is a recording, which is played from now on.
func (s *Simulator) postReplay(w http.ResponseWriter, r *http.Request) {
	q := readQuery(r, "into", "app_id", "gaps")
	if q.err != nil {
		fail(w, http.StatusBadRequest, q.err)
		return
	}
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRecording))
	if err != nil {
		err = fmt.Errorf("the recording is larger than %d bytes: send its files one after the other", maxRecording)
		fail(w, http.StatusRequestEntityTooLarge, err)
		return
	}
	recording, err := replay.Read(text)
	var state replay.State
	if err == nil {
		state, err = s.player.Start(recording, replay.Options{ //nolint:contextcheck // it goes on after the request
			Into: q.values.Get("into"), AppID: q.values.Get("app_id"), Gaps: q.values.Get("gaps"),
		})
	}
	switch {
	case errors.Is(err, replay.ErrRunning), errors.Is(err, replay.ErrClock):
		fail(w, http.StatusConflict, err)
	case err != nil:
		fail(w, http.StatusBadRequest, err)
	default:
		endpoint.WriteJSON(w, http.StatusOK, state)
	}
}

// getReplay is GET /sim/replay: how far the last recording was played.
func (s *Simulator) getReplay(w http.ResponseWriter, r *http.Request) {
	q := readQuery(r, "wait")
	wait := q.wait()
	if q.err != nil {
		fail(w, http.StatusBadRequest, q.err)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), wait)
	defer cancel()
	endpoint.WriteJSON(w, http.StatusOK, s.player.Ended(ctx))
}

// deleteReplay is DELETE /sim/replay: the recording that is played ends.
func (s *Simulator) deleteReplay(w http.ResponseWriter, r *http.Request) {
	if q := readQuery(r); q.err != nil {
		fail(w, http.StatusBadRequest, errors.New("DELETE stops the recording that is played, and takes no parameters"))
		return
	}
	s.player.Stop()
	endpoint.WriteJSON(w, http.StatusOK, s.player.State())
}
