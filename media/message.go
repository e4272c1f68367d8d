package media

import (
	"context"
	"fmt"
	"io"
	"path"
	"time"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/xmlmsg"
)

// Message describes what to download.
type Message struct {
	AppID   string         // account that received it
	Payload xmlmsg.Payload // its parsed content
	XML     string         // its content without the group prefix, as the service expects it
	MsgID   uint64         // short id of the callback; needed for voices
	// Key identifies the message, so that it is downloaded once and resumed after a failure. Empty
	// means that it is not remembered.
	Key string
	// Time is when the message was sent. It distinguishes expired media from other failures. Zero
	// means unknown.
	Time time.Time

	// Name replaces the name that the sender chose. It is sanitised as well.
	Name string
	// Folder lists folders below Config.Dir, outermost first. Each is sanitised.
	Folder []string
	// SHA256 is the expected checksum in hex. Empty means that it is not checked.
	SHA256 string
	// Original prefers the original size of a picture to the one that phones show, which is the
	// default.
	Original bool
}

// Option changes what is downloaded of a message, and where it is stored.
type Option func(*Message)

// Named sets the name of the file.
func Named(name string) Option { return func(m *Message) { m.Name = name } }

// Into puts the file into a folder below Config.Dir: Into("2026", "11", "A 群").
func Into(folder ...string) Option { return func(m *Message) { m.Folder = folder } }

// Original downloads a picture in its original size, if it is available.
func Original() Option { return func(m *Message) { m.Original = true } }

// plan is how a message is downloaded: what it announces of the file, and the ways to get it, best
// first.
type plan struct {
	kind  xmlmsg.Kind
	name  string    // as the sender chose it; often empty
	size  int64     // bytes that the message announces; 0 if unknown
	exact bool      // the size holds for every way
	data  io.Reader // the media itself, if the message contains it
	ways  []way
}

// way is one way to get the media.
type way struct {
	name string // for errors and partial files: "normal", "cdn big"
	link func(ctx context.Context) (string, error)
	// direct marks a link that comes from the message and not from the service, so it is not
	// trusted.
	direct bool
	md5s   []string // the file must have one of these; none means that it is not checked
	size   int64    // bytes that the message announces for this way; 0 if unknown. A shorter file is truncated
	key    []byte   // decryption key; nil means that the file is not encrypted
}

// planOf returns the plan for a message.
func (f *Fetcher) planOf(m Message) (plan, error) {
	p := plan{kind: xmlmsg.KindRaw}
	if m.Payload != nil {
		p.kind = m.Payload.Kind()
	}
	d := downloads{f.config.Client, m}
	switch x := m.Payload.(type) {
	case *xmlmsg.Quote: // the quoted message
		quoted := m
		quoted.Payload, quoted.XML, quoted.MsgID = x.Refer.Payload, x.Refer.Content, 0
		return f.planOf(quoted)
	case *xmlmsg.File:
		p.name, p.size, p.exact = withExt(x.Name, x.Ext), x.Size, x.Size > 0
		p.ways = []way{{name: "file", md5s: sums(x.MD5), link: d.file}}
		p.ways = d.cdn(p.ways, "cdn file", x, sums(x.MD5))
	case *xmlmsg.Image:
		p.size = x.Length
		p.ways = d.image(x)
	case *xmlmsg.AppImage:
		p.name, p.size = withExt(x.Title, x.Ext), x.Size
		p.ways = d.cdn(nil, "cdn", x, sums(x.MD5))
		announce(p.ways, x.Size)
	case *xmlmsg.Video:
		p.size = x.Length
		p.ways = []way{{name: "video", md5s: sums(x.MD5, x.NewMD5, x.RawMD5), link: d.video}}
		p.ways = d.cdn(p.ways, "cdn video", x, sums(x.MD5, x.NewMD5, x.RawMD5))
		announce(p.ways, x.Length)
	case *xmlmsg.Voice:
		p.size = x.Length
		p.voice(x, d)
	case *xmlmsg.Emoji:
		p.size = x.Length
		p.ways = d.emoji(x)
	case *xmlmsg.AppEmoji:
		p.size = x.Size
		p.ways = d.emoji(&xmlmsg.Emoji{MD5: x.MD5})
	}
	if len(p.ways) == 0 && p.data == nil {
		return plan{}, fmt.Errorf("%w: %s", ErrNotDownloadable, p.kind)
	}
	return p, nil
}

// announce sets the announced size of all ways.
func announce(ways []way, size int64) {
	for i := range ways {
		ways[i].size = size
	}
}

// withExt returns a file name with an extension, if the message has one.
func withExt(name, ext string) string {
	if path.Ext(name) == "" && ext != "" {
		return name + "." + ext
	}
	return name
}

// sums returns those of the MD5 sums that are set.
func sums(list ...string) []string {
	var known []string
	for _, sum := range list {
		if len(sum) == 32 {
			known = append(known, sum)
		}
	}
	return known
}

