package api

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Executed says whether the service has executed, or may have executed, a failed call.
type Executed int

// The values of Executed.
const (
	// ExecutedUnknown means that the request left the machine and its outcome is not known: a
	// timeout, a lost connection, the error page of a gateway. A retry may execute it twice.
	ExecutedUnknown Executed = iota
	// ExecutedNo means that nothing happened: the request never left the machine, or the service or
	// a gateway refused it (HTTP 400 to 499).
	ExecutedNo
	// ExecutedYes means that the service executed the call, but its answer could not be read.
	ExecutedYes
)

// ExecutedOf says whether the call that returned err may have been executed. It asks the first
// error of the chain that has a method Executed() Executed, such as *Error and the errors of
// package outbox. If there is none, the answer is ExecutedUnknown; if err is nil, ExecutedYes.
func ExecutedOf(err error) Executed {
	if err == nil {
		return ExecutedYes
	}
	var e interface{ Executed() Executed }
	if errors.As(err, &e) {
		return e.Executed()
	}
	return ExecutedUnknown
}

// String returns "unknown", "no" or "yes".
func (e Executed) String() string {
	switch e {
	case ExecutedNo:
		return "no"
	case ExecutedYes:
		return "yes"
	default:
		return "unknown"
	}
}

// The reasons for which a call fails, for errors.Is. The service documents no list of codes; these
// rely on the known texts.
var (
	// ErrTokenInvalid means that the token is unknown to the service, or has expired.
	ErrTokenInvalid = errors.New("api: the token is not valid")
	// ErrOffline means that the account is not logged in.
	ErrOffline = errors.New("api: the account is offline")
	// ErrDeviceUnknown means that the service does not have the device of the appId. A container
	// also reports this when it cannot reach WeChat: log in with an empty appId, which creates a
	// new device, only if a person agrees.
	ErrDeviceUnknown = errors.New("api: the service does not know the device")
	// ErrDeviceNotCreated means that the service could not create a device for a first login, often
	// because of the proxy.
	ErrDeviceNotCreated = errors.New("api: the service could not create a device")
	// ErrCallbackProbe means that SetCallback failed: the service could not reach the URL, or did
	// not get a 200 from it in time.
	ErrCallbackProbe = errors.New("api: the service does not reach the callback URL")
	// ErrNoSuchUser means that ContactsService.Search found no one.
	ErrNoSuchUser = errors.New("api: there is no such user")
	// ErrBadMembers means that GroupService.CreateChatroom cannot use the members: there are fewer
	// than two, or some are not friends.
	ErrBadMembers = errors.New("api: the list of members is wrong")
	// ErrNameTaken means that another Channels account has the name.
	ErrNameTaken = errors.New("api: the name is taken")
	// ErrNoReason means that Channels refused a publication or an upload without giving a reason.
	ErrNoReason = errors.New("api: refused without a reason")
	// ErrResponseTooLarge means that the answer was longer than Config.MaxResponse.
	ErrResponseTooLarge = errors.New("api: the answer is too large")
	// ErrNotEnvelope means that the answer was not the JSON of the service, but for example the
	// error page of a gateway.
	ErrNotEnvelope = errors.New("api: the answer is not the service's JSON")
	// ErrMissingField means that a required field of the request is empty. Nothing was sent.
	ErrMissingField = errors.New("api: a required field is empty")
)

// Error describes a call that failed. It contains neither the token nor any part of the request
// other than the endpoint.
type Error struct {
	Endpoint   string // "/message/postText"
	Ret        int    // ret of the answer: 500 for a failure; 0 if there was no readable answer
	HTTPStatus int    // 0 if there was no answer
	Code       string // data.code; often empty. The service writes it as a string or a number
	Message    string // the most informative text of the answer
	Err        error  // the cause, or one of the reasons above; may be nil
	// RetryAfter is the pause before a retry that the answer asks for (its Retry-After header); 0
	// if there is none.
	RetryAfter time.Duration

	executed Executed
	said     string // the other texts of the answer, without the parts that repeat the request
}

// Executed says whether the service may have executed the call.
func (e *Error) Executed() Executed { return e.executed }

