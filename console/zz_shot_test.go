package console_test

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/console"
	"github.com/hongyan-go/hongyan/internal/consoletest"
)

func TestZZShots(t *testing.T) {
	dir := os.Getenv("SHOTS")
	if dir == "" {
		t.Skip()
	}
	w := start(t, console.Config{})
	w.Trouble(t)
	api := program(t, w)
	u, err := url.Parse(w.URL)
	require.NoError(t, err)
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(&url.URL{Scheme: "http", Host: u.Host})
		r.Out.Header.Set("Authorization", "Bearer "+consoletest.Token)
		r.Out.Header.Set("Accept-Language", os.Getenv("SHOTLANG"))
		if th := os.Getenv("SHOTTHEME"); th != "" {
			r.Out.Header.Set("Cookie", "hongyan_theme="+th)
		}
	}}
	s := httptest.NewServer(proxy)
	defer s.Close()
	var q queue
	api.json("queue?view=dead", &q)
	var un queue
	api.json("queue?view=unknown", &un)
	var chats struct{ Chats []struct{ Account, ID string } }
	api.json("chats", &chats)
	pages := map[string]string{"overview": "", "accounts": "accounts", "account": "accounts/" + chats.Chats[0].Account, "chats": "chats", "chat": "chats/" + chats.Chats[0].Account + "/" + chats.Chats[0].ID,
		"queue": "queue?view=dead", "unknown": "queue?view=unknown", "preview": "queue/preview?view=unknown&action=resend&ref=" + url.QueryEscape(un.Items[0].Key), "dead": "dead/" + q.Items[0].Seq, "send": "sends/" + url.PathEscape(un.Items[0].Key),
		"rules": "rules", "plugins": "plugins", "plugin": "plugins/welcome", "explain": "explain?say=%E5%87%A0%E7%82%B9%E5%BC%80%E9%97%A8&as=alice", "tasks": "tasks", "log": "log", "doctor": "doctor", "about": "about", "gateway": "gateway"}
	only := os.Getenv("SHOTONLY")
	http.Get(s.URL + "/console/doctor")
	for name, p := range pages {
		if only != "" && !strings.Contains(","+only+",", ","+name+",") {
			continue
		}
		out, err := exec.Command("chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--virtual-time-budget=800", "--window-size="+os.Getenv("SHOTSIZE"), "--screenshot="+dir+"/"+name+".png", s.URL+"/console/"+p).CombinedOutput()
		if err != nil {
			t.Log(string(out))
		}
	}
}
