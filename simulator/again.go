package simulator

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/go-chi/chi/v5"
)

// Again posts an old message once more, as the service does after a login: with the same NewMsgId, the same time, and to the
// same accounts. It is POST /sim/messages/{seq}/again as a method.
func (s *Simulator) Again(seq int64) error {
	if err := s.again(seq); err != nil {
		return fmt.Errorf("simulator: %w", err)
	}
	return nil
}

func (s *Simulator) again(seq int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, ok := s.messages.at(seq)
	switch {
	case s.closed:
		return errClosed
	case !ok:
		return fmt.Errorf("there is no message %d, or it is forgotten", seq)
	case e.Endpoint != "":
		return fmt.Errorf("the message %d was sent through the API, and such messages are not posted", seq)
	case s.callback == "":
		return errors.New("nobody has registered a callback URL")
	}
	for _, to := range e.seen {
		s.tell(e, to)
	}
	s.broadcast()
	return nil
}

// postAgain is POST /sim/messages/{seq}/again.
func (s *Simulator) postAgain(w http.ResponseWriter, r *http.Request) {
	seq, err := strconv.ParseInt(chi.URLParam(r, "seq"), 10, 64)
	if err == nil {
		err = s.again(seq)
	}
	if err != nil {
		fail(w, http.StatusBadRequest, err)
		return
	}
	writeJSON(w, http.StatusOK, struct {
		OK bool `json:"ok"`
	}{true})
}
