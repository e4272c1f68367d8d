package archive_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/hongyan-go/hongyan/app"
	"github.com/hongyan-go/hongyan/bot"
	"github.com/hongyan-go/hongyan/bottest"
	"github.com/hongyan-go/hongyan/plugin"
	"github.com/hongyan-go/hongyan/plugin/archive"
	"github.com/hongyan-go/hongyan/simulator"
)

// intoBucket is an archive in a storage, whose index is in dir.
func intoBucket(s *storage, dir string, change func(*archive.Config)) archive.Config {
	return into(dir, func(c *archive.Config) {
		c.S3 = &archive.S3{Bucket: testBucket, Endpoint: s.URL, Key: testKey, Secret: testSecret, Prefix: "wechat/"}
		if change != nil {
			change(c)
		}
	})
}

// TestS3 keeps files in a bucket under safe names, none over another, with their checksums, and
// deletes them after their time.
func TestS3(t *testing.T) {
	t.Parallel()
	s, dir := newStorage(t), t.TempDir()
	sim := run(t, intoBucket(s, dir, func(c *archive.Config) { c.Keep = 48 * time.Hour }))
	a := sim.Group("A").As("alice")
	for _, f := range []struct{ name, content string }{
		{"计划 1+1.pdf", "one"}, {"计划 1+1.pdf", "two"}, {"../../a.sh", "three"}, {"empty.txt", ""},
	} {
		a.FileWith(f.name, []byte(f.content))
		sim.Idle()
	}
	want := map[string]string{
		"wechat/2026-01-05/A/Alice/计划 1+1.pdf": "one", "wechat/2026-01-05/A/Alice/计划 1+1 (2).pdf": "two",
	}
	got := s.contents(t)
	for name, content := range want {
		assert.Equal(t, content, got[name], name)
	}
	for name := range got {
		assert.True(t, filepath.IsLocal(name), name)
	}
	entries := index(t, dir)
	require.Len(t, entries, 4)
	sum := sha256.Sum256([]byte("one"))
	assert.Equal(t, hex.EncodeToString(sum[:]), entries[0].SHA256)
	assert.Equal(t, []string{testBucket, "wechat/2026-01-05/A/Alice/计划 1+1.pdf"}, []string{entries[0].Bucket, entries[0].Path})
	assert.Equal(t, "../../a.sh", entries[2].File)
	there, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, there, 1, "the disk has the index only")
	sim.Advance(73 * time.Hour)
	assert.Empty(t, s.contents(t))
	assert.Empty(t, index(t, dir))
}

// TestTwoAccounts: a file of a group with two accounts of the bot is kept once.
func TestTwoAccounts(t *testing.T) {
	t.Parallel()
	dir, world := t.TempDir(), simulator.DefaultWorld()
	world.Accounts = append(world.Accounts, simulator.Account{
		AppID: "wx_second", Wxid: "wxid_second", Nickname: "二号", Friends: []string{"wxid_alice"},
	})
	world.Groups[0].Members = append(world.Groups[0].Members, simulator.Member{Wxid: "wxid_second"})
	sim := bottest.RunWith(t, bottest.Config{World: world}, bottest.Must(archive.New(into(dir, nil))))
	for range 2 {
		sim.Group("A").As("alice").FileWith("a.pdf", []byte("the same"))
		sim.Idle()
	}
	assert.Equal(t, []string{"a.pdf", "a.pdf"}, names(index(t, dir)))
}

// TestS3Twice sends no message twice: a run that ends between the storage and the index finds its
// object, and another message of the same name gets a name of its own.
func TestS3Twice(t *testing.T) {
	t.Parallel()
	s, dir := newStorage(t), t.TempDir()
	sim := run(t, intoBucket(s, dir, nil))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "index.jsonl"), 0o700)) // no line can be written
	a := sim.Group("A").As("alice")
	a.FileWith("a.pdf", []byte("same"))
	sim.Advance(10 * time.Minute)
	require.NoError(t, os.Remove(filepath.Join(dir, "index.jsonl")))
	sim.Advance(time.Hour)
	a.FileWith("a.pdf", []byte("same"))
	sim.Advance(time.Hour)
	require.Len(t, index(t, dir), 2)
	assert.Equal(t, map[string]string{
		"wechat/2026-01-05/A/Alice/a.pdf": "same", "wechat/2026-01-05/A/Alice/a (2).pdf": "same",
	}, s.contents(t))
	s.set(func(s *storage) { assert.Equal(t, 2, s.puts) })
}

