package console

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/pmezard/go-difflib/difflib"

	"github.com/hongyan-go/hongyan/internal/lang"
	"github.com/hongyan-go/hongyan/internal/phrase"
	shared "github.com/hongyan-go/hongyan/internal/texts"
	"github.com/hongyan-go/hongyan/internal/web"
)

// change is a change of the file before it is saved.
type change struct {
	Text     string       `json:"text"`
	Revision string       `json:"revision"`
	Diff     []diffLine   `json:"diff"`
	Mistakes *mistakes    `json:"mistakes"`
	Tests    []TestResult `json:"tests,omitempty"`
	TestErr  string       `json:"test_error,omitempty"`
	Failed   int          `json:"failed_tests"`
	Checked  bool         `json:"checked"`
}

// mistakes are an error of a text: in JSON its lines, on the page in the language of the reader.
type mistakes struct{ err error }

// MarshalJSON implements json.Marshaler.
func (m *mistakes) MarshalJSON() ([]byte, error) {
	return json.Marshal(strings.Split(m.err.Error(), "\n"))
}

// mistakesOf is an error of a text; nil for none.
func mistakesOf(err error) *mistakes {
	if err == nil {
		return nil
	}
	return &mistakes{err}
}

// diffLine is a line of a difference.
type diffLine struct {
	Sign string `json:"sign"` // "+", "-" or " "
	Text string `json:"text"`
}

// fileView is the page of the configuration file.
type fileView struct {
	Path     string    `json:"path"`
	Text     string    `json:"text"`
	Revision string    `json:"revision"`
	Versions []Version `json:"versions"`
	From     string    `json:"from,omitempty"` // the version that is shown
	Change   *change   `json:"change,omitempty"`
}

func (c *Console) filePage(r *http.Request) (web.Page, error) {
	f := c.config.File
	if f == nil {
		return web.Page{}, errNone
	}
	v := fileView{Path: f.Path(), From: r.URL.Query().Get("version")}
	var err error
	if v.Text, v.Revision, err = f.Read(); err != nil {
		return web.Page{}, err
	}
	if v.Versions, err = f.Versions(); err != nil {
		return web.Page{}, err
	}
	if v.From != "" {
		text, err := f.Version(v.From)
		if err != nil {
			return web.Page{}, errNone
		}
		v.Change = c.checked(r, v.Text, text, v.Revision, false)
		v.Text = text
	}
	if s := sessionOf(r); s != nil {
		s.mu.Lock()
		if s.change != nil && v.From == "" {
			v.Change, s.change = s.change, nil
			v.Text = v.Change.Text
		}
		s.mu.Unlock()
	}
	return web.Page{Name: "file", Title: c.text(r, "file.title"), Nav: "plugins", Data: v}, nil
}

// checked says what a text would change, and what is wrong with it. With test, its tests run.
func (c *Console) checked(r *http.Request, before, text, revision string, test bool) *change {
	x := &change{Text: text, Revision: revision, Diff: diff(before, text), Mistakes: mistakesOf(c.config.File.Check(text)), Checked: true}
	if !test || x.Mistakes != nil {
		return x
	}
	var err error
	if x.Tests, err = c.config.File.Test(r.Context(), text); err != nil {
		x.TestErr = firstLine(err.Error())
	}
	for _, t := range x.Tests {
		if !t.OK {
			x.Failed++
		}
	}
	return x
}

// diff is what differs between two texts, with three lines around each difference.
func diff(before, after string) (lines []diffLine) {
	text, err := difflib.GetUnifiedDiffString(difflib.UnifiedDiff{
		A: difflib.SplitLines(before), B: difflib.SplitLines(after), Context: 3,
	})
	if err != nil {
		return nil
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		if line == "" || strings.HasPrefix(line, "---") || strings.HasPrefix(line, "+++") {
			continue
		}
		sign := line[:1]
		if sign == "@" {
			lines = append(lines, diffLine{"@", line})
			continue
		}
		lines = append(lines, diffLine{sign, line[1:]})
	}
	return lines
}

// fileAction checks, tests or saves the text of the file.
func (c *Console) fileAction(r *http.Request) (done, error) {
	f, d := c.config.File, done{place: root + "file"}
	if f == nil {
		return d, errNone
	}
	action := field(r, "do")
	text := strings.ReplaceAll(r.PostForm.Get("text"), "\r\n", "\n")
	revision := field(r, "revision")
	before, now, err := f.Read()
	if err != nil {
		return d, err
	}
	d.on = f.Path() + " " + action
	s := sessionOf(r)
	keep := func(x *change) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.change = x
		d.data = x
	}
	switch {
	case revision != now:
		keep(c.checked(r, before, text, now, false))
		return d, errChanged
	case action == "check":
		keep(c.checked(r, before, text, now, true))
		return d, nil
	case action != "save":
		return d, errAction
	}
	x := c.checked(r, before, text, now, true)
	if x.Mistakes != nil || x.Failed > 0 || x.TestErr != "" {
		keep(x)
		return d, errMistakes
	}
	lines, err := f.Save(r.Context(), text, revision)
	if err != nil {
		x.Mistakes = mistakesOf(err)
		keep(x)
		return d, errMistakes
	}
	said := shared.In(lang.FromRequest(r)).Text(phrase.Join(lines, phrase.Word("; ")))
	d.key, d.args, d.data = "flash.saved", []any{said}, lines
	return d, nil
}

// saveSection writes the form of a plugin into the file.
func (c *Console) saveSection(r *http.Request, name string, d done) (done, error) {
	f := c.config.File
	if f == nil {
		return d, errNone
	}
	text, now, err := f.Read()
	if err != nil {
		return d, err
	}
	if field(r, "revision") != now {
		return d, errChanged
	}
	for _, s := range f.Sections() {
		if s.Plugin != name {
			continue
		}
		values := map[string]string{}
		for _, k := range s.Fields {
			if given, ok := r.PostForm["key."+k.Key]; ok && (!k.Secret || given[0] != "") && given[0] != k.Value {
				values[k.Key] = strings.TrimSpace(given[0])
			}
		}
		changed, err := f.Set(text, s.Path, values)
		if err != nil {
			return d, err
		}
		x := c.checked(r, text, changed, now, field(r, "do") == "check")
		s := sessionOf(r)
		s.mu.Lock()
		s.change = x
		s.mu.Unlock()
		d.key, d.place, d.data = "", root+"file", x
		return d, nil
	}
	return d, errNone
}
