package media_test

import (
	"context"
	"crypto/aes"
	"crypto/md5"
	"encoding/hex"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/internal/clock"
	"github.com/hongyan-go/hongyan/media"
	"github.com/hongyan-go/hongyan/store/memory"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

const (
	jpeg = "\xff\xd8\xff\xe0\x00\x10JFIF\x00 and so on"
	key  = "00112233445566778899aabbccddeeff"
)

func md5Of(s string) string {
	sum := md5.Sum([]byte(s))
	return hex.EncodeToString(sum[:])
}

func TestDownloadAFile(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.offers("/message/downloadFile", "/f", bytesOf("1,2,3\n"))
	f, dir := fetcher(t, s)
	m := fileMessage(xmlmsg.File{Name: "../../报表.csv", Size: 6, MD5: strings.ToUpper(md5Of("1,2,3\n"))})
	m.Folder = []string{"2026", "..", "A 群/x"}
	file, err := f.Download(t.Context(), m)
	require.NoError(t, err)
	assert.Equal(t, filepath.Join(dir, "2026", "_", "A 群_x", "_.._报表.csv"), file.Path)
	assert.Equal(t, "_.._报表.csv", file.Name)
	assert.Equal(t, int64(6), file.Size)
	assert.Equal(t, md5Of("1,2,3\n"), file.MD5)
	assert.Len(t, file.SHA256, 64)
	assert.Equal(t, "text/plain", file.Type)
	assert.Equal(t, "1,2,3\n", read(t, file.Path))
	assertMode(t, file.Path, 0o600)
	assertMode(t, filepath.Dir(file.Path), 0o700)
	assertMode(t, dir, 0o700)

	second, err := f.Download(t.Context(), m)
	require.NoError(t, err)
	assert.Equal(t, "_.._报表 (2).csv", second.Name, "nothing is overwritten")
	assert.Len(t, listing(t, dir), 2, "nothing is left beside the files")
}

// TestEachKindAsksItsOwnCall lists the calls that each kind makes when all of them fail, and when
// the last one returns a link.
func TestEachKindAsksItsOwnCall(t *testing.T) {
	t.Parallel()
	image := &xmlmsg.Image{AESKey: key, CDNMidURL: "m", CDNBigURL: "b", CDNThumbURL: "t", CDNThumbAESKey: key}
	for name, c := range map[string]struct {
		payload xmlmsg.Payload
		options []media.Option
		calls   string
	}{
		"file": {&xmlmsg.File{Name: "a.txt", AESKey: key, CDNAttachURL: "x"}, nil,
			"/message/downloadFile, /message/downloadCdn 5"},
		"image": {image, nil, "/message/downloadImage 2, /message/downloadCdn 2, /message/downloadCdn 1, /message/downloadCdn 3"},
		"original image": {image, []media.Option{media.Original()},
			"/message/downloadImage 1, /message/downloadImage 2, /message/downloadCdn 2, /message/downloadCdn 1, /message/downloadCdn 3"},
		"image of an app": {
			&xmlmsg.AppImage{AESKey: key, CDNAttachURL: "x", Ext: "png"}, nil, "/message/downloadCdn 1",
		},
		"video":       {&xmlmsg.Video{AESKey: key, CDNVideoURL: "v"}, nil, "/message/downloadVideo, /message/downloadCdn 4"},
		"voice":       {&xmlmsg.Voice{}, nil, "/message/downloadVoice"},
		"sticker":     {&xmlmsg.Emoji{MD5: md5Of("x")}, nil, "/message/downloadEmojiMd5"},
		"app sticker": {&xmlmsg.AppEmoji{MD5: md5Of("x")}, nil, "/message/downloadEmojiMd5"},
		"answer to image": {&xmlmsg.Quote{Refer: xmlmsg.Refer{Payload: &xmlmsg.Image{}, Content: "<msg/>"}}, nil,
			"/message/downloadImage 2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newService(t)
			f, dir := fetcher(t, s)
			m := media.Message{AppID: "wx_a", Payload: c.payload, XML: "<msg/>", MsgID: 5}
			for _, o := range c.options {
				o(&m)
			}
			_, err := f.Download(t.Context(), m)
			var refused *api.Error
			require.ErrorAs(t, err, &refused)
			assert.Equal(t, c.calls, strings.Join(s.called(), ", "))
			assert.Empty(t, listing(t, dir))

			calls := strings.Split(c.calls, ", ")
			s.offers(calls[len(calls)-1], "/x", bytesOf(jpeg))
			file, err := f.Download(t.Context(), m)
			require.NoError(t, err)
			assert.Equal(t, jpeg, read(t, file.Path))
		})
	}
}

