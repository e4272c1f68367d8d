package browser_test

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/simulator"
)

// page is a page of the simulator to look at.
type page struct{ name, path string }

func pagesOf(t *testing.T, r *rig) []page {
	t.Helper()
	alice, bob := r.sim.Group("A").Member("alice"), r.sim.Group("A").Member("bob")
	must := func(m simulator.Message, err error) simulator.Message {
		require.NoError(t, err)
		return m
	}
	sheet := must(alice.Drop(simulator.File{Name: "报表-2026.xlsx", Size: 24 << 10}))
	must(bob.Share(simulator.Link{Title: "Release notes 发布说明", Desc: "What changed and why you care", URL: "https://example.com/notes"}))
	asked := must(bob.Say("请问几点开门？"))
	must(bob.Send(simulator.Draft{Kind: simulator.KindVoice, Seconds: 12}))
	must(alice.Send(simulator.Draft{Kind: simulator.KindQuote, Quote: asked.Seq, Text: "我也想知道"}))
	must(alice.Say("@Bob 一起去吗", "bob"))
	must(bob.Show())
	must(alice.Send(simulator.Draft{Kind: simulator.KindRedPacket, Text: "恭喜发财"}))
	must(alice.Send(simulator.Draft{Kind: simulator.KindPat, Pat: "wxid_bob"}))
	must(r.sim.Act(simulator.Action{Do: simulator.DoJoinByQR, Group: "A", From: "alice", Who: []string{"grace"}}))
	_, err := r.sim.AddFaults(simulator.Fault{Endpoint: "/message/postLink", Kind: simulator.FaultRefuse, Count: 2})
	require.NoError(t, err)
	require.NoError(t, r.sim.Idle(t.Context()))
	recording := strings.NewReader(recorded(1, "hello") + "\n" + recorded(2, "几点开门？"))
	answer, err := http.Post(r.sim.URL()+"/sim/replay?into=wxid_bob", "", recording) //nolint:noctx // on loopback
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, http.StatusOK, answer.StatusCode)
	return []page{
		{"chat", chatA}, {"trace", fmt.Sprintf("%s?msg=%d", chatA, sheet.Seq)}, {"list", "/chat/" + simulator.DefaultAppID},
		{"faults", "/faults"}, {"calls", "/calls"}, {"world", "/world"}, {"login", "/login"}, {"save", chatA + "/save"},
		{"replay", chatA + "/replay"}, {"person", "/world/people/wxid_alice"}, {"group", "/world/groups/" + groupA},
		{"account", "/world/accounts/" + simulator.DefaultAppID}, {"world-file", "/world/file"},
		{"empty", "/chat/" + simulator.DefaultAppID + "/wxid_dave"}, {"missing", "/chat/" + simulator.DefaultAppID + "/nobody"},
	}
}

// look is how a page is looked at.
type look struct {
	lang, theme   string
	width, height int64
}

// TestPagesFitEverybody looks at each page in both languages and themes, on a phone and a desk.
func TestPagesFitEverybody(t *testing.T) {
	t.Parallel()
	r := start(t)
	all := pagesOf(t, r)
	for _, l := range []look{{"zh", "light", 1280, 900}, {"en", "dark", 1280, 900}, {"en", "light", 375, 800}, {"zh", "dark", 320, 640}} {
		t.Run(fmt.Sprintf("%s %s %d", l.lang, l.theme, l.width), func(t *testing.T) {
			t.Parallel()
			b := open(t, r.URL)
			b.resize(l.width, l.height)
			b.choose(l)
			for _, p := range all {
				b.visit(p.path)
				assert.Empty(t, b.axe(), "%s: axe", p.name)
				assert.LessOrEqual(t, evaluate[int](b, "document.documentElement.scrollWidth"), int(l.width), "%s scrolls sideways", p.name)
				assert.Less(t, r.size("/static/", p.path), int64(60<<10), "%s: bytes, compressed, with all files", p.name)
				assert.NotContains(t, evaluate[string](b, "document.body.innerText"), "⟦", "%s: a text is missing", p.name)
			}
			if l.width > 720 { // the browser logs the 404 of the page that does not exist
				assert.Len(t, b.messages, 1)
			}
		})
	}
}

// choose chooses the language and the theme.
func (b *tab) choose(l look) {
	b.Helper()
	b.visit("/faults?lang=" + l.lang)
	evaluate[bool](b, fmt.Sprintf(`(document.querySelector("button[name=theme][value=%s]").click(), true)`, l.theme))
	b.until(fmt.Sprintf(`document.documentElement.dataset.theme === %q && document.readyState === "complete"`, l.theme))
}

// documented are the pages that the documents show, and the names of their pictures there.
func documented() map[string]string {
	return map[string]string{"trace": "chat", "faults": "faults", "world": "world", "replay": "replay"}
}

// maxPicture bounds a picture of the documents, in bytes.
const maxPicture = 150 << 10

// picture writes a screenshot into the folder IMAGES, small enough for a document.
func (b *tab) picture(name string) {
	b.Helper()
	folder := os.Getenv("IMAGES")
	if folder == "" {
		return
	}
	shot, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	require.NoError(b, err)
	seen, err := png.Decode(bytes.NewReader(shot))
	require.NoError(b, err)
	plain := image.NewNRGBA(seen.Bounds())
	draw.Draw(plain, plain.Bounds(), seen, seen.Bounds().Min, draw.Src)
	for i, v := range plain.Pix { // fewer colours, which nobody sees, compress better
		plain.Pix[i] = v&^3 | v>>6
	}
	var small bytes.Buffer
	require.NoError(b, (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&small, plain))
	assert.Less(b, small.Len(), maxPicture, name)
	require.NoError(b, os.WriteFile(folder+"/"+name+".png", small.Bytes(), 0o644))
}

// TestScreenshots writes a screenshot of every page into the folder SCREENSHOTS, and those that the
// documents show into IMAGES.
func TestScreenshots(t *testing.T) {
	if os.Getenv("SCREENSHOTS") == "" {
		t.Skip("make screenshots sets SCREENSHOTS")
	}
	t.Parallel()
	r := start(t)
	all := pagesOf(t, r)
	for _, l := range []look{
		{"zh", "light", 1280, 860}, {"en", "light", 1280, 860}, {"en", "dark", 1280, 860}, {"zh", "light", 375, 740},
		{"en", "dark", 375, 740},
	} {
		b := open(t, r.URL)
		b.resize(l.width, l.height)
		b.choose(l)
		for _, p := range all {
			b.visit(p.path)
			b.shoot(fmt.Sprintf("simulator-%s-%s-%s-%d", p.name, l.lang, l.theme, l.width))
			if name := documented()[p.name]; name != "" && l.theme == "light" && l.width > 720 {
				b.picture(name + "-" + l.lang)
			}
		}
	}
}
