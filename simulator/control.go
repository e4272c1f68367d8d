package simulator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
)

// routes is everything that the simulator answers.
func (s *Simulator) routes() http.Handler {
	r := chi.NewRouter()
	r.NotFound(notFound)
	r.MethodNotAllowed(methodNotAllowed)
	for _, f := range flavours() {
		r.Post(f.prefix+"/*", s.service(f))
	}
	r.Get("/", s.help)
	r.Get("/sim/messages", s.getMessages)
	r.Post("/sim/messages", s.postMessages)
	r.Post("/sim/messages/{seq}/again", s.postAgain)
	r.Post("/sim/actions", s.postActions)
	r.Get("/sim/login", s.getLogins)
	r.Post("/sim/login", s.postLogin)
	r.Get("/sim/calls", s.getCalls)
	r.Get("/sim/state", s.getState)
	r.Get("/sim/faults", s.getFaults)
	r.Post("/sim/faults", s.postFaults)
	r.Delete("/sim/faults", s.deleteFaults)
	r.Get(downloads+"*", s.download)
	r.Head(downloads+"*", s.download)
	return r
}

// service is the service's API in a flavour. Paths are case-sensitive.
func (s *Simulator) service(f flavour) http.HandlerFunc {
	known := map[string]http.HandlerFunc{}
	for _, e := range s.api {
		if e.in(f) {
			known[e.path] = s.serve(f, e)
		}
	}
	return func(w http.ResponseWriter, r *http.Request) {
		path := strings.TrimPrefix(r.URL.Path, f.prefix)
		if serve, ok := known[path]; ok {
			serve(w, r)
			return
		}
		body, _ := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		s.record(Call{Endpoint: path, Body: jsonOf(body), Ret: http.StatusNotFound, Reason: "there is no such endpoint"})
		notFound(w, r)
	}
}

func notFound(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/sim/") {
		fail(w, http.StatusNotFound, fmt.Errorf("there is no %s; GET / lists what there is", r.URL.Path))
		return
	}
	writeJSON(w, http.StatusNotFound, struct {
		Status int    `json:"status"`
		Error  string `json:"error"`
		Path   string `json:"path"`
	}{http.StatusNotFound, "Not Found", r.URL.Path})
}

func methodNotAllowed(w http.ResponseWriter, r *http.Request) {
	fail(w, http.StatusMethodNotAllowed, fmt.Errorf("%s has no %s; GET / tells how to use it", r.URL.Path, r.Method))
}

// fail answers a request of the control API that was not understood.
func fail(w http.ResponseWriter, status int, err error) {
	writeJSON(w, status, struct {
		Error string `json:"error"`
	}{err.Error()})
}

// maxControl bounds the body of a control request in bytes.
const maxControl = 8 << 20

// readJSON reads a body, and refuses what it does not know.
func readJSON(w http.ResponseWriter, r *http.Request, into any) error {
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxControl))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		if errors.Is(err, io.EOF) {
			return errors.New("the body is empty: send a JSON object")
		}
		return fmt.Errorf("the body was not understood: %s", strings.TrimPrefix(err.Error(), "json: "))
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the JSON object of the body")
	}
	return nil
}

// query reads the parameters of a request, and refuses what it does not know.
type query struct {
	values url.Values
	err    error
}

func readQuery(r *http.Request, known ...string) *query {
	q := &query{}
	var err error
	if q.values, err = url.ParseQuery(r.URL.RawQuery); err != nil {
		q.err = errors.New("the query was not understood")
	}
	for name, given := range q.values {
		if !slices.Contains(known, name) {
			q.err = fmt.Errorf("there is no parameter %q; use %s", name, strings.Join(known, ", "))
		} else if len(given) > 1 {
			q.err = fmt.Errorf("the parameter %q is given twice", name)
		}
	}
	return q
}

// after is the number of what was seen last; 0 if it was left out.
func (q *query) after() int64 {
	given := q.values.Get("after")
	if given == "" {
		return 0
	}
	n, err := strconv.ParseInt(given, 10, 64)
	if err != nil || n < 0 {
		q.err = fmt.Errorf(`"after" must be the seq of what you have seen last, not %q`, given)
	}
	return n
}

// maxWait bounds a long poll.
const maxWait = time.Minute

func (q *query) wait() time.Duration {
	given := q.values.Get("wait")
	if given == "" {
		return 0
	}
	d, err := time.ParseDuration(given)
	if err != nil || d < 0 || d > maxWait {
		q.err = fmt.Errorf(`"wait" must be a time up to %v such as 5s, not %q`, maxWait, given)
	}
	return d
}

// postMessages is POST /sim/messages.
func (s *Simulator) postMessages(w http.ResponseWriter, r *http.Request) {
	var d Draft
	if err := readJSON(w, r, &d); err != nil {
		fail(w, http.StatusBadRequest, err)
		return
	}
	m, err := s.post(d)
	if err != nil {
		fail(w, http.StatusBadRequest, err)
		return
	}
	writeJSON(w, http.StatusOK, struct {
		Seq      int64  `json:"seq"`
		MsgID    int64  `json:"msg_id"`
		NewMsgID uint64 `json:"new_msg_id,string"`
	}{m.Seq, m.MsgID, m.NewMsgID})
}

// getMessages is GET /sim/messages.
func (s *Simulator) getMessages(w http.ResponseWriter, r *http.Request) {
	q := readQuery(r, "conversation", "after", "wait")
	after, wait := q.after(), q.wait()
	if q.err != nil {
		fail(w, http.StatusBadRequest, q.err)
		return
	}
	s.mu.Lock()
	conversation, err := s.conversationID(q.values.Get("conversation"))
	s.mu.Unlock()
	if err != nil {
		fail(w, http.StatusNotFound, err)
		return
	}
	var messages []Message
	look := func() bool { messages = s.said(conversation, after); return len(messages) > 0 }
	ctx, cancel := s.alive(r.Context())
	defer cancel()
	ctx, stop := context.WithTimeout(ctx, wait)
	defer stop()
	if s.wait(ctx, look) != nil {
		messages = []Message{} // nothing came: that is an answer
	}
	writeJSON(w, http.StatusOK, struct {
		Messages []Message `json:"messages"`
	}{messages})
}

// getCalls is GET /sim/calls.
func (s *Simulator) getCalls(w http.ResponseWriter, r *http.Request) {
	q := readQuery(r, "after")
	after := q.after()
	if q.err != nil {
		fail(w, http.StatusBadRequest, q.err)
		return
	}
	writeJSON(w, http.StatusOK, struct {
		Calls []Call `json:"calls"`
	}{hideCallbacks(s.callsAfter(after))})
}

// getState is GET /sim/state.
func (s *Simulator) getState(w http.ResponseWriter, r *http.Request) {
	if q := readQuery(r); q.err != nil {
		fail(w, http.StatusBadRequest, errors.New("the state takes no parameters"))
		return
	}
	state := s.State()
	for i := range state.Accounts {
		state.Accounts[i].CallbackURL = hideSecret(state.Accounts[i].CallbackURL)
	}
	writeJSON(w, http.StatusOK, state)
}