// Error returns the endpoint, the answer of the service, and whether the call may have been
// executed.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "api: %s failed", e.Endpoint)
	var details []string
	if e.Ret != 0 {
		details = append(details, fmt.Sprintf("ret %d", e.Ret))
	}
	if e.HTTPStatus != 0 && e.HTTPStatus != 200 {
		details = append(details, fmt.Sprintf("HTTP %d", e.HTTPStatus))
	}
	if e.Code != "" {
		details = append(details, "code "+e.Code)
	}
	if len(details) > 0 {
		fmt.Fprintf(&b, " (%s)", strings.Join(details, ", "))
	}
	if e.Message != "" {
		b.WriteString(": " + e.Message)
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	if e.RetryAfter > 0 {
		fmt.Fprintf(&b, "; it asks to wait %v", e.RetryAfter)
	}
	switch e.executed {
	case ExecutedUnknown:
		b.WriteString("; it may have been executed")
	case ExecutedYes:
		b.WriteString("; it was executed")
	case ExecutedNo:
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// reason returns the reason for a refusal, according to its code and text, or nil.
func reason(endpoint, code, message string) error {
	text := strings.ToLower(message)
	switch {
	case containsAny(text, "token不可用", "token 不可用", "token无效", "token 无效", "token已过期", "token 已过期", "token expired", "invalid token",
		"header:videosapi-token", "header:x-gewe-token"):
		return ErrTokenInvalid
	case containsAny(text, "offline", "不在线", "离线", "未登录"):
		return ErrOffline
	case containsAny(text, "设备不存在"):
		return ErrDeviceUnknown
	case containsAny(text, "创建设备失败"):
		return ErrDeviceNotCreated
	}
	return reasonOf(endpoint, code)
}

// reasonOf returns the meaning of a code at an endpoint; codes mean different things at different
// endpoints.
func reasonOf(endpoint, code string) error {
	switch {
	case endpoint == "/contacts/search" && code == "-4":
		return ErrNoSuchUser
	case endpoint == "/group/createChatroom" && code == "0":
		return ErrBadMembers
	case strings.HasPrefix(endpoint, "/finder/") && code == "-4002":
		return ErrNameTaken
	case strings.HasPrefix(endpoint, "/finder/") && code == "-4013":
		return ErrNoReason
	case strings.HasSuffix(endpoint, "/setCallback"):
		return ErrCallbackProbe
	}
	return nil
}

// refused reports whether an answer means that the service did not execute the call. 500 is the
// only failure that it documents, and the 400s can only concern the request. Other values are
// uncertain: a gateway that timed out writes its status into ret, and a ret of 0 meant success in
// older versions.
func refused(ret, status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return false
	}
	return ret == http.StatusInternalServerError || refuses(ret) || ret < 200 && refuses(status)
}

// executedBy returns what an HTTP status alone says about a request that has left the machine.
func executedBy(status int) Executed {
	if refuses(status) {
		return ExecutedNo
	}
	return ExecutedUnknown
}

// refuses reports whether a status says that the request was refused: the 400s concern the request,
// and their sender has not executed it. The exceptions 408, 460 and 499 concern timeouts: the
// service behind a gateway may have received the request.
func refuses(status int) bool {
	const closedNginx, closedBalancer = 499, 460
	switch status {
	case http.StatusRequestTimeout, closedNginx, closedBalancer:
		return false
	}
	return status >= 400 && status < 500
}

// retryAfter returns the pause that an answer asks for: in seconds, or until a date, which is
// relative to the Date header if there is one.
func retryAfter(h http.Header) time.Duration {
	value := strings.TrimSpace(h.Get("Retry-After"))
	if value == "" {
		return 0
	}
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	now, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		now = time.Now()
	}
	return max(0, at.Sub(now))
}

// timedOut reports whether a text says that the service itself timed out, so that it cannot know
// the outcome.
func timedOut(lower string) bool {
	return containsAny(lower, "超时", "timeout", "time-out", "timed out", "time out")
}

func containsAny(text string, parts ...string) bool {
	for _, p := range parts {
		if strings.Contains(text, p) {
			return true
		}
	}
	return false
}

// maxMessage bounds the part of an external text that an error keeps.
const maxMessage = 300

func shorten(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > maxMessage {
		return string(runes[:maxMessage]) + "…"
	}
	return s
}