func TestWhatCannotBeDownloaded(t *testing.T) {
	t.Parallel()
	s := newService(t)
	f, _ := fetcher(t, s)
	for _, p := range []xmlmsg.Payload{
		nil, &xmlmsg.Text{}, &xmlmsg.FileNotice{Name: "a.txt"}, &xmlmsg.Quote{},
		&xmlmsg.Quote{Refer: xmlmsg.Refer{Payload: &xmlmsg.Voice{}}}, &xmlmsg.Emoji{}, &xmlmsg.Voice{},
	} {
		_, err := f.Download(t.Context(), media.Message{AppID: "wx_a", Payload: p})
		require.ErrorIs(t, err, media.ErrNotDownloadable, "%T", p)
	}
	_, err := f.DownloadCDN(t.Context(), media.Message{AppID: "wx_a"}, xmlmsg.CDNRef{}, "")
	require.ErrorIs(t, err, media.ErrNotDownloadable)
	_, err = f.DownloadItem(t.Context(), media.Message{AppID: "wx_a"}, xmlmsg.RecordItem{DataType: 1})
	require.ErrorIs(t, err, media.ErrNotDownloadable)
	assert.Empty(t, s.called())

	alone, _ := fetcher(t, nil)
	_, err = alone.Download(t.Context(), fileMessage(xmlmsg.File{}))
	require.ErrorIs(t, err, media.ErrNoClient)
	_, err = media.New(media.Config{})
	require.ErrorContains(t, err, "Config.Dir")
}

func TestShortVoicesAreInTheMessage(t *testing.T) {
	t.Parallel()
	f, _ := fetcher(t, nil)
	silk := "\x02#!SILK_V3\x02\x00ab"
	file, err := f.Download(t.Context(), media.Message{AppID: "wx_a", Payload: &xmlmsg.Voice{Data: []byte(silk)}, Key: "wx_a:9"})
	require.NoError(t, err)
	assert.Equal(t, "voice-9.silk", file.Name)
	assert.Equal(t, silk, read(t, file.Path))
}

func TestRecordItems(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.offers("/message/downloadCdn 5", "/f", bytesOf("one"))
	f, _ := fetcher(t, s, func(c *media.Config) { c.State = memory.New(memory.Config{}).State() })
	item := xmlmsg.RecordItem{DataType: 8, Title: "a", Ext: "txt", CDNDataKey: key, CDNDataURL: "1", MD5: md5Of("one")}
	m := media.Message{AppID: "wx_a", Key: "wx_a:1"}
	file, err := f.DownloadItem(t.Context(), m, item)
	require.NoError(t, err)
	assert.Equal(t, "a.txt", file.Name)
	item.CDNDataURL, item.MD5 = "2", ""
	other, err := f.DownloadItem(t.Context(), m, item)
	require.NoError(t, err)
	assert.NotEqual(t, file.Path, other.Path, "two entries of one message are two files")
}