// TestS3Outage keeps everything that came while the storage refused, in order and over a restart,
// tells once a day why, and neither log nor message has a secret.
func TestS3Outage(t *testing.T) {
	t.Parallel()
	s, dir := newStorage(t), t.TempDir()
	core, logs := observer.New(zap.DebugLevel)
	sim := bottest.RunWith(t, bottest.Config{
		Durable: true, Owners: []string{"erin"}, Bot: func(c *bot.Config) { c.Logger = zap.New(core) },
		Setup: func(b *bot.Bot) error { return b.Install(bottest.Must(archive.New(intoBucket(s, dir, nil)))) },
	})
	s.set(func(s *storage) { s.refuse = "NoSuchBucket" })
	var want []string
	for i := range 3 {
		want = append(want, fmt.Sprintf("%d.pdf", i))
		sim.Group("A").As("alice").FileWith(want[i], fmt.Appendf(nil, "file %d", i))
		sim.Advance(time.Hour)
		if i == 1 {
			sim.Restart()
		}
	}
	told := sim.Person("erin").ExpectContains("归档存不进存储桶")
	assert.Contains(t, told.Text, "NoSuchBucket")
	assert.Empty(t, index(t, dir))
	sim.Person("erin").ExpectNothing()
	s.set(func(s *storage) { s.refuse, s.corrupt = "", true })
	sim.Advance(time.Hour)
	assert.Empty(t, index(t, dir), "what has changed on the way is not kept")
	s.set(func(s *storage) { s.corrupt = false })
	sim.Advance(time.Hour)
	assert.Equal(t, want, names(index(t, dir)))
	assert.Len(t, s.contents(t), 3)
	for _, entry := range logs.All() {
		assert.NotContains(t, fmt.Sprint(entry.Message, entry.ContextMap()), testSecret)
	}
}

// TestS3WrongSecret is told by the storage, and to a person.
func TestS3WrongSecret(t *testing.T) {
	t.Parallel()
	s, dir := newStorage(t), t.TempDir()
	sim := run(t, intoBucket(s, dir, func(c *archive.Config) { c.S3.Secret = "wrong" }))
	sim.Group("A").As("alice").File("a.pdf", 10)
	sim.Advance(time.Minute)
	sim.Person("erin").ExpectContains("归档存不进存储桶")
	assert.Empty(t, s.contents(t))
}

// TestS3FlatMemory sends 20 MB without holding it in memory. It is not parallel: it counts what the
// process allocates.
func TestS3FlatMemory(t *testing.T) { //nolint:paralleltest // see above
	s, dir := newStorage(t), t.TempDir()
	archivesFlat(t, run(t, intoBucket(s, dir, nil)), dir)
}

// TestS3Secrets come from the environment.
func TestS3Secrets(t *testing.T) {
	t.Chdir(t.TempDir())
	env := map[string]string{"S3_KEY": testKey, "S3_SECRET": testSecret}
	section := `
    - in: [项目群]
      types: [file, image, voice]
      s3: {bucket: chat, endpoint: "https://s3.example.com", key: "${S3_KEY}", secret: "${S3_SECRET}"}
`
	text := []byte("service: {sim: true}\nplugins:\n  archive:" + section)
	file, err := app.Reader{Lookup: func(name string) (string, bool) { v, ok := env[name]; return v, ok }}.Parse("bot.yaml", text)
	require.NoError(t, err)
	require.Len(t, file.Plugins, 1)
	_, err = app.Reader{Lookup: func(string) (string, bool) { return "", false }}.Parse("bot.yaml", text)
	require.ErrorContains(t, err, "S3_KEY")
}

// TestS3Mistakes names the fields.
func TestS3Mistakes(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*archive.Config){
		"s3.bucket":   func(c *archive.Config) { c.S3.Bucket = "" },
		"s3.key":      func(c *archive.Config) { c.S3.Key = " " },
		"s3.secret":   func(c *archive.Config) { c.S3.Secret = "" },
		"s3.endpoint": func(c *archive.Config) { c.S3.Endpoint = "s3.example.com" },
		"s3.prefix":   func(c *archive.Config) { c.S3.Prefix = "a/../b" },
		"max_size":    func(c *archive.Config) { c.MaxSize = 6 << 30 },
	} {
		_, err := archive.New(into(t.TempDir(), func(c *archive.Config) {
			c.S3 = &archive.S3{Bucket: "b", Endpoint: "https://s3.example.com", Key: "k", Secret: "s"}
			change(c)
		}))
		var wrong *plugin.FieldError
		require.ErrorAs(t, err, &wrong, want)
		assert.Equal(t, want, wrong.Field)
	}
}
