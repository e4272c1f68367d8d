package simulator

import (
	"encoding/json"
	"net/url"
	"strings"
)

// hideSecret is a callback URL without what may be the secret of a bot: anything but scheme and host. Whoever may use the control
// API may speak as anybody in the simulator, but need not speak as the service to a bot.
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

// hideCallbacks are calls without the secrets of the callback URLs in their bodies.
func hideCallbacks(calls []Call) []Call {
	for i, c := range calls {
		if strings.Contains(strings.ToLower(c.Endpoint), "setcallback") {
			calls[i].Body = hideCallback(c.Body)
		}
	}
	return calls
}

// hideCallback is the body of a setCallback without the secret. All texts in it are taken for URLs, but those of the fields that are
// known to be none: a client that misspells the name of the field has a secret as well.
func hideCallback(body json.RawMessage) json.RawMessage {
	var members map[string]json.RawMessage
	if json.Unmarshal(body, &members) != nil {
		return encode("…")
	}
	for name, value := range members {
		var text string
		if json.Unmarshal(value, &text) != nil {
			members[name] = encode("…")
		} else if name != "token" && name != "appId" {
			members[name] = encode(hideSecret(text))
		}
	}
	return encode(members)
}