// TestAPageIsNoFile downloads files without announced size and MD5, so that only the bytes show
// that a page came instead.
func TestAPageIsNoFile(t *testing.T) {
	t.Parallel()
	utf16 := func(s string) string {
		return "\xff\xfe" + strings.Join(strings.Split(s, ""), "\x00") + "\x00"
	}
	for name, c := range map[string]struct {
		file    xmlmsg.File
		content string
		page    bool
	}{
		"login":                 {xmlmsg.File{Name: "a.pdf"}, "<!DOCTYPE html><html>login</html>", true},
		"no name":               {xmlmsg.File{}, "<html>", true},
		"capitals, after lines": {xmlmsg.File{Name: "a.pdf"}, "\r\n\t <HTML lang=en>", true},
		"byte order mark":       {xmlmsg.File{Name: "a.pdf"}, "\xef\xbb\xbf<!doctype HTML>", true},
		"UTF-16":                {xmlmsg.File{Name: "a.pdf"}, utf16("<!DOCTYPE html>"), true},
		"comment":               {xmlmsg.File{Name: "a.xlsx"}, "<!-- cdn --> <!-- 7 -->\n<head>", true},
		"long comment":          {xmlmsg.File{Name: "a.xlsx"}, "<!-- " + strings.Repeat("x", 600) + "--><html>", true},
		"XHTML":                 {xmlmsg.File{Name: "a.docx"}, `<?xml version="1.0"?><!DOCTYPE html PUBLIC "-">`, true},
		"of a named page":       {xmlmsg.File{Name: "page.HTML"}, "<html>", false},
		"by its extension":      {xmlmsg.File{Name: "page", Ext: "htm"}, "<html>", false},
		"the size says so":      {xmlmsg.File{Name: "a.txt", Size: 6}, "<html>", false},
		"the md5 says so":       {xmlmsg.File{Name: "a.txt", MD5: md5Of("<html>")}, "<html>", false},
		"XML":                   {xmlmsg.File{Name: "a.xml"}, `<?xml version="1.0"?><data/>`, false},
		"text about pages":      {xmlmsg.File{Name: "a.txt"}, "write <html> first", false},
		"picture":               {xmlmsg.File{Name: "a.jpg"}, "\xff\xd8\xff", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newService(t)
			s.offers("/message/downloadFile", "/f", bytesOf(c.content))
			f, dir := fetcher(t, s)
			file, err := f.Download(t.Context(), fileMessage(c.file))
			if !c.page {
				require.NoError(t, err)
				assert.Equal(t, c.content, read(t, file.Path))
				return
			}
			require.ErrorIs(t, err, media.ErrChecksum)
			require.ErrorContains(t, err, "an HTML page came instead of the file")
			assert.Empty(t, listing(t, dir))
		})
	}
}

func TestChecksums(t *testing.T) {
	t.Parallel()
	for name, m := range map[string]media.Message{
		"md5":    fileMessage(xmlmsg.File{Name: "a.txt", MD5: md5Of("other")}),
		"size":   fileMessage(xmlmsg.File{Name: "a.txt", Size: 4}),
		"sha256": {AppID: "wx_a", XML: "<msg/>", Payload: &xmlmsg.File{Name: "a.txt"}, SHA256: strings.Repeat("0", 64)},
		"a page": {AppID: "wx_a", XML: "<msg/>", Payload: &xmlmsg.Image{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newService(t)
			s.offers("/message/downloadFile", "/f", bytesOf("hello"))
			s.offers("/message/downloadImage", "/i", bytesOf("<html>login</html>"))
			f, dir := fetcher(t, s)
			file, err := f.Download(t.Context(), m)
			require.ErrorIs(t, err, media.ErrChecksum)
			assert.Nil(t, file)
			assert.Empty(t, listing(t, dir))

			keeping, _ := fetcher(t, s, func(c *media.Config) { c.KeepMismatched = true })
			file, err = keeping.Download(t.Context(), m)
			require.ErrorIs(t, err, media.ErrChecksum)
			require.NotNil(t, file)
			assert.NotEmpty(t, read(t, file.Path))
		})
	}
	s := newService(t)
	s.offers("/message/downloadFile", "/f", bytesOf(""))
	f, _ := fetcher(t, s)
	_, err := f.Download(t.Context(), fileMessage(xmlmsg.File{}))
	require.ErrorIs(t, err, media.ErrChecksum, "nothing is not a file")
}

