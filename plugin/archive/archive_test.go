package archive_test

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/hongyan-go/hongyan/app"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/archive"
	"github.com/hongyan-go/hongyan/simulator"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func into(dir string, change func(*archive.Config)) archive.Config {
	c := archive.Config{Scope: plugin.Scope{In: []string{"A"}}, Dir: dir}
	if change != nil {
		change(&c)
	}
	return c
}

func run(t *testing.T, c archive.Config) *bottest.Sim {
	t.Helper()
	return bottest.RunWith(t, bottest.Config{Owners: []string{"erin"}}, bottest.Must(archive.New(c)))
}

// index reads the index of an archive.
func index(t *testing.T, dir string) (entries []archive.Entry) {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "index.jsonl"))
	if os.IsNotExist(err) {
		return nil
	}
	require.NoError(t, err)
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var e archive.Entry
		require.NoError(t, json.Unmarshal(lines.Bytes(), &e))
		entries = append(entries, e)
	}
	return entries
}

func names(entries []archive.Entry) (all []string) {
	for _, e := range entries {
		all = append(all, e.File)
	}
	return all
}

// TestStory8 keeps files, pictures and voices under year, month, day, group and sender, with their
// checksums, and nothing of other chats, other types or the owner's own.
func TestStory8(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	sim := run(t, into(dir, func(c *archive.Config) {
		c.Path = "{{.Year}}/{{.Month}}/{{.Day}}/{{.GroupName}}/{{.SenderName}}/{{.FileName}}"
	}))
	a := sim.Group("A")
	content := []byte("%PDF-1.7 the plan")
	a.As("alice").FileWith("计划.pdf", content)
	sim.Idle()
	a.As("alice").FileWith("计划.pdf", []byte("%PDF-1.7 another plan"))
	sim.Idle()
	a.As("bob").Image()
	a.As("bob").Voice(3)
	a.As("bob").Say("text")
	a.Phone().File("own.pdf", 100)
	sim.Group("B").As("alice").File("other.pdf", 100)
	sim.Idle()
	entries := index(t, dir)
	require.Len(t, entries, 4)
	got, err := os.ReadFile(filepath.Join(dir, "2026/01/05/A/Alice/计划.pdf"))
	require.NoError(t, err)
	assert.Equal(t, content, got)
	sum := sha256.Sum256(content)
	e := entries[0]
	assert.Equal(t, hex.EncodeToString(sum[:]), e.SHA256)
	assert.Equal(t, "2026/01/05/A/Alice/计划.pdf", e.Path)
	assert.Equal(t, []string{"计划.pdf", "A", "Alice", "wxid_alice"}, []string{e.File, e.Group, e.Name, e.Sender})
	assert.Equal(t, "2026/01/05/A/Alice/计划 (2).pdf", entries[1].Path)
	for _, e := range entries {
		info, err := os.Stat(filepath.Join(dir, e.Path))
		require.NoError(t, err)
		assert.Equal(t, e.Size, info.Size())
		assert.Empty(t, e.Error)
	}
	a.ExpectNothing()
}

// TestSafeNames keeps a file of a bad name inside of the directory, with its name in the index.
func TestSafeNames(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	sim := run(t, into(filepath.Join(dir, "in"), func(c *archive.Config) { c.Path = "{{.FileName}}/{{.FileName}}" }))
	bad := []string{"../../a.sh", "..", `..\..\b.bat`, "/etc/passwd", "-rf", "CON.txt", "a\u202etxt.exe"}
	for _, name := range bad {
		sim.Group("A").As("alice").File(name, 100)
		sim.Idle()
	}
	entries := index(t, filepath.Join(dir, "in"))
	assert.Equal(t, bad, names(entries))
	for _, e := range entries {
		assert.FileExists(t, filepath.Join(dir, "in", e.Path))
		assert.True(t, filepath.IsLocal(e.Path), e.Path)
	}
	outside, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, outside, 1)
}

// TestOutage fetches the files of two hours without the service in their order, also over a
// restart.
func TestOutage(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	sim := bottest.RunWith(t, bottest.Config{Durable: true, Owners: []string{"erin"}, Setup: func(b *bot.Bot) error {
		return b.Install(bottest.Must(archive.New(into(dir, nil))))
	}})
	breakDownloads(sim)
	var want []string
	for i := range 6 {
		want = append(want, fmt.Sprintf("%d.pdf", i))
		sim.Group("A").As("alice").FileWith(want[i], fmt.Appendf(nil, "file %d", i))
		sim.Advance(20 * time.Minute)
		if i == 3 {
			sim.Restart()
		}
	}
	assert.Empty(t, index(t, dir))
	sim.Mend()
	sim.Advance(time.Hour)
	assert.Equal(t, want, names(index(t, dir)))
	sim.Person("erin").ExpectNothing()
}

func breakDownloads(sim *bottest.Sim) {
	for _, call := range []string{"/message/downloadFile", "/message/downloadCdn"} {
		sim.Break(simulator.Fault{Endpoint: call, Kind: simulator.FaultHTTP500, Count: math.MaxInt})
	}
}

