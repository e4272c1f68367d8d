package site_test

import (
	"io/fs"
	"maps"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/internal/site"
)

// TestTheDocuments builds the site of this repository: every link of every page leads somewhere,
// and a reader finds every page from the start.
func TestTheDocuments(t *testing.T) {
	t.Parallel()
	files, err := site.Build(os.DirFS("../.."))
	require.NoError(t, err)
	for _, page := range []string{"en/index.html", "zh/index.html"} {
		text := string(files[page])
		assert.NotContains(t, text, "<script", page)
		assert.Contains(t, text, `troubleshooting.html`, page)
		assert.Contains(t, text, `coming-from.html`, page)
	}
	pictures := 0
	for name, content := range files {
		if stem, ok := strings.CutSuffix(name, "-en.png"); ok {
			pictures++
			assert.NotEmpty(t, files[stem+"-zh.png"], "%s has a picture for each language", stem)
		}
		if strings.HasSuffix(name, ".png") {
			assert.Less(t, len(content), 150<<10, name)
		}
	}
	assert.GreaterOrEqual(t, pictures, 5, "the site has the pictures of the documents")
	assert.Contains(t, string(files["zh/simulator.html"]), `src="../images/chat-zh.png"`)
}

// small is the smallest site, with files added or replaced.
func small(change map[string]string) fs.FS {
	files := map[string]string{
		"README.md":        "# Hello\n",
		"docs/index.md":    "# Documents\n\n[English](en/index.md) [中文](zh/index.md)\n",
		"docs/en/index.md": "# Start\n\n## Answer\n\n- [Rules](rules.md): how to\n",
		"docs/en/rules.md": "# Rules\n\n[words](#some-words) [hello](../../README.md#hello) [code](../../docs)\n\n## Some words\n",
		"docs/zh/index.md": "# 开始\n\n## 答话\n\n- [规则](../en/rules.md)：怎么写\n",
	}
	maps.Copy(files, change)
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

func TestPages(t *testing.T) {
	t.Parallel()
	files, err := site.Build(small(map[string]string{
		"docs/zh/rules.md": "# 规则\n\n## 写 `词`：怎么写？\n\n## 写 `词`：怎么写？\n\n" +
			"[一](#写-词怎么写) [二](#写-词怎么写-1) [图](../a.svg)\n\n<!-- keys -->\n",
		"docs/a.svg":       "<svg/>",
		"docs/zh/index.md": "# 开始\n\n## 答话\n\n一行，\n又一行\n\n- [规则](rules.md)：怎么写\n",
		"docs/en/index.md": "# Start & `<go>`\n\n## Answer\n\n- [Rules](rules.md)\n\n| a |\n|---|\n| b |\n",
	}))
	require.NoError(t, err)

	start, rules, chinese := string(files["en/index.html"]), string(files["en/rules.html"]), string(files["zh/rules.html"])
	assert.Contains(t, start, `<title>Start &amp; &lt;go&gt; · Hongyan 鸿雁</title>`)
	assert.Contains(t, start, "<th>a</th>")
	assert.Contains(t, start, `<a href="../zh/index.html" hreflang="zh-CN"`, "the other language")
	assert.Contains(t, rules, `<h2 id="some-words">`)
	assert.Contains(t, rules, `href="https://github.com/hongyan-go/hongyan/blob/main/README.md#hello"`, "not a page")
	assert.Contains(t, rules, `href="https://github.com/hongyan-go/hongyan/tree/main/docs"`)
	assert.Contains(t, rules, `<a href="../en/rules.html" aria-current="page">Rules</a>`, "the page shows where it is")
	assert.Contains(t, string(files["zh/index.html"]), "<p>一行，又一行</p>")
	assert.Contains(t, chinese, `<html lang="zh-CN">`)
	assert.Contains(t, chinese, `<link rel="stylesheet" href="../style.css">`)
	assert.Contains(t, chinese, `id="写-词怎么写-1"`)
	assert.Contains(t, chinese, `<a href="../en/rules.html" hreflang="en"`)
	assert.Contains(t, chinese, `<a href="../zh/rules.html" aria-current="page">规则</a>`)
	assert.Equal(t, "<svg/>", string(files["a.svg"]))
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change map[string]string
		want   []string
	}{
		"a page that is not there": {
			map[string]string{"docs/en/rules.md": "# Rules\n\n[a](none.md) and [b](../../none.go)\n"},
			[]string{"docs/en/rules.md: it links to none.md: no such file", "docs/en/rules.md: it links to ../../none.go: no such file"},
		},
		"a link out of the repository": {
			map[string]string{"docs/en/rules.md": "# Rules\n\n[a](../../../secret.md)\n"},
			[]string{"docs/en/rules.md: it links to ../../../secret.md: no such file"},
		},
		"a heading that is not there": {
			map[string]string{"docs/en/rules.md": "# Rules\n\n[a](#none) [b](index.md#nowhere)\n"},
			[]string{"en/rules.html links to en/rules.html#none: no such heading",
				"en/rules.html links to en/index.html#nowhere: no such heading"},
		},
		"a link from the root": {
			map[string]string{"docs/en/rules.md": "# Rules\n\n[a](/index.md)\n"},
			[]string{"docs/en/rules.md: it links to /index.md: write the link relative to the document"},
		},
		"an image": {
			map[string]string{"docs/en/rules.md": "# Rules\n\n![a](none.png)\n"},
			[]string{"docs/en/rules.md: it links to none.png: no such file"},
		},
		"a page to which nothing links": {
			map[string]string{"docs/en/lost.md": "# Lost\n"},
			[]string{"no page links to en/lost.html"},
		},
		"a page without a title": {
			map[string]string{"docs/en/rules.md": "## Rules\n"},
			[]string{"docs/en/rules.md: no heading of the first level"},
		},
		"HTML": {
			map[string]string{"docs/en/rules.md": "# Rules\n\n<details>\n\na <b>word</b>\n"},
			[]string{`docs/en/rules.md: HTML is left out of the site: "<details>"`, `"<b>"`},
		},
		"no start page": {
			map[string]string{"docs/en/index.md": "Start\n"},
			[]string{"docs/en/index.md: no heading of the first level"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := site.Build(small(tt.change))
			require.Error(t, err)
			for _, want := range tt.want {
				assert.ErrorContains(t, err, want)
			}
		})
	}
}

