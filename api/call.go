package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// class determines how long a call may take.
type class int

const (
	query class = iota // reads data
	send               // sends something that needs no download
	media              // the service downloads a file first
)

func (c *Client) timeout(k class) time.Duration {
	switch k {
	case send:
		return c.config.SendTimeout
	case media:
		return c.config.MediaTimeout
	default:
		return c.config.QueryTimeout
	}
}

// tolerant returns the options for answers of the service: member names in any case, invalid UTF-8,
// duplicate members. They are made once, as they remember what they have found out about types.
var tolerant = sync.OnceValue(func() json.Options {
	return json.JoinOptions(
		json.MatchCaseInsensitiveNames(true), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true),
		json.WithUnmarshalers(json.UnmarshalFromFunc(readLoosely)),
	)
})

// lateError is the cause of a call that took too long.
type lateError struct{ after time.Duration }

func (e lateError) Error() string {
	return fmt.Sprintf("api: no answer within %v: %v", e.after, context.DeadlineExceeded)
}

func (lateError) Unwrap() error { return context.DeadlineExceeded }

// envelope is the outer object of every answer.
type envelope struct {
	Ret  text           `json:"ret"`
	Msg  text           `json:"msg"`
	Data jsontext.Value `json:"data"`
}

// call makes one request: it posts the body as JSON, reads the envelope and decodes its data into
// out, which may be nil. It never retries. Every error is an *Error.
func (c *Client) call(ctx context.Context, endpoint string, k class, body, out any) error {
	payload, err := json.Marshal(body, jsontext.AllowInvalidUTF8(true))
	if err != nil {
		return &Error{Endpoint: endpoint, Err: errors.New("api: the request cannot be written as JSON"), executed: ExecutedNo}
	}
	if c.config.UseProxy {
		payload = withProxy(payload)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, c.timeout(k), lateError{c.timeout(k)})
	defer cancel()

	status, pause, answer, err := c.post(ctx, endpoint, payload)
	if err != nil {
		return err
	}
	var e envelope
	err = json.Unmarshal(bytes.TrimPrefix(bytes.TrimSpace(answer), []byte("\xef\xbb\xbf")), &e, tolerant())
	ret, noRet := strconv.Atoi(strings.TrimSpace(string(e.Ret)))
	if err != nil || noRet != nil {
		return &Error{Endpoint: endpoint, HTTPStatus: status, RetryAfter: pause, Err: ErrNotEnvelope, executed: executedBy(status)}
	}
	if ret != http.StatusOK {
		no := refusal(endpoint, status, ret, &e, func(s text) string { return scrub(string(s), c.token, payload) })
		no.RetryAfter = pause
		return no
	}
	if out == nil || len(e.Data) == 0 || e.Data.Kind() == 'n' {
		return nil
	}
	if err := json.Unmarshal(e.Data, out, tolerant()); err != nil {
		return &Error{
			Endpoint: endpoint, Ret: http.StatusOK, HTTPStatus: status, executed: ExecutedYes,
			Err: errors.New("api: the data of the answer has an unexpected shape"),
		}
	}
	return nil
}

// withProxy adds the one field that every call has.
func withProxy(object []byte) []byte {
	open := bytes.TrimSuffix(object, []byte("}"))
	if len(open) > len("{") {
		open = append(open, ',')
	}
	return append(open, `"useProxy":true}`...)
}

// post makes the HTTP request. It returns the status, the pause that the answer asks for, and the
// body. Its errors say whether the request has left the machine.
func (c *Client) post(
	ctx context.Context, endpoint string, payload []byte,
) (status int, pause time.Duration, answer []byte, err error) {
	var written atomic.Bool // whether any part of the request may have reached the service
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		WroteHeaders: func() { written.Store(true) },
	})
	fail := func(err error) (int, time.Duration, []byte, error) {
		e := &Error{Endpoint: endpoint, HTTPStatus: status, RetryAfter: pause, Err: err, executed: ExecutedNo}
		if written.Load() {
			e.executed = executedBy(status)
		}
		if cause := context.Cause(ctx); cause != nil {
			e.Err = cause
			if !errors.Is(cause, ctx.Err()) {
				e.Err = fmt.Errorf("%w: %w", ctx.Err(), cause)
			}
		}
		return status, pause, nil, e
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.config.Provider.BaseURL+endpoint, bytes.NewReader(payload))
	if err != nil {
		return fail(err)
	}
	request.Header.Set("Content-Type", "application/json")
	if endpoint != getTokenID { // this call obtains the token
		request.Header.Set(c.config.Provider.TokenHeader, *c.token.value)
	}
	response, err := c.config.HTTPClient.Do(request)
	if err != nil {
		return fail(err)
	}
	defer response.Body.Close()
	status, pause = response.StatusCode, retryAfter(response.Header)
	answer, err = io.ReadAll(io.LimitReader(response.Body, c.config.MaxResponse+1))
	switch {
	case err != nil:
		return fail(fmt.Errorf("api: the answer broke off: %w", err))
	case int64(len(answer)) > c.config.MaxResponse:
		return fail(ErrResponseTooLarge)
	}
	return status, pause, answer, nil
}

// refusal returns the error for an answer that reports a failure.
func refusal(endpoint string, status, ret int, e *envelope, clean func(text) string) *Error {
	err := &Error{Endpoint: endpoint, Ret: ret, HTTPStatus: status}
	var data struct {
		Code   text `json:"code"`
		Msg    text `json:"msg"`
		Detail text `json:"detail"`
	}
	if e.Data.Kind() == '{' {
		if json.Unmarshal(e.Data, &data, tolerant()) == nil {
			err.Code = clean(data.Code)
		}
	}
	var detail struct {
		MsgErr text `json:"msg_err"`
		Msg    text `json:"msg"`
	}
	if json.Unmarshal([]byte(data.Detail), &detail, tolerant()) != nil {
		detail.MsgErr = data.Detail
	}
	for _, message := range []text{data.Msg, detail.MsgErr, detail.Msg, e.Msg} {
		if message != "" {
			err.Message = clean(message)
			break
		}
	}
	// Not the raw texts: a refusal that repeats the message may contain the word "offline".
	err.said = strings.Join([]string{clean(e.Msg), clean(data.Msg), clean(detail.MsgErr), clean(detail.Msg)}, " ")
	err.Err = reason(endpoint, string(data.Code), err.said)
	if refused(ret, status) && !timedOut(strings.ToLower(string(e.Msg+data.Msg+detail.MsgErr+detail.Msg))) {
		err.executed = ExecutedNo
	}
	return err
}
