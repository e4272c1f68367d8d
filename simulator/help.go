package simulator

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/hongyan-go/hongyan/simulator/internal/endpoint"
)

// controlHelp is the part of the page at / that describes the control API.
const controlHelp = `The control API, for you and your tests (no token):

  # send a message, in a group or to the account
  curl {url}/sim/messages -d '{"from":"{from}","to":"{to}","kind":"text","text":"hi"}'
  curl {url}/sim/messages -d '{"from":"{from}","kind":"text","text":"hi"}'
  curl {url}/sim/messages -d '{"from":"{from}","to":"{to}","kind":"file","file":{"name":"info.json","size":63}}'
  #   kinds: text (text, at), image, file and file_notice (file: name, size), link (link: title, desc, url, thumb_url),
  #   raw (msg_type, content)

  # read all messages, those of the bot included; with wait, the answer waits for a new one
  curl '{url}/sim/messages?conversation={to}&after=0&wait=10s'

  # post a message again; make people do other things; act as the phone of a login
  curl -X POST {url}/sim/messages/1/again
  curl {url}/sim/actions -d '{"do":"rename","group":"{to}","text":"new name"}'
  #   friend_request, unfriend, block (from, text), invite, add_member, join_by_qr, apply, leave, remove_member (group, from, who), rename,
  #   announce (group, text), transfer_owner (group, from), disband (group), revoke (seq), letter, comment (from, text: in Channels)
  curl {url}/sim/login -d '{"action":"confirm"}'
  #   scan, confirm, cancel, captcha, verify, verified, half, expire, accept_dialog, refuse_dialog, drop, phone_logout, disconnect
  curl {url}/sim/login

  # the API calls that were received, and the accounts, contacts and groups
  curl '{url}/sim/calls?after=0'
  curl {url}/sim/state

  # the accounts, contacts and groups as a file, to change and load
  curl {url}/sim/world > world.yaml
  curl -X PUT {url}/sim/world --data-binary @world.yaml

  # play a recording of hongyan record, and see how far it is
  curl '{url}/sim/replay?into={to}' --data-binary @recording.jsonl
  curl '{url}/sim/replay?wait=10s'
  #   into: the chat; without it, those of the recording; gaps: skip, jump or wait

  # the time; after a start with --begins, only advance moves it, and what is due until then happens first
  curl {url}/sim/clock
  #   {"advance":"26s"}; without it, the answer comes when nothing runs

  # add a fault, list them, clear them
  curl {url}/sim/faults -d '{"endpoint":"/message/postText","fault":"refuse","count":2}'
  curl {url}/sim/faults
  curl -X DELETE {url}/sim/faults
  curl -X DELETE {url}/sim/faults/1
  #   API calls ("endpoint" is a path or "*"): refuse, http_500, http_502, slow and slow_body (delay), drop_before, execute_then_drop,
  #   offline, zombie, clock_skew (delay); /login/setCallback: refuse_local
  #   callbacks ("endpoint" is "callback"): drop, duplicate, delay (delay), reorder, offline
`

// help is GET /: a text that describes the simulator. A browser is led to the chat page.
func (s *Simulator) help(w http.ResponseWriter, r *http.Request) {
	if strings.Contains(r.Header.Get("Accept"), "text/html") {
		http.Redirect(w, r, "/chat/", http.StatusSeeOther)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write([]byte(s.helpPage("http://" + r.Host)))
}

// helpPage returns the page at /. url is the simulator's URL as the reader sees it.
func (s *Simulator) helpPage(url string) string {
	state := s.State()
	from, to := "WXID", "GROUP_ID"
	if len(state.Groups) > 0 {
		to = state.Groups[0].ID
	}
	if friends := state.Accounts[0].Friends; len(friends) > 0 {
		from = friends[0]
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Hongyan simulator: WeChat's service without WeChat.\nThe chat page, for a browser: %s/chat/\n\n", url)
	fmt.Fprintf(&b, "The service's API, for a bot (%d calls, POST with JSON):\n", len(s.api.Table))
	for _, f := range endpoint.Flavours() {
		fmt.Fprintf(&b, "  %s%s    with the header %s: %s\n", url, f.Prefix, f.Header, s.config.Token)
	}
	b.WriteString("\nAccounts:\n")
	for _, a := range state.Accounts {
		offline, callbacks := "", "a registered URL"
		if !a.Online {
			offline = "  (offline)"
		}
		if a.CallbackURL == "" {
			callbacks = "no bot yet: POST /login/setCallback registers one"
		}
		fmt.Fprintf(&b, "  %s  %s  %s%s\n    callbacks go to %s\n", a.AppID, a.Wxid, a.Nickname, offline, callbacks)
	}
	b.WriteString("\nGroups:\n")
	for _, g := range state.Groups {
		fmt.Fprintf(&b, "  %s  %s  (%d members)\n", g.ID, g.Name, len(g.Members))
	}
	b.WriteString("\n" + strings.NewReplacer("{url}", url, "{from}", from, "{to}", to).Replace(controlHelp))
	return b.String()
}
