package api

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Executed tells whether the service has done, or may have done, what a failed call asked for.
type Executed int

// The answers.
const (
	// ExecutedUnknown means that the request left the machine and its outcome is not known: a time-out, a lost connection,
	// a gateway's error page. Trying again may do the thing twice.
	ExecutedUnknown Executed = iota
	// ExecutedNo means that nothing happened: the request never left the machine, or the service or a gateway refused it (HTTP 400 to 499).
	ExecutedNo
	// ExecutedYes means that the service said that it did it; only its answer could not be read.
	ExecutedYes
)

// String is "unknown", "no" or "yes".
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

// Reasons for which a call fails, for errors.Is. The service documents no list of codes: these rest on the texts that are known.
var (
	// ErrTokenInvalid means that the service does not know the token, or that it has expired.
	ErrTokenInvalid = errors.New("api: the token is not valid")
	// ErrOffline means that the account is not logged in.
	ErrOffline = errors.New("api: the account is offline")
	// ErrDeviceUnknown means that the service does not have the device of the appId. A container also says so when it cannot reach WeChat:
	// only when a person agrees, log in with an empty appId, which makes a new device.
	ErrDeviceUnknown = errors.New("api: the service does not know the device")
	// ErrDeviceNotCreated means that the service could not make a device for a first login. Often the proxy is to blame.
	ErrDeviceNotCreated = errors.New("api: the service could not create a device")
	// ErrCallbackProbe means that SetCallback failed: the service could not reach the URL, or did not get a 200 from it in time.
	ErrCallbackProbe = errors.New("api: the service does not reach the callback URL")
	// ErrNoSuchUser means that ContactsService.Search found nobody.
	ErrNoSuchUser = errors.New("api: there is no such user")
	// ErrBadMembers means that GroupService.CreateChatroom was given members that it cannot take: fewer than two, or no friends.
	ErrBadMembers = errors.New("api: the list of members is wrong")
	// ErrNameTaken means that another Channels account has the name.
	ErrNameTaken = errors.New("api: the name is taken")
	// ErrNoReason means that Channels refused a publication or an upload, and did not say why.
	ErrNoReason = errors.New("api: refused without a reason")
	// ErrResponseTooLarge means that the answer was longer than Config.MaxResponse.
	ErrResponseTooLarge = errors.New("api: the answer is too large")
	// ErrNotEnvelope means that the answer was not the service's JSON; a gateway's error page, for one.
	ErrNotEnvelope = errors.New("api: the answer is not the service's JSON")
	// ErrMissingField means that a required field of the request is empty. Nothing was sent.
	ErrMissingField = errors.New("api: a required field is empty")
)

// Error is a call that failed. It holds neither the token nor anything of the request but the endpoint.
type Error struct {
	Endpoint   string // "/message/postText"
	Ret        int    // ret of the answer: 500 for a failure; 0 if there was no readable answer
	HTTPStatus int    // 0 if there was no answer
	Code       string // data.code; often empty. The service writes it as a string or a number
	Message    string // the best text that the answer has
	Err        error  // the cause, or one of the reasons above; may be nil
	// RetryAfter is how long the answer asks to wait before another try (its Retry-After header); 0 if it does not ask.
	RetryAfter time.Duration

	executed Executed
	said     string // the other texts of the answer, without what they repeat of the request
}

// Executed tells whether the service may have done what the call asked for.
func (e *Error) Executed() Executed { return e.executed }

// Error says what was called, what the service said, and whether it may have been executed.
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

// Unwrap is the cause.
func (e *Error) Unwrap() error { return e.Err }

// reason finds out why the service refused, as far as its codes and texts tell.
func reason(endpoint, code, message string) error {
	text := strings.ToLower(message)
	switch {
	case containsAny(text, "token不可用", "token 不可用", "token无效", "token 无效", "token已过期", "token 已过期", "token expired", "invalid token", "header:videosapi-token", "header:x-gewe-token"):
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

// reasonOf knows what a code means at an endpoint; elsewhere the same code means something else.
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

// refused tells whether an answer means that the service did not do it. 500 is the only failure it documents, and the 400s can only
// be about the request. All else may have been done: a gateway that waited in vain writes its status into ret, and a ret of 0 was
// success in an older generation.
func refused(ret, status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return false
	}
	return ret == http.StatusInternalServerError || refuses(ret) || ret < 200 && refuses(status)
}

// executedBy is what an HTTP status alone tells of a request that has left.
func executedBy(status int) Executed {
	if refuses(status) {
		return ExecutedNo
	}
	return ExecutedUnknown
}

// refuses tells whether a status says that the request was turned away: the 400s are about the request, and whoever writes one has not done it. Of them, 408
// and the 499 and 460 of gateways are about waiting: what is behind the gateway may have got the request.
func refuses(status int) bool {
	const closedNginx, closedBalancer = 499, 460
	switch status {
	case http.StatusRequestTimeout, closedNginx, closedBalancer:
		return false
	}
	return status >= 400 && status < 500
}

// retryAfter is the pause that an answer asks for: in seconds, or until a date, which is compared with the clock of whoever wrote it if the answer has that.
func retryAfter(h http.Header) time.Duration {
	value := strings.TrimSpace(h.Get("Retry-After"))
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

// timedOut tells whether a text says that the service itself waited in vain: then it cannot know.
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

// maxMessage bounds what an error keeps of a text that came from outside.
const maxMessage = 300

func shorten(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > maxMessage {
		return string(runes[:maxMessage]) + "…"
	}
	return s
}
