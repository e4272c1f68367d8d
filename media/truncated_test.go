package media_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/hongyan-go/hongyan/media"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

const silk = "\x02#!SILK_V3\x04\x00abcd"

// TestTruncatedMedia serves media without its end. An announced MD5 decides; an announced size
// decides only where the service cannot have converted the media.
func TestTruncatedMedia(t *testing.T) {
	t.Parallel()
	video := "\x00\x00\x00\x18ftypisom" + strings.Repeat("v", 80)
	for name, test := range map[string]struct {
		endpoint string
		payload  xmlmsg.Payload
		whole    string
	}{
		"picture":             {"/message/downloadImage", &xmlmsg.Image{Length: int64(len(jpeg))}, jpeg},
		"picture, by its md5": {"/message/downloadImage", &xmlmsg.Image{MD5: md5Of(jpeg)}, jpeg},
		"picture, as HEVC":    {"/message/downloadImage", &xmlmsg.Image{Length: 10_000, HEVCMidSize: int64(len(jpeg))}, jpeg},
		"video":               {"/message/downloadVideo", &xmlmsg.Video{Length: int64(len(video))}, video},
		"video, by its md5":   {"/message/downloadVideo", &xmlmsg.Video{NewMD5: md5Of(video)}, video},
		"voice":               {"/message/downloadVoice", &xmlmsg.Voice{Length: int64(len(silk))}, silk},
		"voice, begun":        {"/message/downloadVoice", &xmlmsg.Voice{Length: int64(len(silk)), Data: []byte(silk[:14])}, silk},
		"file":                {"/message/downloadFile", &xmlmsg.File{Name: "a.bin", Size: 20}, strings.Repeat("x", 20)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newService(t)
			s.offers(test.endpoint, "/whole", bytesOf(test.whole))
			f, _ := fetcher(t, s)
			m := media.Message{AppID: "wx_a", Payload: test.payload, XML: "<msg/>", MsgID: 1}
			file, err := f.Download(t.Context(), m)
			require.NoError(t, err)
			assert.Equal(t, test.whole, read(t, file.Path))

			s = newService(t)
			s.offers(test.endpoint, "/part", bytesOf(test.whole[:len(test.whole)-1]))
			f, dir := fetcher(t, s)
			_, err = f.Download(t.Context(), m)
			require.ErrorIs(t, err, media.ErrChecksum)
			assert.Empty(t, listing(t, dir))

			keeping, _ := fetcher(t, s, func(c *media.Config) { c.KeepMismatched = true })
			file, err = keeping.Download(t.Context(), m)
			require.ErrorIs(t, err, media.ErrChecksum)
			assert.Equal(t, test.whole[:len(test.whole)-1], read(t, file.Path))
		})
	}
}

// TestConvertedVoice: a converted voice is complete, although it is smaller than the SILK that the
// message announces.
func TestConvertedVoice(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.offers("/message/downloadVoice", "/v", bytesOf("ID3\x03 an mp3"))
	f, _ := fetcher(t, s)
	_, err := f.Download(t.Context(), media.Message{AppID: "wx_a", Payload: &xmlmsg.Voice{Length: 5000}, XML: "<msg/>", MsgID: 1})
	require.NoError(t, err)
}

// TestAVoiceOfWhichOnlyTheBeginningCame covers a partial voice without the id that the download
// call needs.
func TestAVoiceOfWhichOnlyTheBeginningCame(t *testing.T) {
	t.Parallel()
	f, _ := fetcher(t, newService(t))
	_, err := f.Download(t.Context(), media.Message{AppID: "wx_a", Payload: &xmlmsg.Voice{Length: 5000, Data: []byte(silk)}})
	require.ErrorIs(t, err, media.ErrChecksum)
}

// TestAnEmptyFile: an empty file is accepted if the message announces one.
func TestAnEmptyFile(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		file xmlmsg.File
		good bool
	}{
		"by its md5":  {xmlmsg.File{Name: "empty.txt", MD5: md5Of("")}, true},
		"another md5": {xmlmsg.File{Name: "empty.txt", MD5: md5Of("x")}, false},
		"no md5":      {xmlmsg.File{Name: "empty.txt"}, false},
		"a size":      {xmlmsg.File{Name: "empty.txt", MD5: md5Of(""), Size: 1}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newService(t)
			s.offers("/message/downloadFile", "/f", bytesOf(""))
			f, _ := fetcher(t, s)
			file, err := f.Download(t.Context(), fileMessage(test.file))
			if !test.good {
				require.ErrorIs(t, err, media.ErrChecksum)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, []any{"empty.txt", int64(0), ""}, []any{file.Name, file.Size, read(t, file.Path)})
		})
	}
}