// TestGivenUp lists once what has failed for three days, if the file says no other time; a file
// behind it does not wait that long.
func TestGivenUp(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	sim := run(t, into(dir, nil))
	breakDownloads(sim)
	a := sim.Group("A").As("alice")
	a.FileWith("a.pdf", []byte("a"))
	a.FileWith("b.pdf", []byte("b"))
	sim.Advance(70 * time.Hour)
	a.Voice(3) // it is in the message itself
	sim.Advance(time.Hour + time.Minute)
	require.Len(t, index(t, dir), 1, "the voice did not wait")
	sim.Person("erin").ExpectNothing()
	sim.Advance(24 * time.Hour)
	sim.Person("erin").ExpectText("以下文件重试 72h 后仍未归档：\n01-05 10:00 A Alice a.pdf\n01-05 10:00 A Alice b.pdf")
	sim.Mend()
	sim.Advance(24 * time.Hour)
	sim.Person("erin").ExpectNothing()
	entries := index(t, dir)
	require.Len(t, entries, 3)
	assert.NotEmpty(t, entries[1].Error)
	assert.Empty(t, entries[1].Path)
}

// TestLimits keeps no file above the sizes, tells once that the archive is full, and deletes what
// is old, which makes room.
func TestLimits(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	sim := run(t, into(dir, func(c *archive.Config) { c.MaxSize, c.Quota, c.Keep = 5000, 6000, 48*time.Hour }))
	a := sim.Group("A").As("alice")
	a.File("large.pdf", 5001)
	sim.Idle()
	a.File("one.pdf", 4000)
	sim.Idle()
	a.File("two.pdf", 3000)
	sim.Idle()
	sim.Person("erin").ExpectContains("归档已满")
	sim.Advance(20 * time.Hour)
	sim.Person("erin").ExpectNothing()
	require.Equal(t, []string{"large.pdf", "one.pdf"}, names(index(t, dir)))
	assert.Contains(t, index(t, dir)[0].Error, "max_size")
	assert.FileExists(t, filepath.Join(dir, "2026-01-05/A/Alice/one.pdf"))
	sim.Advance(49 * time.Hour)
	assert.Equal(t, []string{"two.pdf"}, names(index(t, dir)), "one.pdf has made room")
	assert.NoFileExists(t, filepath.Join(dir, "2026-01-05/A/Alice/one.pdf"))
	assert.FileExists(t, filepath.Join(dir, "2026-01-05/A/Alice/two.pdf"))
}

// TestFlatMemory archives 20 MB without holding it in memory. It is not parallel: it counts what
// the process allocates.
func TestFlatMemory(t *testing.T) { //nolint:paralleltest // see above
	dir := t.TempDir()
	archivesFlat(t, run(t, into(dir, nil)), dir)
}

// archivesFlat drops 20 MB into a chat: all that is allocated is the copy of the simulator.
func archivesFlat(t *testing.T, sim *bottest.Sim, dir string) {
	t.Helper()
	const size = 20 << 20
	a := sim.Group("A").As("alice")
	a.FileWith("small.bin", []byte("warm up"))
	sim.Idle()
	content := bytes.Repeat([]byte("0123456789abcdef"), size/16)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	a.FileWith("large.bin", content)
	sim.Idle()
	runtime.ReadMemStats(&after)
	require.Len(t, index(t, dir), 2)
	assert.Equal(t, int64(size), index(t, dir)[1].Size)
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(size+size/4), "the simulator makes one copy")
}

// TestExamples reads both examples of the manual.
func TestExamples(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, text := range []string{archive.Definition().Example, `archive:
  - in: [项目群]
    types: [file, image, voice]
    path: "{{.Date}}/{{.GroupName}}/{{.SenderName}}/{{.FileName}}"
    max_size: 100MB
    retry: 72h
    keep: 180d
    quota: 50GB
`} {
		file, err := app.Reader{}.Parse("bot.yaml", []byte("service: {sim: true}\nplugins:\n  "+strings.ReplaceAll(text, "\n", "\n  ")))
		require.NoError(t, err)
		require.Len(t, file.Plugins, 1)
	}
}

// TestMistakes names the fields.
func TestMistakes(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*archive.Config){
		"in":       func(c *archive.Config) { c.In = nil },
		"types":    func(c *archive.Config) { c.Types = []string{} },
		"types[0]": func(c *archive.Config) { c.Types = []string{"link"} },
		"path":     func(c *archive.Config) { c.Path = "a/{{.Nobody}}" },
		"max_size": func(c *archive.Config) { c.MaxSize = -1 },
	} {
		_, err := archive.New(into(t.TempDir(), change))
		var wrong *plugin.FieldError
		require.ErrorAs(t, err, &wrong, want)
		assert.Equal(t, want, wrong.Field)
	}
}

