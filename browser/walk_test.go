package browser_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/app"
	"github.com/hongyan-go/hongyan/media/voice"
	"github.com/hongyan-go/hongyan/simulator"
)

// dropBytes drops a file of any bytes on an element.
func (b *tab) dropBytes(selector, name string, content []byte) {
	b.Helper()
	evaluate[bool](b, fmt.Sprintf(`(() => {
		const data = new DataTransfer(), bytes = Uint8Array.from(atob(%q), (c) => c.charCodeAt(0));
		data.items.add(new File([bytes], %q));
		document.querySelector(%q).dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true}));
		return true;
	})()`, base64.StdEncoding.EncodeToString(content), name, selector))
}

// TestWalk is all that a newcomer does in a group: quote by a click, recall, pat, rename, join,
// leave, a friend request, a red packet, a voice that plays, two windows.
func TestWalk(t *testing.T) {
	t.Parallel()
	r := startWith(t, simulator.Config{
		Listen: "127.0.0.1:0", Voices: simulator.Voices{ToSILK: voice.ToSILK, ToWAV: voice.ToWAV},
	})
	b, window := open(t, r.URL), open(t, r.URL)
	b.visit(chatA + "?lang=en&as=wxid_alice")
	window.visit(chatA + "?lang=zh&as=wxid_bob")
	ready := `document.readyState === "complete" && document.documentElement.dataset.live === "up"`

	b.do(chromedp.Focus(chromedp.CSS("#text")))
	b.keys("几点开门？")
	b.enter()
	b.shows("营业时间 9:00-18:00")
	window.shows("营业时间 9:00-18:00") // the other window sees it, in the other language
	b.until(`document.querySelector("#msgs > li .marks").textContent.replace(/\s/g, "") === "✓✓✓✓"`)
	b.click("#msgs > li .marks")
	b.until(`document.querySelector(".traceinner") !== null && ` + ready)
	text := evaluate[string](b, `document.querySelector(".trace").innerText`)
	for _, want := range []string{"200", "handled by hours", "sheets", "/message/postText"} {
		assert.Contains(t, text, want)
	}
	b.click(`.trace [data-key="q"]`)
	b.until(`document.querySelector(".composer .quote") !== null && ` + ready)
	b.do(chromedp.Focus(chromedp.CSS("#text")))
	b.keys("me, too")
	b.enter()
	b.until(`document.querySelector("#msgs .bubble .quote a") !== null`)
	assert.Contains(t, evaluate[string](b, `document.querySelector("#msgs .bubble .quote").innerText`), "几点开门")

	b.dropBytes("#log", "hello.wav", voice.EncodeWAV(make([]int16, voice.SampleRate), voice.SampleRate))
	b.until(`document.querySelector("#msgs audio") !== null`)
	b.until(`(() => { const a = document.querySelector("#msgs audio");
		if (a.preload === "none") { a.preload = "auto"; a.load(); }
		return a.duration > 0.9 && a.duration < 1.2; })()`)

	act := func(button, who, text string) {
		t.Helper()
		evaluate[bool](b, fmt.Sprintf(`(() => { const form = document.querySelector("form.actions");
			if (form.elements.who) form.elements.who.value = %q; form.elements.text.value = %q;
			form.querySelector("button[value=%s]").click(); return true; })()`, who, text, button))
	}
	act("join_by_qr", "wxid_grace", "")
	b.shows("Grace")
	b.until(`document.querySelectorAll("#msgs .look-notice").length === 1 && ` + ready)
	act("rename", "", "A group")
	b.until(`document.querySelector("h1").textContent === "A group" && ` + ready)
	act("leave", "", "")
	b.until(`!document.querySelector('.person[data-as="wxid_alice"]') && ` + ready)
	state := r.sim.State()
	for _, m := range state.Groups[0].Members {
		assert.NotEqual(t, "wxid_alice", m.Wxid)
	}
	b.visit("/chat/" + simulator.DefaultAppID + "/wxid_grace?lang=en")
	act("friend_request", "", "let me in")
	b.shows("let me in")

	window.visit(chatA + "?as=wxid_bob")
	window.click(`#msgs > li .marks`)
	window.until(`document.querySelector(".traceinner") !== null && ` + ready)
	b.quiet()
}

