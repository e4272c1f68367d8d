package simulator

import (
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

	"github.com/hongyan-go/hongyan/simulator/internal/endpoint"
	"github.com/hongyan-go/hongyan/simulator/internal/message"
)

// routes returns the handler of the API and the control API.
func (s *Simulator) routes() http.Handler {
	r := chi.NewRouter()
	r.NotFound(controlNotFound)
	r.MethodNotAllowed(methodNotAllowed)
	s.api.Routes(r)
	r.Get("/", s.help)
	s.pages.Routes(r)
	r.Get("/sim/messages", s.getMessages)
	r.Post("/sim/messages", s.postMessages)
	r.Post("/sim/messages/{seq}/again", s.postAgain)
	r.Post("/sim/actions", s.postActions)
	r.Get("/sim/login", s.getLogins)
	r.Post("/sim/login", s.postLogin)
	r.Get("/sim/calls", s.getCalls)
	r.Get("/sim/state", s.getState)
	r.Post("/sim/replay", s.postReplay)
	r.Get("/sim/replay", s.getReplay)
	r.Delete("/sim/replay", s.deleteReplay)
	r.Get("/sim/world", s.getWorld)
	r.Put("/sim/world", s.putWorld)
	r.Delete("/sim/world", s.deleteWorld)
	r.Get("/sim/clock", s.getClock)
	r.Post("/sim/clock", s.postClock)
	r.Post("/sim/reports", s.postReports)
	r.Get("/sim/faults", s.getFaults)
	r.Post("/sim/faults", s.postFaults)
	r.Delete("/sim/faults", s.deleteFaults)
	r.Delete("/sim/faults/{id}", s.deleteFault)
	return r
}

func controlNotFound(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/sim/") {
		fail(w, http.StatusNotFound, fmt.Errorf("there is no %s; GET / lists what there is", r.URL.Path))
		return
	}
	endpoint.NotFound(w, r)
}

func methodNotAllowed(w http.ResponseWriter, r *http.Request) {
	fail(w, http.StatusMethodNotAllowed, fmt.Errorf("%s has no %s; GET / tells how to use it", r.URL.Path, r.Method))
}

// fail answers a request of the control API with an error.
func fail(w http.ResponseWriter, status int, err error) {
	endpoint.WriteJSON(w, status, struct {
		Error string `json:"error"`
	}{err.Error()})
}

// maxControl bounds the body of a control request in bytes.
const maxControl = 8 << 20

// readJSON decodes a body. It returns an error for unknown fields.
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

// query is the parameters of a request. Unknown ones are an error.
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

// after returns the number of the last entry seen; 0 if it is missing.
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

// hideSecret returns a callback URL without its path, which may contain the secret of a bot. A user
// of the control API may act as any person of the simulator, but not as the service towards a bot.
func hideSecret(target string) string {
	if target == "" {
		return ""
	}
	u, err := url.Parse(target)
	if err != nil || u.Host == "" {
		return "…"
	}
	shown := u.Scheme + "://" + u.Host
	if strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		shown += "/…"
	}
	return shown
}

// hideCallbacks returns calls without the secrets of the callback URLs in their bodies.
func hideCallbacks(calls []Call) []Call {
	for i, c := range calls {
		if strings.Contains(strings.ToLower(c.Endpoint), "setcallback") {
			calls[i].Body = hideCallback(c.Body)
		}
	}
	return calls
}

// hideCallback returns the body of a setCallback without the secret. It treats all texts as URLs,
// except in fields that are known to have none: a client that misspells the name of the field sends
// a secret as well.
func hideCallback(body json.RawMessage) json.RawMessage {
	var members map[string]json.RawMessage
	if json.Unmarshal(body, &members) != nil {
		return message.EncodeJSON("…")
	}
	for name, value := range members {
		var text string
		if json.Unmarshal(value, &text) != nil {
			members[name] = message.EncodeJSON("…")
		} else if name != "token" && name != "appId" {
			members[name] = message.EncodeJSON(hideSecret(text))
		}
	}
	return message.EncodeJSON(members)
}