// TestTexts notes texts in the index, if they are among the types, once each.
func TestTexts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	sim := run(t, into(dir, func(c *archive.Config) { c.Types = []string{"text"} }))
	a := sim.Group("A")
	m := a.As("alice").Say("周五上线")
	a.As("bob").Quote(m, "收到")
	a.As("bob").FileWith("不要.pdf", []byte("x"))
	sim.Group("B").As("bob").Say("别处")
	sim.Advance(time.Minute)
	var texts []string
	for _, e := range index(t, dir) {
		texts = append(texts, e.Name+": "+e.Text)
		assert.Empty(t, e.Path)
	}
	assert.Equal(t, []string{"Alice: 周五上线", "Bob: 收到"}, texts)
}

// TestExport sends the index to the person in charge, as a table that a spreadsheet opens without
// running anything, or as JSON.
func TestExport(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	sim := run(t, into(dir, func(c *archive.Config) { c.Types = []string{"file", "text"} }))
	erin := sim.Person("erin")
	erin.Say("/导出归档")
	erin.ExpectText("这段时间没有归档。")
	a := sim.Group("A")
	a.As("alice").Say("=1+1")
	a.As("alice").FileWith("计划.pdf", []byte("%PDF-1.7"))
	sim.Advance(time.Minute)
	for _, test := range []struct{ command, file string }{{"/导出归档", "index.csv"}, {"/导出归档 7 json", "index.json"}} {
		erin.Say(test.command)
		sent := erin.Sent()
		require.Len(t, sent, 1)
		assert.Equal(t, simulator.KindFile, sent[0].Kind)
		assert.Equal(t, test.file, sent[0].Text)
	}
	text, err := os.ReadFile(filepath.Join(dir, "exports", "index.csv"))
	require.NoError(t, err)
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(text), "\ufeff"))).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 3)
	assert.Equal(t, "text", rows[0][8])
	assert.Equal(t, "'=1+1", rows[1][8])
	assert.Equal(t, "计划.pdf", rows[2][7])
	var list []archive.Entry
	text, err = os.ReadFile(filepath.Join(dir, "exports", "index.json"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &list))
	require.Len(t, list, 2)
	sim.Person("alice").Say("/导出归档")
	sim.Person("alice").ExpectNothing()
	sim.Advance(31 * 24 * time.Hour)
	erin.Say("/导出归档 30")
	erin.ExpectText("这段时间没有归档。")
}

// TestAnnounce tells a group once that its files are kept, and once that they are not any more.
func TestAnnounce(t *testing.T) {
	t.Parallel()
	sim := run(t, into(t.TempDir(), func(c *archive.Config) {
		c.Announce = archive.Announce{Begin: "本群的文件会保存 {{Days}} 天。", End: "不再保存本群的文件。"}
	}))
	a := sim.Group("A")
	a.As("alice").Say("hi") // the account is known from now on
	sim.Advance(11 * time.Minute)
	a.ExpectText("本群的文件会保存 180 天。")
	sim.Advance(time.Hour)
	a.ExpectNothing()
	require.NoError(t, sim.Bot().Switch(t.Context(), "archive", "10000000001@chatroom", false))
	sim.Advance(11 * time.Minute)
	a.ExpectText("不再保存本群的文件。")
	sim.Advance(time.Hour)
	a.ExpectNothing()
	sim.Group("B").ExpectNothing()
}

// TestForget deletes what somebody has sent, also what waits, and nothing of others.
func TestForget(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	sim := run(t, into(dir, func(c *archive.Config) { c.Types = []string{"file", "text"} }))
	a, erin := sim.Group("A"), sim.Person("erin")
	a.As("alice").Say("我的秘密")
	a.As("alice").FileWith("我的.pdf", []byte("%PDF-1.7"))
	a.As("bob").FileWith("别人.pdf", []byte("%PDF-1.7"))
	sim.Advance(time.Minute)
	erin.Say("/导出归档")
	require.Len(t, erin.Sent(), 1)
	breakDownloads(sim)
	a.As("alice").FileWith("等着.pdf", []byte("%PDF-1.7"))
	sim.Idle()
	erin.Say("/删除归档 wxid_alice")
	erin.ExpectContains("确定删除 wxid_alice 的全部归档吗")
	erin.Say("取消")
	erin.ExpectText("已取消。")
	require.Len(t, index(t, dir), 3)
	erin.Say("/删除归档 wxid_alice")
	erin.ExpectContains("确定删除")
	erin.Say("确认")
	erin.ExpectText("已删除 wxid_alice 的 2 条归档。")
	sim.Mend()
	sim.Advance(time.Hour)
	assert.Equal(t, []string{"别人.pdf"}, names(index(t, dir)))
	var left []string
	require.NoError(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			left = append(left, filepath.Base(path))
		}
		return err
	}))
	assert.ElementsMatch(t, []string{"index.jsonl", "别人.pdf"}, left)
	a.As("alice").FileWith("新的.pdf", []byte("%PDF-1.7"))
	sim.Advance(time.Minute)
	assert.Equal(t, []string{"别人.pdf", "新的.pdf"}, names(index(t, dir)))
}