// downloads makes the service calls for a message.
type downloads struct {
	client *api.Client
	m      Message
}

func (d downloads) file(ctx context.Context) (string, error) {
	return d.client.Download.File(ctx, d.m.AppID, d.m.XML)
}

func (d downloads) video(ctx context.Context) (string, error) {
	return d.client.Download.Video(ctx, d.m.AppID, d.m.XML)
}

// cdn adds the way by key and CDN id, if the message has them.
func (d downloads) cdn(ways []way, name string, p xmlmsg.Payload, md5s []string) []way {
	ref, err := xmlmsg.Media(p)
	if err != nil {
		return ways
	}
	return append(ways, d.byRef(name, ref, md5s))
}

func (d downloads) byRef(name string, ref xmlmsg.CDNRef, md5s []string) way {
	kinds := map[string]api.CDNKind{
		xmlmsg.CDNOriginal: api.CDNImageHD, xmlmsg.CDNNormal: api.CDNImage, xmlmsg.CDNThumbnail: api.CDNImageThumbnail,
		xmlmsg.CDNVideo: api.CDNVideo, xmlmsg.CDNFile: api.CDNFile,
	}
	return way{name: name, md5s: md5s, size: ref.Size, link: func(ctx context.Context) (string, error) {
		return d.client.Download.CDN(ctx, api.CDNRequest{
			AppID: d.m.AppID, AESKey: ref.AESKey, FileID: ref.FileID, Kind: kinds[ref.Type], TotalSize: uint64(max(0,
				ref.Size)), Suffix: ref.Suffix,
		})
	}}
}

// image tries the normal size first and then the sizes on the CDN: few pictures exist in all sizes.
func (d downloads) image(i *xmlmsg.Image) []way {
	call := func(size api.ImageSize) func(context.Context) (string, error) {
		return func(ctx context.Context) (string, error) {
			return d.client.Download.Image(ctx, d.m.AppID, d.m.XML, size)
		}
	}
	length := i.Length
	if i.HEVCMidSize > 0 { // the same picture in another format
		length = min(length, i.HEVCMidSize)
	}
	normal := way{name: "normal", md5s: sums(i.MD5, i.OriginSourceMD5), size: length, link: call(api.ImageNormal)}
	ways := []way{normal}
	if d.m.Original && i.CDNBigURL != "" {
		ways = []way{{name: "original", size: i.HDLength, link: call(api.ImageHD)}, normal}
	}
	for _, c := range []struct {
		name, id string
		size     int64
		kind     string
	}{
		{"cdn mid", i.CDNMidURL, length, xmlmsg.CDNNormal},
		{"cdn big", i.CDNBigURL, i.HDLength, xmlmsg.CDNOriginal},
		{"cdn thumb", i.CDNThumbURL, i.ThumbLength, xmlmsg.CDNThumbnail},
	} {
		if c.id != "" && i.AESKey != "" {
			ways = append(ways, d.byRef(c.name,
				xmlmsg.CDNRef{AESKey: i.AESKey, FileID: c.id, Type: c.kind, Size: c.size, Suffix: "jpg"}, nil))
		}
	}
	return ways
}

// voice plans the download of a voice. A short one is in the callback itself; if only its beginning
// is, the service has all of it.
func (p *plan) voice(v *xmlmsg.Voice, d downloads) {
	carried := len(v.Data) > 0 && IsSILK(v.Data)
	switch {
	case carried && (int64(len(v.Data)) >= v.Length || d.m.MsgID == 0):
		p.data = newBytes(v.Data)
	case d.m.MsgID != 0:
		p.ways = []way{{name: "voice", md5s: sums(v.MD5), size: v.Length, link: func(ctx context.Context) (string, error) {
			return d.client.Download.Voice(ctx, d.m.AppID, d.m.XML, api.ID(d.m.MsgID))
		}}}
	}
}

// emoji asks the service first, and then uses the links in the message.
func (d downloads) emoji(e *xmlmsg.Emoji) []way {
	var ways []way
	if e.MD5 != "" {
		ways = append(ways, way{name: "sticker", link: func(ctx context.Context) (string, error) {
			return d.client.Download.Emoji(ctx, d.m.AppID, e.MD5)
		}})
	}
	if e.CDNURL != "" {
		ways = append(ways, way{name: "address", direct: true, md5s: sums(e.MD5),
			link: func(context.Context) (string, error) { return e.CDNURL, nil }})
	}
	if key, err := xmlmsg.ParseMediaKey(e.AESKey); err == nil && e.EncryptURL != "" {
		ways = append(ways, way{name: "encrypted", direct: true, md5s: sums(e.MD5),
			key: key, link: func(context.Context) (string, error) { return e.EncryptURL, nil }})
	}
	return ways
}