func TestEncryptedStickers(t *testing.T) {
	t.Parallel()
	plain := "GIF89a" + strings.Repeat("x", 100)
	raw, _ := hex.DecodeString(key)
	block, err := aes.NewCipher(raw)
	require.NoError(t, err)
	padding := 16 - len(plain)%16
	sealed := []byte(plain + strings.Repeat(string(rune(padding)), padding))
	for i := 0; i < len(sealed); i += 16 {
		block.Encrypt(sealed[i:], sealed[i:])
	}
	s := newService(t)
	s.offers("unused", "/e", bytesOf(string(sealed)))
	allow := func(c *media.Config) { c.AllowHosts = []string{"127.0.0.1"} }
	f, dir := fetcher(t, s, allow)
	m := media.Message{AppID: "wx_a", Payload: &xmlmsg.Emoji{MD5: md5Of(plain), AESKey: key, EncryptURL: s.URL + "/e"}}
	file, err := f.Download(t.Context(), m)
	require.NoError(t, err)
	assert.Equal(t, plain, read(t, file.Path))
	assert.Equal(t, "emoji.gif", file.Name)
	assert.Len(t, listing(t, dir), 1)

	m.Payload = &xmlmsg.Emoji{MD5: md5Of(plain), AESKey: strings.Repeat("1", 32), EncryptURL: s.URL + "/e"}
	_, err = f.Download(t.Context(), m)
	require.ErrorIs(t, err, media.ErrChecksum)
	assert.Len(t, listing(t, dir), 1)
}

func TestPacing(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.offers("/message/downloadFile", "/f", bytesOf("x"))
	cl := newClock()
	f, _ := fetcher(t, s, func(c *media.Config) {
		c.Gap, c.Clock, c.Wait, c.Random = media.Gap{}, clock.Func(cl.Now), cl.Wait, func() float64 { return 0.5 }
	})
	for range 2 {
		_, err := f.Download(t.Context(), fileMessage(xmlmsg.File{}))
		require.NoError(t, err)
	}
	other := fileMessage(xmlmsg.File{})
	other.AppID = "wx_b"
	_, err := f.Download(t.Context(), other)
	require.NoError(t, err)
	assert.Equal(t, []time.Duration{7500 * time.Millisecond}, cl.waited(), "an account rests, another has its own rest")

	soon, cancel := context.WithTimeout(t.Context(), time.Hour) // long before the time of the test's clock
	defer cancel()
	before := len(s.called())
	_, err = f.Download(soon, other)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	assert.Len(t, s.called(), before, "what cannot be in time is not begun")
}

func TestAMessageIsDownloadedOnce(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.offers("/message/downloadFile", "/f", bytesOf("x"))
	state := memory.New(memory.Config{}).State()
	f, dir := fetcher(t, s, func(c *media.Config) { c.State = state })
	m := fileMessage(xmlmsg.File{Name: "a.txt"})
	first, err := f.Download(t.Context(), m)
	require.NoError(t, err)
	second, err := f.Download(t.Context(), m)
	require.NoError(t, err)
	assert.Equal(t, first, second)
	assert.Len(t, s.called(), 1)
	m.Key = "wx_a:78"
	_, err = f.Download(t.Context(), m)
	require.NoError(t, err)
	assert.Len(t, listing(t, dir), 2, "another message with the same name is another file")
}

func TestErrorsThatEndEverything(t *testing.T) {
	t.Parallel()
	calls := 0
	s := newService(t)
	s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		calls++
		_, _ = w.Write([]byte(`{"ret":500,"msg":"账号不在线"}`))
	})
	f, _ := fetcher(t, s)
	_, err := f.Download(t.Context(),
		media.Message{AppID: "wx_a", Payload: &xmlmsg.Image{AESKey: key, CDNMidURL: "m"}, Time: time.Unix(0, 0)})
	require.ErrorIs(t, err, api.ErrOffline)
	require.NotErrorIs(t, err, media.ErrExpired)
	assert.Equal(t, 1, calls, "an account that is offline is not asked again")
}

func TestExpired(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.offers("/message/downloadFile", "/gone", http.NotFound)
	f, dir := fetcher(t, s)
	_, err := f.Download(t.Context(), fileMessage(xmlmsg.File{}))
	require.ErrorIs(t, err, media.ErrExpired)
	assert.Empty(t, listing(t, dir))

	old := media.Message{AppID: "wx_a", Payload: &xmlmsg.Video{}, Time: newClock().Now().Add(-15 * 24 * time.Hour)}
	_, err = f.Download(t.Context(), old)
	require.ErrorIs(t, err, media.ErrExpired)
	var refused *api.Error
	require.ErrorAs(t, err, &refused)
	old.Time = newClock().Now().Add(-13 * 24 * time.Hour)
	_, err = f.Download(t.Context(), old)
	assert.NotErrorIs(t, err, media.ErrExpired)
}