// TestForeignBot sees what the page says of a bot that reports nothing.
func TestForeignBot(t *testing.T) {
	t.Parallel()
	r := startWith(t, simulator.Config{Listen: "127.0.0.1:0", VirtualClock: true}) // a virtual clock has no reports
	m, err := r.sim.Group("A").Member("alice").Say("几点开门")
	require.NoError(t, err)
	require.NoError(t, r.sim.Idle(t.Context()))
	b := open(t, r.URL)
	b.visit(fmt.Sprintf("%s?msg=%d&lang=en", chatA, m.Seq))
	b.shows("This bot does not report its rules")
	b.shows("Probably, by their time")
	b.visit(fmt.Sprintf("%s?msg=%d&lang=zh", chatA, m.Seq))
	b.quiet()
}

// TestSavedTestsPass saves a conversation as tests, and runs them: the YAML with hongyan test, and
// the Go code with go test.
func TestSavedTestsPass(t *testing.T) {
	t.Parallel()
	r := start(t)
	alice := r.sim.Group("A").Member("alice")
	for _, text := range []string{"几点开门？", "nothing for the bot", `quotes " and 'these' & <b>: # yes`} {
		_, err := alice.Say(text)
		require.NoError(t, err)
	}
	_, err := alice.Drop(simulator.File{Name: "报表.xlsx", Size: 2048})
	require.NoError(t, err)
	_, err = alice.Say("@Bob 一起去吗", "bob")
	require.NoError(t, err)
	require.NoError(t, r.sim.Idle(t.Context()))
	b := open(t, r.URL)
	b.visit(chatA + "/save?lang=en")
	yaml := evaluate[string](b, `document.querySelector("#yaml").textContent`)
	code := evaluate[string](b, `document.querySelector("#go").textContent`)
	b.quiet()

	dir := t.TempDir()
	bot := "service: {sim: true}\nrules:\n  - {name: hours, on: text, keyword: [几点开门], reply: \"营业时间 9:00-18:00\"}\n" +
		"  - {name: sheets, on: file, in: [A], ext: [xlsx], forward: {to: C}}\n" + yaml
	require.NoError(t, os.WriteFile(filepath.Join(dir, "bot.yaml"), []byte(bot), 0o600))
	var out bytes.Buffer
	exit := app.Run(app.Console{Ctx: t.Context(), In: strings.NewReader(""), Out: &out, ErrOut: &out},
		[]string{"test", "-c", filepath.Join(dir, "bot.yaml")})
	require.Zero(t, exit, "%s\n%s", out.String(), yaml)

	folder, err := os.MkdirTemp(".", "saved-")
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	source := savedHead + code
	require.NoError(t, os.WriteFile(filepath.Join(folder, "saved_test.go"), []byte(source), 0o600))
	command(t, ".", "go", "test", "-count=1", "./"+folder)
}

func command(t *testing.T, dir string, words ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*patience)
	defer cancel()
	c := exec.CommandContext(ctx, words[0], words[1:]...)
	c.Dir = dir
	out, err := c.CombinedOutput()
	require.NoError(t, err, "%s\n%s", strings.Join(words, " "), out)
}

// savedHead is what a person adds to the Go code of a saved test: the bot.
const savedHead = `package saved_test

import (
	"testing"

	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/router"
	"github.com/hongyan-go/hongyan/router/match"
	"github.com/hongyan-go/hongyan/simulator"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

func startBot(t *testing.T, url, token string) {
	t.Helper()
	b, err := bot.New(bot.Config{
		BaseURL: url, Token: token, Listen: "127.0.0.1:0", Admin: bot.NoAdmin, Allow: bot.Allow{Everyone: true}, Data: t.TempDir(),
		Accounts: []bot.Account{{AppID: simulator.DefaultAppID}},
	})
	if err != nil {
		t.Fatal(err)
	}
	b.Text(router.Say("营业时间 9:00-18:00"), match.Keyword("几点开门")).Named("hours")
	b.File(func(c *router.Context, _ *xmlmsg.File) error { return c.Forward("30000000003@chatroom") },
		match.In("10000000001@chatroom"), match.Ext("xlsx")).Named("sheets")
	ended := make(chan error, 1)
	go func() { ended <- b.Run(t.Context()) }()
	t.Cleanup(func() { <-ended })
}

`
