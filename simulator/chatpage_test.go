package simulator_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/simulator"
)

const pageA = "/chat/" + simulator.DefaultAppID + "/" + groupA

// page is an answer without its body.
type page struct {
	StatusCode int
	Header     http.Header
}

// browse does a request as a browser does.
func browse(t *testing.T, sim *simulator.Test, method, path, body string, header ...string) (page, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(patience(t), method, sim.URL()+path, strings.NewReader(body))
	require.NoError(t, err)
	r.Header.Set("Accept", "text/html,*/*")
	if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	c := client(t)
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	answer, err := c.Do(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return page{answer.StatusCode, answer.Header}, string(text)
}

func TestPages(t *testing.T) {
	t.Parallel()
	sim := start(t)
	m := sim.Group("A").Member("alice").Says(`<script>alert("x")</script>`)
	for _, path := range []string{
		pageA, fmt.Sprintf("%s?msg=%d", pageA, m.Seq), "/chat/" + simulator.DefaultAppID, "/faults", "/world", "/login", "/calls",
		pageA + "/save",
		pageA + "?msg=99&quote=99&before=-1&as=nobody", "/calls?before=x&call=x&outcome=%00",
	} {
		answer, body := browse(t, sim, http.MethodGet, path, "")
		assert.Equal(t, http.StatusOK, answer.StatusCode, path)
		assert.Contains(t, answer.Header.Get("Content-Security-Policy"), "default-src 'none'", path)
		assert.NotContains(t, body, "<script>alert", path)
		assert.NotContains(t, body, "ZgotmplZ", path)
	}
	for _, path := range []string{
		"/chat/nobody", "/chat/" + simulator.DefaultAppID + "/nobody", "/login/nobody", "/media/1", "/media/x", "/login/nobody/x.png",
		"/chat/" + simulator.DefaultAppID + "/%ff",
	} {
		answer, _ := browse(t, sim, http.MethodGet, path, "")
		assert.Equal(t, http.StatusNotFound, answer.StatusCode, path)
	}
	answer, _ := browse(t, sim, http.MethodGet, "/", "")
	assert.Equal(t, []any{http.StatusSeeOther, "/chat/"}, []any{answer.StatusCode, answer.Header.Get("Location")})
	answer, body := browse(t, sim, http.MethodGet, "/", "", "Accept", "*/*")
	assert.Equal(t, http.StatusOK, answer.StatusCode)
	assert.Contains(t, body, "curl ", "a program gets the text")
}

func TestForms(t *testing.T) {
	t.Parallel()
	sim := start(t)
	form := func(pairs ...string) string {
		v := url.Values{"as": {"wxid_alice"}, "back": {pageA}}
		for i := 0; i < len(pairs); i += 2 {
			v.Add(pairs[i], pairs[i+1])
		}
		return v.Encode()
	}
	for name, test := range map[string]struct {
		path, body string
		status     int
		says       string
	}{
		"a text":           {pageA + "/say", form("text", "hi"), 303, ""},
		"no text":          {pageA + "/say", form("text", ""), 422, "text"},
		"nobody":           {pageA + "/say", form("text", "hi", "as", "x"), 303, ""}, // the first value counts
		"a file":           {pageA + "/say", form("kind", "file", "name", "a.xlsx", "size", "12"), 303, ""},
		"a strange size":   {pageA + "/say", form("kind", "file", "name", "a.xlsx", "size", "12 KB"), 422, "12 KB"},
		"an unknown kind":  {pageA + "/say", form("kind", "x"), 422, "there is no kind"},
		"a place":          {pageA + "/say", form("kind", "location", "lat", "x", "lng", "1"), 422, "degrees"},
		"a rename":         {pageA + "/act", form("do", "rename", "text", "B2"), 303, ""},
		"an action":        {pageA + "/act", form("do", "fly"), 422, "there is no action"},
		"no such message":  {pageA + "/again", form("seq", "999"), 422, "there is no message"},
		"a recipe":         {"/faults", form("recipe", "refuse"), 303, ""},
		"no such recipe":   {"/faults", form("recipe", "x"), 422, "there is no recipe"},
		"a bad fault":      {"/faults", form("endpoint", "/x", "fault", "refuse"), 422, "there is no endpoint"},
		"a day later":      {"/clock", form("by", "24h"), 303, ""},
		"back in time":     {"/clock", form("by", "-1h"), 422, "ahead"},
		"a person":         {"/world/people", form("name", "新人"), 303, ""},
		"without a name":   {"/world/people", form(), 422, ""},
		"a group":          {"/world/groups", form("name", "新群", "who", "wxid_bob"), 303, ""},
		"an empty group":   {"/world/groups", form("name", "新群"), 422, ""},
		"an unknown login": {"/login/" + simulator.DefaultAppID, form("action", "x"), 422, "x"},
	} {
		answer, body := browse(t, sim, http.MethodPost, test.path, test.body, "Accept-Language", "en")
		assert.Equal(t, test.status, answer.StatusCode, "%s: %s", name, body)
		assert.Contains(t, body, test.says, name)
	}
	before := len(sim.Faults())
	answer, _ := browse(t, sim, http.MethodPost, "/faults", form("recipe", "refuse"), "Origin", "https://evil.example")
	assert.Equal(t, http.StatusForbidden, answer.StatusCode)
	answer, _ = browse(t, sim, http.MethodPost, "/faults", form("recipe", "refuse"), "Sec-Fetch-Site", "cross-site")
	assert.Equal(t, http.StatusForbidden, answer.StatusCode)
	assert.Len(t, sim.Faults(), before)
}

// TestSaved saves a conversation as tests: what a person said, and what the bot did because of it.
func TestSaved(t *testing.T) {
	t.Parallel()
	sim := start(t)
	a := sim.Group("A")
	a.Member("alice").Says(`a "text" with: {signs}`, "bob")
	a.Member("bob").Drops(simulator.File{Name: "报表.xlsx", Size: 12288})
	a.Member("liwei").Shares(simulator.Link{Title: "t", URL: "https://example.com/"})
	_, body := browse(t, sim, http.MethodGet, pageA+"/save", "")
	for _, want := range []string{
		`- {as: Alice, in: A, say: &#34;a \&#34;text\&#34; with: {signs}&#34;, mention: [Bob], expect: nothing}`,
		`- {as: Bob, in: A, file: {name: 报表.xlsx, size: 12288}, expect: nothing}`,
		`- {as: 李经理, in: A, link: {title: t, url: &#34;https://example.com/&#34;, desc: &#34;&#34;}, expect: nothing}`,
		`sim.Group(&#34;A&#34;).Member(&#34;Bob&#34;).Drops(simulator.File{Name: &#34;报表.xlsx&#34;, Size: 12288})`,
	} {
		assert.Contains(t, body, want)
	}
}

func TestReportsAreChecked(t *testing.T) {
	t.Parallel()
	silent, asking := start(t), start(t, func(c *simulator.Config) { c.Reports = true })
	good := `{"app_id":"` + simulator.DefaultAppID + `","new_msg_id":"12","event":{"kind":"text"},"rules":[]}`
	for name, test := range map[string]struct {
		sim    *simulator.Test
		body   string
		status int
	}{
		"good":         {asking, good, 200},
		"nobody asked": {silent, good, 400},
		"no message":   {asking, `{"app_id":"wx"}`, 400},
		"unknown":      {asking, `{"x":1}`, 400},
		"no JSON":      {asking, `{`, 400},
	} {
		answer, body := browse(t, test.sim, http.MethodPost, "/sim/reports", test.body, "Content-Type", "application/json")
		assert.Equal(t, test.status, answer.StatusCode, "%s: %s", name, body)
	}
	assert.True(t, asking.State().Reports)
	assert.False(t, silent.State().Reports)
}

// TestPictures sends a picture with bytes, and gets them from the page.
func TestPictures(t *testing.T) {
	t.Parallel()
	sim := start(t)
	m := sim.Group("A").Member("alice").Sends(simulator.Draft{
		Kind: simulator.KindImage, File: &simulator.File{Name: "dot.png", Content: []byte("\x89PNG dot")},
	})
	answer, body := browse(t, sim, http.MethodGet, fmt.Sprintf("/media/%d", m.Seq), "")
	assert.Equal(t, http.StatusOK, answer.StatusCode)
	assert.Equal(t, "\x89PNG dot", body)
	assert.Contains(t, m.Content, `length="8"`)
}