func TestALanguageWithoutAStartPage(t *testing.T) {
	t.Parallel()
	fsys, ok := small(map[string]string{"docs/index.md": "# Documents\n\n[English](en/index.md)\n"}).(fstest.MapFS)
	require.True(t, ok)
	delete(fsys, "docs/zh/index.md")
	_, err := site.Build(fsys)
	require.ErrorContains(t, err, "docs/zh/index.md, the start page, does not exist")
}

// TestTheFinishedPages checks pages that no document makes, as a mistake in the frame would.
func TestTheFinishedPages(t *testing.T) {
	t.Parallel()
	err := site.Check(map[string][]byte{
		"index.html":    []byte(`<link href="none.css"><a href="zh/index.html#a&amp;b">x</a><p id="a">1</p><p id='a'>2</p>`),
		"zh/index.html": []byte(`<h1 id="a&amp;b"><a href="../index.html#b">y</a><a href="https://example.com/#c">z</a><a href=":">`),
	})
	require.ErrorContains(t, err, "index.html links to none.css: no such page")
	require.ErrorContains(t, err, "index.html has the id a twice")
	require.ErrorContains(t, err, "zh/index.html links to index.html#b: no such heading")
	require.ErrorContains(t, err, "missing protocol scheme")
	assert.NotContains(t, err.Error(), "a&b")
	assert.NotContains(t, err.Error(), "example.com")
}

// FuzzBuild feeds any document: Build returns a site without a script, or an error.
func FuzzBuild(f *testing.F) {
	for _, seed := range []string{
		"# a\n[b](c.md#d)", "# a\n<script>x</script>", "# a\n\n[x](javascript:alert(1))", "# `a`\n## b\n## b\n![c](d)",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		files, err := site.Build(small(map[string]string{"docs/en/rules.md": text}))
		if err == nil && strings.Contains(strings.ToLower(string(files["en/rules.html"])), "<script") {
			t.Fatalf("a script of %q", text)
		}
	})
}
