// Package fetchtest makes the HTTP requests of tests. Each has a connection of its own, which is
// closed with the response, so that no idle connection outlives its test.
package fetchtest

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// Answer is a response that has been read to its end.
type Answer struct {
	Status int
	Header http.Header
	Length int64 // of the body as announced; -1 if it was not
	Body   string
}

// Do makes a request and fails the test if no response arrives. headers are names and values in
// turn; Host sets the host of the request. It does not follow redirects.
func Do(t testing.TB, method, url, body string, headers ...string) Answer {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	request.Host = request.Header.Get("Host")
	client := &http.Client{
		Transport: &http.Transport{DisableKeepAlives: true}, Timeout: time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return Answer{response.StatusCode, response.Header, response.ContentLength, string(text)}
}

// Get makes a GET request.
func Get(t testing.TB, url string, headers ...string) Answer {
	t.Helper()
	return Do(t, http.MethodGet, url, "", headers...)
}
