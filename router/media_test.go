package router_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/media"
	"github.com/hongyan-go/hongyan/router"
)

// cabinet is Files that notes what it is asked for.
type cabinet struct {
	messages []media.Message
	offered  []string
	err      error
}

func (f *cabinet) Download(_ context.Context, m media.Message) (*media.File, error) {
	f.messages = append(f.messages, m)
	return &media.File{Name: "x"}, f.err
}

func (f *cabinet) Offer(_ context.Context, path string) (string, error) {
	f.offered = append(f.offered, path)
	return "https://bot.example.com/files/" + filepath.Base(path), f.err
}

// handled runs a handler for an event, and is its error.
func handled(t *testing.T, s router.Services, do func(c *router.Context) error) error {
	t.Helper()
	r := router.New()
	r.Any(do)
	return r.Serve(t.Context(), groupText(t, "hi"), s)
}

func TestDownloadAsksForTheMessage(t *testing.T) {
	t.Parallel()
	files := &cabinet{}
	require.NoError(t, handled(t, router.Services{Files: files}, func(c *router.Context) error {
		file, err := c.Download(media.Into("2026"), media.Named("a.txt"), media.Original())
		assert.Equal(t, "x", file.Name)
		return err
	}))
	require.Len(t, files.messages, 1)
	m := files.messages[0]
	assert.Equal(t, "wx_app", m.AppID)
	assert.Equal(t, "hi", m.XML)
	assert.Equal(t, "wx_app:12345678901234", m.Key)
	assert.Equal(t, []string{"2026"}, m.Folder)
	assert.Equal(t, "a.txt", m.Name)
	assert.True(t, m.Original)
	assert.NotNil(t, m.Payload)
}

func TestSendingFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	silk := filepath.Join(dir, "v.silk")
	require.NoError(t, os.WriteFile(silk, []byte("\x02#!SILK_V3\x01\x00a"), 0o600))
	files, rec := &cabinet{}, &recorder{}
	s := router.Services{Files: files, Sender: rec}
	require.NoError(t, handled(t, s, func(c *router.Context) error {
		return errors.Join(c.ReplyFile("/x/报表.xlsx"), c.ReplyImage("/x/p.png"), c.ReplyVoice(silk),
			c.To(groupB).SendFile("/x/a.txt", router.Key("once")))
	}))
	base := "https://bot.example.com/files/"
	assert.Equal(t, []api.Send{
		api.PostFile{AppID: "wx_app", To: groupA, FileURL: base + "报表.xlsx", FileName: "报表.xlsx"},
		api.PostImage{AppID: "wx_app", To: groupA, ImageURL: base + "p.png"},
		api.PostVoice{AppID: "wx_app", To: groupA, VoiceURL: base + "v.silk", Duration: 20},
		api.PostFile{AppID: "wx_app", To: groupB, FileURL: base + "a.txt", FileName: "a.txt"},
	}, rec.sent)
	assert.Equal(t, "key/wx_app/once", rec.all[3].Key)
}

func TestWhatCannotBeSentAsAFile(t *testing.T) {
	t.Parallel()
	text := filepath.Join(t.TempDir(), "a.txt")
	require.NoError(t, os.WriteFile(text, []byte("text"), 0o600))
	s := router.Services{Files: &cabinet{}, Sender: &recorder{}}
	for want, do := range map[error]func(c *router.Context) error{
		media.ErrNotSILK:    func(c *router.Context) error { return c.ReplyVoice(text) },
		media.ErrNoDuration: func(c *router.Context) error { return c.ReplyVideo(text, text) },
		os.ErrNotExist:      func(c *router.Context) error { return c.ReplyVoice(text + "x") },
	} {
		err := handled(t, s, do)
		require.ErrorIs(t, err, want)
		assert.True(t, router.IsPermanent(err))
	}
	bare := router.Services{Sender: &recorder{}}
	require.ErrorIs(t, handled(t, bare, func(c *router.Context) error { return c.ReplyFile(text) }), router.ErrNoFiles)
	require.ErrorIs(t, handled(t, bare, func(c *router.Context) error { _, err := c.Download(); return err }), router.ErrNoFiles)
	for err, permanent := range map[error]bool{media.ErrTooLarge: true, media.ErrExpired: true, media.ErrChecksum: false,
		errors.New("connection reset"): false} {
		got := handled(t, router.Services{Files: &cabinet{err: err}}, func(c *router.Context) error { _, err := c.Download(); return err })
		require.ErrorIs(t, got, err)
		assert.Equal(t, permanent, router.IsPermanent(got), err)
	}
}
